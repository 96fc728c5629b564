"""A caller in a main thread that is interrupted (Ctrl-C) while its append waits behind a transaction.

    python interrupted_caller.py BOOK

Says `interrupted`, and the positions of what others appended behind it.
"""

import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread, main_thread
from time import sleep

from audit.book import Book, NewEntry
from audit.committer import Committer
from audit.seal import Entry, stream_id


def entry(name: str) -> NewEntry:
    return NewEntry(stream_id(b"key of group commit", "payment", name), 1, "payment-made/v1", b"{}")


class Held:
    """A book whose first transaction lasts until it is let go."""

    def __init__(self, book: Book) -> None:
        self.book, self.name = book, book.name
        self.busy, self.go = Event(), Event()

    def append(self, entries: Sequence[Entry]) -> range:
        if not self.busy.is_set():
            self.busy.set()
            self.go.wait(30)
        return self.book.append(entries)


def interrupt_when_waiting(committer: Committer) -> None:
    while not committer._waiting:  # until the main thread's append queues
        sleep(0.001)
    sleep(0.05)
    signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)


def main(path: str) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is started deaf to it
    with Book.open(path, name="money") as book, ThreadPoolExecutor(3) as pool:
        held = Held(book)
        committer = Committer(held)
        first = pool.submit(committer.append, [entry("first")])
        held.busy.wait(30)
        Thread(target=interrupt_when_waiting, args=[committer]).start()
        try:
            committer.append([entry("taken back")])
        except KeyboardInterrupt:
            sys.stdout.write("interrupted\n")
        others = [pool.submit(committer.append, [entry(name)]) for name in ("behind", "and behind")]
        held.go.set()
        first.result()
        for position in sorted(other.result().start for other in others):
            sys.stdout.write(f"{position}\n")
        committer.close()


if __name__ == "__main__":
    main(sys.argv[1])
