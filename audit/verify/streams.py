"""Sees that in each stream the versions go 1, 2, 3 … in the order of their positions.

By the index, the version before each is looked up: that costs little, and nothing but what is new in a reading of what
is new. But somebody may have made the index to say otherwise than the table. A whole reading therefore trusts it only
after the file's structure was checked; else the engine sorts the table itself by stream, and spills to disk where that
is large. Either way, memory does not grow with the book.
"""

from pathlib import Path

from audit.verify.findings import FINDINGS_KEPT, Finding, Findings, Part
from audit.verify.reading import Fault, Place, damage_in, reading

_OUT_OF_SEQUENCE = """
SELECT position, stream, due, version FROM (
  SELECT position, stream, version, ROW_NUMBER() OVER (PARTITION BY stream ORDER BY position) AS due
  FROM events NOT INDEXED
) WHERE version IS NOT due AND position BETWEEN ? AND ? ORDER BY position LIMIT ?
"""
_OUT_OF_SEQUENCE_AMONG_NEW = """
SELECT position, stream, 1 + (SELECT COUNT(*) FROM events AS own
    WHERE own.stream = fresh.stream AND own.position < fresh.position) AS due, version
FROM events AS fresh
WHERE position BETWEEN ? AND ? AND version IS NOT 1 AND NOT EXISTS (SELECT 1 FROM events AS own
    WHERE own.stream = fresh.stream AND own.version = fresh.version - 1 AND own.position < fresh.position)
ORDER BY position LIMIT ?
"""


def read_streams(place: Place, first: int, last: int, *, by_index: bool) -> Part:
    """Find versions out of sequence at positions `first` … `last` of the book at `place`.

    Raises:
        BookUnreadable: when the engine is kept from reading.
    """
    findings = Findings()
    statement = _statement(place, by_index=by_index)
    try:
        with reading(place) as connection:
            for position, stream, due, version in connection.execute(statement, (first, last, FINDINGS_KEPT)):
                named = stream.decode("utf-8", "replace") if isinstance(stream, bytes) else str(stream)
                findings.add(Finding(position, "stream", named, str(due), str(version)))
    except Fault as fault:
        findings.add(Finding(first, "unreadable", None, "streams that can be read", damage_in(fault, place)))
    return Part(0, findings)


def _statement(place: Place, *, by_index: bool) -> str:
    if isinstance(place, Path):
        return _OUT_OF_SEQUENCE_AMONG_NEW if by_index else _OUT_OF_SEQUENCE
    return place.out_of_sequence_among_new if by_index else place.out_of_sequence
