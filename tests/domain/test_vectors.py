"""Frozen states: what ledgers out there hold must load for ever, and encode to the very same bytes."""

import msgspec
import pytest

from domain.catalogue import EVENTS, load
from domain.event import encode


def test_every_topic_of_the_catalogue_has_a_frozen_state_and_no_other_has(frozen: dict[str, list[bytes]]) -> None:
    assert frozen.keys() == EVENTS.keys()


@pytest.mark.parametrize("topic", EVENTS)
def test_a_frozen_state_loads_and_encodes_to_the_very_same_bytes(frozen: dict[str, list[bytes]], topic: str) -> None:
    for state in frozen[topic]:
        event = load(topic, state)

        assert type(event) is EVENTS[topic]
        assert encode(event) == state


@pytest.mark.parametrize("topic", EVENTS)
def test_one_frozen_state_has_every_field_filled_and_one_only_what_is_required(
    frozen: dict[str, list[bytes]], topic: str
) -> None:
    fields = msgspec.structs.fields(EVENTS[topic])
    every = {field.encode_name for field in fields}
    always = {field.encode_name for field in fields if field.default is msgspec.NODEFAULT}

    frozen_fields = [set(msgspec.json.decode(state)) for state in frozen[topic]]

    assert every in frozen_fields, "Run tests/vectors/make_vectors.py; it adds a line and changes none."
    assert always in frozen_fields
