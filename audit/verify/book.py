"""Verifies one book: plans what is to be read, reads it on one or several processes, and joins what was found."""

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

from audit.seal import Head
from audit.verify.findings import BookReport, Findings, Part
from audit.verify.reading import Place, Source
from audit.verify.rows import read_rows
from audit.verify.streams import read_streams
from audit.verify.structure import read_structure
from audit.verify.survey import Survey, survey

STRETCH = 10_000
"""Rows read between two calls of `progress`: a tenth of a second."""

MOST_STRETCHES = 1_000
"""However far the last position was moved, the plan stays this short."""

WORTH_A_PROCESS = 20_000
"""Below so many rows, starting a process takes longer than reading them."""

Progress = Callable[[int, int], None]
"""Called with how many positions were read, and how many there are to read."""

Job = Callable[[], Part]


class Sourced(Protocol):
    """An open book that says how it is read: None where it is a file."""

    @property
    def source(self) -> Source | None:
        """What the verifier reads it through."""


def _place_of(book: "str | os.PathLike[str] | Sourced") -> Place:
    source: Source | None = getattr(book, "source", None)
    return source if source is not None else Path(os.fspath(book))  # type: ignore[arg-type]


def verify_book(
    book: "str | os.PathLike[str] | Sourced",
    *,
    name: str | None = None,
    since: Head | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> BookReport:
    """Recompute every byte of `book` (its file, or an open `audit.book.Book`) and report what is not as it was sealed.

    A book that is no file is read through its `source`.

    name:      what the report calls it; by default the file's name without its ending.
    since:     the head that an earlier verification found sound. If the book still has that link there, only what
               came after it is read; if not, that is found, and everything is read.
    processes: how many work at once, this one among them. Each opens the file for itself; small books take one.
    progress:  called now and then with positions read and positions to read.

    Entries that are appended meanwhile are left for the next time. Memory does not grow with the book.

    Raises:
        BookUnreadable: when there is no such file, or the engine is kept from reading it.
    """
    place = _place_of(book)
    title = (place.stem if isinstance(place, Path) else place.title) if name is None else name
    seen = survey(place, since)
    findings = seen.findings
    if seen.last is None:
        return BookReport(title, None, 0, None, 1, findings.in_order(), findings.left_out)
    total = max(seen.last.position - seen.first + 1, 0)
    done = 0
    with closing(_results(_plan(place, seen, total), processes if total > WORTH_A_PROCESS else 1)) as parts:
        for part in parts:
            findings.extend(part.findings)
            done = min(done + part.covered, total)
            if progress is not None and part.covered:
                progress(done, total)
    return BookReport(
        title, seen.origin, seen.last.position, seen.last.link, seen.first, findings.in_order(), findings.left_out
    )


def _plan(place: Place, seen: Survey, total: int) -> list[Job]:
    """What is to be read, the longest parts first."""
    if seen.last is None or not total:
        return []
    first, last = seen.first, seen.last.position
    whole = first == 1
    jobs: list[Job]
    if whole:
        jobs = [partial(_read_whole, place, last, tables_are_ours=seen.tables_are_ours)]
    else:  # the origin is bound into the first link only
        by_index = partial(read_streams, place, first, last, by_index=seen.tables_are_ours)
        jobs = [by_index, partial(read_rows, place, 1, 1, seen.origin)]
    width = max(STRETCH, -(-total // MOST_STRETCHES))
    stretches = ((start, min(start + width - 1, last)) for start in range(first, last + 1, width))
    return jobs + [partial(read_rows, place, start, until, seen.origin) for start, until in stretches]


def _read_whole(place: Place, last: int, *, tables_are_ours: bool) -> Part:
    """Check the file's structure, and the versions in each stream.

    In a sound file the index says what the table says, and shows at once that no version is out of sequence. Which
    one is, and what to do where the file is not sound, the table alone can tell.
    """
    findings = read_structure(place, last).findings
    sound = tables_are_ours and isinstance(place, Path) and not findings.in_order()
    if sound and not _among(place, last, by_index=True).in_order():
        return Part(0, findings)
    findings.extend(_among(place, last, by_index=False))
    return Part(0, findings)


def _among(place: Place, last: int, *, by_index: bool) -> Findings:
    return read_streams(place, 1, last, by_index=by_index).findings


def _results(jobs: Sequence[Job], processes: int) -> Generator[Part, None, None]:
    """What each of `jobs` gives, as they are done.

    This process works as well, from the last job on: so nobody waits while the others start. They are started anew and
    not forked: a fork would carry over the server's threads, locks and connections.
    """
    if processes <= 1:
        for job in jobs:
            yield job()
        return
    with ProcessPoolExecutor(processes - 1, mp_context=get_context("spawn")) as pool:
        try:
            given = deque((pool.submit(job), job) for job in jobs)
            while given:
                future, job = given.pop()
                if not future.cancel():  # another process has it already, and so all those before it
                    yield future.result()
                    continue
                yield job()
                while given and given[0][0].done():
                    yield given.popleft()[0].result()
        finally:
            pool.shutdown(cancel_futures=True)
