"""Time stamps over the published heads, from an authority outside (RFC 3161, DESIGN §4).

    published checkpoint ──► request ──► authority ──► answer, verified ──► anchors/<size>.tsr ──► CheckpointAnchored

Whatever is written here later cannot be older than the stamp says, not even by who holds the books and all our keys.
An answer that does not hold is refused, and nothing is stored. The files come before the event that tells of them: if a
process ends in between, the next one records the event.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

from cryptography import x509

from api.anchor_files import LOCK, AnchorFiles, Wanted, checkpoint_in
from api.folder import held
from api.ledger import Ledger
from api.public_log import PublicLog
from api.recorded_anchors import digest_of, is_recorded, record_anchor, recorded_anchors
from api.time_stamping import Authority
from audit.log.checkpoint import Checkpoint
from audit.log.note import NoteInvalid
from audit.log.tiles import TilesDamaged
from audit.renewals import CHECKPOINT, SUMS, Stamped, judge, list_of, read_list
from audit.timestamps import StampInvalid, StampRefused, TimeStamp, read_request, request, stamped_digest, verify
from domain.clock import instant
from domain.event import SYSTEM, BookName
from domain.public_log import HOUSEKEEPING, CheckpointAnchored
from domain.refusal import Refused

NONCE_BYTES = 8

MEDIUM = {CHECKPOINT: "rfc3161", SUMS: "rfc3161-renewal"}


class Anchored(NamedTuple):
    """A stamp that is kept: over which head, under which name, and whether it was made now."""

    head: Checkpoint
    name: str
    stamp: TimeStamp
    is_new: bool


def anchor(ledger: Ledger, book: BookName, authority: Authority) -> Anchored:
    """Have the newest published checkpoint of `book` stamped; one that is stamped already is given as it is.

    Raises:
        Refused: `E-STATE` when nothing is published, or the authority gives no answer or no stamp; `E-SCHEMA` when its
            answer is no stamp over this that holds; `E-PROOF` when the log does not add to what was stamped before;
            `E-CONFLICT` while another process asks.
    """
    files = AnchorFiles(ledger, book)
    with _alone(files):
        record_missing(ledger, book, authority.trusted)
        wanted = newest_head(ledger, book)
        standing = files.anchor(checkpoint_in(wanted.message).size)
        if standing is not None:
            return _kept(ledger, book, standing, authority.trusted, is_new=False)
        return _asked(ledger, book, wanted, authority)


def anchor_due(ledger: Ledger, book: BookName, authority: Authority) -> Anchored | None:
    """As `anchor`, once a day and only when something was added that is not the book's own housekeeping; else None.

    Raises:
        Refused: as `anchor`.
    """
    published = PublicLog(ledger, book).published()
    last = max(AnchorFiles(ledger, book).sizes(), default=0)
    if published is None or published.checkpoint.size <= last:
        return None
    recorded = [event for event in recorded_anchors(ledger, book) if event.medium == MEDIUM[CHECKPOINT]]
    if any(event.size == last and event.occurred_on >= ledger.today for event in recorded[-1:]):
        return None
    added = ledger.book(book).read(last + 1, through=published.checkpoint.size)
    if all(entry.topic in HOUSEKEEPING for entry in added):
        return None
    return anchor(ledger, book, authority)


def renew(ledger: Ledger, book: BookName, authority: Authority, *, within: timedelta) -> Anchored | None:
    """Have the stamps that hold for no longer than `within` stamped again, all of them by one; None when none is due.

    A stamp that does not hold now cannot be renewed; `api.checking_anchors` names it.

    Raises:
        Refused: as `anchor`; `E-STATE` too when the new stamp would not hold for longer.
    """
    files = AnchorFiles(ledger, book)
    with _alone(files):
        wanted = ending_soon(ledger, book, authority.trusted, within=within)
        return _asked(ledger, book, wanted, authority) if wanted else None


def ask_by_file(ledger: Ledger, book: BookName, wanted: Wanted) -> bytes:
    """The request for a stamp over `wanted`, to be carried to the authority; `store` knows its answer.

    Raises:
        Refused: `E-CONFLICT` while another process asks.
    """
    files = AnchorFiles(ledger, book)
    with _alone(files):
        asked = request(wanted.message, _nonce(ledger))
        files.wait_for(wanted, asked)
    return asked


def store(ledger: Ledger, answer: bytes, trusted: Sequence[x509.Certificate]) -> tuple[BookName, Anchored]:
    """Keep the answer to a request by file, of whichever book it is.

    Raises:
        Refused: `E-REF` when nothing of the kind was asked for; else as `anchor`.
    """
    try:
        _, digest = stamped_digest(answer)
    except StampInvalid as fault:
        raise _refused(fault) from fault
    for book in BookName:
        files = AnchorFiles(ledger, book)
        with _alone(files):
            waiting = files.waited_for(digest.hex())
            if waiting is None:
                continue
            anchored = _answered(ledger, book, waiting, answer, trusted)
            files.forget(waiting[0])
        return book, anchored
    raise Refused(
        "E-REF",
        field="FILE",
        value=f"{digest.hex()[:16]}…",
        why=f"This ledger asked for no stamp over {digest.hex()[:16]}….",
        remedy="Ask first: mingzhang anchor request; then store the answer to that very request.",
    )


def newest_head(ledger: Ledger, book: BookName) -> Wanted:
    """The newest published checkpoint, as it is to be stamped; it adds to what was stamped before.

    Raises:
        Refused: `E-STATE` when nothing is published, `E-PROOF` when the log denies what was stamped.
    """
    log = PublicLog(ledger, book)
    published = log.published()
    if published is None:
        raise Refused(
            "E-STATE",
            field="book",
            value=book.value,
            why=f"Nothing of the {book.value} book is published yet, so there is nothing to stamp.",
            remedy="Sign its first head: mingzhang checkpoint.",
        )
    files = AnchorFiles(ledger, book)
    last = files.anchor(max(files.sizes(), default=0))
    if last is not None and last.message is not None:
        _refuse_other_history(log, last)
    return Wanted(CHECKPOINT, published.note.encode())


def ending_soon(
    ledger: Ledger, book: BookName, trusted: Sequence[x509.Certificate], *, within: timedelta
) -> Wanted | None:
    """The list of the stamps that hold, and do so for no longer than `within` from now; None when there is none."""
    now = ledger.clock()
    files = AnchorFiles(ledger, book)
    due = [
        files.named(one.name)
        for one in judge(files.anchors(), files.renewals(), trusted)
        if not one.fault and one.holds_until and now <= one.holds_until <= now + within
    ]
    return Wanted(SUMS, list_of(due)) if due else None


def record_missing(ledger: Ledger, book: BookName, trusted: Sequence[x509.Certificate]) -> None:
    """Record the newest stamps, if a process ended before it did; one that does not hold is left to the check."""
    files = AnchorFiles(ledger, book)
    newest = [files.anchor(max(files.sizes(), default=0)), *files.renewals()[-1:]]
    for one in newest:
        if one is not None and one.message is not None and not is_recorded(ledger, book, one.answer):
            try:
                _kept(ledger, book, one, trusted, is_new=False)
            except Refused as refused:
                if refused.code != "E-SCHEMA":
                    raise


@contextmanager
def _alone(files: AnchorFiles) -> Iterator[None]:
    files.folder.make()
    with held(files.folder.path / LOCK, wait=False) as ours:
        if not ours:
            raise Refused("E-CONFLICT", why="Another process asks for a time stamp now.", remedy="Wait for it.")
        yield


def _asked(ledger: Ledger, book: BookName, wanted: Wanted, authority: Authority) -> Anchored:
    nonce = _nonce(ledger)
    answer = authority.ask(request(wanted.message, nonce))
    return _keep(ledger, book, wanted, answer, authority.trusted, nonce=nonce)


def _answered(
    ledger: Ledger, book: BookName, waiting: tuple[Wanted, bytes], answer: bytes, trusted: Sequence[x509.Certificate]
) -> Anchored:
    """As `_asked`, of what was asked for by file."""
    wanted, asked = waiting
    try:
        nonce = read_request(asked).nonce
    except StampInvalid as fault:
        raise _refused(fault) from fault
    return _keep(ledger, book, wanted, answer, trusted, nonce=nonce)


def _keep(
    ledger: Ledger, book: BookName, wanted: Wanted, answer: bytes, trusted: Sequence[x509.Certificate], *, nonce: int
) -> Anchored:
    """Verify an answer, keep it and record it."""
    files = AnchorFiles(ledger, book)
    try:
        stamp = verify(answer, wanted.message, trusted, nonce=nonce)
        name = files.name_for(wanted)
    except (StampInvalid, NoteInvalid) as fault:
        raise _refused(fault) from fault
    if wanted.ending == SUMS:
        _refuse_no_gain(files, wanted, stamp, trusted)
    elif (standing := files.anchor(int(name))) is not None:
        return _kept(ledger, book, standing, trusted, is_new=False)
    return _kept(ledger, book, files.keep(wanted, answer), trusted, is_new=True)


def _kept(
    ledger: Ledger, book: BookName, stamped: Stamped, trusted: Sequence[x509.Certificate], *, is_new: bool
) -> Anchored:
    """What is kept, and recorded in the book it is about."""
    message = stamped.message
    if message is None:
        raise _refused(StampInvalid(f"The file {stamped.name}{stamped.ending}, which was stamped, is missing."))
    try:
        stamp = verify(stamped.answer, message, trusted)
        head = AnchorFiles(ledger, book).head_of(Wanted(stamped.ending, message))
    except (StampInvalid, NoteInvalid) as fault:
        raise _refused(fault) from fault
    if not is_recorded(ledger, book, stamped.answer):
        _record(ledger, book, stamped, head, stamp)
    return Anchored(head, stamped.name, stamp, is_new)


def _record(ledger: Ledger, book: BookName, stamped: Stamped, head: Checkpoint, stamp: TimeStamp) -> None:
    event = CheckpointAnchored(
        **ledger.envelope(CheckpointAnchored, actor=SYSTEM),
        evidence=(digest_of(stamped.answer),),
        size=head.size,
        root=head.root.hex(),
        medium=MEDIUM[stamped.ending],
        authority=stamp.authority,
        stamped_at=instant(stamp.stamped_at),
    )
    record_anchor(ledger, book, event)


def _refuse_other_history(log: PublicLog, last: Stamped) -> None:
    try:
        head = checkpoint_in(last.message or b"")
    except NoteInvalid as fault:
        raise _refused(fault) from fault
    _, tree = log.opened()
    if head.size > tree.size:
        raise _other_history(log, head, f"the log has {tree.size}")
    try:
        found = tree.root_at(head.size)
    except TilesDamaged as damage:
        raise log.damaged(damage) from damage
    if found != head.root:
        raise _other_history(log, head, f"its root there is {found.hex()}")


def _other_history(log: PublicLog, head: Checkpoint, found: str) -> Refused:
    return Refused(
        "E-PROOF",
        field=log.name.value,
        why=f"The head of {head.size} entries with root {head.root.hex()} was stamped, and {found}.",
        remedy="Nothing is stamped that denies it. Run mingzhang verify; compare with what mirrors and auditors hold.",
    )


def _refuse_no_gain(files: AnchorFiles, wanted: Wanted, stamp: TimeStamp, trusted: Sequence[x509.Certificate]) -> None:
    """Refuse to stamp again by a certificate that ends no later than those of the stamps do."""
    listed = {name.rpartition(".")[0] for name in read_list(wanted.message)}
    judged = judge(files.anchors(), files.renewals(), trusted)
    ends = [one.holds_until for one in judged if one.holds_until and one.name in listed]
    if ends and stamp.holds_until <= max(ends):
        raise Refused(
            "E-STATE",
            field="--renew",
            why=f"A new stamp would hold until {instant(stamp.holds_until)}, no longer than those that are there.",
            remedy="Ask again when the authority has a new certificate, or ask another authority.",
        )


def _refused(fault: Exception) -> Refused:
    if isinstance(fault, StampRefused):
        code, remedy = "E-STATE", "Nothing was stored. Ask the authority why, or another one."
    else:
        code, remedy = "E-SCHEMA", "Nothing was stored. See that --tsa and --ca are of one authority, and ask again."
    return Refused(code, field="--tsa", why=f"The answer was refused: {fault}", remedy=remedy)


def _nonce(ledger: Ledger) -> int:
    return int.from_bytes(ledger.randomness(NONCE_BYTES)) + 1
