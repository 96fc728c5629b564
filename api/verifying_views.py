"""Whether what is shown is what the entries give: the views made again beside the live ones (OUTPUTS §4)."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from api.ledger import Ledger
from api.projecting import projector
from audit.verify.findings import FINDINGS_KEPT
from domain.event import BookName
from projections.rebuilding import RowDiffers, compare
from projections.tables.alerts import ALERT_ANCHORS, ALERTS
from projections.tables.catalogue import KEPT
from projections.views import open_views

AMOUNT = "_fen"
"""Ends the names of the columns whose values are shown: amounts. Of any other column only the name is told."""

OF_SUPERVISION = frozenset(
    {*(facts.table.name for facts in KEPT[BookName.SUPERVISION]), ALERTS.table.name, ALERT_ANCHORS.name}
)
"""The tables whose positions are those of the supervision book."""

Shape = dict[str, Any]


def verify_views(ledger: Ledger, progress: Callable[[int, int], None]) -> Shape:
    """Make the views again from the entries and compare; gives `findings` as OUTPUTS §4 has them, row by row.

    Each names the `table`, the row's `key` and the `fields` that differ. The live views are left as they are: for
    whoever would mend them, `mingzhang rebuild` puts new ones in their place.
    """
    projector(ledger).catch_up()
    ends = {name: ledger.book(name).head.position for name in BookName}
    findings: list[Shape] = []
    left_out = 0

    def found(row: RowDiffers) -> None:
        nonlocal left_out
        if len(findings) < FINDINGS_KEPT:
            findings.append(_finding(row, ends))
        else:
            left_out += 1

    feeds = {name.value: ledger.book(name) for name in BookName}
    with _beside(ledger) as fresh:
        compare(fresh, ledger.engine, feeds, progress, found)
    return {"findings": findings, "findings_left_out": left_out}


@contextmanager
def _beside(ledger: Ledger) -> Iterator[Engine]:
    """Empty views of this verification's own, in a file that goes with it: several may verify at once, and rebuild."""
    with TemporaryDirectory(prefix="verifying-", dir=ledger.folder.path, ignore_cleanup_errors=True) as place:
        engine = open_views(Path(place) / "views.db")
        try:
            yield engine
        finally:
            engine.dispose()


def _finding(row: RowDiffers, ends: Mapping[BookName, int]) -> Shape:
    book = BookName.SUPERVISION if row.table in OF_SUPERVISION else BookName.MONEY
    position = row.position or max(ends[book], 1)
    return {
        "book": book.value,
        "position": position,
        "stream": None,
        "kind": "view",
        "expected": _digest(row.made),
        "found": _digest(row.standing),
        "unproven_from": position,
        "table": row.table,
        "key": [str(value) for value in row.key],
        "fields": [{"field": column, **_amounts(column, row)} for column in row.columns],
    }


def _digest(row: Mapping[str, Any] | None) -> str | None:
    """SHA-256 of a row, by which two of them can be told apart without being shown."""
    if row is None:
        return None
    return hashlib.sha256(json.dumps(row, default=str, sort_keys=True).encode()).hexdigest()


def _amounts(column: str, row: RowDiffers) -> Shape:
    if not column.endswith(AMOUNT) or row.made is None or row.standing is None:
        return {}
    sides = {"entries": row.made[column], "view": row.standing[column]}
    return {side: value for side, value in sides.items() if isinstance(value, int)}
