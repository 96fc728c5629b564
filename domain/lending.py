"""Lending (授信): a loan that is applied for and credited here, issued and repaid at the bank (DOMAIN §3).

    applied → credited → issued → repaying → settled | written_off
       └ declined  └ withdrawn      ├── overdue
                                    ├── extended (展期)
                                    └── renewed (续贷): by a new loan that names it

The papers of a loan stand on a stream of their own; what the bank did is told by 小额信贷台账 and 还款流水, whatever
the papers say.
"""

from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar, NamedTuple, Self

from msgspec import Struct, field
from msgspec.structs import replace

from domain.event import Event, Kind
from domain.kinds import AccountRef, PersonRef, PhoneRef, PositiveFen, Ppm, Text
from domain.refusal import Refused
from domain.steps import OverriddenStep, refuse_step

MOST_PRIOR_RENEWALS = 1
"""How often a loan may have been renewed before it is prolonged again (DOMAIN §3; the customer confirms it)."""

FRESH_DAYS = 60
"""Days before a renewal or extension in which the bank must have looked after the loan (DOMAIN §4, LNM-12)."""

AS_STATED, DEVIATED = "as_stated", "deviated"


class LoanApplied(OverriddenStep, frozen=True, kw_only=True):
    """贷款申请: somebody asks for a microloan; names and the purpose are sealed.

    loan_no:               借据号, the key; the bank issues the loan under it.
    id_no:                 reference of the borrower.
    household_no:          户编号 of the borrower.
    bank:                  承办银行.
    amount_fen:            what is asked for, in fen.
    rate_ppm:              yearly rate in parts per million.
    starts_on, due_on:     first day, and the day on which it is due; sealed as `from` and `due_on`.
    disbursement_account:  reference of the account that is to receive it.
    agent_id:              reference of who applies for the borrower.
    borrower_present:      whether the borrower came in person.
    phone:                 reference of the borrower's telephone.
    renews:                the loan that this one renews.
    topup_approved:        whether a loan above the usual limit was approved (追加批准).
    """

    TOPIC: ClassVar[str] = "loan-applied/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    loan_no: Text
    id_no: PersonRef
    household_no: Text
    bank: Text
    amount_fen: PositiveFen
    rate_ppm: Ppm | None = None
    starts_on: date = field(name="from")
    due_on: date
    disbursement_account: AccountRef | None = None
    agent_id: PersonRef | None = None
    borrower_present: bool | None = None
    phone: PhoneRef | None = None
    renews: Text | None = None
    topup_approved: bool | None = None


class LoanCredited(OverriddenStep, frozen=True, kw_only=True):
    """授信: a second person has granted an amount.

    loan_no:             the loan.
    credited_fen:        授信金额, at most what was asked for.
    """

    TOPIC: ClassVar[str] = "loan-credited/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    loan_no: Text
    credited_fen: PositiveFen


class LoanDeclined(Event, frozen=True, kw_only=True):
    """不予授信: it ends here; the reason is sealed.

    loan_no:  the loan.
    """

    TOPIC: ClassVar[str] = "loan-declined/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    loan_no: Text


class LoanWithdrawn(Event, frozen=True, kw_only=True):
    """撤回贷款申请, before the bank issued it; the reason is sealed.

    loan_no:  the loan.
    """

    TOPIC: ClassVar[str] = "loan-withdrawn/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    loan_no: Text


class LoanRenewalSought(Event, frozen=True, kw_only=True):
    """续贷占用: another loan is to renew this one, or no longer; a loan is renewed by one at a time.

    loan_no:     the loan that is to be renewed.
    renewed_by:  the loan that is applied for; absent: that application was declined or withdrawn.
    """

    TOPIC: ClassVar[str] = "loan-renewal-sought/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    loan_no: Text
    renewed_by: Text | None = None


class PostLoanCheck(Event, frozen=True, kw_only=True):
    """贷后检查: the bank or the work team has looked after a loan; what it found is sealed.

    loan_no:     the loan.
    checked_on:  the day of the visit; `occurred_on` is the same day.
    use:         `as_stated` or `deviated`: what the money was used for.
    """

    TOPIC: ClassVar[str] = "post-loan-check/v1"

    loan_no: Text
    checked_on: date
    use: Text


class LoanStage(StrEnum):
    """How far a loan has come."""

    APPLIED = "applied"
    CREDITED = "credited"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ISSUED = "issued"
    REPAYING = "repaying"
    EXTENDED = "extended"
    OVERDUE = "overdue"
    RENEWED = "renewed"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"


class LoanStep(StrEnum):
    """What can be done with a loan."""

    CREDIT = "credit"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    CHECK = "check"
    EXTEND = "extend"
    RENEW = "renew"


_OPEN = (LoanStep.CHECK, LoanStep.EXTEND, LoanStep.RENEW)
_PROLONGING = frozenset({LoanStep.EXTEND, LoanStep.RENEW})

STEPS: dict[LoanStage, tuple[LoanStep, ...]] = {
    LoanStage.APPLIED: (LoanStep.CREDIT, LoanStep.DECLINE, LoanStep.WITHDRAW),
    LoanStage.CREDITED: (LoanStep.WITHDRAW,),
    LoanStage.ISSUED: _OPEN,
    LoanStage.REPAYING: _OPEN,
    LoanStage.EXTENDED: (LoanStep.CHECK, LoanStep.RENEW),
    LoanStage.OVERDUE: (LoanStep.CHECK,),
}
"""What is possible in each stage; nothing in the others."""


class Lent(NamedTuple):
    """What the bank has told of a loan.

    status:          状态 of 小额信贷台账.
    due_on:          到期日 as it stands.
    outstanding_fen: what is owed.
    repaid_fen:      principal that was repaid.
    settled:         whether 结清日 is stated.
    renewed:         whether another loan states that it renews this one.
    prior_renewals:  how many loans it goes back on, each renewed by the next.
    entries:         how many entries state its row.
    """

    status: str | None
    due_on: date
    outstanding_fen: int
    repaid_fen: int = 0
    settled: bool = False
    renewed: bool = False
    prior_renewals: int = 0
    entries: int = 0

    def stage(self, today: date) -> LoanStage:
        """How the loan stands at the bank; one that is owed behind its day is overdue, whatever is stated."""
        if self.status == "核销":
            return LoanStage.WRITTEN_OFF
        if self.status == "续贷" or self.renewed:
            return LoanStage.RENEWED
        if self.settled or self.status == "结清":
            return LoanStage.SETTLED
        if self.status == "逾期" or (self.outstanding_fen > 0 and today > self.due_on):
            return LoanStage.OVERDUE
        if self.status == "展期":
            return LoanStage.EXTENDED
        return LoanStage.REPAYING if self.repaid_fen else LoanStage.ISSUED


class Loan(Struct, frozen=True):
    """One loan as its papers and the bank tell it.

    papers:        how many there are: the version of their stream.

    applied:       absent of a loan that only the bank has told of.
    creditor:      工号 of who granted it.
    credited_fen:  what was granted.
    checked:       the last look after it.
    sought_by:     the application by which it is to be renewed.
    """

    loan_no: str
    stage: LoanStage = LoanStage.APPLIED
    papers: int = 0
    applied: LoanApplied | None = None
    creditor: str | None = None
    credited_fen: int = 0
    checked: PostLoanCheck | None = None
    sought_by: str | None = None
    lent: Lent | None = None

    @classmethod
    def told_by(cls, loan_no: str, events: list[Event], lent: Lent | None, *, today: date) -> Self:
        """The loan that its papers, in order, and the bank tell.

        Raises:
            Refused: `E-STATE` when there is neither an application nor a loan.
        """
        loan = cls(loan_no, lent=lent)
        for event in events:
            loan = replace(loan._after(event), papers=loan.papers + 1)
        if lent is not None:
            return replace(loan, stage=lent.stage(today))
        if loan.applied is None:
            raise Refused("E-STATE", why="A loan begins with its application.", remedy="Apply for it first.")
        return loan

    @property
    def version(self) -> int:
        """How many entries tell it: its papers, and what the bank stated."""
        return self.papers + (self.lent.entries if self.lent else 0)

    @property
    def allowed(self) -> tuple[LoanStep, ...]:
        """What is possible now, as far as the stage says."""
        return STEPS.get(self.stage, ())

    def possible(self, today: date) -> tuple[LoanStep, ...]:
        """What is possible on `today`: it is prolonged only after a check, and not too often."""
        why_not = self._not_prolonged_because(today)
        return tuple(step for step in self.allowed if step not in _PROLONGING or why_not is None)

    @property
    def use(self) -> str:
        """What the last check said of the money's use."""
        return self.checked.use if self.checked else "unknown"

    def refuse_unless(self, step: LoanStep) -> None:
        """Refuse a step that is not possible in this stage.

        Raises:
            Refused: `E-STATE`, naming the stage and what is possible.
        """
        refuse_step(f"Loan {self.loan_no}", self.stage, step, self.allowed, field="loan_no")

    def refuse_unless_prolonged_rightly(self, step: LoanStep, today: date, *, by: str | None = None) -> None:
        """Refuse to renew or extend what is overdue, was renewed too often, or was not looked after lately.

        by:  the application that is to renew it.

        Raises:
            Refused: `E-STATE`, with both numbers or days.
        """
        self.refuse_unless(step)
        why_not = self._not_prolonged_because(today, by=by)
        if why_not is None:
            return
        why, remedy = why_not
        raise Refused(
            "E-STATE",
            field="loan_no",
            value=self.loan_no,
            why=f"Loan {self.loan_no} cannot {step.value}. {why}",
            remedy=remedy,
        )

    def _not_prolonged_because(self, today: date, *, by: str | None = None) -> tuple[str, str] | None:
        """What is in the way of a renewal or extension, and what to do; None: nothing."""
        prior = self.lent.prior_renewals if self.lent else 0
        since = today - timedelta(days=FRESH_DAYS)
        if self.sought_by not in (None, by):
            return f"{self.sought_by} is to renew it already.", "Withdraw that application first."
        if prior > MOST_PRIOR_RENEWALS:
            return f"It was renewed {prior} times before; {MOST_PRIOR_RENEWALS} is the most.", "Let it be repaid."
        if self.checked is None or self.checked.checked_on < since:
            last = self.checked.checked_on if self.checked else "never"
            return f"It was looked after last: {last}; it takes a check since {since}.", "Record the check (贷后检查)."
        return None

    def _after(self, event: Event) -> Self:
        after = self
        match event:
            case LoanApplied():
                after = replace(self, applied=event)
            case LoanCredited():
                after = replace(self, stage=LoanStage.CREDITED, creditor=event.actor, credited_fen=event.credited_fen)
            case LoanDeclined():
                after = replace(self, stage=LoanStage.DECLINED)
            case LoanWithdrawn():
                after = replace(self, stage=LoanStage.WITHDRAWN)
            case LoanRenewalSought():
                after = replace(self, sought_by=event.renewed_by)
            case PostLoanCheck() if self.checked is None or event.checked_on >= self.checked.checked_on:
                after = replace(self, checked=event)
        return after
