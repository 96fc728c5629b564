"""The witnesses of a book's log: who is asked to cosign its heads, and when the log stops because of what they saw.

    <ledger>/log/<book>/policy      whom to ask: a C2SP tlog-policy; without one no witness is asked
    <ledger>/log/<book>/witnesses   what became of asking, as JSON (`told`)
    <ledger>/log/<book>/restored    stands there from a restore until enough witnesses said what they hold

Before a process signs for the first time it asks the witnesses what they hold (`ask_before_signing`); so a ledger that
was brought back from an older copy does not sign a second history. Then each head that is signed is handed to them
(`cosigner`). Witnesses that are down or slow delay a head by seconds, once; they are asked again later, less and less
often. A head is shown without them: whether a quorum saw it is for its readers to judge, by a policy of their own.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from threading import Lock
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from api.public_log import SIGNED, Cosign, Logged, PublicLog
from api.witness_record import Record, key_of
from audit.log.checkpoint import parse_text
from audit.log.cosignature import timestamp_of
from audit.log.growing import TreeHead
from audit.log.note import Note, NoteInvalid, Signature, SignatureInvalid, Verifier, parse, verified
from audit.log.policy import NONE, Policy, PolicyWitness, shown
from audit.log.policy_file import PolicyInvalid, parse_policy
from audit.log.proving import LogTree
from audit.log.tiles import TilesDamaged
from audit.log.witnessing import (
    ANSWERED,
    PATIENCE_SECONDS,
    STOPPING,
    Outcome,
    State,
    another_history,
    ask,
    look,
)
from domain.clock import Clock
from domain.event import BookName
from domain.refusal import Refused

POLICY, RECORD, RESTORED = "policy", "witnesses", "restored"

FRESH = timedelta(days=1)
"""A head that stays the newest is cosigned anew after so long: a cosignature says until when it was."""


class Witnessed(Logged, Protocol):
    """A ledger, as far as its witnesses need it."""

    @property
    def clock(self) -> Clock:
        """What time it is."""


def cosigner(ledger: Witnessed, book: BookName) -> Cosign:
    """What `PublicLog.publish` hands a signed note to; gives it back with the cosignatures that could be had.

    Raises (when it is called):
        Refused: `E-PROOF` when a witness shows more than this log holds, or another history.
    """
    return _witnesses_of(ledger, book).cosign


def ask_before_signing(ledger: Witnessed, book: BookName) -> None:
    """Ask the witnesses what they hold of the log; call it before each `PublicLog.publish`, it is cheap once answered.

    Raises:
        Refused: `E-PROOF` when the book is not what a witness cosigned; `E-STATE` when neither this ledger nor enough
            witnesses can say what was signed before; `E-SCHEMA` when the policy cannot be read.
    """
    _witnesses_of(ledger, book).ask_before_signing()


def told(ledger: Witnessed, book: BookName) -> dict[str, Any] | None:
    """What became of asking, for those who look after the ledger; None before anybody was asked.

    Its parts are those of `api.witness_record.Record`; `missing` is empty when the quorum was reached.
    """
    return _witnesses_of(ledger, book).told()


class Witnesses:
    """The witnesses of one book's log, as one process knows them."""

    def __init__(self, ledger: Witnessed, name: BookName, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._log = PublicLog(ledger, name)
        self._book = ledger.book(name)
        self._storage = ledger.storage
        self._name = name
        self._clock = ledger.clock
        self._patience_seconds = patience_seconds
        self._answered: set[str] = set()
        self._is_new = True
        self._asking = Lock()

    def told(self) -> dict[str, Any] | None:
        """The record, or None."""
        raw = self._log.folder.read(RECORD)
        return None if raw is None else Record.read(raw).told()

    def ask_before_signing(self) -> None:
        """As the function of this name."""
        policy = self._policy()
        if policy is None:
            return
        with self._asking:
            record = Record.read(self._log.folder.read(RECORD))
            due = [w for w in self._silent(policy) if self._is_new or record.is_due(w, self._clock())]
            self._is_new = False
            if due:
                outcomes = look(self._log.origin, due, seconds=self._patience_seconds)
                self._keep(record, due, [self._compared(outcome) for outcome in outcomes])
            self._reconsider(record, policy)
            self._refuse_contradicted(record, policy)
            self._refuse_forgetful(policy)

    def cosign(self, note: str) -> str:
        """The note with the cosignatures that could be had."""
        policy = self._policy()
        if policy is None:
            return note
        with self._asking:
            return self._cosign(note, policy)

    def _cosign(self, note: str, policy: Policy) -> str:
        now = self._clock()
        standing, times = _standing(parse(note.encode()), policy.witnesses)
        newest = int((now - FRESH).timestamp())
        record = Record.read(self._log.folder.read(RECORD))
        due = [
            w for w in policy.witnesses if w.url is not None and times.get(w.name, 0) < newest and record.is_due(w, now)
        ]
        if not due:
            return str(standing)
        checkpoint = parse_text(standing.text)
        try:
            tree = LogTree(self._log.folder, checkpoint.size, checkpoint.root)
        except TilesDamaged as damage:
            raise self._log.damaged(damage) from damage
        outcomes = ask(
            str(standing._replace(signatures=_without(standing, policy.witnesses))),
            tree,
            due,
            clock=lambda: int(self._clock().timestamp()),
            known_sizes=record.sizes(due),
            seconds=self._patience_seconds,
        )
        standing = _with_lines(standing, outcomes, due)
        seen_by = {*times, *(w.name for w in due if shown(w.name) in _lines_of(outcomes))}
        record.size, record.missing = checkpoint.size, policy.missing(seen_by)
        self._keep(record, due, outcomes)
        self._refuse_contradicted(record, policy)
        return str(standing)

    def _silent(self, policy: Policy) -> list[PolicyWitness]:
        """Those that have not said in this process's time what they hold."""
        return [w for w in policy.witnesses if w.url is not None and key_of(w) not in self._answered]

    def _keep(self, record: Record, asked: Sequence[PolicyWitness], outcomes: Sequence[Outcome]) -> None:
        """Write down what became of it."""
        for witness, outcome in zip(asked, outcomes, strict=True):
            record.take(witness, outcome, self._clock())
            if outcome.state in ANSWERED:
                self._answered.add(key_of(witness))
        self._write(record)

    def _write(self, record: Record) -> None:
        self._log.folder.make()
        self._log.folder.write(RECORD, record.content())

    def _reconsider(self, record: Record, policy: Policy) -> None:
        """Compare each head that contradicted this log with the book as it is now: the newest copy may be back."""
        for entry in filter(None, map(record.of, policy.witnesses)):
            held = _head_in(entry.shows) if entry.state in STOPPING else None
            if held is not None:
                found = self._compared(Outcome(entry.witness, State.HOLDS, head=held))
                if (found.state, found.why) != (entry.state, entry.why):
                    entry.state, entry.why = found.state, found.why
                    self._write(record)

    def _compared(self, outcome: Outcome) -> Outcome:
        """What a witness holds, beside what this book holds."""
        held = outcome.head
        if held is None:
            return outcome
        ends_at = self._book.head.position
        if held.size > ends_at:
            why = f"It cosigned {held.size} entries, and the book ends at entry {ends_at}."
            return outcome._replace(state=State.AHEAD, why=why)
        root = self._root_at(held.size)
        if root != held.root:
            return outcome._replace(state=State.FORKED, why=another_history(held, root))
        return outcome

    def _root_at(self, size: int) -> bytes:
        """The root that the book has at `size` entries: from its tiles when they go that far, else from its leaves."""
        published = self._log.published()
        if published is not None and 1 <= size <= published.checkpoint.size:
            try:
                return LogTree(self._log.folder, *published.head).root_at(size)
            except TilesDamaged:
                pass  # they are made anew from the book, which is asked here
        return self._book.root(size)

    def _policy(self) -> Policy | None:
        """The policy, when there is one."""
        raw = self._log.folder.read(POLICY)
        if raw is None:
            return None
        try:
            return parse_policy(raw)
        except PolicyInvalid as fault:
            raise Refused(
                "E-SCHEMA",
                field=f"log/{self._name.value}/{POLICY}",
                why=f"{self._log.folder.path / POLICY} is no trust policy. {fault}",
                remedy="Mend it, or take it away; without it no witness is asked. docs/operations.md, Witnesses.",
            ) from fault

    def _refuse_contradicted(self, record: Record, policy: Policy) -> None:
        for witness in policy.witnesses:
            entry = record.of(witness)
            if entry is not None and entry.state in STOPPING:
                signed_by = _signed_by(entry.shows, policy.logs_of(self._log.origin))
                raise Refused(
                    "E-PROOF",
                    field=self._name.value,
                    why=(
                        f"The witness {shown(witness.name)} contradicts the book {self._name.value}. "
                        f"{entry.why} {signed_by}"
                    ),
                    remedy=(
                        "Entries were taken away or changed, or an older copy was put back: restore the newest backup. "
                        f"Nothing is signed until then; log/{self._name.value}/{RECORD} holds what it cosigned."
                    ),
                )

    def _remembers(self) -> bool:
        """Whether this ledger knows what was signed last: its folder, or the database that machines share.

        A backup knows what was signed before it was made.
        """
        if self._log.folder.read(RESTORED) is not None:
            return False
        return self._log.folder.read(SIGNED) is not None or self._storage.signed_head(self._name) is not None

    def _refuse_forgetful(self, policy: Policy) -> None:
        """Refuse when nobody remembers: those that are silent may know what was signed last, by another copy."""
        silent = self._silent(policy)
        if silent and not self._remembers() and not self._is_enough(policy, silent):
            raise Refused(
                "E-STATE",
                field=self._name.value,
                why=(
                    f"This ledger does not know which head of {self._name.value} was signed last, and {len(silent)} of "
                    "its witnesses do not say whether another copy of it has signed one: "
                    f"{', '.join(shown(witness.name) for witness in silent)}."
                ),
                remedy=(
                    "Bring them up. While nothing was ever signed anywhere, they may be taken out of "
                    f"log/{self._name.value}/{POLICY}."
                ),
            )
        (self._log.folder.path / RESTORED).unlink(missing_ok=True)

    def _is_enough(self, policy: Policy, silent: Iterable[PolicyWitness]) -> bool:
        """Whether those who answered must know of every head that a quorum saw."""
        if policy.quorum == NONE:
            return bool(self._answered)
        return bool(policy.missing({witness.name for witness in silent}))


def _head_in(note: str) -> TreeHead | None:
    """The head in a note that was kept; None when somebody spoilt it."""
    try:
        checkpoint = parse_text(parse(note.encode()).text)
    except NoteInvalid:
        return None
    return TreeHead(checkpoint.size, checkpoint.root)


def _signed_by(shown_note: str, verifiers: Iterable[Verifier]) -> str:
    """What is said of the signatures of a head that contradicts this log."""
    try:
        verified(parse(shown_note.encode()), verifiers)
    except NoteInvalid:
        return "No key of this log in the policy signed that head: a newer key did, or the witness made it up."
    return "A key of this log signed that head."


def _standing(note: Note, witnesses: Iterable[PolicyWitness]) -> tuple[Note, dict[str, int]]:
    """The note without cosignatures that do not verify, and when each witness that cosigned it last did."""
    times: dict[str, int] = {}
    spoiled: list[Signature] = []
    for witness in witnesses:
        key = witness.verifier.key
        for line in note.signatures:
            if (line.name, line.key_id) == (key.name, key.key_id):
                try:
                    witness.verifier.verify(note.text, line.signature)
                except SignatureInvalid:
                    spoiled.append(line)
                else:
                    times[witness.name] = max(timestamp_of(line), times.get(witness.name, 0))
    return note._replace(signatures=tuple(line for line in note.signatures if line not in spoiled)), times


def _without(note: Note, witnesses: Iterable[PolicyWitness]) -> tuple[Signature, ...]:
    """The note's signatures but for those of the witnesses named."""
    theirs = {(w.verifier.key.name, w.verifier.key.key_id) for w in witnesses}
    return tuple(line for line in note.signatures if (line.name, line.key_id) not in theirs)


def _lines_of(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """The cosignatures that were given, by witness."""
    return {outcome.witness: outcome.line for outcome in outcomes if outcome.line}


def _with_lines(note: Note, outcomes: Iterable[Outcome], asked: Iterable[PolicyWitness]) -> Note:
    """The note with the new cosignatures, each in the place of an older one of the same key."""
    lines = _lines_of(outcomes)
    if not lines:
        return note
    renewed = [witness for witness in asked if shown(witness.name) in lines]
    return note._replace(signatures=_without(note, renewed)).with_lines("".join(lines.values()))


_KNOWN: WeakKeyDictionary[Witnessed, dict[BookName, Witnesses]] = WeakKeyDictionary()
"""Goes with its ledger, as long as `Witnesses` holds none."""

_KNOWING = Lock()


def _witnesses_of(ledger: Witnessed, book: BookName) -> Witnesses:
    """What this process knows of the witnesses, for as long as it has the ledger open."""
    with _KNOWING:
        known = _KNOWN.setdefault(ledger, {})
        return known.setdefault(book, Witnesses(ledger, book))
