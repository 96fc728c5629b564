"""Verifying a ledger's books, and remembering what was found (OUTPUTS §4)."""

import json
import os
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from api.folder import Folder
from api.settings import Settings
from api.storage import storage_of
from audit.seal import Head
from domain.clock import Clock, instant, wall_clock
from domain.event import BookName

Progress = Callable[[str, int, int], None]
"""Told (book, entries done, of how many)."""


def silent(book: str, done: int, of: int) -> None:
    """Tell nobody."""


def verify_ledger(
    path: Path,
    *,
    incremental: bool = False,
    processes: int = 0,
    progress: Progress = silent,
    clock: Clock = wall_clock,
) -> dict[str, Any]:
    """Recompute both books as they lie; gives the report of OUTPUTS §4 and keeps it as `verification.json`.

    Raises:
        Refused: when there is no ledger at `path`.
    """
    from audit.verify import as_json, verify_book

    folder = Folder(path)
    folder.identity()
    remembered = _remembered(folder) if incremental else {}
    workers = processes or Settings().processes or os.cpu_count() or 1
    storage = storage_of(folder)
    reports = []
    for name in BookName:
        with storage.as_it_lies(name) as book:
            reports.append(
                verify_book(
                    book,
                    name=name.value,
                    since=remembered.get(name.value),
                    processes=workers,
                    progress=partial(progress, name.value),
                )
            )
    report: dict[str, Any] = as_json(reports)
    _remember(folder, report, clock())
    return report


def _remembered(folder: Folder) -> dict[str, Head]:
    """The heads of the last clean verification, by book."""
    try:
        told = json.loads(folder.verification.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not told.get("ok"):
        return {}
    return {book["book"]: Head(book["size"], bytes.fromhex(book["head"])) for book in told["books"] if book["size"]}


def _remember(folder: Folder, report: dict[str, Any], now: datetime) -> None:
    beside = folder.verification.with_suffix(".new")
    beside.write_text(json.dumps({**report, "checked_at": instant(now)}), encoding="utf-8")
    beside.replace(folder.verification)
