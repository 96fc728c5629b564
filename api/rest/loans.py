"""`/loans`: applied for and credited here, lent by the bank, looked after, renewed and extended."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from starlette.responses import Response

from api import loans
from api.overriding import Override
from api.rest.answers import answer
from api.rest.once import OnceOnly
from api.rest.parameters import Current, Day, Segment, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from api.rest.steps import STEP, Attachments, Fen, Reason, RefusalRequest, ReviewRequest, TimelineEntry
from api.stepping import Command
from domain.money import plain_yuan

router = staff_router("/loans", "native entry")

LoanNo = Annotated[Segment, Path(description="借据号.", examples=["JJ-0001"])]


class LoanRequest(BaseModel):
    """An application for a microloan; numbers are checked, names and the purpose are sealed.

    actor:     工号 of who brings it.
    loan_no:   the number under which the bank will lend.
    from:      the first day.
    rate_pct:  the yearly rate in percent, as `4.75`.
    renews:    the loan that this one renews; it takes a check (贷后检查) of the last 60 days.
    evidence:  SHA-256 of each attachment.
    override_reason, override_approver: where known facts speak against it (E-OVERRIDE lists them).
    """

    model_config = ConfigDict(extra="forbid")

    actor: Word
    loan_no: Segment
    borrower_name: Word
    id_no: Word
    household_no: Word
    bank: Word
    amount_fen: Fen
    rate_pct: Word | None = None
    starts_on: Annotated[Day, Field(alias="from")]
    due_on: Day
    purpose: Word
    disbursement_account: Word | None = None
    agent: Word | None = None
    agent_id: Word | None = None
    borrower_present: StrictBool | None = None
    phone: Word | None = None
    renews: Segment | None = None
    topup_approved: StrictBool | None = None
    evidence: Attachments = Field(default_factory=list)
    override_reason: Reason | None = None
    override_approver: Word | None = None


class CreditRequest(ReviewRequest):
    """授信; without `amount_fen` of all that was asked for."""

    amount_fen: Fen | None = None
    override_reason: Reason | None = None
    override_approver: Word | None = None


class LoanCheckRequest(ReviewRequest):
    """贷后检查: when somebody looked after the loan, what its money was used for, and what was found (sealed)."""

    checked_on: Day
    use: Literal["as_stated", "deviated"]
    finding: Reason
    evidence: Attachments = Field(default_factory=list)


class ExtensionRequest(ReviewRequest):
    """展期: the later day, and who grants it: a second person."""

    approver: Word
    due_on: Day
    override_reason: Reason | None = None
    override_approver: Word | None = None


class LoanState(BaseModel):
    """A loan as it stands; `allowed` says what is possible now, `version` what a command may name.

    amount_fen:       what was asked for; null of a loan that only the bank told of.
    outstanding_fen:  what is owed; null before the bank lent.
    sought_by:        the application by which it is to be renewed.
    checked_on, use:  of the last check.
    """

    loan_no: str
    stage: str
    version: int
    id_no: str | None
    amount_fen: int | None
    credited_fen: int | None
    outstanding_fen: int | None
    due_on: str
    preparer: str | None
    creditor: str | None
    renews: str | None
    sought_by: str | None
    checked_on: str | None
    use: str
    soft_stops: list[str]
    allowed: list[str]
    timeline: list[TimelineEntry]


@router.post(
    "",
    status_code=201,
    response_model=LoanState,
    responses={200: {"model": LoanState, "description": "It was applied for before, the same."}, **STEP},
    summary="Apply for a loan",
)
def apply_for_loan(wanted: LoanRequest, ledger: Current, once: OnceOnly) -> Response:
    """E-OVERRIDE above the limits, for a borrower who is dead, off the roster or of the wrong age."""

    def apply() -> Response:
        stated: dict[str, Any] = wanted.model_dump(
            mode="json", by_alias=True, exclude={"actor", "amount_fen"}, exclude_none=True
        )
        told, new = loans.apply(ledger, wanted.actor, {**stated, "amount": plain_yuan(wanted.amount_fen)})
        headers = {"Location": f"/api/v1/loans/{quote(wanted.loan_no, safe='')}"} if new else {}
        return answer(told, 201 if new else 200, headers)

    return once(wanted.model_dump(mode="json"), apply)


@router.get("/{loan_no}", response_model=LoanState, responses=documented(404, 409), summary="One loan")
def show_loan(loan_no: LoanNo, ledger: Current) -> Response:
    """Its stage, amounts, hands, and what is possible now."""
    return answer(loans.loan(ledger, loan_no))


@router.post("/{loan_no}/credit", response_model=LoanState, responses=STEP, summary="Credit a loan")
def credit_loan(loan_no: LoanNo, wanted: CreditRequest, ledger: Current, once: OnceOnly) -> Response:
    """授信, by a second person below whose limit it is."""
    override = Override(wanted.override_reason, wanted.override_approver)
    command = Command(loan_no, wanted.actor, wanted.version, wanted.amount_fen, None, override)
    return once(wanted.model_dump(mode="json"), lambda: answer(loans.credit(ledger, command)))


@router.post("/{loan_no}/decline", response_model=LoanState, responses=STEP, summary="Decline a loan")
def decline_loan(loan_no: LoanNo, wanted: RefusalRequest, ledger: Current, once: OnceOnly) -> Response:
    """不予授信; the application ends here."""
    command = Command(loan_no, wanted.actor, wanted.version, None, wanted.reason)
    return once(wanted.model_dump(mode="json"), lambda: answer(loans.decline(ledger, command)))


@router.post("/{loan_no}/withdraw", response_model=LoanState, responses=STEP, summary="Withdraw an application")
def withdraw_loan(loan_no: LoanNo, wanted: RefusalRequest, ledger: Current, once: OnceOnly) -> Response:
    """撤回, before the bank lent."""
    command = Command(loan_no, wanted.actor, wanted.version, None, wanted.reason)
    return once(wanted.model_dump(mode="json"), lambda: answer(loans.withdraw(ledger, command)))


@router.post("/{loan_no}/checks", response_model=LoanState, responses=STEP, summary="Record a look after a loan")
def check_loan(loan_no: LoanNo, wanted: LoanCheckRequest, ledger: Current, once: OnceOnly) -> Response:
    """贷后检查, of a loan that the bank has lent; without a fresh one it is neither renewed nor extended."""
    command = Command(loan_no, wanted.actor, wanted.version)
    look = loans.Look(wanted.checked_on, wanted.use, wanted.finding, wanted.evidence)
    return once(wanted.model_dump(mode="json"), lambda: answer(loans.check(ledger, command, look)))


@router.post("/{loan_no}/extend", response_model=LoanState, responses=STEP, summary="Extend a loan")
def extend_loan(loan_no: LoanNo, wanted: ExtensionRequest, ledger: Current, once: OnceOnly) -> Response:
    """展期, once, of a loan that is not overdue; 小额信贷台账 shows it."""
    override = Override(wanted.override_reason, wanted.override_approver)
    command = Command(loan_no, wanted.actor, wanted.version, None, None, override)
    extension = loans.Extension(wanted.due_on, wanted.approver)
    return once(wanted.model_dump(mode="json"), lambda: answer(loans.extend(ledger, command, extension)))
