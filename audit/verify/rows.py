"""Reads the rows of a book one after the other and recomputes each: the work that verification is made of.

A sound row goes the short way: one hash for the leaf, one for the link, one match of the entry's bytes with the shape
of others of its topic (`audit.verify.shapes`), or else one reading of its state. Whatever makes it fall off that way is
then looked at step by step, and named.

Where the rows come from is not known here: `Walk` takes them from a SQLite file (`read_rows`) or from any other engine.
"""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from audit.canonical import check_state
from audit.seal import (
    ENTRY_HEAD,
    LEAF_PREFIX,
    LINK_PREFIX,
    LONGEST_ENTRY_BYTES,
    NotAnEntry,
    genesis,
    leaf_of,
    link_of,
    parse,
)
from audit.verify.findings import Finding, Findings, Part
from audit.verify.reading import Fault, Place, damage_in, reading
from audit.verify.shapes import Shapes

_ROWS = """
SELECT position, stream, version, topic, entry, leaf, link FROM events
WHERE position BETWEEN ? AND ? ORDER BY position
"""
_LINK_AT = "SELECT link FROM events WHERE position = ?"

_leaf_begun = hashlib.sha256(LEAF_PREFIX).copy
_link_begun = hashlib.sha256(LINK_PREFIX).copy
_position_bytes = struct.Struct(">Q").pack

_shapes = Shapes()
"""Of the whole process: what one stretch has learnt, the next need not learn again."""

Row = tuple[Any, ...]
"""`(position, stream, version, topic, entry, leaf, link)` as they are stored, texts as UTF-8; anything may be anything
else, since the tables may have been made anew."""


def read_rows(place: Place, first: int, last: int, origin: str | None) -> Part:
    """Recompute the rows at positions `first` … `last` of the book at `place`.

    The first is checked against the link recorded before it, which is recomputed where that row is read; so stretches
    can be read at the same time by several processes, and join.

    Raises:
        BookUnreadable: when the engine is kept from reading.
    """
    walk = Walk(first)
    try:
        with reading(place) as connection:
            if first == 1:
                walk.previous = None if origin is None else genesis(origin)
            else:
                walk.start_behind(connection.execute(_LINK_AT, (first - 1,)).fetchall())
            walk.over(connection.execute(_ROWS, (first, last)))
        walk.must_reach(last)
    except Fault as fault:
        walk.findings.add(Finding(walk.due, "unreadable", None, "a readable row", damage_in(fault, place)))
    return Part(last - first + 1, walk.findings)


class Walk:
    """Goes over rows in order; `due` is the position that must come next, `previous` the link before it if known.

    `gap_is_known` while nothing has been read behind a gap, in which this stretch starts: that gap is named already,
    where it begins.
    """

    def __init__(self, first: int) -> None:
        self.due = first
        self.previous: bytes | None = None
        self.gap_is_known = False
        self.findings = Findings()

    def start_behind(self, links: Sequence[tuple[object]]) -> None:
        """Start behind the row before, whose link is the one of `links`, if it is there."""
        self.gap_is_known = not links
        for (link,) in links:
            self.previous = link if isinstance(link, bytes) else None

    def over(self, rows: Iterable[Row]) -> None:
        """Recompute each of `rows`, which come by position. `due` tells how far it came when reading them fails."""
        for row in rows:
            position, stream, version, topic, entry, leaf, link = row
            try:
                leaf_hash = _leaf_begun()
                leaf_hash.update(entry)
                link_hash = _link_begun()
                link_hash.update(self.previous + _position_bytes(position) + leaf)  # type: ignore[operator]
                is_sound = (
                    link_hash.digest() == link
                    and leaf_hash.digest() == leaf
                    and position == self.due
                    and len(entry) <= LONGEST_ENTRY_BYTES
                    and (_shapes.recognise(stream, version, topic, entry) or _is_entry(stream, version, topic, entry))
                )
            except (TypeError, ValueError, struct.error):  # not of its type, not canonical, or no link before it
                is_sound = False
            if is_sound:
                self.due += 1
                self.previous = link
            else:
                self._examine(row)

    def must_reach(self, last: int) -> None:
        """See that nothing is missing up to `last`."""
        if self.due <= last and not self.gap_is_known:
            self.findings.add(Finding(self.due, "gap", None, str(self.due), None))

    def _examine(self, row: Row) -> None:
        """Name what is wrong with a row that is not sound, and go on behind it."""
        position, stream, _, _, entry, leaf, link = row
        named = _text(stream)
        if not isinstance(position, int) or position < self.due:
            self.findings.add(Finding(self.due, "gap", named, str(self.due), repr(position)))
            return
        if position > self.due:
            if not self.gap_is_known:
                self.findings.add(Finding(self.due, "gap", None, str(self.due), str(position)))
            self.due, self.previous = position, None
        self.gap_is_known = False
        if not all(isinstance(part, bytes) for part in (entry, leaf, link)):
            self.findings.add(Finding(position, "unreadable", named, "entry, leaf and link as bytes", "other types"))
            self.due, self.previous = position + 1, None
            return
        computed = leaf_of(entry)
        if computed != leaf:
            self.findings.add(Finding(position, "leaf", named, leaf.hex(), computed.hex()))
        else:
            self._read(row, named)
        self._check_link(position, named, (leaf, computed), link)
        self.due, self.previous = position + 1, link

    def _read(self, row: Row, named: str) -> None:
        """See that bytes which give their leaf are an entry, and that the columns say what it says."""
        position, stream, version, topic, entry, _, _ = row
        try:
            says = parse(entry)
        except NotAnEntry as fault:
            self.findings.add(Finding(position, "unreadable", named, "an entry", str(fault)))
            return
        expected = f"{says.stream} {says.version} {says.topic}"
        found = f"{_text(stream)} {_text(version)} {_text(topic)}"
        if found != expected:
            self.findings.add(Finding(position, "stream", str(says.stream), expected, found))

    def _check_link(self, position: int, named: str, leaves: tuple[bytes, bytes], link: bytes) -> None:
        """See that the link comes from the one before and from the leaf, sealed or recomputed.

        Where these differ, one of entry and leaf was changed. That is named already; it is no second fault.
        """
        if self.previous is None:
            return
        computed = [link_of(self.previous, position, leaf) for leaf in leaves]
        if link not in computed:
            self.findings.add(Finding(position, "link", named, link.hex(), computed[0].hex()))


def _is_entry(stream: bytes, version: int, topic: bytes, entry: bytes) -> bool:
    """Whether `entry`, read strictly, is one that says this stream, version and topic; if so, its shape is learnt.

    Raises:
        NotCanonical: when its state is not.
    """
    head = ENTRY_HEAD.match(entry)
    if head is None or head.groups() != (stream, b"%d" % version, topic):
        return False
    state = entry[head.end() :]
    check_state(state)
    _shapes.learn(topic, state)
    return True


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
