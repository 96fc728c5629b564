"""How rows are named in a timeline, with how much money, and which of their columns are days of their own."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from domain.allocation import AllocationRow
from domain.bank import StatementLineRecorded
from domain.contract import ContractRow, ProjectChanged
from domain.disbursement import PaymentMade, ReturnRow
from domain.dividend import (
    AssetContractDefaulted,
    AssetContractSigned,
    DividendPaid,
    DividendReceived,
    DividendsDistributed,
    OperatorReport,
    PrincipalReturned,
    ShareRow,
)
from domain.entitlement import EntitlementEnded, EntitlementRow
from domain.event import Event, Versioned
from domain.instruction import AmountInstructed, FundMoved, InstructionWithdrawn, PaymentInstructed
from domain.lending import LoanApplied, LoanCredited, LoanDeclined, LoanRenewalSought, LoanWithdrawn, PostLoanCheck
from domain.loan import InterestSubsidyPaid, LoanProceedsMoved, LoanRepaid, LoanRow, LoanStatement
from domain.notice import NoticeLinePosted, NoticeRow, NoticeWithdrawn
from domain.objection import ObjectionResolved, ObjectionRow
from domain.organisation import OrgAccountRegistered, StaffPostRegistered
from domain.person import GuardianRegistered, PayrollListed, PersonDied, RosterRow
from domain.place import PlaceRegistered
from domain.project import ProjectAccepted, ProjectApproved, ProjectEntered, ProjectRow
from domain.receipt import ReceiptConfirmed
from domain.relation import RelationDeclared
from domain.subsidy import ProgrammeDefined
from domain.training import TrainingAttended, TrainingHeld
from projections.history.occurrence import Deed, Occurrence
from projections.history.row import Row

MOVING = frozenset({Deed.HAPPENED, Deed.REPAID, Deed.SUBSIDISED, Deed.RETURNED, Deed.REVERSED})
"""Deeds by which money moves."""

APPROVED_AFTER_ENTRY = frozenset({"立项", "在建", "验收", "决算"})
"""状态 of a project that was approved, whether or not 立项日期 is stated (FORMATS §15)."""


class Told(NamedTuple):
    """How a row is named, and how much money it moved."""

    ref: Callable[[Any], str | None]
    amount_fen: Callable[[Any], int | None] = lambda _: None


class Later(NamedTuple):
    """A day that stands in a row, and the event that it becomes when it arrives by itself."""

    day: Callable[[Any], date | None]
    becomes: type[Event]


def _line(row: Any) -> str:
    return f"{row.instruction_no}/{row.line_no or 1}"


TOLD: dict[type[Event], Told] = {
    AllocationRow: Told(lambda row: row.entry_no, lambda row: row.amount_fen),
    PaymentMade: Told(lambda row: row.bank_ref, lambda row: row.amount_fen),
    ReturnRow: Told(lambda row: row.return_ref, lambda row: row.amount_fen),
    LoanRow: Told(lambda row: row.loan_no, lambda row: row.principal_fen),
    LoanProceedsMoved: Told(lambda row: row.flow_ref, lambda row: row.amount_fen),
    InterestSubsidyPaid: Told(lambda row: row.bank_ref, lambda row: row.amount_fen),
    LoanStatement: Told(lambda row: row.objection_no or row.loan_no),
    **dict.fromkeys(
        (LoanApplied, LoanCredited, LoanDeclined, LoanWithdrawn, LoanRenewalSought, PostLoanCheck),
        Told(lambda row: row.loan_no),
    ),
    **dict.fromkeys((AssetContractSigned, AssetContractDefaulted), Told(lambda row: row.contract_no)),
    PrincipalReturned: Told(lambda row: row.bank_ref or row.contract_no, lambda row: row.amount_fen),
    DividendsDistributed: Told(lambda row: f"{row.contract_no}/{row.period}"),
    ShareRow: Told(lambda row: row.contract_no),
    DividendReceived: Told(lambda row: row.bank_ref, lambda row: row.amount_fen),
    DividendPaid: Told(lambda row: row.bank_ref, lambda row: row.paid_fen),
    OperatorReport: Told(lambda row: f"{row.contract_no}/{row.period}"),
    RosterRow: Told(lambda row: row.household_no),
    PersonDied: Told(lambda row: row.id_no),
    GuardianRegistered: Told(lambda row: row.ward_id),
    PayrollListed: Told(lambda row: row.id_no),
    RelationDeclared: Told(lambda row: row.staff_no),
    EntitlementRow: Told(lambda row: row.programme),
    TrainingHeld: Told(lambda row: row.class_id),
    TrainingAttended: Told(lambda row: row.class_id),
    ProjectRow: Told(lambda row: row.project_no),
    ContractRow: Told(lambda row: row.contract_no),
    PaymentInstructed: Told(_line),
    InstructionWithdrawn: Told(_line),
    FundMoved: Told(lambda row: row.instruction_no),
    AmountInstructed: Told(lambda row: row.instruction_no),
    NoticeRow: Told(lambda row: row.notice_no),
    NoticeLinePosted: Told(lambda row: f"{row.notice_no}/{row.line_no}"),
    ObjectionRow: Told(lambda row: row.objection_no),
    ReceiptConfirmed: Told(lambda row: row.receipt_no),
    StatementLineRecorded: Told(lambda row: row.bank_ref),
    OrgAccountRegistered: Told(lambda row: row.account_no),
    StaffPostRegistered: Told(lambda row: row.staff_no),
    PlaceRegistered: Told(lambda row: row.place_code),
    ProgrammeDefined: Told(lambda row: row.programme),
}
"""By family of events. A sheet that is taken anew adds its line here."""

REPAYMENT = Told(
    lambda row: row.repay_ref, lambda row: (row.repaid_principal_fen or 0) + (row.repaid_interest_fen or 0)
)
"""A row of 还款流水, which comes under the topic of a loan's own row."""


def approved_on(project: Any) -> date | None:
    """立项日期; where empty the 入库日期 of a project that stands at 立项 or later."""
    stated: date | None = project.approved_on
    if stated is None and project.status in APPROVED_AFTER_ENTRY:
        stated = project.entered_on
    return stated


LATER: dict[type[Event], tuple[Later, ...]] = {
    ProjectRow: (
        Later(lambda row: row.entered_on, ProjectEntered),
        Later(approved_on, ProjectApproved),
        Later(lambda row: row.accepted_on, ProjectAccepted),
    ),
    ContractRow: (Later(lambda row: row.amended_on, ProjectChanged),),
    EntitlementRow: (Later(lambda row: row.ends_on, EntitlementEnded),),
    NoticeRow: (Later(lambda row: row.withdrawn_on, NoticeWithdrawn),),
    ObjectionRow: (Later(lambda row: row.resolved_on, ObjectionResolved),),
}
"""Days that stand in rows of these families. Exits, deaths and loans have rules of their own."""


def told_of(event: Event) -> Told:
    """How a row of this event's family is named."""
    if isinstance(event, LoanRepaid) and event.repay_ref is not None:
        return REPAYMENT
    for family in type(event).__mro__:
        if family in TOLD:
            return TOLD[family]
    return Told(lambda _: None)


def own_day(row: Row, placed: Versioned, deeds: frozenset[Deed]) -> Occurrence:
    """The event's line: money moved only where something happened."""
    told = told_of(placed.event)
    return Occurrence(
        day=placed.event.occurred_on,
        known_on=placed.event.known_on,
        placed=placed,
        row=row,
        topic=placed.topic,
        ref=told.ref(placed.event),
        amount_fen=told.amount_fen(placed.event) if deeds & MOVING else None,
        deeds=deeds,
    )
