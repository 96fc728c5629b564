"""Sees that the file itself is sound: its pages hang together, and its index says what its tables say.

Nothing sealed is in the index. But the house finds a stream by it, so an index that says otherwise would hide entries
that are there, or let a version be written twice.
"""

from pathlib import Path

from audit.verify.findings import Finding, Findings, Part
from audit.verify.reading import Connection, Fault, Place, damage_in, reading

CACHE_KIB = 65_536
"""Each row is looked up in the index, which is in another order: its pages are met again and again."""

_CHECK = "PRAGMA integrity_check(1)"
"""The first fault is enough: with one, the file needs mending from a copy."""


def read_structure(place: Place, last: int) -> Part:
    """Check the pages and the index of the book at `place`, whose last position is `last`.

    Raises:
        BookUnreadable: when the engine is kept from reading.
    """
    findings = Findings()
    try:
        with reading(place) as connection:
            faults = _of_file(connection) if isinstance(place, Path) else list(place.structure(connection))
    except Fault as fault:
        faults = [damage_in(fault, place)]
    for text in faults:
        if text != "ok":
            findings.add(Finding(last + 1, "guard", None, "a sound file", " ".join(text.split())))
    return Part(0, findings)


def _of_file(connection: Connection) -> list[str]:
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return [fault.decode("utf-8", "replace") for (fault,) in connection.execute(_CHECK)]
