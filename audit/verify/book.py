"""Verifies one book: plans what is to be read, reads it on one or several processes, and joins what was found."""

import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from audit.seal import Head
from audit.verify.findings import BookReport, Part
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


def verify_book(
    book: str | os.PathLike[str],
    *,
    name: str | None = None,
    since: Head | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> BookReport:
    """Recompute every byte of `book` (its file, or an open `audit.book.Book`) and report what is not as it was sealed.

    name:      what the report calls it; by default the file's name without its ending.
    since:     the head that an earlier verification found sound. If the book still has that link there, only what
               came after it is read; if not, that is found, and everything is read.
    processes: how many work at once. Each opens the file for itself; small books take one.
    progress:  called now and then with positions read and positions to read.

    Entries that are appended meanwhile are left for the next time. Memory does not grow with the book.

    Raises:
        BookUnreadable: when there is no such file, or the engine is kept from reading it.
    """
    path = Path(os.fspath(book))
    title = path.stem if name is None else name
    seen = survey(path, since)
    findings = seen.findings
    if seen.last is None:
        return BookReport(title, None, 0, None, 1, findings.in_order(), findings.left_out)
    total = max(seen.last.position - seen.first + 1, 0)
    done = 0
    with closing(_results(_plan(path, seen, total), processes if total > WORTH_A_PROCESS else 1)) as parts:
        for part in parts:
            findings.extend(part.findings)
            done = min(done + part.covered, total)
            if progress is not None and part.covered:
                progress(done, total)
    return BookReport(
        title, seen.origin, seen.last.position, seen.last.link, seen.first, findings.in_order(), findings.left_out
    )


def _plan(path: Path, seen: Survey, total: int) -> list[Job]:
    """What is to be read, the longest parts first."""
    if seen.last is None or not total:
        return []
    first, last = seen.first, seen.last.position
    whole = first == 1
    jobs: list[Job] = [partial(read_streams, path, first, last, by_index=seen.tables_are_ours and not whole)]
    if whole:
        jobs.append(partial(read_structure, path, last))
    else:  # the origin is bound into the first link only
        jobs.append(partial(read_rows, path, 1, 1, seen.origin))
    width = max(STRETCH, -(-total // MOST_STRETCHES))
    stretches = ((start, min(start + width - 1, last)) for start in range(first, last + 1, width))
    return jobs + [partial(read_rows, path, start, until, seen.origin) for start, until in stretches]


def _results(jobs: Sequence[Job], processes: int) -> Generator[Part, None, None]:
    """What each of `jobs` gives, as they are done.

    Processes are started anew and not forked: a fork would carry over the server's threads, locks and connections.
    """
    if processes <= 1:
        for job in jobs:
            yield job()
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        try:
            for done in as_completed([pool.submit(job) for job in jobs]):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)
