"""The one event catalogue: every topic, its class and its book.

Topics, REST bodies, their documentation and the frozen vectors come from here. A new shape of an event is a new
class with a new topic version, and an upcaster from the old one; a topic is never given another meaning.
"""

import msgspec

from domain.alert import AlertChanged, AlertRaised, AlertWithdrawn
from domain.alert_steps import STEPS_TAKEN, GroundsChanged
from domain.allocation import AllocationReceived, SubAllocated, Transferred
from domain.bank import StatementLineRecorded
from domain.claim import ClaimApproved, ClaimRejected, ClaimReviewed, ClaimSubmitted, ClaimWithdrawn
from domain.contract import ContractSigned, ProjectChanged
from domain.control import ImportBegun, ImportCompleted, LedgerOpened, PackageReceived
from domain.correction import EventCorrected
from domain.disbursement import RETURNS, EventReversed, PaymentMade, PaymentReturned
from domain.dividend import (
    AssetContractDefaulted,
    AssetContractSigned,
    DividendPaid,
    DividendReceived,
    DividendsDistributed,
    OperatorStatusReported,
    PrincipalReturned,
    ProfitReported,
    SharesChanged,
    SharesHeld,
)
from domain.entitlement import EntitlementEnded, EntitlementGranted
from domain.erasure import PersonErased
from domain.event import Event, Versioned, decoder
from domain.instruction import (
    AmountInstructed,
    FundsCommitted,
    FundsReleased,
    InstructionWithdrawn,
    PaymentInstructed,
)
from domain.lending import (
    LoanApplied,
    LoanCredited,
    LoanDeclined,
    LoanRenewalSought,
    LoanWithdrawn,
    PostLoanCheck,
)
from domain.limit import LimitSet
from domain.loan import (
    InterestSubsidyPaid,
    LoanConfirmed,
    LoanDenied,
    LoanExtended,
    LoanIssued,
    LoanOverdue,
    LoanProceedsMoved,
    LoanRenewed,
    LoanRepaid,
    LoanWrittenOff,
)
from domain.notice import NoticeClosed, NoticeLinePosted, NoticePublished, NoticeWithdrawn
from domain.objection import ObjectionFiled, ObjectionResolved
from domain.organisation import OrgAccountRegistered, StaffPostRegistered
from domain.person import (
    GuardianRegistered,
    HouseholdExited,
    HouseholdRemoved,
    MemberChanged,
    PayrollListed,
    PersonDied,
    PersonMoved,
    PersonRegistered,
    PersonsMayBeOne,
)
from domain.place import PlaceRegistered
from domain.project import (
    ProjectAccepted,
    ProjectAmended,
    ProjectApproved,
    ProjectClosed,
    ProjectEntered,
    ProjectProposed,
)
from domain.public_log import CheckpointAnchored, KeyCreated, KeyRetired, KeyRotated, SubjectIndexSealed
from domain.receipt import ReceiptConfirmed
from domain.relation import RelationDeclared
from domain.spot_check import RandomnessCommitted, SampleDrawn, SpotCheckPlanned
from domain.subsidy import ProgrammeDefined
from domain.supervision import PersonalDataRevealed, RulePackAdopted, VerificationFailed
from domain.training import TrainingAttended, TrainingHeld

CONTROL: tuple[type[Event], ...] = (
    LedgerOpened,
    PackageReceived,
    ImportBegun,
    ImportCompleted,
    PersonErased,
    SubjectIndexSealed,
    CheckpointAnchored,
    KeyCreated,
    KeyRotated,
    KeyRetired,
)
REGISTERS: tuple[type[Event], ...] = (
    PlaceRegistered,
    OrgAccountRegistered,
    StaffPostRegistered,
    LimitSet,
    RelationDeclared,
    ProgrammeDefined,
    PersonRegistered,
    MemberChanged,
    HouseholdExited,
    HouseholdRemoved,
    PersonMoved,
    GuardianRegistered,
    PersonDied,
    PayrollListed,
    PersonsMayBeOne,
    EntitlementGranted,
    EntitlementEnded,
    TrainingHeld,
    TrainingAttended,
)
FLOWS: tuple[type[Event], ...] = (
    AllocationReceived,
    SubAllocated,
    Transferred,
    ProjectProposed,
    ProjectEntered,
    ProjectApproved,
    ProjectAmended,
    ProjectAccepted,
    ProjectClosed,
    ContractSigned,
    ProjectChanged,
    ClaimSubmitted,
    ClaimReviewed,
    ClaimApproved,
    ClaimRejected,
    ClaimWithdrawn,
    PaymentInstructed,
    InstructionWithdrawn,
    FundsCommitted,
    FundsReleased,
    AmountInstructed,
    PaymentMade,
    PaymentReturned,
    EventReversed,
    EventCorrected,
    LoanApplied,
    LoanCredited,
    LoanDeclined,
    LoanWithdrawn,
    LoanRenewalSought,
    LoanIssued,
    LoanRepaid,
    LoanOverdue,
    LoanExtended,
    LoanRenewed,
    LoanWrittenOff,
    LoanProceedsMoved,
    InterestSubsidyPaid,
    LoanConfirmed,
    LoanDenied,
    PostLoanCheck,
    AssetContractSigned,
    PrincipalReturned,
    AssetContractDefaulted,
    DividendsDistributed,
    SharesHeld,
    SharesChanged,
    DividendReceived,
    DividendPaid,
    ProfitReported,
    OperatorStatusReported,
    StatementLineRecorded,
)
NOTICES: tuple[type[Event], ...] = (
    NoticePublished,
    NoticeWithdrawn,
    NoticeClosed,
    NoticeLinePosted,
    ObjectionFiled,
    ObjectionResolved,
    ReceiptConfirmed,
)
SUPERVISION: tuple[type[Event], ...] = (
    AlertRaised,
    AlertChanged,
    AlertWithdrawn,
    GroundsChanged,
    *STEPS_TAKEN,
    SpotCheckPlanned,
    RandomnessCommitted,
    SampleDrawn,
    PersonalDataRevealed,
    RulePackAdopted,
    VerificationFailed,
)

EVENTS: dict[str, type[Event]] = {
    event_class.TOPIC: event_class for event_class in (*CONTROL, *REGISTERS, *FLOWS, *NOTICES, *SUPERVISION)
}

OF_THE_CORRECTION = (
    *("salt", "recorded_at", "actor", "on_behalf_of", "source", "evidence", "correlation_id", "causation_id"),
    *("content", "commitments", "sealed", "sealed_for", "id_quality", "quarantine"),
)
"""What of the envelope a row has from its correction; its days are its own."""

BESIDE_A_ROW = RETURNS | {
    InstructionWithdrawn.TOPIC,
    PrincipalReturned.TOPIC,
    AssetContractDefaulted.TOPIC,
    DividendsDistributed.TOPIC,
}
"""Topics that stand on the stream of a row without being the row as newly stated."""

_DECODERS = {topic: decoder(event_class) for topic, event_class in EVENTS.items()}


class UnknownTopic(LookupError):
    """The ledger holds an event that this version does not know; a newer one wrote it."""


def load(topic: str, state: bytes) -> Event:
    """The event that an entry's topic and state tell.

    Raises:
        UnknownTopic: when the topic is not in the catalogue.
        msgspec.ValidationError: when the state is not one of this topic.
    """
    known = _DECODERS.get(topic)
    if known is None:
        raise UnknownTopic(f"Topic {topic!r} is not in the catalogue; update Mingzhang to read this ledger.")
    event: Event = known.decode(state)
    return event


def as_told(placed: Versioned) -> Versioned:
    """`placed` as the row that it tells: of a correction the row as it is stated now, under the correction's topic.

    So a correction is to every table and history what a change event is: the whole row, stated again.
    """
    event = placed.event
    if not isinstance(event, EventCorrected):
        return placed
    before = restated(msgspec.structs.replace(event, fields=event.before))
    return msgspec.structs.replace(placed, event=restated(event), corrects=event.target_position, before=before)


def restated(correction: EventCorrected) -> Event:
    """The row that a correction states, as an event of the class that it corrects.

    Raises:
        UnknownTopic: when the topic is not in the catalogue.
        msgspec.ValidationError: when the fields are not those of its class.
    """
    event_class = EVENTS.get(correction.target_topic)
    if event_class is None:
        raise UnknownTopic(f"Topic {correction.target_topic!r} is not in the catalogue; update Mingzhang.")
    envelope = {name: getattr(correction, name) for name in OF_THE_CORRECTION}
    given: dict[str, object] = {name: value for name, value in envelope.items() if value not in (None, ())}
    given |= {"kind": event_class.KIND, "occurred_on": correction.row_occurred_on}
    if correction.row_known_on is not None:
        given["known_on"] = correction.row_known_on
    event: Event = msgspec.convert(given | correction.fields, event_class, from_attributes=True)
    return event


def schemas() -> dict[str, object]:
    """JSON Schema of every event's state by topic, for the OpenAPI document."""
    return {topic: msgspec.json.schema(event_class) for topic, event_class in EVENTS.items()}
