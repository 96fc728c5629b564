"""Asking witnesses to cosign a head (c2sp.org/tlog-witness, the client's side).

    outcomes = ask(note, tree, policy.witnesses, clock=clock)      one for each witness, whatever it did
    outcomes = look(origin, policy.witnesses)                      what each has cosigned last

All are asked at once, and none can hold up or break the log: whatever one answers, or fails to, ends in an outcome with
a name and a reason. Two of them are the log's own matter, and whoever signs has to stop: a witness has cosigned more
than is offered (entries were lost), or another history. Both count only when it shows the head with its cosignature: a
bare number can be said by anybody on the way.

A policy's address is both prefixes of its witness, for submission and for monitoring.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from threading import Lock, Thread
from typing import NamedTuple, Protocol

from audit.log.checkpoint import CheckpointInvalid, parse_text, size_in
from audit.log.cosignature import Seconds, timestamp_of
from audit.log.exchange import Reply, TooSlow, Unanswered, Unreachable, Unreadable, exchange
from audit.log.growing import TreeHead
from audit.log.note import (
    LONGEST_NOTE_BYTES,
    Note,
    NoteInvalid,
    Signature,
    SignatureInvalid,
    parse,
    parse_signatures,
    verified,
)
from audit.log.policy import PolicyWitness, shown
from audit.log.tiles import TilesDamaged
from audit.log.witness import ADD, SIZE, submission
from audit.log.witness_state import origin_hash

PATIENCE_SECONDS = 10.0
"""What one witness is given for all that it is asked."""

GRACE_SECONDS = 1.0
SKEW_SECONDS = 300
"""How far a witness's clock may be from ours: a cosignature says when its head was the newest."""

OK, FORBIDDEN, NOT_FOUND, CONFLICT, UNPROCESSABLE = 200, 403, 404, 409, 422

_log = logging.getLogger("mingzhang.witness")


class State(StrEnum):
    """What became of asking one witness."""

    COSIGNED = "cosigned"
    HOLDS = "holds"
    HOLDS_NOTHING = "holds_nothing"
    NO_ADDRESS = "no_address"
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    UNREADABLE = "unreadable"
    NOT_WATCHED = "not_watched"
    NOT_BELIEVED = "not_believed"
    REFUSED = "refused"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_TIME = "wrong_time"
    NO_PROOF = "no_proof"
    CLAIMS_MORE = "claims_more"
    AHEAD = "ahead"
    FORKED = "forked"


STOPPING = (State.AHEAD, State.FORKED)
"""The witness shows that our log is not what it was: nothing more may be signed."""

ANSWERED = (State.COSIGNED, State.HOLDS, State.HOLDS_NOTHING, *STOPPING)
"""What it holds of our log is known."""


class Outcome(NamedTuple):
    """What became of asking one witness.

    witness:    its name in the policy, as it can be printed.
    why:        in words, empty when all is well.
    head:       the newest that it cosigned, as far as it was shown.
    line:       its cosignature, verified, when it gave one; `timestamp` is when, in seconds since 1970.
    note:       the head that it shows with its cosignature, verified.
    """

    witness: str
    state: State
    why: str = ""
    head: TreeHead | None = None
    line: str = ""
    timestamp: int = 0
    note: str = ""


class Tree(Protocol):
    """Our log's tree, as `audit.log.proving.LogTree` is it."""

    def consistency(self, old_size: int) -> list[bytes]:
        """The proof from `old_size` leaves, 1 or more."""

    def root_at(self, old_size: int) -> bytes:
        """The root that the log had at `old_size` leaves, 1 or more."""


def ask(
    note: str,
    tree: Tree,
    witnesses: Sequence[PolicyWitness],
    *,
    clock: Seconds,
    known_sizes: Mapping[str, int] | None = None,
    seconds: float = PATIENCE_SECONDS,
) -> list[Outcome]:
    """Ask the witnesses to cosign `note`, which the log has signed and which is the head of `tree`.

    known_sizes:  what each witness, by its name in the policy, is thought to hold; it corrects what is wrong.

    Raises:
        NoteInvalid: when `note` is no checkpoint.
    """
    parsed = parse(note.encode())
    checkpoint = parse_text(parsed.text)
    offered = _Offered(parsed, checkpoint.origin, TreeHead(checkpoint.size, checkpoint.root), tree, Lock())
    known = known_sizes or {}

    def asking(url: str, there: list[PolicyWitness], deadline: float) -> list[Outcome]:
        old_size = max(known.get(shown(witness.name), 0) for witness in there)
        return _Asked(url, there, deadline).cosign(offered, old_size, clock)

    return _each(witnesses, asking, seconds)


def look(origin: str, witnesses: Sequence[PolicyWitness], *, seconds: float = PATIENCE_SECONDS) -> list[Outcome]:
    """What each witness has cosigned last of the log `origin`."""
    return _each(witnesses, lambda url, there, deadline: _Asked(url, there, deadline).held(origin), seconds)


class _Offered(NamedTuple):
    """What the witnesses are to cosign; the tree is asked by one thread at a time."""

    note: Note
    origin: str
    head: TreeHead
    tree: Tree
    asking: Lock

    def proof(self, old_size: int) -> list[bytes]:
        if old_size in (0, self.head.size):
            return []
        with self.asking:
            return self.tree.consistency(old_size)

    def contradiction(self, witness: str, held: TreeHead) -> tuple[State, str] | None:
        """How what a witness holds cannot be a part of what is offered; None when it can."""
        if held.size > self.head.size:
            return State.AHEAD, f"It cosigned {held.size} entries, and {self.head.size} are offered."
        if held.size == 0:
            return None
        with self.asking:
            root = self.head.root if held.size == self.head.size else self.tree.root_at(held.size)
        return None if root == held.root else (State.FORKED, another_history(held, root))


class _Asked:
    """The witnesses at one address, most often one: two keys of one witness are asked together."""

    def __init__(self, url: str, witnesses: list[PolicyWitness], deadline: float) -> None:
        self._url = url.rstrip("/")
        self._witnesses = witnesses
        self._deadline = deadline

    def cosign(self, offered: _Offered, old_size: int, clock: Seconds) -> list[Outcome]:
        try:
            reply = self._submit(offered, old_size if old_size <= offered.head.size else 0)
            if reply.status == CONFLICT:
                told = _told_size(reply)
                if told > offered.head.size:
                    why = f"It says that it holds {told} entries, more than the {offered.head.size} that are offered"
                    return self._contradicted(offered, State.CLAIMS_MORE, f"{why}, and shows no such head.")
                reply = self._submit(offered, told)
        except Unanswered as fault:
            return self._all(_state_of(fault), str(fault))
        except TilesDamaged as damage:
            return self._all(State.NO_PROOF, f"Our own tiles give no proof: {damage}")
        if reply.status == OK:
            return self._read(reply.body, offered, clock())
        if reply.status in (CONFLICT, UNPROCESSABLE):
            return self._contradicted(offered, State.REFUSED, _refusal(reply))
        states = {FORBIDDEN: State.NOT_BELIEVED, NOT_FOUND: State.NOT_WATCHED}
        return self._all(states.get(reply.status, State.REFUSED), _refusal(reply))

    def held(self, origin: str) -> list[Outcome]:
        """What each of them shows as the newest that it cosigned."""
        try:
            reply = self._ask("GET", f"/{origin_hash(origin)}/checkpoint")
        except Unanswered as fault:
            return self._all(_state_of(fault), str(fault))
        if reply.status == NOT_FOUND:
            return self._all(State.HOLDS_NOTHING, "It has cosigned nothing of this log.")
        if reply.status != OK:
            return self._all(State.REFUSED, _refusal(reply))
        return [_shown_by(witness, reply.body, origin) for witness in self._witnesses]

    def _submit(self, offered: _Offered, old_size: int) -> Reply:
        return self._ask("POST", ADD, submission(old_size, offered.proof(old_size), str(offered.note)))

    def _contradicted(self, offered: _Offered, state: State, why: str) -> list[Outcome]:
        """What they hold that stands against what was offered; `state` and `why` when they show nothing of the kind."""
        outcomes = []
        for outcome in self.held(offered.origin):
            try:
                found = outcome.head and offered.contradiction(outcome.witness, outcome.head)
            except TilesDamaged as damage:
                found = State.NO_PROOF, f"Our own tiles give no root to compare with: {damage}"
            told_state, told_why = found or (state, why)
            outcomes.append(outcome._replace(state=told_state, why=told_why))
        return outcomes

    def _read(self, body: bytes, offered: _Offered, now: int) -> list[Outcome]:
        try:
            lines = parse_signatures(body.decode())
        except (NoteInvalid, UnicodeDecodeError):
            return self._all(State.UNREADABLE, "Its answer is not signature lines.")
        return [_cosignature_of(witness, lines, offered, now) for witness in self._witnesses]

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Reply:
        return exchange(method, self._url + path, body, deadline=self._deadline, longest_bytes=LONGEST_NOTE_BYTES)

    def _all(self, state: State, why: str) -> list[Outcome]:
        return [Outcome(shown(witness.name), state, why) for witness in self._witnesses]


def another_history(held: TreeHead, root: bytes) -> str:
    """What is said of a witness whose head is none of ours."""
    return f"At {held.size} entries it cosigned the root {held.root.hex()}, and here it is {root.hex()}."


def _cosignature_of(witness: PolicyWitness, lines: Sequence[Signature], offered: _Offered, now: int) -> Outcome:
    name, key = shown(witness.name), witness.verifier.key
    ours = [line for line in lines if (line.name, line.key_id) == (key.name, key.key_id)]
    if not ours:
        return Outcome(name, State.WRONG_SIGNATURE, f"Its answer has no cosignature of {key.name}+{key.key_id.hex()}.")
    try:
        for line in ours:
            witness.verifier.verify(offered.note.text, line.signature)
    except SignatureInvalid as fault:
        return Outcome(name, State.WRONG_SIGNATURE, str(fault))
    newest = max(ours, key=timestamp_of)
    timestamp = timestamp_of(newest)
    if abs(timestamp - now) > SKEW_SECONDS:
        why = f"Its cosignature says {timestamp}, and here it is {now} (seconds since 1970)."
        return Outcome(name, State.WRONG_TIME, f"{why} More than {SKEW_SECONDS} s apart is not taken.")
    return Outcome(name, State.COSIGNED, head=offered.head, line=newest.line, timestamp=timestamp)


def _shown_by(witness: PolicyWitness, raw: bytes, origin: str) -> Outcome:
    """The head that a witness shows, when it is of our log and cosigned by that witness."""
    name = shown(witness.name)
    try:
        note = parse(raw)
        checkpoint = parse_text(note.text)
        [(_, signature), *_] = verified(note, [witness.verifier])
    except SignatureInvalid as fault:
        return Outcome(name, State.WRONG_SIGNATURE, f"What it shows is not cosigned by it: {fault}")
    except NoteInvalid as fault:
        return Outcome(name, State.UNREADABLE, f"What it shows is no checkpoint: {fault}")
    if checkpoint.origin != origin:
        return Outcome(name, State.UNREADABLE, f"What it shows is of the log {checkpoint.origin[:64]!r}.")
    head = TreeHead(checkpoint.size, checkpoint.root)
    return Outcome(name, State.HOLDS, head=head, timestamp=timestamp_of(signature), note=raw.decode())


def _told_size(reply: Reply) -> int:
    """The size in a 409.

    Raises:
        Unreadable: when there is none, written as it must be.
    """
    is_size = reply.kind.partition(";")[0].strip().lower() == SIZE and reply.body.endswith(b"\n")
    try:
        return size_in(reply.body[:-1].decode() if is_size else "")
    except (CheckpointInvalid, UnicodeDecodeError) as fault:
        raise Unreadable("Its answer 409 tells no size.") from fault


def _refusal(reply: Reply) -> str:
    """What a refusal says, as far as it can be printed on a line."""
    said = "".join(c if c.isprintable() else " " for c in reply.body[:400].decode(errors="replace"))
    return f"It answers {reply.status}: {said.strip() or 'without a word'}"


def _state_of(fault: Unanswered) -> State:
    match fault:
        case Unreachable():
            return State.UNREACHABLE
        case TooSlow():
            return State.TOO_SLOW
        case _:
            return State.UNREADABLE


def _each(
    witnesses: Sequence[PolicyWitness],
    asking: Callable[[str, list[PolicyWitness], float], list[Outcome]],
    seconds: float,
) -> list[Outcome]:
    """Ask every address at once; gives the outcomes in the order of `witnesses`, after `seconds` at the latest."""
    deadline = time.monotonic() + seconds
    found: dict[str, Outcome] = {}

    def attempt(url: str, there: list[PolicyWitness]) -> None:
        try:
            outcomes = asking(url, there, deadline)
        except Exception as fault:  # noqa: BLE001  whatever it is: one witness does not stop the log
            _log.exception("A witness's answer could not be dealt with.")
            why = f"Its answer could not be dealt with: {type(fault).__name__}."
            outcomes = [Outcome(shown(witness.name), State.UNREADABLE, why) for witness in there]
        found.update({outcome.witness: outcome for outcome in outcomes})

    addresses: dict[str, list[PolicyWitness]] = {}
    for witness in witnesses:
        if witness.url is not None:
            addresses.setdefault(witness.url, []).append(witness)
    threads = [Thread(target=attempt, args=each, name="asking a witness", daemon=True) for each in addresses.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(deadline + GRACE_SECONDS - time.monotonic(), 0))
    return [found.get(shown(witness.name)) or _silent(witness) for witness in witnesses]


def _silent(witness: PolicyWitness) -> Outcome:
    if witness.url is None:
        return Outcome(shown(witness.name), State.NO_ADDRESS, "The policy gives it no address to ask.")
    return Outcome(shown(witness.name), State.TOO_SLOW, "It did not answer in time.")
