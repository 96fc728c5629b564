"""Naming the records in which a book differs from a log that somebody else holds (DESIGN §4, Mirrors).

::

    compare(tree, records)      tree: what the mirror's head answers for; records: those of the book as it lies

Both sides are gone through once, side by side, hash by hash; only where they part are both looked ahead, at most
`WINDOW` records, for the place where they run together again. So a record that was taken out or put in is named as
such, although every one behind it has another number then; and memory does not grow with the log. Records that stand
elsewhere (swapped, moved, doubled) are found by a second look at the mirror, for their hashes alone.

Hashes are compared, and nothing else: that those of the book are its entries' is for the caller to see to. Standard
library only.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from audit.log.proving import LogTree
from audit.log.tiles import WIDTH, Tile

WINDOW = 10_000
"""How far both are looked ahead: so many records may be missing or put in at one place, and the rest still fits."""

RUN = 2
"""So many records in a row have to be the same before both sides run together again; at the end, what is left."""

DIFFERENCES_KEPT = 1_000
"""A book that is all other differs in every record; the first thousand are named, and the rest counted."""

CHANGED, MISSING, INSERTED, MOVED, DOUBLED = "changed", "missing", "inserted", "moved", "doubled"


class Record(NamedTuple):
    """One record: its position, from 1, and its leaf hash."""

    position: int
    leaf: bytes


class Difference(NamedTuple):
    """One record in which the two differ.

    kind:      `changed`: another record stands in its place. `missing`: the book has it no more. `inserted`: the mirror
               has no such record. `moved`: the mirror has it at another place. `doubled`: it stands at its place, too.
    mirrored:  what the mirror has there, if anything.
    recorded:  what the book has there, if anything.
    at:        of `moved` and `doubled`, where the mirror has the book's record.
    """

    kind: str
    mirrored: Record | None
    recorded: Record | None
    at: int | None = None

    @property
    def position(self) -> int:
        """Where to look: in the mirror, or else in the book."""
        record = self.mirrored or self.recorded
        return record.position if record else 0


class Comparison(NamedTuple):
    """What a comparison gave.

    agreed:       up to and with this position both have the same records in the same places.
    mirror_size:  how many records the mirror answers for.
    differences:  the first of them by position; `left_out` more were only counted.
    """

    agreed: int
    mirror_size: int
    differences: tuple[Difference, ...]
    left_out: int


def compare(tree: LogTree, records: Iterable[Record], *, since: int = 0) -> Comparison:
    """Compare a book with what `tree` answers for; the book's records behind the tree's end are its own affair.

    since:  up to this position both are known to be the same; `records` are those behind it.

    Raises:
        TilesDamaged: when a tile of the mirror is not what its head answers for.
    """
    found: list[Difference] = []
    left_out = 0
    for difference in _Walk(_mirrored(tree, since), iter(records)).differences():
        if len(found) < DIFFERENCES_KEPT:
            found.append(difference)
        else:
            left_out += 1
    agreed = min((difference.position - 1 for difference in found), default=tree.size)
    return Comparison(agreed, tree.size, tuple(_placed(tree, found)), left_out)


def leaves_of(tree: LogTree, since: int = 0) -> Iterator[bytes]:
    """The leaf hashes of a tree, behind the first `since`.

    Raises:
        TilesDamaged: when a tile was changed or is missing.
    """
    for start in range(since - since % WIDTH, tree.size, WIDTH):
        hashes = tree.hashes(Tile(0, start // WIDTH, min(WIDTH, tree.size - start)))
        yield from hashes[max(since - start, 0) :]


def _mirrored(tree: LogTree, since: int = 0) -> Iterator[Record]:
    return (Record(position, leaf) for position, leaf in enumerate(leaves_of(tree, since), start=since + 1))


def _placed(tree: LogTree, found: list[Difference]) -> Iterator[Difference]:
    """What was found, once the mirror has been asked where else it has the book's records."""
    asked = {difference.recorded.leaf for difference in found if difference.recorded}
    stands_at = {leaf: position for position, leaf in _mirrored(tree) if leaf in asked} if asked else {}
    displaced = {difference.mirrored.position for difference in found if difference.mirrored}
    for difference in found:
        at = stands_at.get(difference.recorded.leaf) if difference.recorded else None
        if at is None:
            yield difference
        else:
            yield difference._replace(kind=MOVED if at in displaced else DOUBLED, at=at)


class _Side:
    """One of the two, with what was looked at ahead."""

    def __init__(self, records: Iterator[Record]) -> None:
        self._records = records
        self._ahead: deque[Record] = deque()

    def look(self, count: int) -> list[Record]:
        """What comes next, `count` records if there are so many; it stays."""
        self._fill(count)
        return list(islice(self._ahead, count))

    def take(self, count: int) -> list[Record]:
        """The next `count` records; fewer at the end."""
        self._fill(count)
        return [self._ahead.popleft() for _ in range(min(count, len(self._ahead)))]

    def put_back(self, records: list[Record]) -> None:
        """Let them come next, again."""
        self._ahead.extendleft(reversed(records))

    def _fill(self, count: int) -> None:
        if len(self._ahead) < count:
            self._ahead.extend(islice(self._records, count - len(self._ahead)))


class _Walk:
    """Goes over the mirror's records beside the book's."""

    def __init__(self, mirrored: Iterator[Record], recorded: Iterator[Record]) -> None:
        self._mirror = _Side(mirrored)
        self._book = _Side(recorded)

    def differences(self) -> Iterator[Difference]:
        """Every difference, in their order, until the mirror ends."""
        while mirrored := self._mirror.take(WIDTH):
            recorded = self._book.take(len(mirrored))
            alike = _alike(mirrored, recorded)
            if alike < len(mirrored):
                self._mirror.put_back(mirrored[alike:])
                self._book.put_back(recorded[alike:])
                yield from self._parted()

    def _parted(self) -> Iterator[Difference]:
        """What stands between here and where both run together again."""
        mirrored, recorded = self._mirror.look(WINDOW), self._book.look(WINDOW)
        if not recorded:
            yield from _between(self._mirror.take(WINDOW), [])
            return
        of_mirror, of_book = _meeting(mirrored, recorded)
        yield from _between(self._mirror.take(of_mirror), self._book.take(of_book))


def _alike(mirrored: list[Record], recorded: list[Record]) -> int:
    """How many records both begin with."""
    for number, (ours, theirs) in enumerate(zip(mirrored, recorded, strict=False)):
        if ours.leaf != theirs.leaf:
            return number
    return min(len(mirrored), len(recorded))


def _between(mirrored: list[Record], recorded: list[Record]) -> Iterator[Difference]:
    """Two stretches that are not the same: record by record, and what one of them has more."""
    for ours, theirs in zip(mirrored, recorded, strict=False):
        yield Difference(CHANGED, ours, theirs)
    for lost in mirrored[len(recorded) :]:
        yield Difference(MISSING, lost, None)
    for added in recorded[len(mirrored) :]:
        yield Difference(INSERTED, None, added)


def _meeting(mirrored: list[Record], recorded: list[Record]) -> tuple[int, int]:
    """How many records of each side stand before the nearest place from which both run on alike.

    Where there is none and the book's positions leap, what it leaps over is missing; else all that was seen is other.
    """
    places = {record.leaf: place for place, record in reversed(list(enumerate(recorded)))}
    nearest: tuple[int, int] | None = None
    for here, record in enumerate(mirrored):
        if nearest is not None and here >= sum(nearest):
            break
        there = places.get(record.leaf)
        if there is None or (nearest is not None and here + there >= sum(nearest)):
            continue
        if _runs_on(mirrored, recorded, here, there):
            nearest = here, there
    if nearest is not None:
        return nearest
    leap = recorded[0].position - mirrored[0].position
    if leap > 0:
        return min(leap, len(mirrored)), 0
    together = min(len(mirrored), len(recorded))
    return together, together


def _runs_on(mirrored: list[Record], recorded: list[Record], here: int, there: int) -> bool:
    """Whether both are alike from these places on, for `RUN` records or to an end."""
    ours, theirs = mirrored[here : here + RUN], recorded[there : there + RUN]
    return _alike(ours, theirs) == min(len(ours), len(theirs))
