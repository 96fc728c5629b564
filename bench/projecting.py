"""`python -m bench.projecting`: projections against the plain library's own runner, in one run.

    python -m bench.projecting [--size 20000] [--postgresql [URL]]

Ours reads sealed events of some 1,200 bytes from a book and writes every table of the views: rows with their indexes,
the index of subjects, what is worked out, what the rules must look at. The library's reads events of six facts and
writes one row of three columns: its projection runner into PostgreSQL, and on SQLite, where that cannot run, a process
application into a table in memory. So the ratios speak for the library; they are told as they are.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.schema import DropSchema

from audit.book import Book, NewEntry
from audit.seal import stream_id
from bench import library
from bench.append import server
from bench.figure import Figure, machine, options_of, save, tell
from bench.payments import stream_of_events
from domain.event import encode
from projections.dialect import writing
from projections.runner import Projector
from projections.views import open_views

SIZE = 20_000
BATCH = 5_000
ROUNDS = 2
"""Ours and the library's take turns; the best of each counts, since what disturbs only ever slows down."""

TARGET = 20.0
"""DESIGN's, against the projection runner."""


def main() -> None:
    """Print the figures."""
    parser = options_of("bench.projecting")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--postgresql", metavar="URL", nargs="?", const="")
    options = parser.parse_args()
    print(f"projections, {options.size:,} events, best of {options.rounds}, one run on {machine()}")
    figures = [on_sqlite(options.size, options.rounds)]
    tell(figures)
    if options.postgresql is not None:
        with server(options.postgresql) as url:
            figures.append(on_postgresql(url, options.size, options.rounds))
        tell(figures[-1:])
    save(figures, options.json)


def on_sqlite(size: int, rounds: int) -> Figure:
    """Both in files of their own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with Book.create(folder / "money.db", name="money", origin="bench.test/1") as book:
            fill(book, size)

            def ours() -> float:
                return seconds_of(book, open_views(folder / f"{uuid4().hex}.db"))

            return figure_of("SQLite", size, rounds, ours, lambda: library.run(size)["project_s"])


def on_postgresql(url: str, size: int, rounds: int) -> Figure:
    """Both in schemas and tables of their own, of which the views are dropped."""
    with Book.create(url, name="money", origin="bench.test/1", schema=f"bench_{uuid4().hex[:12]}") as book:
        fill(book, size)

        def ours() -> float:
            schema = f"bench_{uuid4().hex[:12]}"
            engine = open_views(url, schema=schema)
            seconds = seconds_of(book, engine)
            with writing(engine) as connection:
                connection.execute(DropSchema(schema, cascade=True))
            return seconds

        return figure_of("PostgreSQL", size, rounds, ours, lambda: library.follow(size, url), TARGET)


def figure_of(
    engine: str,
    size: int,
    rounds: int,
    ours: Callable[[], float],
    plain: Callable[[], float],
    target: float | None = None,
) -> Figure:
    """Events a second of each, and how many times the library's ours are."""
    seconds = [(ours(), plain()) for _ in range(rounds)]
    our_rate, plain_rate = (size / min(column) for column in zip(*seconds, strict=True))
    ratio = our_rate / plain_rate
    return Figure(
        f"project, {engine}", f"{size:,} events", our_rate, "events/s", "library's runner", plain_rate, ratio, target
    )


def seconds_of(book: Book, views: Engine) -> float:
    """How long the projector takes from the first entry to the last."""
    began = time.perf_counter()
    Projector(views, {"money": book}).catch_up()
    seconds = time.perf_counter() - began
    views.dispose()
    return seconds


def fill(book: Book, size: int) -> None:
    """Append so many events."""
    remaining = entries(size)
    while batch := list(islice(remaining, BATCH)):
        book.append(batch)


def entries(size: int) -> Iterator[NewEntry]:
    """Events as they are sealed."""
    for (kind, key), event in islice(stream_of_events(), size):
        yield NewEntry(stream_id(b"key of the bench", kind, key), 1, event.TOPIC, encode(event))


if __name__ == "__main__":
    main()
