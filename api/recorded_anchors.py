"""What a book tells of the time stamps over its heads: one stream, in which each answer that was kept stands once.

So a stamp whose files are gone is missed (`api.checking_anchors`), and nobody has to read the book for it. An answer is
known by its SHA-256: two machines that share the books may each keep one under the same name.
"""

import hashlib

import msgspec

from api.ledger import Ledger, Placed
from domain.event import BookName
from domain.public_log import CheckpointAnchored
from domain.refusal import Refused

STREAM = "anchor"

TRIES = 8
"""How often the next place in the stream is asked for, while others take it."""

_anchored = msgspec.json.Decoder(CheckpointAnchored)


def recorded_anchors(ledger: Ledger, book: BookName) -> list[CheckpointAnchored]:
    """The stamps that the book tells of, in the order in which they were recorded."""
    return [_anchored.decode(sealed.state) for sealed in ledger.book(book).stream(ledger.stream(STREAM, book.value))]


def is_recorded(ledger: Ledger, book: BookName, answer: bytes) -> bool:
    """Whether the book tells of the stamp that this answer is."""
    return any(digest_of(answer) in event.evidence for event in recorded_anchors(ledger, book))


def record_anchor(ledger: Ledger, book: BookName, event: CheckpointAnchored) -> None:
    """Record a stamp; nothing happens when another process has recorded the same.

    Raises:
        Refused: `E-CONFLICT` when others take the next place again and again.
    """
    stream = ledger.stream(STREAM, book.value)
    for left in reversed(range(TRIES)):
        told = recorded_anchors(ledger, book)
        if any(known.evidence == event.evidence for known in told):
            return
        try:
            ledger.append(book, [Placed(stream, len(told) + 1, event)])
        except Refused as refused:
            if refused.code != "E-CONFLICT" or not left:
                raise
        else:
            return


def digest_of(answer: bytes) -> str:
    """By which the book knows an authority's answer: its SHA-256, in hex."""
    return hashlib.sha256(answer).hexdigest()
