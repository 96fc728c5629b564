"""The envelope that every event wears, and the canonical bytes of its state (DESIGN §3).

An event class is one `msgspec.Struct`: its fields are what is sealed, its `TOPIC` never changes, its docstring
documents the REST body. `encode` gives the state line of an entry: sorted keys, NFC, no blanks, no floats, no
nulls. What is hashed is what is stored; nothing is encoded again to be verified.
"""

import unicodedata
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Literal, Self

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


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
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


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What every event says beside its own fields.

    salt:            16 random bytes; without it a leaf could be guessed from the few possible values.
    kind:            intent, fact or control.
    occurred_on:     the business day, Asia/Shanghai ("as it was").
    known_on:        the day on which the source says the office could know ("as the office says it knew").
    recorded_at:     when this ledger took it in, UTC, once per batch ("as this ledger knew it", with the position).
    actor:           who did it: a user of this ledger, or `system`.
    on_behalf_of:    the body that a row names.
    evidence:        SHA-256 of what supports it.
    correlation_id:  the package or command that it belongs to.
    causation_id:    the event that brought it about, as `book:position`.
    content:         keyed digest of what the row states, so that the same row is known when it is sent again.
    commitments:     HMAC under each subject's own key of the fields in the vault, by reference.
    sealed:          what may speak of a person, as ciphertext under the key of the subject `sealed_for`.
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
    """The canonical state of `event`, one line of JSON without blanks, and in NFC."""
    encoded = _encoder.encode(event)
    if encoded.isascii():
        return encoded
    text = encoded.decode()
    return encoded if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text).encode()


def decoder(event_class: type[Event]) -> msgspec.json.Decoder[Any]:
    """A strict decoder of one class's states: unknown fields and values outside their range are refused."""
    return msgspec.json.Decoder(event_class)


class Versioned(Struct, frozen=True):
    """An event with its place: what projections and replay read."""

    position: int
    stream: str
    version: int
    topic: str
    event: Event
    leaf: bytes = b""

    def with_event(self, event: Event) -> Self:
        """The same place holding another reading of the event (an upcaster's result)."""
        return msgspec.structs.replace(self, event=event)
