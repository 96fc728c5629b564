"""The envelope that every event wears, and the canonical bytes of its state (DESIGN §3).

An event class is one `msgspec.Struct`: its fields are what is sealed, its `TOPIC` never changes, its docstring
documents the REST body. `encode` gives the state line of an entry: sorted keys, NFC, no blanks, no floats, no
nulls. What is hashed is what is stored; nothing is encoded again to be verified.
"""

from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Literal
from unicodedata import is_normalized, normalize

import msgspec
from msgspec import Struct

from domain.kinds import Count, Instant, Salt, Sealed, Sha256


class Kind(StrEnum):
    """What an event claims to be: a wish that could be refused, a fact that happened, or the ledger's own business."""

    INTENT = "intent"
    FACT = "fact"
    CONTROL = "control"


class BookName(StrEnum):
    """The two books of a ledger (DESIGN §3)."""

    MONEY = "money"
    SUPERVISION = "supervision"


KEEPER, SYSTEM = "keeper", "system"
"""Actors until accounts exist: the person at the ledger, and the rules."""


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """Where an event came in.

    channel:      ui, api, import or bank.
    file_sha256:  the workbook, as it was handed in.
    sheet:        the sheet's title.
    row:          the row number that Excel shows, from 1.
    """

    channel: Literal["ui", "api", "import", "bank"]
    file_sha256: Sha256 | None = None
    sheet: str | None = None
    row: Count | None = None


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What every event says beside its own fields.

    salt:            16 random bytes; without it a leaf could be guessed from the few possible values.
    kind:            intent, fact or control.
    occurred_on:     the business day, Asia/Shanghai ("as it was").
    known_on:        the day on which the source says the office could know ("as the office says it knew").
    recorded_at:     when this ledger took it in, UTC, once per batch ("as this ledger knew it", with the position).
    actor:           who did it: a user of this ledger, or `system`.
    on_behalf_of:    the body that a row names.
    source:          where it came in.
    evidence:        SHA-256 of what supports it.
    correlation_id:  the package or command that it belongs to.
    causation_id:    the event that brought it about, as `book:position`.
    content:         keyed digest of what the row states, so that the same row is known when it is sent again.
    commitments:     HMAC under each subject's own key of the fields in the vault, by reference.
    sealed:          what may speak of a person, as ciphertext under the key of the subject `sealed_for`.
    sealed_for:      reference of the subject under whose key `sealed` opens.
    id_quality:      what the check of the ID number said at intake: `valid`, `upgradable` (15 digits) or `invalid`.
    quarantine:      problem codes with their columns; recorded as stated, not joined until resolved.
    """

    TOPIC: ClassVar[str] = ""
    BOOK: ClassVar[BookName] = BookName.MONEY
    KIND: ClassVar[Kind] = Kind.FACT

    salt: Salt
    kind: Kind
    occurred_on: date
    known_on: date | None = None
    recorded_at: Instant
    actor: str
    on_behalf_of: str | None = None
    source: Source
    evidence: tuple[Sha256, ...] = ()
    correlation_id: str | None = None
    causation_id: str | None = None
    content: Salt | None = None
    commitments: dict[str, Sha256] | None = None
    sealed: Sealed | None = None
    sealed_for: str | None = None
    id_quality: Literal["valid", "upgradable", "invalid"] | None = None
    quarantine: tuple[str, ...] = ()


_encoder = msgspec.json.Encoder(order="sorted")


def encode(event: Event) -> bytes:
    """The canonical state of `event`, one line of JSON without blanks, and in NFC.

    What is sealed can never be mended, so the line is read back before it is given out (some 4 µs).

    Raises:
        msgspec.ValidationError: when a value is outside its kind, or a text cannot stand in NFC on one line.
    """
    encoded = _encoder.encode(event)
    if not encoded.isascii() and not is_normalized("NFC", encoded.decode()):
        encoded = _encoder.encode(_composed(msgspec.json.decode(encoded)))
        if not is_normalized("NFC", encoded.decode()):
            raise msgspec.ValidationError("A control character stands before a combining mark.")
    decoder(type(event)).decode(encoded)
    return encoded


@cache
def decoder(event_class: type[Event]) -> msgspec.json.Decoder[Any]:
    """A strict decoder of one class's states: unknown fields and values outside their range are refused."""
    return msgspec.json.Decoder(event_class)


def _composed(value: Any) -> Any:
    """`value` with its texts in NFC, each by itself: in the line a mark could join an escape's letter."""
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, list):
        return [_composed(part) for part in value]
    if isinstance(value, dict):
        return {name: _composed(part) for name, part in value.items()}
    return value


class Versioned(Struct, frozen=True):
    """An event with its place: what projections and replay read.

    corrects:  position of the entry that this one states anew; 0 of any other.
    before:    the row as it stood before this correction.
    """

    position: int
    stream: str
    version: int
    topic: str
    event: Event
    leaf: bytes = b""
    corrects: int = 0
    before: Event | None = None
