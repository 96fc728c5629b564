"""The first look at a book: what it is, how far it goes, and whether its tables and guards are those of a book."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from audit import schema
from audit.seal import Head, genesis
from audit.verify.findings import FINDINGS_KEPT, Finding, Findings
from audit.verify.reading import Connection, Fault, Place, damage_in, reading

_OBJECTS = "SELECT name, sql FROM sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
_HEADS = "SELECT position, link, origin FROM head"
_LINK_AT = "SELECT link FROM events WHERE position = ?"
_LAST = "SELECT position, link FROM events ORDER BY position DESC LIMIT 1"
_STRAYS = "SELECT position FROM events WHERE position < 1 ORDER BY position LIMIT ?"

_LAST_OF_ANY_TYPE = _LAST.replace("ORDER BY", "WHERE typeof(position) = 'integer' ORDER BY")
_STRAYS_OF_ANY_TYPE = "SELECT position FROM events WHERE typeof(position) <> 'integer' OR position < 1 LIMIT ?"
"""For a table that somebody made anew with loose types: it is gone through whole."""


class Survey(NamedTuple):
    """What the first look saw, all in one snapshot; `findings` are what was wrong already.

    `first` is the position from which on the book must be read: 1, or behind the head that was remembered.
    `last` is the last position that is there and its link (for an empty book 0 and the genesis); `tables_are_ours`
    tells whether the table of events is as a book's is, so that its index can be relied on. `origin` and `last` are
    `None` when they could not be read.
    """

    origin: str | None
    first: int
    last: Head | None
    tables_are_ours: bool
    findings: Findings


def survey(place: Place, since: Head | None) -> Survey:
    """Look over the book at `place`; `since` is the head up to which it was found sound before.

    Raises:
        BookUnreadable: when there is no file, or the engine is kept from reading it.
    """
    findings = Findings()
    try:
        with reading(place) as connection:
            connection.execute("BEGIN")
            expected, found = _objects(place, connection)
            ours = _same(found.get(b"events"), expected["events"])
            heads = connection.execute(_HEADS).fetchall() if b"head" in found else []
            typed = ours or not isinstance(place, Path)  # a server lets no table have loose types
            ends = connection.execute(_LAST if typed else _LAST_OF_ANY_TYPE).fetchall()
            kept = connection.execute(_LINK_AT, (since.position,)).fetchall() if since is not None else []
            strays = connection.execute(_STRAYS if typed else _STRAYS_OF_ANY_TYPE, (FINDINGS_KEPT,)).fetchall()
    except Fault as fault:
        findings.add(Finding(1, "unreadable", None, "the tables of a book", damage_in(fault, place)))
        return Survey(None, 1, None, tables_are_ours=False, findings=findings)
    origin, start = _origin(heads)
    last = Head(0, start)
    for position, link in ends:
        last = Head(position, link if isinstance(link, bytes) else b"")
    _compare_objects({**expected, **_tolerated(place, found)}, found, last.position + 1, findings)
    _compare_head(heads, start, last, findings)
    for (position,) in strays:
        known = position if isinstance(position, int) else 1
        findings.add(Finding(known, "gap", None, "positions from 1", repr(position)))
    first = 1
    if since is not None:
        first = _first_unread(since, [start, *(link for (link,) in kept)][-1], last, findings)
    return Survey(origin, first, last, ours, findings)


def _first_unread(since: Head, link: object, last: Head, findings: Findings) -> int:
    """Where to read on from: behind `since` if the book has its `link` there still, else from 1."""
    if since.position > last.position:
        findings.add(Finding(last.position + 1, "head", None, _head_text(*since), _head_text(*last)))
        return 1
    if link != since.link:
        findings.add(Finding(1, "head", None, _head_text(*since), _head_text(since.position, link)))
        return 1
    return since.position + 1


def _origin(heads: list[Any]) -> tuple[str | None, bytes]:
    """The origin that the head names, and the genesis of its chain (no bytes at all if it names none)."""
    for _, _, stored in heads[:1]:
        try:
            origin = stored.decode()
            return origin, genesis(origin)
        except (AttributeError, ValueError):  # not text, not UTF-8, or not one line
            return None, b""
    return None, b""


def _objects(place: Place, connection: Connection) -> tuple[Mapping[str, str], dict[bytes, bytes | None]]:
    """The named objects that a book has there, and those that are there."""
    if isinstance(place, Path):
        return schema.objects(), dict(connection.execute(_OBJECTS).fetchall())
    return place.expected(), place.found(connection)


def _tolerated(place: Place, found: Mapping[bytes, bytes | None]) -> dict[str, str]:
    """The named objects that may be missing, as far as they are there: then they too must be as they were made."""
    may_stand = schema.TOLERATED if isinstance(place, Path) else place.tolerated()
    return {name: definition for name, definition in may_stand.items() if name.encode() in found}


def _compare_objects(
    expected: Mapping[str, str], found: dict[bytes, bytes | None], behind_last: int, findings: Findings
) -> None:
    """See that each table and trigger of a book is there as it was made, and no other object is."""
    names = {name.decode("utf-8", "replace"): sql for name, sql in found.items()}
    for name, definition in expected.items():
        if not _same(names.get(name), definition):
            how = "altered" if name in names else None
            findings.add(Finding(behind_last, "guard", None, name, how))
    for name in sorted(names.keys() - expected.keys()):
        findings.add(Finding(behind_last, "guard", None, f"no {name}", name))


def _same(sql: bytes | None, definition: str) -> bool:
    return sql is not None and sql.split() == definition.encode().split()


def _compare_head(heads: list[Any], start: bytes, last: Head, findings: Findings) -> None:
    """See that there is one head, that it names an origin, and that it is the last entry."""
    if len(heads) != 1:
        findings.add(Finding(max(last.position, 1), "head", None, "one head", f"{len(heads)} heads"))
        return
    position, link, stored = heads[0]
    if not start:
        findings.add(Finding(1, "head", None, "an origin of one line", repr(stored)))
        return
    if (position, link) == last:
        return
    known = position if isinstance(position, int) else 0
    at = last.position if known == last.position else min(max(known, 0), last.position) + 1
    findings.add(Finding(max(at, 1), "head", None, _head_text(position, link), _head_text(*last)))


def _head_text(position: object, link: object) -> str:
    """A head in words: its position and its link in hex."""
    return f"{position} {link.hex() if isinstance(link, bytes) else repr(link)}"
