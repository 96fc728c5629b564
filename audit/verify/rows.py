"""Reads the rows of a book one after the other and recomputes each: the work that verification is made of.

A sound row goes the short way: one hash for the leaf, one for the link, one match of the entry's head, one reading of
its state. Whatever makes it fall off that way is then looked at step by step, and named.
"""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from audit.canonical import check_state
from audit.seal import ENTRY_HEAD, LONGEST_ENTRY_BYTES, NotAnEntry, genesis, leaf_of, link_of, parse
from audit.verify.findings import Finding, Findings, Part
from audit.verify.reading import Fault, damage_in, reading

_ROWS = """
SELECT position, stream, version, topic, entry, leaf, link FROM events
WHERE position BETWEEN ? AND ? ORDER BY position
"""
_LINK_AT = "SELECT link FROM events WHERE position = ?"

_sha256 = hashlib.sha256
_position_bytes = struct.Struct(">Q").pack


def read_rows(path: Path, first: int, last: int, origin: str | None) -> Part:
    """Recompute the rows at positions `first` … `last` of the book at `path`.

    The first is checked against the link recorded before it, which is recomputed where that row is read; so stretches
    can be read at the same time by several processes, and join.

    Raises:
        BookUnreadable: when the engine is kept from reading.
    """
    walk = _Walk(first)
    try:
        with reading(path) as connection:
            if first == 1:
                walk.previous = None if origin is None else genesis(origin)
            else:
                walk.start_behind(connection.execute(_LINK_AT, (first - 1,)).fetchall())
            walk.over(connection.execute(_ROWS, (first, last)))
        walk.must_reach(last)
    except Fault as fault:
        walk.findings.add(Finding(walk.due, "unreadable", None, "a readable row", damage_in(fault, path)))
    return Part(last - first + 1, walk.findings)


class _Walk:
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

    def over(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Recompute each of `rows`."""
        for row in rows:
            if _is_sound(row, self.due, self.previous):
                self.due += 1
                self.previous = row[6]
            else:
                self._examine(row)

    def must_reach(self, last: int) -> None:
        """See that nothing is missing up to `last`."""
        if self.due <= last and not self.gap_is_known:
            self.findings.add(Finding(self.due, "gap", None, str(self.due), None))

    def _examine(self, row: tuple[Any, ...]) -> None:
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

    def _read(self, row: tuple[Any, ...], named: str) -> None:
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


def _is_sound(row: tuple[Any, ...], due: int, previous: bytes | None) -> bool:
    """Whether the row is the one due, and everything about it recomputes."""
    position, stream, version, topic, entry, leaf, link = row
    try:
        if (
            position != due
            or previous is None
            or _sha256(b"\x00" + entry).digest() != leaf
            or _sha256(b"\x02" + previous + _position_bytes(position) + leaf).digest() != link
            or len(entry) > LONGEST_ENTRY_BYTES
        ):
            return False
        head = ENTRY_HEAD.match(entry)
        if head is None or head.groups() != (stream, b"%d" % version, topic):
            return False
        check_state(entry[head.end() :])
    except (TypeError, ValueError, struct.error):
        return False
    return True


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
