"""Gathers what several threads append at the same time into one transaction (DESIGN §3, group commit).

A commit waits for the disk, and one for each of many writers waits that often. So whatever arrives while a commit is
running is committed together when it is done::

    with closing(Committer(book)) as committer:
        positions = committer.append([NewEntry(stream, 1, "payment-made/v1", state)])  # from any thread

`append` answers as `Book.append` does, to each caller for its own entries: all of them or none, in their order, and one
that conflicts fails alone. A writer with nobody beside it commits in its own thread and waits for nothing. One process
has one committer for a book; several processes may have one each.
"""

from collections import deque
from collections.abc import Sequence
from threading import Condition, Lock, Thread
from time import sleep
from typing import Protocol
from uuid import UUID

from audit.faults import BookFault, BookUnavailable, Conflict, OutOfSequence
from audit.seal import Entry

GROUP_ENTRIES = 500
"""Entries in one transaction. From here on the disk is no longer what is waited for, and an append that is as large
already is committed by itself."""


class Appendable(Protocol):
    """A book, as far as it is appended to; `audit.book.Book` on either engine."""

    name: str

    def append(self, entries: Sequence[Entry]) -> range:
        """Seal `entries` in one transaction; safe in several threads."""
        ...


class Committer:
    """Appends to one book for all threads of a process; `close` it before the book."""

    def __init__(self, book: Appendable) -> None:
        self._book = book
        self._waiting: deque[_Append] = deque()
        self._arrival = Condition(Lock())
        self._closing = False
        self._writing = Lock()
        self._thread: Thread | None = None

    def append(self, entries: Sequence[Entry]) -> range:
        """Seal `entries` behind the head, in their order: all of them, or none; gives their positions.

        An interrupt (Ctrl-C) while they wait takes them back. Once their transaction has begun it may still commit, as
        with `Book.append`: then they are sealed once, and nobody was told.

        Raises:
            Conflict, OutOfSequence, NotAnEntry, BookIsReadOnly, BookUnavailable: as `Book.append`; also `Conflict` when
                another append has taken the same version while this one waited, and `BookUnavailable` after `close`.
        """
        if not self._waiting and not self._writing.locked():
            with self._writing:  # at worst another was as quick, and goes first
                if not self._closing:
                    return self._book.append(entries)
        own = _Append(entries)
        with self._arrival:
            if self._closing:
                raise BookUnavailable(self._book.name, "it is being closed")
            if self._thread is None:
                thread = Thread(target=self._serve, name=f"committer of {self._book.name}", daemon=True)
                thread.start()
                self._thread = thread
            self._waiting.append(own)
            self._arrival.notify()
        return self._outcome(own)

    def close(self) -> None:
        """Commit what is waiting, and refuse what comes; the book stays open."""
        with self._arrival:
            self._closing = True
            self._arrival.notify()
        if self._thread is not None:
            self._thread.join()
        with self._writing:  # whoever wrote alone is done
            pass

    def _outcome(self, own: "_Append") -> range:
        try:
            own.settled.acquire()
        except BaseException:
            with self._arrival:
                if own in self._waiting:
                    self._waiting.remove(own)
            raise
        if own.fault is not None:
            raise own.fault
        return own.positions

    def _serve(self) -> None:
        """What the committer's thread does: group after group, until it is closed and nothing waits."""
        answered = 0
        while True:
            with self._arrival:
                while not self._waiting and not self._closing:
                    self._arrival.wait()
                if not self._waiting:
                    return
            if answered > 1:
                self._let_come()
            with self._writing:
                with self._arrival:
                    group = _next_group(self._waiting)
                answered = len(group)
                self._commit(group)

    def _let_come(self) -> None:
        """Stand back as long as more arrive: those who were just answered are about to append again."""
        seen = -1
        while seen < len(self._waiting):
            seen = len(self._waiting)
            sleep(0)

    def _commit(self, group: "list[_Append]") -> None:
        """Commit `group` in one transaction, and once more without each append that cannot stand."""
        while group:
            try:
                positions = self._book.append([entry for append in group for entry in append.entries])
            except (Conflict, OutOfSequence) as fault:
                group = _settled_without(group, fault)
            except BookFault as fault:  # the engine's, and so everybody's
                _fail_all(group, fault)
                return
            except BaseException as fault:  # noqa: BLE001  somebody's entries are none; this thread must go on
                if len(group) == 1:
                    _fail_all(group, fault)
                    return
                self._commit(group[: len(group) // 2])
                group = group[len(group) // 2 :]
            else:
                _succeed_all(group, positions.start)
                return


class _Append:
    """What one caller wants appended, and what became of it once `settled` can be acquired.

    `runs` gives for each stream its first and last version, if in each they go on one by one, else `None`.
    """

    __slots__ = ("entries", "fault", "positions", "runs", "settled")

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.runs = _runs(entries)
        self.positions = range(0)
        self.fault: BaseException | None = None
        self.settled = Lock()
        self.settled.acquire()

    def succeed(self, positions: range) -> None:
        self.positions = positions
        self.settled.release()

    def fail(self, fault: BaseException) -> None:
        self.fault = fault
        self.settled.release()


def _runs(entries: Sequence[Entry]) -> dict[UUID, tuple[int, int]] | None:
    runs: dict[UUID, tuple[int, int]] = {}
    for stream, version, _, _ in entries:
        first, last = runs.get(stream, (version, version - 1))
        if version != last + 1:
            return None
        runs[stream] = (first, version)
    return runs


def _next_group(waiting: deque[_Append]) -> list[_Append]:
    """Take from `waiting`, first come first served, what fits into one transaction and changes nobody's answer.

    In a group each stream's versions go on one by one. So a version that the book refuses is one append's and no
    other's; and of two appends that want the same version, the second is asked for when the first stands. What is in
    disorder by itself gets its answer alone.
    """
    group: list[_Append] = []
    size = 0
    reached: dict[UUID, int] = {}
    while waiting:
        append = waiting[0]
        size += len(append.entries)
        if group and (size > GROUP_ENTRIES or not _goes_on(append, reached)):
            break
        group.append(waiting.popleft())
        if append.runs is None:
            break
        reached.update((stream, last) for stream, (_, last) in append.runs.items())
    return group


def _goes_on(append: _Append, reached: dict[UUID, int]) -> bool:
    """Whether each stream that others have `reached` so far goes on from there."""
    if append.runs is None:
        return False
    return all(first == reached.get(stream, first - 1) + 1 for stream, (first, _) in append.runs.items())


def _settled_without(group: list[_Append], fault: Conflict | OutOfSequence) -> list[_Append]:
    """Fail the append of `group` that has the version which `fault` names; gives the others."""
    refused = (fault.stream, fault.version)
    for append in group:
        if any((stream, version) == refused for stream, version, _, _ in append.entries):
            append.fail(fault)
            return [other for other in group if other is not append]
    _fail_all(group, fault)  # the book names what nobody asked for
    return []


def _succeed_all(group: list[_Append], first: int) -> None:
    for append in group:
        append.succeed(range(first, first + len(append.entries)))
        first += len(append.entries)


def _fail_all(group: list[_Append], fault: BaseException) -> None:
    """Tell each of `group`, in an exception of its own: one that is raised in two threads mixes their tracebacks."""
    for append in group:
        append.fail(_twin(fault))


def _twin(fault: BaseException) -> BaseException:
    twin = type(fault).__new__(type(fault), *fault.args)
    twin.__dict__.update(fault.__dict__)
    twin.__cause__ = fault
    return twin
