"""Whether what is shown is what the entries give: the views made again beside the live ones (OUTPUTS §4)."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from api.ledger import Ledger
from api.storage import POSTGRESQL, database_url
from audit.verify.findings import FINDINGS_KEPT
from domain.event import BookName
from projections.rebuilding import RowDiffers, compare
from projections.tables.alerts import ALERT_ANCHORS, ALERTS
from projections.tables.catalogue import KEPT
from projections.views import are_made, open_views

AMOUNT = "_fen"
"""Ends the names of the columns whose values are shown: amounts. Of any other column only the name is told."""

OF_SUPERVISION = frozenset(
    {*(facts.table.name for facts in KEPT[BookName.SUPERVISION]), ALERTS.table.name, ALERT_ANCHORS.name}
)
"""The tables whose positions are those of the supervision book."""

Shape = dict[str, Any]


def verify_views(ledger: Ledger, progress: Callable[[int, int], None]) -> Shape:
    """Make the views again from the entries and compare; gives `findings` as OUTPUTS §4 has them, row by row.

    Each names the `table`, the row's `key` and the `fields` that differ; `not_checked` tells why they could not be
    read. The live views are read as far as they are, and left so: whoever verifies need not be allowed to write
    them. `mingzhang rebuild` puts new ones in their place.
    """
    try:
        if not are_made(_place(ledger)):
            return {"findings": []}  # nothing is shown; whoever shows something makes them anew
        return _compared(ledger, progress)
    except DBAPIError as fault:
        said = str(fault.orig).partition("\n")[0]  # SQLAlchemy's own words carry the statement and its values
        return {"findings": [], "not_checked": [f"view: 视图读不了 / The views cannot be read: {said}"]}


def _place(ledger: Ledger) -> Path | str:
    return str(database_url()) if ledger.folder.identity().engine == POSTGRESQL else ledger.folder.views


def _compared(ledger: Ledger, progress: Callable[[int, int], None]) -> Shape:
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
