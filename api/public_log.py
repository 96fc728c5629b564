"""The public log of a book: tiles that grow behind the commits, and heads that are signed (DESIGN §4).

    <ledger>/log/<book>/
        tile/…        what is published: tiles and entry bundles (audit.log.tiles)
        checkpoint    the newest head, with the signatures of the log and its witnesses; what everybody reads
        signed        the newest head that this log's key has signed; on the disk before anybody sees it
        grown         how far the tiles have come (audit.log.growing)
        lock          one process grows and signs at a time

A head is signed when its tiles are on the disk, and only when it is proven to add to every head that is remembered:
`signed`, `checkpoint`, where the books are in a database the one that the database remembers (`Storage.signed_head`),
and the one that each key remembers apart from the log (`Remembering`). So a process that is killed at any instant
leaves a log that goes on, and never a second head of one size with another root; and whoever takes this folder away
has nothing signed that its keys would not have signed before.

Several machines may serve a ledger in a database, each with a folder of its own: one signs at a time, and remembers the
head in the database before anybody sees it; the others let their tiles grow, prove that head against them, and keep it
in their own `signed` too. A database that is put back is so found out by every machine that had seen a larger head. All
but `signed` can be made anew from the book; where no folder, key or database remembers a head, only the witnesses do.
"""

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import Any, NamedTuple, Protocol, runtime_checkable

from api.folder import Folder, held
from api.storage import Storage
from audit.book import Book
from audit.log.checkpoint import Checkpoint, parse_text
from audit.log.folder import LogFolder
from audit.log.growing import Leaf, LeafChanged, TreeHead, drop_partials, grow, grown_so_far
from audit.log.note import NoteInvalid, Signer, parse, signed
from audit.log.proving import LogTree
from audit.log.receipt import Receipt, issue
from audit.log.tiles import WIDTH, Tile, TilesDamaged, cut, hashes_at, path_of, read_tile
from audit.merkle import EMPTY_ROOT, ProofInvalid, root_of, verify_consistency
from audit.seal import genesis
from domain.event import BookName
from domain.refusal import Refused

CHECKPOINT, SIGNED, LOCK = "checkpoint", "signed", "lock"

NOTHING = TreeHead(0, EMPTY_ROOT)

Cosign = Callable[[str], str]
"""Takes a signed note, gives it back with whatever witnesses added."""


class Logged(Protocol):
    """A ledger, as far as its logs need it."""

    folder: Folder
    storage: Storage

    def book(self, name: BookName) -> Book:
        """The book of that name."""


@runtime_checkable
class Remembering(Protocol):
    """A key that remembers what it signed; not every signer does."""

    def last_signed(self) -> TreeHead | None:
        """The newest head that it signed; None before the first."""


class Published(NamedTuple):
    """A head and the note that signs it, as the log shows it."""

    checkpoint: Checkpoint
    note: str

    @property
    def head(self) -> TreeHead:
        """Its size and root."""
        return TreeHead(self.checkpoint.size, self.checkpoint.root)

    @property
    def told(self) -> dict[str, Any]:
        """The head as an answer tells it."""
        return {"origin": self.checkpoint.origin, "size": self.checkpoint.size, "root": self.checkpoint.root.hex()}


class Stopped(Exception):
    """The process is to end; what was written of the log is gone on from."""


def unwitnessed(note: str) -> str:
    """Ask no witness."""
    return note


def never() -> bool:
    """Go on to the end."""
    return False


class PublicLog:
    """The log of one book; one object serves many threads."""

    def __init__(self, ledger: Logged, name: BookName) -> None:
        self.name = name
        self.folder = LogFolder(ledger.folder.logs / name.value)
        self._book = ledger.book(name)
        self._storage = ledger.storage
        self._tree: LogTree | None = None
        self._proving = Lock()

    @property
    def origin(self) -> str:
        """The name of the log: the book's own."""
        return self._book.origin

    def published(self) -> Published | None:
        """The newest head that everybody may see; None before the first.

        Raises:
            Refused: `E-SCHEMA` when the file is no checkpoint of this book.
        """
        return self._read(CHECKPOINT)

    def publish(
        self,
        signers: Sequence[Signer],
        *,
        cosign: Cosign = unwitnessed,
        wait: bool = True,
        stop: Callable[[], bool] = never,
    ) -> Published | None:
        """Let the log grow to the end of the book, and sign its head; gives what everybody may see now.

        signers:  the log's keys, all of which sign; with none, what another machine has signed is shown.
        cosign:   asks the witnesses; called with the head that is signed already when nothing is new.
        wait:     wait for another process that is publishing; without it None is given then, as for an empty book.
        stop:     asked while the log grows; once it says yes, `Stopped` is raised.

        Raises:
            Refused: `E-PROOF`, and nothing is signed, when the book does not hold what was signed before;
                `E-SCHEMA` when `signed`, or what a key remembers, cannot be read.
        """
        self.folder.make()
        with held(self.folder.path / LOCK, wait=wait) as ours:
            if not ours:
                return None
            with self._storage.signing(self.name, wait=wait) as alone:
                return self._publish(signers, cosign, stop) if alone else None

    def newest_signed(self) -> Published | None:
        """The newest head that is known to be signed, on this machine or another; None before the first.

        Raises:
            Refused: `E-SCHEMA` when a file that remembers it cannot be read.
        """
        return max(self._remembered(self._read(SIGNED), self._shared()), key=_size_of, default=None)

    def receipt(self, position: int) -> Receipt:
        """The proof that the entry at `position` is in the log, under the newest head.

        Raises:
            LookupError: when the book does not go that far.
            Refused: `E-STATE` when no head is signed over it yet, `E-PROOF` when a tile was changed.
        """
        if position > self._book.head.position:
            raise LookupError(f"The book {self.name.value} has no entry {position}.")
        published = self.published()
        if published is None or position > published.checkpoint.size:
            size = published.checkpoint.size if published else 0
            raise Refused(
                "E-STATE",
                field="position",
                value=str(position),
                why=f"Entry {position} of {self.name.value} is under no signed head yet; the newest is of {size}.",
                remedy="Ask again in a minute, or run mingzhang checkpoint where nobody serves the ledger.",
            )
        try:
            with self._proving:
                return issue(self._tree_of(published.head), position - 1, published.note)
        except TilesDamaged as damage:
            raise self.damaged(damage) from damage

    def consistency(self, old_size: int, size: int) -> list[bytes]:
        """The proof that the tree of `size` leaves only adds to that of `old_size`, both of them published.

        Raises:
            LookupError: when no such trees were published, smaller first.
            Refused: `E-PROOF` when a tile was changed.
        """
        published = self.published()
        newest = published.checkpoint.size if published else 0
        if published is None or not 1 <= old_size <= size <= newest:
            raise LookupError(f"The log of {self.name.value} has no trees of {old_size} and {size} up to {newest}.")
        try:
            with self._proving:
                return self._tree_of(published.head).consistency(old_size, size=size)
        except TilesDamaged as damage:
            raise self.damaged(damage) from damage

    def tile(self, wanted: Tile) -> bytes | None:
        """A tile or bundle as it belongs to the tree that is published; None when it does not.

        What lies on the disk beyond the published head is nobody's business: it may yet become another.

        Raises:
            TilesDamaged: when it must be there and is not.
        """
        published = self.published()
        if published is None or not wanted.is_in(published.checkpoint.size):
            return None
        filled = min(hashes_at(wanted.level, published.checkpoint.size) - wanted.start, WIDTH)
        there = wanted._replace(width=filled)
        return cut(read_tile(self.folder, there), wanted, path_of(there))

    def opened(self) -> tuple[Published, LogTree]:
        """The newest head and the tree under it, for one reader.

        Raises:
            LookupError: before the first head.
            Refused: `E-PROOF` when its last tiles were changed.
        """
        published = self.published()
        if published is None:
            raise LookupError(f"Nothing of {self.name.value} is published yet; run mingzhang checkpoint.")
        try:
            return published, LogTree(self.folder, *published.head)
        except TilesDamaged as damage:
            raise self.damaged(damage) from damage

    def _publish(self, signers: Sequence[Signer], cosign: Cosign, stop: Callable[[], bool]) -> Published | None:
        own, shared = self._read(SIGNED), self._shared()
        notes, by_keys = self._remembered(own, shared), _last_signed_by(signers)
        last = max(notes, key=_size_of, default=None)
        remembered = [*(known.head for known in notes), *by_keys]
        ends_at, newest = self._book.head.position, max(remembered, default=NOTHING)
        if ends_at < newest.size:
            raise self._shorter(ends_at, newest.size)
        size = ends_at if signers else newest.size  # what nobody signs here is not shown, so its tiles can wait
        head = self._grown(size, remembered, max([own.head if own else NOTHING, *by_keys]), stop)
        if signers and size > (last.head.size if last else 0):
            last = Published(Checkpoint(self.origin, *head), signed(Checkpoint(self.origin, *head).text, signers))
        if last is None:
            return None
        if shared is None or shared.head != last.head:
            self._storage.remember_signed_head(self.name, last.head.size, last.note)
        if own is None or own.head != last.head:
            self.folder.write(SIGNED, last.note.encode())
        return self._shown(last, cosign)

    def _remembered(self, *signed_heads: Published | None) -> list[Published]:
        """`signed_heads`, and the one that is visible, as far as they are there."""
        return [known for known in (*signed_heads, self._read(CHECKPOINT)) if known is not None and known.head.size]

    def _grown(self, size: int, remembered: Sequence[TreeHead], own: TreeHead, stop: Callable[[], bool]) -> TreeHead:
        """The head at `size`, when its tiles are on the disk and are proven to add to each head that is remembered.

        own:  the newest of those that this machine signed or has shown.
        """
        sealings = _Sealings(self._book, stop)
        newest = max((head.size for head in remembered), default=0)
        try:
            self._refuse_rewritten(sealings, size, own)
            head = grow(self.folder, sealings, size, own)
            tree = LogTree(self.folder, *head)
            for before in remembered:
                verify_consistency(before.size, before.root, head.size, head.root, tree.consistency(before.size))
        except (LeafChanged, TilesDamaged, ProofInvalid) as fault:
            raise Refused(
                "E-PROOF",
                field=self.name.value,
                why=f"The book {self.name.value} is not what was signed up to entry {newest}, or sealed: {fault}",
                remedy="No head is signed. Run mingzhang verify; compare with what mirrors and auditors hold.",
            ) from fault
        return head

    def _refuse_rewritten(self, sealings: "_Sealings", size: int, signed_here: TreeHead) -> None:
        """Refuse a book that was written anew below the head that was signed here, before its tiles are added to.

        The link of its chain at the end of the tiles answers for every entry before it; only where that is another,
        or nobody wrote it down, its leaves are read.

        Raises:
            ProofInvalid: with both roots.
        """
        told = grown_so_far(self.folder)
        if told is not None:
            (grown, _), link = told
            if signed_here.size <= grown <= size and sealings.link(grown) == link:
                return
        if signed_here.size:
            found = root_of(self._book.leaves(signed_here.size))
            if found != signed_here.root:
                raise ProofInvalid(
                    f"its first {signed_here.size} entries have the root {found.hex()}, and that of the signed head is "
                    f"{signed_here.root.hex()}."
                )

    def _shared(self) -> Published | None:
        """The head that the database remembers."""
        note = self._storage.signed_head(self.name)
        return None if note is None else self._parsed(SIGNED, note.encode())

    def _shown(self, last: Published, cosign: Cosign) -> Published:
        """Show the head that was signed last, with whatever the witnesses add."""
        visible = self.folder.read(CHECKPOINT)
        standing = self._parsed(CHECKPOINT, visible) if visible else None
        note = cosign(standing.note if standing and standing.head == last.head else last.note)
        if visible != note.encode():
            self.folder.write(CHECKPOINT, note.encode())
            drop_partials(self.folder, last.head.size, standing.head.size if standing else 0)
        return Published(last.checkpoint, note)

    def _tree_of(self, head: TreeHead) -> LogTree:
        """The tree that was asked last, if it is the same; its tiles are in memory."""
        if self._tree is None or (self._tree.size, self._tree.root) != head:
            self._tree = LogTree(self.folder, *head)
        return self._tree

    def _read(self, path: str) -> Published | None:
        raw = self.folder.read(path)
        return None if raw is None else self._parsed(path, raw)

    def _parsed(self, path: str, raw: bytes) -> Published:
        try:
            checkpoint = parse_text(parse(raw).text)
        except NoteInvalid as fault:
            raise self._unreadable(path, str(fault)) from fault
        if checkpoint.origin != self.origin:
            raise self._unreadable(path, f"it is of {checkpoint.origin}, and this log is {self.origin}.")
        return Published(checkpoint, raw.decode())

    def _unreadable(self, path: str, why: str) -> Refused:
        return Refused(
            "E-SCHEMA",
            field=f"log/{self.name.value}/{path}",
            why=f"{self.folder.path / path} is no checkpoint of this book: {why}",
            remedy="Bring it back from its backup; checkpoint may be taken away, it is made again from signed.",
        )

    def _shorter(self, size: int, signed_size: int) -> Refused:
        return Refused(
            "E-PROOF",
            field=self.name.value,
            why=f"The book {self.name.value} ends at entry {size}, and a head of {signed_size} entries was signed.",
            remedy=(
                "Entries were taken away, or an older copy was put back: restore the newest backup, or its WAL. If "
                "they are lost for good, this log has ended: open a new ledger under its own origin; keep signed."
            ),
        )

    def damaged(self, damage: TilesDamaged) -> Refused:
        """What is said of tiles that are not what the head answers for, and what mends them."""
        return Refused(
            "E-PROOF",
            field=f"log/{self.name.value}/{damage.path}",
            why=f"The log's files are not what its head answers for: {damage}",
            remedy=(
                f"Take log/{self.name.value}/tile and log/{self.name.value}/grown away, and run mingzhang checkpoint: "
                "they are made again from the book, and proven to be what was signed."
            ),
        )


def _size_of(published: Published) -> int:
    return published.head.size


def _last_signed_by(signers: Sequence[Signer]) -> list[TreeHead]:
    """The heads that the keys remember, as far as they do; asked anew under the lock."""
    asked = [signer.last_signed() for signer in signers if isinstance(signer, Remembering)]
    return [head for head in asked if head is not None]


class _Sealings:
    """A book as `audit.log.growing` reads it, until `stop` says that it is enough."""

    def __init__(self, book: Book, stop: Callable[[], bool]) -> None:
        self._book = book
        self._stop = stop

    def leaves(self, since: int, through: int) -> Iterator[Leaf]:
        for leaf, entry in self._book.leaves_and_entries(since + 1, through):
            if self._stop():
                raise Stopped
            yield Leaf(leaf, entry)

    def link(self, size: int) -> bytes:
        entry = self._book.entry(size) if size else None
        return genesis(self._book.origin) if entry is None else entry.link
