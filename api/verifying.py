"""Verifying a ledger's books and logs, and remembering what was found (OUTPUTS §4)."""

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
    with_logs: bool = True,
    processes: int = 0,
    progress: Progress = silent,
    clock: Clock = wall_clock,
) -> dict[str, Any]:
    """Recompute both books and check their published logs as they lie; gives the report of OUTPUTS §4.

    The report is kept as `verification.json`. Without `with_logs` the books alone are looked at, as if nothing had ever
    been published of them.

    Raises:
        Refused: when there is no ledger at `path`.
    """
    from api.verifying_logs import verify_logs
    from api.verifying_remembered import verify_remembered
    from audit.verify import as_json, verify_book

    folder = Folder(path)
    folder.identity()
    before = last_clean(folder) if incremental else {}
    remembered = _heads(before)
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
    report = of_books = as_json(reports)
    if with_logs:
        report = joined(of_books, verify_logs(folder, storage, of_books, before, progress))
        report = joined(report, verify_remembered(folder, storage, of_books))
    remember(folder, report, clock(), whole_at=before.get("whole_at"))
    return report


def joined(report: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The report with what else was looked at: its findings among the others, by book and position."""
    findings = sorted([*report["findings"], *more["findings"]], key=_place)
    left_out = report.get("findings_left_out", 0) + more.get("findings_left_out", 0)
    whole = {**report, **more, "ok": report["ok"] and not findings, "findings": findings}
    whole.pop("findings_left_out", None)
    return whole | ({"findings_left_out": left_out} if left_out else {})


def last_clean(folder: Folder) -> dict[str, Any]:
    """The last verification's report if nothing was found; else nothing."""
    try:
        told: dict[str, Any] = json.loads(folder.verification.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if told.get("ok") else {}


def remember(folder: Folder, report: dict[str, Any], now: datetime, *, whole_at: str | None) -> None:
    """Keep a report for whoever asks, and to read on from; `whole_at` is when everything was verified last."""
    beside = folder.verification.with_suffix(".new")
    kept = {**report, "checked_at": instant(now), "whole_at": whole_at}
    beside.write_text(json.dumps(kept), encoding="utf-8")
    beside.replace(folder.verification)


def _heads(report: dict[str, Any]) -> dict[str, Head]:
    """The heads of the books in a report."""
    books = report.get("books", ())
    return {book["book"]: Head(book["size"], bytes.fromhex(book["head"])) for book in books if book["size"]}


def _place(finding: dict[str, Any]) -> tuple[int, int]:
    return list(BookName).index(BookName(finding["book"])), finding["position"]
