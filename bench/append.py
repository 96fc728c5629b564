"""`python -m bench.append`: appends against the plain library's own recorder, unsealed, on the same disk in one run.

    python -m bench.append [--size 5000] [--rounds 3] [--postgresql [URL]]

`--size` is how many entries each cell of the table appends (one by one a quarter of that, for many writers at least two
appends each); batches of more are left out. `--postgresql` measures the same on a cluster made for it, or in the
database at the URL if schemas and roles may be made there.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from psycopg.conninfo import conninfo_to_dict

from audit.book import Book, NewEntry
from audit.committer import Committer
from bench.figure import Figure, machine, options_of, save, tell
from tests.postgresql import cluster_of_its_own, find_postgresql

SIZE = 5_000
STATE = b'{"amount_fen":17500,"note":"%b"}' % (b"x" * 420)
"""An entry of 538 bytes, which DESIGN's figures are for."""

SHAPES = ((1, 1), (8, 1), (64, 1), (1, 500), (8, 500), (1, 5_000), (8, 5_000))
"""Writers, and entries an append."""

LARGEST_PIPELINED = 500
"""On PostgreSQL: the library pipelines the inserts of an append, and with 5,000 of them waits for ever (9.5.6)."""

ROUNDS = 3
"""Ours and the library's take turns; the best of each counts, since what disturbs only ever slows down."""

TARGETS = {
    "SQLite": {(1, 1): 0.75, (8, 1): 2.0},
    "PostgreSQL": {(8, 1): 5.0, (1, 500): 4.0},
}

Append = Callable[[Sequence[NewEntry]], object]


@dataclass(frozen=True)
class Engine:
    """One engine: `ours(measure)` and `library(measure)` make an empty log, measure it, and take it away.

    library_most:  entries in an append beyond which the library is not asked.
    """

    name: str
    ours: Callable[[Callable[[Append], float]], float]
    library: Callable[[Callable[[Append], float]], float]
    library_most: int = SHAPES[-1][1]


def main() -> None:
    """Print the table of each engine."""
    parser = options_of("bench.append")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--postgresql", metavar="URL", nargs="?", const="")
    options = parser.parse_args()
    print(f"Entries of 538 bytes, about {options.size:,} a cell, best of {options.rounds}, one run on {machine()}")
    figures = []
    with tempfile.TemporaryDirectory() as scratch:
        figures += told(sqlite(Path(scratch)), options.size, options.rounds)
    if options.postgresql is not None:
        with server(options.postgresql) as url:
            figures += told(postgresql(url), options.size, options.rounds)
    save(figures, options.json)


def told(engine: Engine, size: int, rounds: int) -> list[Figure]:
    """The figures of one engine, printed as they come."""
    figures = []
    for writers, batch in SHAPES:
        if batch > size:
            continue
        figures.append(figure_of(engine, (writers, batch), size, rounds))
        tell(figures[-1:])
    return figures


def figure_of(engine: Engine, shape: tuple[int, int], size: int, rounds: int) -> Figure:
    """One cell: so many writers, so many entries an append."""
    writers, batch = shape
    appends = max(size // batch // (4 if writers == batch == 1 else 1), 2 * writers)
    logs = [engine.ours, engine.library] if batch <= engine.library_most else [engine.ours]
    rates = [[log(rate_of(writers, batch, appends)) for log in logs] for _ in range(rounds)]
    ours, library = (max(column) for column in [*zip(*rates, strict=True), [0.0]][:2])
    return Figure(
        f"append, {engine.name}",
        f"{writers} writer{'s' if writers > 1 else ''}, {batch:,} an append",
        ours,
        "entries/s",
        "library" if library else "",
        library or None,
        ours / library if library else None,
        TARGETS[engine.name].get(shape),
    )


def rate_of(writers: int, batch: int, appends: int) -> Callable[[Append], float]:
    """Entries a second of so many writers that share so many appends; what is appended is made beforehand."""
    own = appends // writers
    ready = [
        [[NewEntry(uuid4(), 1, "payment-made/v1", STATE) for _ in range(batch)] for _ in range(own)]
        for _ in range(writers)
    ]

    def measure(append: Append) -> float:
        append([NewEntry(uuid4(), 1, "payment-made/v1", STATE)])  # connections are open, statements are prepared

        def write(batches: list[list[NewEntry]]) -> None:
            for entries in batches:
                append(entries)

        with ThreadPoolExecutor(writers) as pool:
            began = time.perf_counter()
            list(pool.map(write, ready))
            return writers * own * batch / (time.perf_counter() - began)

    return measure


def ours_in(book: Book, measure: Callable[[Append], float]) -> float:
    """What a book with its committer does."""
    with book, closing(Committer(book)) as committer:
        return measure(committer.append)


def library_in(recorder: ApplicationRecorder, measure: Callable[[Append], float]) -> float:
    """What the library's own recorder does."""

    def append(entries: Sequence[NewEntry]) -> None:
        recorder.insert_events([StoredEvent(*entry) for entry in entries])

    return measure(append)


def sqlite(folder: Path) -> Engine:
    """Files in `folder`; the library keeps its own settings, among which is `synchronous=FULL` by default."""

    def ours(measure: Callable[[Append], float]) -> float:
        own = fresh(folder)
        rate = ours_in(Book.create(own / "money.db", name="money", origin="bench.test/1"), measure)
        shutil.rmtree(own)
        return rate

    def library(measure: Callable[[Append], float]) -> float:
        own = fresh(folder)
        with closing(SQLiteDatastore(str(own / "library.db"), lock_timeout=60, pool_size=64)) as datastore:
            recorder = SQLiteApplicationRecorder(datastore)
            recorder.create_table()
            rate = library_in(recorder, measure)
        shutil.rmtree(own)
        return rate

    return Engine("SQLite", ours, library)


def fresh(folder: Path) -> Path:
    """A folder of its own."""
    made = folder / uuid4().hex
    made.mkdir()
    return made


@contextmanager
def server(url: str) -> Iterator[str]:
    """The database at `url`, or one on a cluster of our own."""
    if url:
        yield url
        return
    programs = find_postgresql()
    if programs is None:
        raise SystemExit("There is no PostgreSQL on this machine. Install one, or name the URL of a database.")
    with cluster_of_its_own(programs) as cluster:
        yield cluster.url()


def postgresql(url: str) -> Engine:
    """Schemas and tables with names of their own in the database at `url`, which are left there."""
    words: dict[str, Any] = dict(conninfo_to_dict(url))

    def ours(measure: Callable[[Append], float]) -> float:
        schema = f"bench_{uuid4().hex[:12]}"
        return ours_in(Book.create(url, name="money", origin="bench.test/1", schema=schema), measure)

    def library(measure: Callable[[Append], float]) -> float:
        datastore = PostgresDatastore(
            dbname=words["dbname"],
            host=words["host"],
            port=words.get("port", 5432),
            user=words["user"],
            password=words.get("password", ""),
            pool_size=64,
            max_overflow=8,
        )
        with closing(datastore):
            recorder = PostgresApplicationRecorder(datastore, events_table_name=f"bench_{uuid4().hex[:12]}")
            recorder.create_table()
            return library_in(recorder, measure)

    return Engine("PostgreSQL", ours, library, LARGEST_PIPELINED)


if __name__ == "__main__":
    main()
