"""The envelope and the canonical state: one writing for one meaning, and nothing that cannot be read again."""

import json
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import check_state
from domain.disbursement import PaymentMade
from domain.event import Kind, Source, encode
from domain.kinds import LARGEST
from domain.place import PlaceRegistered

SALT = "3d771f144987ef1fc943130fb48d70b7"
ENVELOPE: dict[str, Any] = {
    "salt": SALT,
    "kind": Kind.FACT,
    "occurred_on": date(2020, 6, 20),
    "recorded_at": "2026-11-24T03:39:18.123456Z",
    "actor": "keeper",
    "source": Source(channel="api"),
}


def place(name: str) -> PlaceRegistered:
    return PlaceRegistered(**ENVELOPE, place_code="440899101201", place_name=name, level="村")


def paid(**fields: Any) -> PaymentMade:
    return PaymentMade(**{**ENVELOPE, "paid_on": date(2020, 6, 20), "amount_fen": 60_000, **fields})


def test_the_state_is_one_line_with_sorted_keys_and_without_blanks_or_absent_parts() -> None:
    state = encode(place("测试一村"))

    assert state.decode() == (
        '{"actor":"keeper","kind":"fact","level":"村","occurred_on":"2020-06-20","place_code":"440899101201",'
        '"place_name":"测试一村","recorded_at":"2026-11-24T03:39:18.123456Z",'
        f'"salt":"{SALT}","source":{{"channel":"api"}}}}'
    )


def test_text_that_looks_the_same_is_sealed_as_the_same_bytes() -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"

    assert encode(place(composed)) == encode(place(decomposed))
    assert composed.encode() in encode(place(decomposed))


def test_composing_reaches_lists_and_leaves_numbers_as_they_are() -> None:
    event = PlaceRegistered(
        **{**ENVELOPE, "source": Source(channel="import", row=128)},
        place_code="440899101201",
        place_name="测试一村",
        level="村",
        aliases=("cafe\u0301", "一村"),
    )

    state = json.loads(encode(event))

    assert state["aliases"] == ["caf\u00e9", "一村"]
    assert state["source"]["row"] == 128


def test_a_mark_that_would_compose_with_the_letter_of_an_escape_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="combining mark"):
        encode(place("first line\n\u0303second line"))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_is_encoded_is_canonical_for_the_auditor_and_reads_back_the_same(name: str) -> None:
    try:
        state = encode(place(name))
    except msgspec.ValidationError:
        return  # a mark behind a control character; the test above is about it

    check_state(state)
    assert encode(msgspec.json.decode(state, type=PlaceRegistered)) == state


@pytest.mark.parametrize(
    "outside",
    [
        {"amount_fen": 0},
        {"amount_fen": LARGEST + 1},
        {"amount_fen": 600.0},
        {"quantity": "1.50"},
        {"quantity": "1e3"},
        {"id_no": "440899198307305284"},
        {"salt": SALT + "\n"},
        {"recorded_at": "2026-11-24 03:39:18"},
        {"bank_ref": "x" * 32_768},
    ],
)
def test_a_value_outside_its_kind_is_never_sealed(outside: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        encode(paid(**outside))
