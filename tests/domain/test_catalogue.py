"""The catalogue: every event class once, under the topic that its name gives."""

import json
import re
from collections.abc import Iterator

import msgspec
import pytest
from jsonschema import Draft202012Validator

from audit.seal import TOPIC
from domain.catalogue import EVENTS, UnknownTopic, load, schemas
from domain.document import meanings
from domain.event import Event, encode


def declared(event_class: type[Event] = Event) -> Iterator[type[Event]]:
    """Every class under `event_class` that gives itself a topic."""
    for subclass in event_class.__subclasses__():
        if "TOPIC" in vars(subclass):
            yield subclass
        yield from declared(subclass)


def test_every_event_class_with_a_topic_stands_in_the_catalogue_once() -> None:
    ours = [event_class for event_class in declared() if event_class.__module__.startswith("domain.")]

    assert sorted(event_class.TOPIC for event_class in ours) == sorted(EVENTS)


@pytest.mark.parametrize("topic", EVENTS)
def test_a_topic_is_the_name_of_its_class_in_kebab_case_with_a_version(topic: str) -> None:
    kebab = re.sub(r"(?<!^)(?=[A-Z])", "-", EVENTS[topic].__name__).lower()

    assert topic.partition("/")[0] == kebab
    assert TOPIC.fullmatch(topic)


@pytest.mark.parametrize("topic", EVENTS)
def test_every_field_of_every_event_says_what_it_means(topic: str) -> None:
    told = meanings(EVENTS[topic])

    assert [field.name for field in msgspec.structs.fields(EVENTS[topic]) if field.name not in told] == []


def test_a_topic_of_a_newer_version_is_named_and_the_remedy_is_an_update() -> None:
    with pytest.raises(UnknownTopic, match=r"'payment-made/v9' is not in the catalogue; update Mingzhang"):
        load("payment-made/v9", b"{}")


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (b'"amount_fen":600.5', "Expected `int`"),
        (b'"amount_fen":null', "Expected `int`"),
        (b'"amount_fen":60000,"amount_yuan":600', "unknown field"),
    ],
)
def test_a_state_with_a_float_a_null_or_an_unknown_field_is_not_loaded(
    frozen: dict[str, list[bytes]], spoilt: bytes, reason: str
) -> None:
    state = frozen["payment-made/v1"][0]
    assert b'"amount_fen":60000' in state

    with pytest.raises(msgspec.ValidationError, match=reason):
        load("payment-made/v1", state.replace(b'"amount_fen":60000', spoilt))


def test_a_default_that_is_left_out_of_sealed_bytes_keeps_its_meaning(frozen: dict[str, list[bytes]]) -> None:
    left_out = {
        (topic, field.name): field.default
        for topic, event_class in EVENTS.items()
        for field in msgspec.structs.fields(event_class)
        if field.default is not msgspec.NODEFAULT and field.default is not None and field.default != ()
    }

    assert left_out == {("payment-made/v1", "pay_kind"): "正常", ("payment-made/v1", "channel"): "卡"}


def test_the_opening_of_a_ledger_says_in_its_bytes_how_it_is_sealed_and_in_which_currency(
    frozen: dict[str, list[bytes]],
) -> None:
    state = json.loads(encode(load("ledger-opened/v1", frozen["ledger-opened/v1"][0])))

    assert (state["hash_alg"], state["currency"]) == ("sha256", "CNY")


@pytest.mark.parametrize("topic", EVENTS)
def test_frozen_states_are_valid_under_the_schema_that_the_interface_publishes(
    frozen: dict[str, list[bytes]], topic: str
) -> None:
    schema = json.loads(json.dumps(schemas()[topic]))

    for state in frozen[topic]:
        Draft202012Validator(schema).validate(json.loads(state))
