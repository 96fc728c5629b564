"""One way to write a state, and every departure from it named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import LARGEST_INTEGER, NotCanonical, check_state

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT.filter(bool), inner, max_size=3),
    max_leaves=8,
)


def canonical(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


@given(st.dictionaries(TEXT.filter(bool), VALUES, max_size=5))
def test_whatever_is_written_canonically_and_in_nfc_is_accepted(state: dict[str, object]) -> None:
    from unicodedata import normalize

    written = canonical(json.loads(normalize("NFC", json.dumps(state, ensure_ascii=False))))
    if normalize("NFC", written.decode()) != written.decode():
        return  # two neighbours composed only once they stood side by side

    check_state(written)


@pytest.mark.parametrize(
    "state",
    [
        b"{}",
        b'{"a":1,"b":{"c":[true,false,"x"]}}',
        '{"remark":"两 个 字","village":"测试一村"}'.encode(),
        b'{"text":"a \\"quoted\\" word\\n"}',
        b'{"text":"annulled is not null"}',
        b'{"n":-9007199254740991,"o":9007199254740991}',
    ],
)
def test_a_state_with_blanks_and_escapes_inside_its_text_is_canonical(state: bytes) -> None:
    check_state(state)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (b'{"a":"\xff"}', "not UTF-8 at byte 6"),
        (b"[]", "not a JSON object"),
        (b"", "not a JSON object"),
        (b'{"a":1', "not JSON at character"),
        (b'{"a":1}{"b":2}', "goes on after its object"),
        (b'{"a":1}\n', "goes on after its object"),
        (b'{"b":1,"a":2}', "not in order"),
        (b'{"a":1,"a":2}', "stand twice"),
        (b'{"":1}', "not in order"),
        (b'{"x":{"b":1,"a":2}}', "not in order"),
        (b'{"a":1.0}', "fraction or an exponent"),
        (b'{"a":1e3}', "fraction or an exponent"),
        (b'{"a":NaN}', "fraction or an exponent"),
        (b'{"a":Infinity}', "fraction or an exponent"),
        (b'{"a":-0}', "-0 or beyond"),
        (b'{"a":9007199254740992}', "-0 or beyond"),
        (b'{"a":-9007199254740992}', "-0 or beyond"),
        (b'{"a":12345678901234567890}', "-0 or beyond"),
        (b'{"a":null}', "holds a null"),
        (b'{"a":[1,null]}', "holds a null"),
        (b'{"a":{"b":null}}', "holds a null"),
        (b'{"a": 1}', "has blanks"),
        (b'{"a":1\t}', "has blanks"),
        (b'{"a":\r1}', "has blanks"),
        (b'{\n"a":1}', "has blanks"),
        (b'{"a":"\\u0041"}', "escapes what needs no escape"),
        (b'{"a":"\\/"}', "escapes what needs no escape"),
        ('{"a":"e\u0301"}'.encode(), "not in Unicode NFC"),
        (b'{"a":' + b"[" * 60_000 + b"]" * 60_000 + b"}", "nested too deeply"),
    ],
)
def test_a_state_written_otherwise_is_refused_and_the_reason_is_named(state: bytes, why: str) -> None:
    with pytest.raises(NotCanonical, match=why):
        check_state(state)


def test_a_refusal_never_quotes_what_a_state_says() -> None:
    with pytest.raises(NotCanonical) as refusal:
        check_state('{"name":"测试甲","id_no":"440899199001011234"}'.encode())

    assert "测试甲" not in str(refusal.value)
    assert "440899199001011234" not in str(refusal.value)
