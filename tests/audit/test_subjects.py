"""The subjects that whoever has an entry finds in it are those that the histories go by."""

from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from audit.seal import NotAnEntry, entry_bytes
from audit.subjects import CORRECTION, KIND_OF_FIELD, LOANS, PARTIES, WITH_REFERENCE, mentions, named
from domain.catalogue import EVENTS, as_told, load
from domain.event import BookName, Versioned
from domain.loan import LoanRow
from projections import subjects as histories

STREAM = UUID("00000000-0000-8000-8000-000000000007")
FROZEN = Path(__file__).parents[1] / "vectors" / "events.jsonl"
OF_SUPERVISION = {"alert_id": "alert", "plan_id": "spot-check"}
POSITION = 9_000


class FrozenState(msgspec.Struct):
    topic: str
    state: msgspec.Raw


def frozen_states(book: BookName) -> list[tuple[str, bytes]]:
    lines = [msgspec.json.decode(line, type=FrozenState) for line in FROZEN.read_bytes().splitlines()]
    return [(line.topic, bytes(line.state)) for line in lines if EVENTS[line.topic].BOOK is book]


def in_the_histories(topic: str, state: bytes) -> set[str]:
    """What the histories' index has: of a correction what the row names now, and what it named before."""
    placed = as_told(Versioned(POSITION, str(STREAM), 1, topic, load(topic, state)))
    events = [placed.event] if placed.before is None else [placed.event, placed.before]
    return {f"{kind}:{value}" for event in events for kind, value in histories.subjects_of(event)}


def mentioned(topic: str, state: bytes) -> set[tuple[str, int]]:
    return set(mentions(POSITION, entry_bytes(STREAM, 1, topic, state)))


@pytest.mark.parametrize(("topic", "state"), frozen_states(BookName.MONEY))
def test_an_entry_of_every_topic_names_what_the_histories_have_it_under(topic: str, state: bytes) -> None:
    found = named(topic, msgspec.json.decode(state))

    assert set(found) == in_the_histories(topic, state)
    assert len(found) == len(set(found))


def test_the_table_of_fields_is_that_of_the_histories_and_of_the_supervision_book() -> None:
    under_another_name = {"from_account"}  # of a bank's line, which writes it `from`
    theirs = {field: kind for field, kind in histories.KIND_OF_FIELD.items() if field not in under_another_name}

    assert dict(KIND_OF_FIELD) == theirs | OF_SUPERVISION
    assert histories.PARTIES == PARTIES
    assert {topic for topic, event_class in EVENTS.items() if issubclass(event_class, LoanRow)} == LOANS
    assert EVENTS.keys() >= WITH_REFERENCE


def test_every_entry_names_its_stream_under_its_own_position() -> None:
    entry = entry_bytes(STREAM, 4, "ledger-opened/v1", b"{}")

    assert list(mentions(1, entry)) == [(f"stream:{STREAM}", 1)]


def test_an_alert_names_itself_and_the_subjects_that_it_is_about() -> None:
    state = msgspec.json.encode(
        {"alert_id": "0d8c", "anchor": ["household:H-1", "2020Q2"], "subjects": ["person:P-1", "household:H-1"]}
    )

    assert mentioned("alert-raised/v1", state) == {
        (f"stream:{STREAM}", POSITION),
        ("alert:0d8c", POSITION),
        ("household:H-1", POSITION),
        ("person:P-1", POSITION),
    }


def test_a_reference_of_another_kind_names_no_subject() -> None:
    assert named("objection-filed/v1", {"ref_kind": "其他", "ref_no": "SQ-1"}) == []


def correction_of(position: int) -> bytes:
    return msgspec.json.encode(
        {
            "target_position": position,
            "target_topic": "payment-made/v1",
            "before": {"bank_ref": "T1", "village": "测试一村"},
            "fields": {"bank_ref": "T1", "village": "测试二村"},
        }
    )


def test_a_correction_puts_what_the_row_named_and_names_under_both_of_its_entries() -> None:
    found = mentioned(CORRECTION, correction_of(40))

    assert found == {(f"stream:{STREAM}", POSITION)} | {
        (subject, position)
        for subject in ("payment:T1", "place:测试一村", "place:测试二村")
        for position in (40, POSITION)
    }


@pytest.mark.parametrize("target", [0, POSITION, POSITION + 1])
def test_a_correction_of_what_does_not_stand_before_it_stands_under_itself_alone(target: int) -> None:
    assert {position for _, position in mentioned(CORRECTION, correction_of(target))} == {POSITION}


@pytest.mark.parametrize(
    ("topic", "state"),
    [
        (CORRECTION, b'{"target_position":1}'),
        ("alert-raised/v1", b'{"subjects":7}'),
        ("payment-made/v1", b'{"payee_id":7}'),
        ("payment-made/v1", b"[]"),
        ("payment-made/v1", b"{"),
    ],
)
def test_a_state_that_is_not_one_of_its_topic_is_told_with_its_position(topic: str, state: bytes) -> None:
    with pytest.raises(NotAnEntry, match=rf"The state at position {POSITION} is not one of {topic}"):
        mentioned(topic, state)


def test_bytes_that_are_no_entry_are_told_with_their_position() -> None:
    with pytest.raises(NotAnEntry, match="at position 3 are not those of an entry"):
        list(mentions(3, b"mingzhang/event/v2\n"))
