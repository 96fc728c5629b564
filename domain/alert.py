"""Alerts: reasons to open a file, never verdicts (DOMAIN §0.7). They stand in the supervision book.

States: raised ↔ withdrawn; `system` raises, changes and withdraws, and never confirms.
"""

from datetime import date
from typing import ClassVar, Literal

from domain.event import BookName, Event, Kind
from domain.kinds import Count, Fen, Position, Sha256, Text


class AlertRow(Event, frozen=True, kw_only=True):
    """What an alert says of itself.

    alert_id:            32 hex digits of SHA-256 over the rule and the anchor; stable whatever the evidence.
    rule_id:             the rule that holds.
    rule_version, pack_hash: what raised it.
    severity:            R, O, Y or B.
    anchor:              the subjects that give the alert its identity.
    subjects:            everything concerned, as `kind:value` (OUTPUTS §1); people by reference.
    event_refs:          positions in the money book.
    amount_at_risk_fen:  the money concerned.
    holds_from:          the day from which it holds.
    why_zh, why_en:      the sentence, with the numbers in it and nobody's name.
    """

    BOOK: ClassVar[BookName] = BookName.SUPERVISION

    alert_id: Text
    rule_id: Text
    rule_version: Count
    pack_hash: Sha256
    severity: Literal["R", "O", "Y", "B"]
    anchor: tuple[Text, ...]
    subjects: tuple[Text, ...]
    event_refs: tuple[Position, ...]
    amount_at_risk_fen: Fen
    holds_from: date
    why_zh: Text
    why_en: Text


class AlertRaised(AlertRow, frozen=True, kw_only=True):
    """疑点产生: the rule newly holds for this anchor."""

    TOPIC: ClassVar[str] = "alert-raised/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL


class AlertChanged(AlertRow, frozen=True, kw_only=True):
    """疑点变化: the evidence grew or shrank; the alert as it stands now."""

    TOPIC: ClassVar[str] = "alert-changed/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL


class AlertWithdrawn(Event, frozen=True, kw_only=True):
    """疑点撤回: the grounds are gone.

    alert_id:           the alert.
    rule_id:            the rule that no longer holds.
    clearing_position:  the money book's position up to which it was judged; what cleared it is there or before.
    """

    TOPIC: ClassVar[str] = "alert-withdrawn/v1"
    BOOK: ClassVar[BookName] = BookName.SUPERVISION
    KIND: ClassVar[Kind] = Kind.CONTROL

    alert_id: Text
    rule_id: Text
    clearing_position: Position
