"""Shapes make reading faster and never more lenient: whatever is recognised, strict reading takes as well."""

import json
import re
import sys
from typing import Any
from unicodedata import combining, is_normalized, normalize
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.canonical import NotCanonical, check_state
from audit.seal import NotAnEntry, entry_bytes, parse
from audit.verify.shapes import SHAPES_A_TOPIC, SHAPES_LEARNT, TEXT, Shapes

STREAM = UUID("495d9ff5-2c46-8900-9a97-47e4ad91d233")
TOPIC = "payment-made/v1"
HIGHEST_SURROGATE_FREE = [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]
PAYMENT = {
    "amount_fen": 60012,
    "commitments": {"A-1": "b1", "P-2": "42", "P-3": "a4"},
    "evidence": ["x", "y"],
    "holder_matches": True,
    "period": "2020Q2",
    "rows": [1, 2],
    "source": {"channel": "import", "row": 12},
    "village": "测试一村",
}


def canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def learnt(*states: dict[str, Any]) -> Shapes:
    shapes = Shapes()
    for state in states:
        check_state(canonical(state))
        shapes.learn(TOPIC.encode(), canonical(state))
    return shapes


def recognised(shapes: Shapes, entry: bytes, version: int = 1) -> bool:
    return shapes.recognise(str(STREAM).encode(), version, TOPIC.encode(), entry)


def sealed(state: dict[str, Any]) -> bytes:
    return entry_bytes(STREAM, 1, TOPIC, canonical(state))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"amount_fen": 0},
        {"amount_fen": -999_999_999_999_999},
        {"village": "测试县〔2020〕1号，“甲”·乙"},
        {"village": "plain"},
        {"period": ""},
        {"holder_matches": False},
        {"evidence": []},
        {"evidence": ["a", "b", "c"]},
        {"rows": [7]},
        {"commitments": {"B-7": "x", "C-1": "y", "Z": "z"}},
    ],
)
def test_another_state_with_the_same_keys_is_recognised(change: dict[str, Any]) -> None:
    assert recognised(learnt(PAYMENT), sealed({**PAYMENT, **change}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"amount_fen":60012', b'"amount_fen": 60012'),
        (b'"amount_fen":60012', b'"amount_fen":060012'),
        (b'"amount_fen":60012', b'"amount_fen":-0'),
        (b'"amount_fen":60012', b'"amount_fen":60012.0'),
        (b'"amount_fen":60012', b'"amount_fen":6e4'),
        (b'"amount_fen":60012', b'"amount_fen":null'),
        (b'"amount_fen":60012', b'"amount_fen":9007199254740992'),
        (b'"period":"2020Q2"', b'"period":"2020\\u0051"'),
        (b'"period":"2020Q2"', b'"period":"2020\tQ"'),
        (b'"period":"2020Q2"', b'"period":"2020\xff"'),
        (b'"period":"2020Q2"', b'"period":null'),
        ("测试一村".encode(), b"\xe6\xb5x\x8b"),
        ("测试一村".encode(), "e\u0301".encode()),
        ("测试一村".encode(), "村\u0301".encode()),
        ("测试一村".encode(), "\u302a".encode()),
        ("测试一村".encode(), b"\xed\xa0\x80"),
        ("测试一村".encode(), b"\xe0\x80\x80"),
        (b'"A-1":', b'"Q-1":'),
        (b'"A-1":', b'"P-2":'),
        (b'{"channel":"import","row":12}', b'{"row":12,"channel":"import"}'),
        (b"}", b"} "),
        (b'{"amount_fen"', b'{"amount_fen":1,"amount_fen"'),
        (b'["x","y"]', b'["x",]'),
        (b"payment-made/v1", b"payment-made/v2"),
        (b" 1\n", b" 2\n"),
        (b"mingzhang/event/v1", b"mingzhang/event/v2"),
        (b"495d9ff5", b"495d9ff6"),
        (b"495d9ff5", b"495D9FF5"),
    ],
)
def test_what_departs_in_one_place_is_not_recognised(old: bytes, new: bytes) -> None:
    entry = sealed(PAYMENT)
    changed = entry.replace(old, new) if old != b"}" else entry + b" "

    assert changed != entry
    assert not recognised(learnt(PAYMENT, {**PAYMENT, "period": "测"}), changed)


def test_the_columns_must_say_what_the_entry_says() -> None:
    shapes = learnt(PAYMENT)

    assert not recognised(shapes, sealed(PAYMENT), version=2)
    assert not shapes.recognise(b"other", 1, TOPIC.encode(), sealed(PAYMENT))
    assert not shapes.recognise(str(STREAM).encode(), 1, b"other/v1", sealed(PAYMENT))


def test_every_character_that_a_shape_takes_is_in_nfc_beside_any_other() -> None:
    """It is a starter, is its own normal form, and is the second half of no composition."""
    text = re.compile(TEXT.encode("latin-1"))
    taken = {chr(point) for point in HIGHEST_SURROGATE_FREE if text.fullmatch(b'"%b"' % chr(point).encode())}
    decomposed = (normalize("NFD", chr(point)) for point in HIGHEST_SURROGATE_FREE)
    behind = {mark for parts in decomposed if len(parts) > 1 for mark in parts[1:]}

    assert {"A", "~", "村", "〔", "，", "”", "·"} <= taken
    assert not {character for character in taken if combining(character) or not is_normalized("NFC", character)}
    assert not taken & behind
    assert not taken & set('"\\\x00\x1f\x7f')


def test_a_value_that_a_shape_leaves_to_strict_reading_is_not_learnt_again_and_again() -> None:
    shapes = learnt(PAYMENT, *({**PAYMENT, "period": f'say "{number}"'} for number in range(SHAPES_A_TOPIC + 1)))

    shapes.learn(TOPIC.encode(), canonical({"other": 1}))

    assert recognised(shapes, sealed({"other": 2}))
    assert not recognised(shapes, sealed({**PAYMENT, "period": 'say "no"'}))


def test_text_that_goes_beyond_ascii_later_widens_the_shape_and_makes_no_other() -> None:
    states = [{"a": "x", "b": "y"}, {"a": "甲", "b": "y"}, {"a": "x", "b": "乙"}]
    shapes = learnt(*states, *({f"c{number}": 1} for number in range(SHAPES_A_TOPIC - 1)))

    assert recognised(shapes, sealed({"a": "丙", "b": "丁"}))
    assert recognised(shapes, sealed({f"c{SHAPES_A_TOPIC - 2}": 5}))


def test_a_topic_has_so_many_shapes_and_the_rest_is_read_strictly() -> None:
    shapes = learnt(*({f"k{number}": 1} for number in range(SHAPES_A_TOPIC + 1)))

    assert recognised(shapes, sealed({f"k{SHAPES_A_TOPIC - 1}": 2}))
    assert not recognised(shapes, sealed({f"k{SHAPES_A_TOPIC}": 2}))


def test_a_book_of_nothing_but_new_topics_is_read_strictly_from_some_point_on() -> None:
    shapes = Shapes()
    for number in range(SHAPES_LEARNT + 1):
        shapes.learn(b"t/v%d" % number, b"{}")

    known = [shapes.recognise(str(STREAM).encode(), 1, b"t/v%d" % n, entry_bytes(STREAM, 1, f"t/v{n}", b"{}"))
             for n in (0, SHAPES_LEARNT - 1, SHAPES_LEARNT)]  # fmt: skip

    assert known == [True, True, False]


def test_a_state_nested_without_end_is_left_to_strict_reading() -> None:
    state = b'{"a":' + b"[" * 300 + b"]" * 300 + b"}"
    check_state(state)
    shapes = Shapes()

    shapes.learn(TOPIC.encode(), state)

    assert not recognised(shapes, entry_bytes(STREAM, 1, TOPIC, state))


VALUES = st.recursive(
    st.integers(-(10**16), 10**16) | st.booleans() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab_1-é测", max_size=3), inner, max_size=3),
    max_leaves=8,
)
STATES = st.dictionaries(st.sampled_from(["a", "b", "c_fen", "P-1", "P-2"]), VALUES, max_size=4)


@settings(max_examples=150, deadline=None, database=None)
@given(states=st.lists(STATES, min_size=1, max_size=5), data=st.data())
def test_whatever_is_recognised_is_an_entry_for_the_strict_reader(states: list[dict[str, Any]], data: Any) -> None:
    shapes = Shapes()
    for state in states:
        try:
            check_state(canonical(state))
        except NotCanonical:
            continue
        shapes.learn(TOPIC.encode(), canonical(state))
    entry = bytearray(sealed(data.draw(st.sampled_from(states))))
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(entry)))
        entry[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b'"', b",", b"0", b"-", b"{", b"}", b":1", b"\\", b"\xe6", b"\x82", b"null", b" "])
        )

    if recognised(shapes, bytes(entry)):
        says = parse(bytes(entry))
        assert (says.stream, says.version, says.topic) == (STREAM, 1, TOPIC)


@settings(max_examples=150, deadline=None, database=None)
@given(state=STATES)
def test_a_state_without_escapes_and_rare_characters_recognises_itself(state: dict[str, Any]) -> None:
    try:
        says = parse(sealed(state))
    except NotAnEntry:
        return
    shapes = learnt(state)

    if re.fullmatch(rb"[ -\[\]-~]*", says.state) and not re.search(rb"[0-9]{16}", says.state):
        assert recognised(shapes, sealed(state))
