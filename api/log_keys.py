"""The keys that sign the heads of each book's log: first use, rotation, retirement (DESIGN §4, Keys).

The book says which keys are in force; the ledger's folder holds their private parts (`api.log_key_files`).

    create   a key is drawn and on the disk   then  `KeyCreated` is sealed in the book
    rotate   another is drawn and on the disk  then  `KeyRotated` is sealed; from here on both sign
    retire   `KeyRetired` is sealed with the newest signed size  then  the private key is destroyed

The file comes first and goes last, so whatever stops a process, no key is in force whose private part was never kept. A
key that was drawn and not announced signs nothing; the next `create` or `rotate` announces it. A key that was retired
signs nothing, whether or not its file is still there or comes back from a backup; the next `rotate` or `retire` takes
it away. Where several machines share the books, the first announcement is version 1 of its stream, so there is one.

A private key is opened to sign one head, and nothing but a head of its own log: `LogSigner` looks into the book each
time, under the lock that `PublicLog.publish` holds, and `retire` holds the same. The key's file remembers the newest
head that it signed, so it signs no other of that size and none that is smaller, whatever became of the log's folder.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import NamedTuple

from api.folder import held
from api.ledger import Ledger, Placed
from api.log_key_files import KeyFiles
from api.public_log import LOCK, PublicLog
from audit.log.checkpoint import parse_text
from audit.log.growing import TreeHead
from audit.log.keyring import TrustedKey
from audit.log.note import Signer, parse_vkey
from domain.catalogue import load
from domain.event import KEEPER, SYSTEM, BookName, Event
from domain.public_log import KeyCreated, KeyRetired, KeyRotated
from domain.refusal import Refused

STREAM = "log-key"


class KeyState(StrEnum):
    """What a key does: it signs, it would sign but is not in this folder, or it signs no more."""

    SIGNING = "signing"
    MISSING = "missing"
    RETIRED = "retired"


class LogKey(NamedTuple):
    """One key of a book's log.

    vkey:   by which others verify.
    since:  the position at which the book announces it; every head that it signs is of that size at least.
    until:  the largest head that it is believed for; None while it is in force.
    """

    vkey: str
    since: int
    until: int | None
    state: KeyState

    @property
    def key_id(self) -> str:
        """The key ID, 8 hex digits."""
        return parse_vkey(self.vkey).key_id.hex()

    @property
    def trusted(self) -> TrustedKey:
        """The key as a verifier takes it."""
        return TrustedKey(self.vkey, self.until)


class LogSigner:
    """Signs heads of one log with one of its keys, and nothing else; holds no private key itself."""

    def __init__(self, ledger: Ledger, book: BookName, vkey: str) -> None:
        """Sign for the log of `book` with the key of `vkey`."""
        self._ledger = ledger
        self._book = book
        self._vkey = vkey

    @property
    def name(self) -> str:
        """The key's name: the book's origin."""
        return parse_vkey(self._vkey).name

    @property
    def vkey(self) -> str:
        """By which others verify."""
        return self._vkey

    def last_signed(self) -> TreeHead | None:
        """The newest head that this key signed, as its file remembers; None before the first.

        Raises:
            Refused: `E-CONFLICT` when the key was retired meanwhile; and as `KeyFiles.signer`.
        """
        self._refuse_retired()
        return _files(self._ledger, self._book).last_signed(self._vkey)

    def sign(self, text: str) -> str:
        """The signature line over a head of this log, which the key's file remembers before anybody can see the line.

        Raises:
            CheckpointInvalid: when the text is no head.
            Refused: `E-PROOF` when it is another log's, `E-CONFLICT` when the key was retired meanwhile; and as
                `KeyFiles.sign`.
        """
        head = parse_text(text)
        if (origin := head.origin) != self.name:
            raise Refused(
                "E-PROOF",
                field=self._book.value,
                why=f"A head of {origin} was to be signed with a key of {self.name}.",
                remedy="Nothing was signed: each book's log has keys of its own.",
            )
        self._refuse_retired()
        files = _files(self._ledger, self._book)
        return files.sign(self._vkey, text, TreeHead(head.size, head.root), self._ledger.randomness)

    def _refuse_retired(self) -> None:
        if self._vkey not in (key.vkey for key in log_vkeys(self._ledger, self._book) if key.until is None):
            raise Refused(
                "E-CONFLICT",
                field=self._book.value,
                why=f"The key {_id_of(self._vkey)} was retired meanwhile.",
                remedy="Nothing was signed; repeat, and the keys in force sign.",
            )


def log_vkeys(ledger: Ledger, book: BookName) -> list[LogKey]:
    """Every key that the log of `book` has had, as the book announces them one by one; empty before the first."""
    return _announced(ledger, book)[0]


def log_signers(ledger: Ledger, book: BookName) -> list[Signer]:
    """The keys in force of the log of `book`, all of which sign; the first one is made on first use.

    Raises:
        Refused: `E-REF` when one of them is not in this folder; and as `KeyFiles.signer`.
    """
    files = _files(ledger, book)
    vkeys = [key.vkey for key in create(ledger, book, actor=SYSTEM) if key.until is None]
    for vkey in vkeys:
        files.signer(vkey)  # a key that does not open is told before the log grows for nothing
    return [LogSigner(ledger, book, vkey) for vkey in vkeys]


def create(ledger: Ledger, book: BookName, *, actor: str = KEEPER) -> list[LogKey]:
    """Make the first key of the log of `book`, unless there is one; gives its keys.

    Raises:
        Refused: `E-CONFLICT` when another machine makes it at the same time.
    """
    keys = log_vkeys(ledger, book)
    if keys:
        return keys
    files = _files(ledger, book)
    with files.alone():
        if not log_vkeys(ledger, book):
            event = KeyCreated(**ledger.envelope(KeyCreated, actor=actor), vkey=_drawn(ledger, book, files, set()))
            _announce(ledger, book, 0, [event])
    return log_vkeys(ledger, book)


def rotate(ledger: Ledger, book: BookName, *, lost: bool = False, actor: str = KEEPER) -> LogKey:
    """Put a further key in force, which signs beside the present one until that is retired; gives the new key.

    lost:  keys that are in force and not in this folder are lost: they are retired with it.

    Raises:
        Refused: `E-STATE` when there is no key yet, two sign already, or none is lost; `E-REF` when the present key is
            not in this folder, and `lost` does not say that it is nowhere.
    """
    files = _files(ledger, book)
    with _signing(ledger, book), files.alone():
        keys, version = _announced(ledger, book)
        if not keys:
            raise _no_key(book)
        missing = [key for key in keys if key.state is KeyState.MISSING]
        signing = [key for key in keys if key.state is KeyState.SIGNING]
        _refuse_rotation(book, signing, missing, lost=lost)
        signed_size = _signed_size(ledger, book)
        until = ledger.book(book).head.position if signed_size is None else signed_size
        vkey = _drawn(ledger, book, files, {key.vkey for key in keys})
        events: list[Event] = [
            KeyRetired(**ledger.envelope(KeyRetired, actor=actor), vkey=key.vkey, last_size=until) for key in missing
        ]
        overlapping = tuple(key.vkey for key in signing)
        events.append(KeyRotated(**ledger.envelope(KeyRotated, actor=actor), vkey=vkey, overlapping=overlapping))
        _announce(ledger, book, version, events)
        _destroy_retired(ledger, book, files)
    return log_vkeys(ledger, book)[-1]


def retire(ledger: Ledger, book: BookName, key_id: str, *, actor: str = KEEPER) -> LogKey:
    """Let a key sign no more, and be believed up to the newest signed size; gives what became of it.

    Retired already, it stays so; only its file is taken away, if a kill has left it.

    Raises:
        Refused: `E-REF` when the log has no such key; `E-STATE` when no other key could sign, or no head is signed yet
            over the entry that announces another one.
    """
    files = _files(ledger, book)
    with _signing(ledger, book), files.alone():
        keys, version = _announced(ledger, book)
        key = next((key for key in keys if key.key_id == key_id), None)
        if key is None:
            raise Refused(
                "E-REF",
                field="KEY-ID",
                value=key_id,
                why=f"The {book.value} log has no such key; it has {_ids(keys) or 'none'}.",
                remedy="mingzhang keys show lists them with their eight digits.",
            )
        if key.until is None:
            last_size = _last_size_of(ledger, book, key, keys)
            event = KeyRetired(**ledger.envelope(KeyRetired, actor=actor), vkey=key.vkey, last_size=last_size)
            _announce(ledger, book, version, [event])
        _destroy_retired(ledger, book, files)
    return next(key for key in log_vkeys(ledger, book) if key.key_id == key_id)


def _refuse_rotation(book: BookName, signing: Sequence[LogKey], missing: Sequence[LogKey], *, lost: bool) -> None:
    """Refuse a rotation that was made already, or that would pass over a key which is only elsewhere."""
    if missing and not lost:
        raise _missing(book, missing[0])
    if lost and not missing:
        raise Refused(
            "E-STATE",
            field="--lost",
            why=f"No key of the {book.value} log is lost: {_ids(signing)} can sign.",
            remedy="Rotate it without --lost, if it is to be rotated at all.",
        )
    if len(signing) > 1:
        raise Refused(
            "E-STATE",
            field="--book",
            value=book.value,
            why=f"Two keys of the {book.value} log sign already: {_ids(signing)}.",
            remedy="Retire one of them first: mingzhang keys retire KEY-ID.",
        )


def _last_size_of(ledger: Ledger, book: BookName, retiring: LogKey, keys: Sequence[LogKey]) -> int:
    """The newest signed size, when others can sign after it and are announced under it."""
    others = [key for key in keys if key.state is KeyState.SIGNING and key.vkey != retiring.vkey]
    if not others:
        raise Refused(
            "E-STATE",
            field="KEY-ID",
            value=retiring.key_id,
            why=f"{retiring.key_id} is the only key with which the {book.value} log can be signed.",
            remedy="Put another in force first: mingzhang keys rotate.",
        )
    size, announced = _signed_size(ledger, book) or 0, min(key.since for key in others)
    if size < announced:
        raise Refused(
            "E-STATE",
            field="KEY-ID",
            value=retiring.key_id,
            why=f"Entry {announced} announces {_ids(others)}, and the newest signed head is of {size} entries.",
            remedy="Sign one first, so that the old key vouches for the new one: mingzhang checkpoint.",
        )
    return size


def _announced(ledger: Ledger, book: BookName) -> tuple[list[LogKey], int]:
    """The keys, and the version of the stream that tells of them."""
    files, keys, version = _files(ledger, book), dict[str, LogKey](), 0
    for sealed in ledger.book(book).stream(ledger.stream(STREAM, book.value)):
        version = sealed.version
        event = load(sealed.topic, sealed.state)
        if isinstance(event, KeyRetired):
            keys[event.vkey] = keys[event.vkey]._replace(until=event.last_size, state=KeyState.RETIRED)
        elif isinstance(event, KeyCreated | KeyRotated):
            state = KeyState.SIGNING if files.has(event.vkey) else KeyState.MISSING
            keys[event.vkey] = LogKey(event.vkey, sealed.position, None, state)
    return list(keys.values()), version


def _announce(ledger: Ledger, book: BookName, version: int, events: Sequence[Event]) -> None:
    stream = ledger.stream(STREAM, book.value)
    ledger.append(book, [Placed(stream, number, event) for number, event in enumerate(events, start=version + 1)])


def _destroy_retired(ledger: Ledger, book: BookName, files: KeyFiles) -> None:
    for key in log_vkeys(ledger, book):
        if key.state is KeyState.RETIRED:
            files.destroy(key.vkey)


def _drawn(ledger: Ledger, book: BookName, files: KeyFiles, known: set[str]) -> str:
    """A key that is on the disk and that the book does not know: one that a kill has left, or a new one."""
    origin = ledger.book(book).origin
    left = [vkey for vkey in files.vkeys() if vkey not in known and parse_vkey(vkey).name == origin]
    for vkey in left[:1]:
        files.signer(vkey)
        return vkey
    return files.draw(origin, ledger.salts)


def _signed_size(ledger: Ledger, book: BookName) -> int | None:
    """The size of the newest head that is signed, on this machine or another; ask while nobody signs."""
    newest = PublicLog(ledger, book).newest_signed()
    return None if newest is None else newest.checkpoint.size


@contextmanager
def _signing(ledger: Ledger, book: BookName) -> Iterator[None]:
    """Hold the locks of who signs, as `PublicLog.publish` does."""
    folder = PublicLog(ledger, book).folder
    folder.make()
    with held(folder.path / LOCK, wait=True), ledger.storage.signing(book, wait=True):
        yield


def _files(ledger: Ledger, book: BookName) -> KeyFiles:
    return KeyFiles(ledger.folder, book, ledger.vault.keys)


def _id_of(vkey: str) -> str:
    return parse_vkey(vkey).key_id.hex()


def _ids(keys: Sequence[LogKey]) -> str:
    return ", ".join(key.key_id for key in keys)


def _no_key(book: BookName) -> Refused:
    return Refused(
        "E-STATE",
        field="--book",
        value=book.value,
        why=f"The {book.value} log has no key yet.",
        remedy="Make its first one: mingzhang keys create.",
    )


def _missing(book: BookName, key: LogKey) -> Refused:
    return Refused(
        "E-REF",
        field=f"log-{book.value}-{key.key_id}.json",
        why=f"The key {key.key_id} of the {book.value} log is in force, and its private part is not in this folder.",
        remedy="Bring it from its backup, or the machine that has it; lost for good: mingzhang keys rotate --lost.",
    )
