"""What the supervision book keeps beside alerts and spot checks: reveals, rule packs, verification findings."""

from typing import ClassVar

from domain.event import BookName, Event, Kind
from domain.kinds import Count, Position, Sha256, Text


class PersonalDataRevealed(Event, frozen=True, kw_only=True):
    """查询留痕: somebody saw personal data.

    where:       the page or command.
    why:         the reason given.
    subject:     what was looked up, by reference.
    references:  how many people's data were shown.
    """

    TOPIC: ClassVar[str] = "personal-data-revealed/v1"
    BOOK: ClassVar[BookName] = BookName.SUPERVISION
    KIND: ClassVar[Kind] = Kind.CONTROL

    where: Text
    why: Text
    subject: Text
    references: Count


class RulePackAdopted(Event, frozen=True, kw_only=True):
    """规则包启用: the parameters by which rules judge from now on.

    pack_version:  its version, in words.
    pack_hash:     SHA-256 of the pack's canonical text.
    pack:          the pack itself, as TOML.
    """

    TOPIC: ClassVar[str] = "rule-pack-adopted/v1"
    BOOK: ClassVar[BookName] = BookName.SUPERVISION
    KIND: ClassVar[Kind] = Kind.CONTROL

    pack_version: Text
    pack_hash: Sha256
    pack: Text | None = None


class VerificationFailed(Event, frozen=True, kw_only=True):
    """核验异常: a verifier found a record that is not what was sealed.

    book:         money or supervision.
    finding:      the kind, as OUTPUTS §4 names it.
    at_position:  the first position concerned.
    expected:     what was sealed.
    found:        what stands there now.
    """

    TOPIC: ClassVar[str] = "verification-failed/v1"
    BOOK: ClassVar[BookName] = BookName.SUPERVISION
    KIND: ClassVar[Kind] = Kind.CONTROL

    book: Text
    finding: Text
    at_position: Position
    expected: Text
    found: Text
