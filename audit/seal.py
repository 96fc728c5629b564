r"""How an entry becomes bytes, a leaf and a link (DESIGN §3).

An entry is four lines, joined by one line feed, with nothing after the last::

    mingzhang/event/v1
    <stream uuid> <stream version>
    <topic>
    <state: canonical JSON>

These bytes are stored once, hashed as they stand and never written anew::

    leaf    = SHA-256(0x00 ‖ entry)                                         the leaf of RFC 6962
    link(n) = SHA-256(0x02 ‖ link(n-1) ‖ n: u64 big-endian ‖ leaf(n))       positions n count from 1, without a gap
    link(0) = SHA-256("mingzhang/chain/v1\n" ‖ origin ‖ "\n")

so the last link answers for every byte before it, in order. The byte 0x02 keeps links apart from the leaves (0x00)
and nodes (0x01) of the tree. Standard library only: the verifier ships with this file.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from struct import Struct
from typing import NamedTuple
from uuid import UUID

from audit.canonical import LARGEST_INTEGER, NotCanonical, check_state

ENTRY_TAG = b"mingzhang/event/v1"
CHAIN_TAG = b"mingzhang/chain/v1"
LEAF_PREFIX = b"\x00"
LINK_PREFIX = b"\x02"
KEY_SEPARATOR = b"\x1f"
"""Stands between kind and business key in a stream's name, so that no two pairs give the same bytes."""

LONGEST_ENTRY_BYTES = 65_535
"""An entry's length fits into the two bytes that an entry bundle has for it (C2SP tlog-tiles)."""

TOPIC = re.compile(r"[a-z-]+/v[0-9]+")
ENTRY_HEAD = re.compile(
    rb"mingzhang/event/v1\n"
    rb"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}) ([1-9][0-9]{0,15})\n"
    rb"([a-z-]+/v[0-9]+)\n"
)
"""The first three lines of an entry, with stream, version and topic as groups; the state follows."""

_sha256 = hashlib.sha256
_position_bytes = Struct(">Q").pack


class NotAnEntry(ValueError):
    """Bytes, or parts meant for an entry, that cannot be one; the text says why."""


class Entry(NamedTuple):
    """What one entry says: `version` counts from 1 in its `stream`; `state` is canonical JSON."""

    stream: UUID
    version: int
    topic: str
    state: bytes


class Head(NamedTuple):
    """How far a chain goes: the last `position` (0 when empty) and its `link` (32 bytes)."""

    position: int
    link: bytes


class Row(NamedTuple):
    """One sealed entry as a book stores it; `stream` is the UUID's text, as in the entry."""

    position: int
    stream: str
    version: int
    topic: str
    entry: bytes
    leaf: bytes
    link: bytes


def stream_id(book_key: bytes, kind: str, business_key: str) -> UUID:
    """The stream of one thing: `UUIDv8(HMAC-SHA256(book_key, kind ‖ 0x1F ‖ business_key))` (RFC 9562, 5.8).

    The same in every process that holds the book key, and not to be guessed without it, even from an ID number.

    Raises:
        ValueError: with an empty key, kind or business key, or a separator inside the kind.
    """
    if not book_key:
        raise ValueError("The book key is empty: streams could be guessed from an ID number.")
    if not kind or not business_key:
        raise ValueError("A stream needs both a kind and a business key.")
    name = kind.encode() + KEY_SEPARATOR + business_key.encode()
    if KEY_SEPARATOR in kind.encode():
        raise ValueError("The kind of a stream holds the separator 0x1F: two streams could share one name.")
    number = int.from_bytes(hmac.digest(book_key, name, "sha256")[:16], "big")
    version_8 = 0x8 << 76
    variant = 0b10 << 62
    return UUID(int=number & ~(0xF << 76) & ~(0b11 << 62) | version_8 | variant)


def check_topic(topic: str) -> None:
    """Check that `topic` is an event name in kebab case with its version: `payment-made/v1`.

    Raises:
        NotAnEntry: otherwise.
    """
    if TOPIC.fullmatch(topic) is None:
        raise NotAnEntry(f"The topic {topic[:64]!r} is not of the form event-name/v1.")


def check_entry(entry: Entry) -> None:
    """Check everything that a strict reader will ask of `entry` once it is sealed.

    Raises:
        NotAnEntry: naming the part that is wrong. What is sealed can never be mended, so it is refused before.
    """
    check_topic(entry.topic)
    if not 1 <= entry.version <= LARGEST_INTEGER:
        raise NotAnEntry(f"Version {entry.version} of stream {entry.stream} is not from 1 to {LARGEST_INTEGER}.")
    try:
        check_state(entry.state)
    except NotCanonical as fault:
        raise NotAnEntry(f"Version {entry.version} of stream {entry.stream} ({entry.topic}): {fault}") from fault


def entry_bytes(stream: UUID, version: int, topic: str, state: bytes) -> bytes:
    """The bytes that are stored and hashed.

    Raises:
        NotAnEntry: when the topic breaks the line, or the entry would be longer than 65,535 bytes.
    """
    if "\n" in topic:
        raise NotAnEntry(f"The topic {topic[:64]!r} goes over more than one line.")
    entry = b"%b\n%b %d\n%b\n%b" % (ENTRY_TAG, str(stream).encode(), version, topic.encode(), state)
    if len(entry) > LONGEST_ENTRY_BYTES:
        raise NotAnEntry(
            f"The entry for version {version} of stream {stream} ({topic}) has {len(entry)} bytes, more than "
            f"{LONGEST_ENTRY_BYTES}; give long lists an event a line."
        )
    return entry


def parse(entry: bytes) -> Entry:
    """What `entry` says, after reading it strictly.

    Raises:
        NotAnEntry: when it is too long, its first three lines are not an entry's, or its state is not canonical.
    """
    if len(entry) > LONGEST_ENTRY_BYTES:
        raise NotAnEntry(f"The entry has {len(entry)} bytes, more than {LONGEST_ENTRY_BYTES}.")
    head = ENTRY_HEAD.match(entry)
    if head is None:
        raise NotAnEntry("The first three lines are not those of an entry.")
    stream, version, topic = head.groups()
    state = entry[head.end() :]
    try:
        check_state(state)
    except NotCanonical as fault:
        raise NotAnEntry(str(fault)) from fault
    return Entry(UUID(stream.decode()), int(version), topic.decode(), state)


def state_of(entry: bytes) -> bytes:
    """The state of an entry that was read from a book: all behind the third line feed, untouched."""
    return entry.split(b"\n", 3)[3]


def leaf_of(entry: bytes) -> bytes:
    """`SHA-256(0x00 ‖ entry)`, 32 bytes."""
    return _sha256(LEAF_PREFIX + entry).digest()


def link_of(previous: bytes, position: int, leaf: bytes) -> bytes:
    """`SHA-256(0x02 ‖ previous ‖ position ‖ leaf)`, 32 bytes; `previous` is the link at `position - 1`."""
    return _sha256(LINK_PREFIX + previous + _position_bytes(position) + leaf).digest()


def genesis(origin: str) -> bytes:
    """`link(0)`: what the first entry of the book named `origin` is linked to.

    Raises:
        ValueError: when the origin is empty or goes over more than one line (C2SP checkpoints name it on one).
    """
    if not origin or "\n" in origin:
        raise ValueError("The origin of a book is one line of text that is not empty.")
    return _sha256(CHAIN_TAG + b"\n" + origin.encode() + b"\n").digest()


def sealed(head: Head, entries: Iterable[tuple[UUID, int, str, bytes]]) -> Iterator[Row]:
    """Seal `entries` behind `head`, in their order: `(stream, version, topic, state)` each.

    The work of every import: 20,000 rows at a time go through here, so names are bound once outside the loop.

    Raises:
        NotAnEntry: as `entry_bytes`; nothing behind that entry is sealed.
    """
    position, link = head
    for stream, version, topic, state in entries:
        position += 1
        entry = entry_bytes(stream, version, topic, state)
        leaf = _sha256(b"\x00" + entry).digest()
        link = _sha256(b"\x02" + link + _position_bytes(position) + leaf).digest()
        yield Row(position, str(stream), version, topic, entry, leaf, link)
