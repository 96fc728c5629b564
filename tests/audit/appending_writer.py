"""A writer in a process of its own: appends without end, or so many times, and says what was acknowledged.

    python appending_writer.py BOOK WRITER THREADS APPENDS ENTRIES

Each line of its output is the positions and the streams of one append that has returned.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from threading import Lock

from audit.book import Book, NewEntry
from audit.seal import stream_id


def batches(writer: str, thread: int, entries: int) -> Iterator[list[NewEntry]]:
    for number in count():
        yield [
            NewEntry(
                stream_id(b"key of two writers", "payment", f"{writer}/{thread}/{number}/{i}"),
                1,
                "payment-made/v1",
                b'{"amount_fen":%d}' % number,
            )
            for i in range(entries)
        ]


def main(path: str, writer: str, threads: int, appends: int, entries: int) -> None:
    telling = Lock()

    def write(thread: int) -> None:
        for batch in islice(batches(writer, thread, entries), appends):
            positions = book.append(batch)
            with telling:
                for position, entry in zip(positions, batch, strict=True):
                    sys.stdout.write(f"{position} {entry.stream}\n")
                sys.stdout.flush()

    with Book.open(path, name="money") as book, ThreadPoolExecutor(threads) as pool:
        list(pool.map(write, range(threads)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))
