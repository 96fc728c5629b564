"""A writer in a process of its own whose threads append through one committer, each one entry at a time.

    python committing_writer.py BOOK WRITER THREADS APPENDS

Each line of its output is the position and stream of an append that has returned, or `refused` and the fault.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Lock

from audit.book import Book, BookUnavailable, NewEntry
from audit.committer import Committer
from audit.seal import stream_id


def main(path: str, writer: str, threads: int, appends: int) -> None:
    telling = Lock()

    def tell(line: str) -> None:
        with telling:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    def write(thread: int) -> None:
        for number in range(appends):
            stream = stream_id(b"key of group commit", "payment", f"{writer}/{thread}/{number}")
            try:
                positions = committer.append([NewEntry(stream, 1, "payment-made/v1", b'{"amount_fen":%d}' % number)])
            except BookUnavailable as fault:
                tell(f"refused {type(fault).__name__}")
            else:
                tell(f"{positions.start} {stream}")

    with (
        Book.open(path, name="money") as book,
        closing(Committer(book)) as committer,
        ThreadPoolExecutor(threads) as pool,
    ):
        list(pool.map(write, range(threads)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:5]))
