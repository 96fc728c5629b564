"""The one event catalogue: every topic, its class and its book.

Topics, REST bodies, their documentation and the frozen vectors come from here. A new shape of an event is a new
class with a new topic version, and an upcaster from the old one; a topic is never given another meaning.
"""

import msgspec

from domain.alert import AlertChanged, AlertRaised, AlertWithdrawn
from domain.allocation import AllocationReceived, SubAllocated, Transferred
from domain.bank import StatementLineRecorded
from domain.contract import ContractSigned, ProjectChanged
from domain.control import ImportBegun, ImportCompleted, LedgerOpened, PackageReceived
from domain.disbursement import EventReversed, PaymentMade, PaymentReturned
from domain.dividend import (
    AssetContractSigned,
    DividendPaid,
    DividendReceived,
    OperatorStatusReported,
    ProfitReported,
    SharesChanged,
    SharesHeld,
)
from domain.entitlement import EntitlementEnded, EntitlementGranted
from domain.erasure import PersonErased
from domain.event import Event, decoder
from domain.instruction import PaymentInstructed
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
from domain.notice import NoticeLinePosted, NoticePublished, NoticeWithdrawn
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
)
from domain.place import PlaceRegistered
from domain.project import ProjectAccepted, ProjectApproved, ProjectEntered, ProjectProposed
from domain.receipt import ReceiptConfirmed
from domain.relation import RelationDeclared
from domain.spot_check import RandomnessCommitted, SampleDrawn, SpotCheckPlanned
from domain.subsidy import ProgrammeDefined
from domain.supervision import PersonalDataRevealed, RulePackAdopted, VerificationFailed
from domain.training import TrainingAttended, TrainingHeld

CONTROL: tuple[type[Event], ...] = (LedgerOpened, PackageReceived, ImportBegun, ImportCompleted, PersonErased)
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
    ProjectAccepted,
    ContractSigned,
    ProjectChanged,
    PaymentInstructed,
    PaymentMade,
    PaymentReturned,
    EventReversed,
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
    AssetContractSigned,
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
    NoticeLinePosted,
    ObjectionFiled,
    ObjectionResolved,
    ReceiptConfirmed,
)
SUPERVISION: tuple[type[Event], ...] = (
    AlertRaised,
    AlertChanged,
    AlertWithdrawn,
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


def schemas() -> dict[str, object]:
    """JSON Schema of every event's state by topic, for the OpenAPI document."""
    return {topic: msgspec.json.schema(event_class) for topic, event_class in EVENTS.items()}
