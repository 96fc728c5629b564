"""Whether the vault still holds what the entries were bound to: each subject's commitment, made again (DESIGN §5).

An entry names a subject by its reference, and beside it an HMAC of the subject's number under the subject's own key.
Whoever changes a number, a key or a whole row in the vault, or swaps two, cannot make that HMAC again.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from api.ledger import Ledger
from audit.verify.findings import FINDINGS_KEPT
from domain.catalogue import load
from domain.erasure import PersonErased
from domain.event import BookName

CHUNK = 2_000
"""Subjects asked for at once."""

REMEMBERED = 100_000
"""Subjects that need not be asked for again; beyond, all are forgotten: memory does not grow with the ledger."""

MENTION = b'"commitments"'

Shape = dict[str, Any]


class Bound(msgspec.Struct):
    """What an entry's state is bound to, by reference."""

    commitments: dict[str, str] | None = None


class Mention(NamedTuple):
    """Where an entry names a subject, and the commitment that it has for it."""

    book: BookName
    position: int
    stream: str
    ref: str
    commitment: str


_bound = msgspec.json.Decoder(Bound)


def verify_commitments(ledger: Ledger) -> Shape:
    """Make each commitment again from the vault; gives `findings` as OUTPUTS §4 has them, each with its `subject`.

    Whoever was erased cannot be asked for; whoever is missing without having been erased is a finding.
    """
    checking = _Checking(ledger)
    for mention in _mentions(ledger):
        checking.take(mention)
    return checking.report()


class _Checking:
    """The subjects of a few thousand entries at a time."""

    def __init__(self, ledger: Ledger) -> None:
        self._vault = ledger.vault
        self._gone = _gone(ledger)
        self._asked: dict[tuple[str, str], Mention] = {}
        self._seen: set[tuple[str, str]] = set()
        self._findings: list[Shape] = []
        self._left_out = 0

    def take(self, mention: Mention) -> None:
        """Ask for a subject, together with others."""
        key = (mention.ref, mention.commitment)
        if key in self._seen or mention.ref in self._gone:
            return
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        self._seen.add(key)
        self._asked[key] = mention
        if len(self._asked) >= CHUNK:
            self._ask()

    def report(self) -> Shape:
        """What was found, once the last have been asked for."""
        self._ask()
        return {"findings": self._findings, "findings_left_out": self._left_out}

    def _ask(self) -> None:
        there = self._vault.commitments({mention.ref for mention in self._asked.values()})
        for mention in self._asked.values():
            kept, given = there.get(mention.ref, (None, None))
            if kept == given == mention.commitment:
                continue
            if len(self._findings) < FINDINGS_KEPT:
                self._findings.append(_finding(mention, kept if given == mention.commitment else given))
            else:
                self._left_out += 1
        self._asked.clear()


def _finding(mention: Mention, found: str | None) -> Shape:
    return {
        "book": mention.book.value,
        "position": mention.position,
        "stream": mention.stream,
        "kind": "commitment",
        "expected": mention.commitment,
        "found": found,
        "unproven_from": mention.position,
        "subject": mention.ref,
    }


def _mentions(ledger: Ledger) -> Iterator[Mention]:
    for name in BookName:
        for sealed in ledger.book(name).read():
            if MENTION not in sealed.state:
                continue
            for ref, commitment in (_bound.decode(sealed.state).commitments or {}).items():
                yield Mention(name, sealed.position, str(sealed.stream), ref, commitment)


def _gone(ledger: Ledger) -> set[str]:
    """Who was erased, or is being erased: nobody is to find them any more."""
    gone = {asked.ref for asked in ledger.vault.erasures.asked_for() if asked.confirmed_by}
    if ledger.vault.erasures.count:
        for name in BookName:
            for sealed in ledger.book(name).read():
                if sealed.topic == PersonErased.TOPIC:
                    event = load(sealed.topic, sealed.state)
                    gone |= {event.id_no, *event.also_erased} if isinstance(event, PersonErased) else set()
    return gone
