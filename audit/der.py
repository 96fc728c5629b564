"""DER (X.690) read strictly, and written as far as a time stamp's request needs it.

What is not the one encoding that DER allows is refused: a length that could be shorter, bits or bytes that are left
over, a number with leading zeros. So two readers of the same bytes cannot see two things in them. Standard library
only: the verifier ships with this file.
"""

import re
from datetime import UTC, datetime
from typing import NamedTuple

BOOLEAN, INTEGER, BIT_STRING, OCTETS, NULL, OBJECT_ID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
TIME = 0x18
SEQUENCE, SET = 0x30, 0x31

CONSTRUCTED = 0x20
LONG_LENGTH = 0x80
LONGEST_LENGTH_BYTES = 4
MULTIPLE_BYTES = 0x1F
"""Ends the first byte of a tag that goes on in further bytes; nothing of ours has such a one."""

CONTINUED, BASE_128 = 0x80, 7
FIRST_ARC, ARCS_OF_TWO = 40, 80

TRUE = b"\x01\x01\xff"

_TIME = re.compile(rb"(\d{14})(?:\.(\d*[1-9]))?Z")


class NotDer(ValueError):
    """Bytes that are not DER, or not of the structure that was expected; the text says what and where."""


class Value(NamedTuple):
    """One value: its tag byte, its content, and both as they are encoded."""

    tag: int
    content: bytes
    encoded: bytes


def context(number: int, *, constructed: bool = True) -> int:
    """The tag `[number]` of a structure's own."""
    return 0x80 | number | (CONSTRUCTED if constructed else 0)


def read(raw: bytes, what: str) -> Value:
    """The one value that `raw` is; `what` begins the error's text.

    Raises:
        NotDer: when it is none, or more follows it.
    """
    value, end = _value_at(raw, 0, what)
    if end != len(raw):
        raise NotDer(f"{what}: {len(raw) - end} bytes follow the value.")
    return value


def parts(value: Value, what: str) -> list[Value]:
    """The values in a constructed one, in their order.

    Raises:
        NotDer: when it is not made of values.
    """
    if not value.tag & CONSTRUCTED:
        raise NotDer(f"{what} is not made of parts (tag {value.tag:#04x}).")
    found, at = [], 0
    while at < len(value.content):
        part, at = _value_at(value.content, at, what)
        found.append(part)
    return found


class Fields:
    """The fields of a structure, taken in their order."""

    def __init__(self, value: Value, what: str, *, tag: int = SEQUENCE) -> None:
        """Open `value`, whose tag has to be `tag`.

        Raises:
            NotDer: when it is another.
        """
        self._what = what
        if value.tag != tag:
            raise NotDer(f"{what} has the tag {value.tag:#04x}, and {tag:#04x} was expected.")
        self._left = parts(value, what)

    def take(self, *tags: int) -> Value:
        """The next field, whose tag is one of `tags`; any, when none is named.

        Raises:
            NotDer: when it is missing, or another.
        """
        if not self._left:
            raise NotDer(f"{self._what} ends where more was expected.")
        if tags and self._left[0].tag not in tags:
            expected = " or ".join(f"{tag:#04x}" for tag in tags)
            raise NotDer(f"{self._what} goes on with the tag {self._left[0].tag:#04x}, and {expected} was expected.")
        return self._left.pop(0)

    def maybe(self, *tags: int) -> Value | None:
        """The next field, if its tag is one of `tags`; any, when none is named."""
        return self._left.pop(0) if self._left and (not tags or self._left[0].tag in tags) else None

    def end(self) -> None:
        """Say that this was all.

        Raises:
            NotDer: when more follows.
        """
        if self._left:
            raise NotDer(f"{self._what} has {len(self._left)} fields more than expected.")


def integer(value: Value, what: str) -> int:
    """The number of an INTEGER.

    Raises:
        NotDer: when it is none, or not as short as it can be.
    """
    _expect(value, INTEGER, what)
    number = int.from_bytes(value.content, signed=True)
    if value.content != _shortest(number):
        raise NotDer(f"{what} is a number that is not as short as it can be.")
    return number


def octets(value: Value, what: str) -> bytes:
    """The bytes of an OCTET STRING.

    Raises:
        NotDer: when it is none.
    """
    _expect(value, OCTETS, what)
    return value.content


def object_id(value: Value, what: str) -> str:
    """The dotted name of an OBJECT IDENTIFIER.

    Raises:
        NotDer: when it is none, or not as short as it can be.
    """
    _expect(value, OBJECT_ID, what)
    arcs: list[int] = []
    number, begun = 0, False
    for byte in value.content:
        if not begun and byte == CONTINUED:
            raise NotDer(f"{what} is an object identifier with leading zeros.")
        number = number << BASE_128 | byte & ~CONTINUED
        begun = bool(byte & CONTINUED)
        if not begun:
            arcs.append(number)
            number = 0
    if begun or not arcs:
        raise NotDer(f"{what} is an object identifier that ends in the middle.")
    first = min(arcs[0] // FIRST_ARC, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - FIRST_ARC * first, *arcs[1:]))


def instant(value: Value, what: str) -> datetime:
    """The instant of a GeneralizedTime, in UTC, cut off to microseconds.

    Raises:
        NotDer: when it is none, or not written as DER has it.
    """
    _expect(value, TIME, what)
    told = _TIME.fullmatch(value.content)
    if told is None:
        raise NotDer(f"{what} is not YYYYMMDDhhmmss[.f…]Z: {value.content[:32]!r}.")
    try:
        whole = datetime.strptime(told[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as fault:
        raise NotDer(f"{what} is no instant: {value.content[:32]!r}.") from fault
    return whole.replace(microsecond=int((told[2] or b"0")[:6].ljust(6, b"0")))


def write(tag: int, *content: bytes) -> bytes:
    """A value of that tag around `content`."""
    inside = b"".join(content)
    if len(inside) < LONG_LENGTH:
        return bytes([tag, len(inside)]) + inside
    length = len(inside).to_bytes((len(inside).bit_length() + 7) // 8)
    return bytes([tag, LONG_LENGTH | len(length)]) + length + inside


def write_integer(number: int) -> bytes:
    """An INTEGER."""
    return write(INTEGER, _shortest(number))


def write_object_id(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return write(OBJECT_ID, *(_base_128(arc) for arc in (FIRST_ARC * first + second, *rest)))


def _value_at(raw: bytes, at: int, what: str) -> tuple[Value, int]:
    """The value that begins at `at`, and where it ends."""
    if len(raw) < at + 2:
        raise NotDer(f"{what} ends in the middle of a value.")
    tag, length, start = raw[at], raw[at + 1], at + 2
    if tag & MULTIPLE_BYTES == MULTIPLE_BYTES:
        raise NotDer(f"{what} has a tag of several bytes.")
    if length >= LONG_LENGTH:
        long = raw[start : start + length - LONG_LENGTH]
        length, start = int.from_bytes(long), start + len(long)
        if not 1 <= len(long) <= LONGEST_LENGTH_BYTES or not long[0] or length < LONG_LENGTH:
            raise NotDer(f"{what} has a length that is open, too large or not as short as it can be.")
    end = start + length
    if end > len(raw):
        raise NotDer(f"{what} has a value of {length} bytes where {len(raw) - start} are left.")
    return Value(tag, raw[start:end], raw[at:end]), end


def _expect(value: Value, tag: int, what: str) -> None:
    if value.tag != tag:
        raise NotDer(f"{what} has the tag {value.tag:#04x}, and {tag:#04x} was expected.")


def _shortest(number: int) -> bytes:
    size = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return number.to_bytes(size, signed=True)


def _base_128(arc: int) -> bytes:
    digits = [arc & ~CONTINUED & 0x7F]
    while arc := arc >> BASE_128:
        digits.append(arc & 0x7F | CONTINUED)
    return bytes(reversed(digits))
