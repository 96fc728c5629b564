"""DER is read strictly: of all the ways to write a thing, one is taken."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audit import der
from audit.der import Fields, NotDer, Value


def read(raw: bytes) -> Value:
    return der.read(raw, "It")


@given(st.integers())
def test_every_number_is_read_as_it_was_written(number: int) -> None:
    assert der.integer(read(der.write_integer(number)), "It") == number


@given(st.integers(0, 2), st.integers(0, 39), st.lists(st.integers(0, 2**40), max_size=6))
@example(2, 39, [0, 127, 128])
def test_every_object_identifier_is_read_as_it_was_written(first: int, second: int, rest: list[int]) -> None:
    dotted = ".".join(map(str, (first, second, *rest)))

    assert der.object_id(read(der.write_object_id(dotted)), "It") == dotted


@given(st.binary(max_size=70_000))
def test_every_content_is_read_as_it_was_written_with_the_shortest_length(content: bytes) -> None:
    written = der.write(der.OCTETS, content)

    assert der.octets(read(written), "It") == content


@given(st.binary(max_size=40))
def test_whatever_is_read_as_a_value_is_the_one_way_to_write_it(raw: bytes) -> None:
    try:
        value = read(raw)
    except NotDer:
        return

    assert der.write(value.tag, value.content) == raw == value.encoded


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("", "ends in the middle of a value"),
        ("04", "ends in the middle of a value"),
        ("040161ff", "1 bytes follow the value"),
        ("0402 61", "a value of 2 bytes where 1 are left"),
        ("0480 61 0000", "a length that is open"),
        ("048101 61", "not as short as it can be"),
        ("04820001 61", "not as short as it can be"),
        ("048500000000ff", "too large"),
        ("0483", "a length that is open"),
        ("1f81 00 00", "a tag of several bytes"),
    ],
)
def test_bytes_that_are_not_one_value_in_der_are_refused_with_the_reason(raw: str, why: str) -> None:
    with pytest.raises(NotDer, match=why):
        read(bytes.fromhex(raw))


@pytest.mark.parametrize(
    ("take", "raw", "why"),
    [
        (der.integer, "0200", "not as short as it can be"),
        (der.integer, "02020001", "not as short as it can be"),
        (der.integer, "0202ff80", "not as short as it can be"),
        (der.integer, "040101", "has the tag 0x04, and 0x02 was expected"),
        (der.octets, "020101", "has the tag 0x02, and 0x04 was expected"),
        (der.object_id, "0600", "ends in the middle"),
        (der.object_id, "06022a86", "ends in the middle"),
        (der.object_id, "06032a8001", "leading zeros"),
        (der.object_id, "020101", "has the tag 0x02, and 0x06 was expected"),
        (der.parts, "040161", "is not made of parts"),
    ],
)
def test_a_value_that_is_not_what_it_should_be_is_refused_with_the_reason(
    take: Callable[[Value, str], object], raw: str, why: str
) -> None:
    with pytest.raises(NotDer, match=why):
        take(read(bytes.fromhex(raw)), "It")


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("20261124125109Z", datetime(2026, 11, 24, 12, 51, 9, tzinfo=UTC)),
        ("20261124125109.5Z", datetime(2026, 11, 24, 12, 51, 9, 500_000, tzinfo=UTC)),
        ("20261124125109.123456789Z", datetime(2026, 11, 24, 12, 51, 9, 123_456, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_utc_and_to_microseconds(told: str, meant: datetime) -> None:
    assert der.instant(read(der.write(der.TIME, told.encode())), "It") == meant


@pytest.mark.parametrize(
    "told",
    [
        "20261124125109",
        "202611241251Z",
        "20261124125109.0Z",
        "20261124125109.50Z",
        "20261124125109.Z",
        "20261124125109+0800",
        "20261324125109Z",
        "20261124125109Z\n",
        "２０261124125109Z",
    ],
)
def test_an_instant_that_is_written_in_another_way_is_refused(told: str) -> None:
    with pytest.raises(NotDer, match="It is"):
        der.instant(read(der.write(der.TIME, told.encode())), "It")


def test_the_fields_of_a_structure_are_taken_in_their_order_and_all_of_them() -> None:
    structure = read(der.write(der.SEQUENCE, der.write_integer(1), der.write(der.NULL)))
    fields = Fields(structure, "It")

    assert fields.maybe(der.NULL) is None
    assert der.integer(fields.take(der.INTEGER), "It") == 1
    with pytest.raises(NotDer, match="goes on with the tag 0x05, and 0x02 or 0x04 was expected"):
        fields.take(der.INTEGER, der.OCTETS)
    with pytest.raises(NotDer, match="has 1 fields more than expected"):
        fields.end()
    assert fields.maybe() == read(der.write(der.NULL))
    fields.end()
    with pytest.raises(NotDer, match="ends where more was expected"):
        fields.take()


def test_a_structure_of_another_tag_is_not_opened() -> None:
    with pytest.raises(NotDer, match="It has the tag 0x31, and 0x30 was expected"):
        Fields(read(der.write(der.SET)), "It")
