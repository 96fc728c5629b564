"""小额信贷台账, and what of 还款流水 and 贴息台账 stands in it: loans, repayments, interest subsidies.

A loan with 还款金额 and no row in 还款流水 has one repayment `HK/<loan_no>`, all principal, on 还款日. One with
贴息金额 and no row in 贴息台账 has one interest subsidy `TX/<loan_no>` without document, to the borrower, on the
数据截止日 of the package that stated it (OUTPUTS §5, §6).
"""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, case, delete, exists, func, insert, literal, or_, select, true

from domain.event import Versioned
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
    LoanRow,
    LoanStatement,
    LoanWrittenOff,
)
from projections.batch import Batch
from projections.tables.column import Unit, copied, day_recorded, derived, internal, personal, stated
from projections.tables.fact_table import FactTable
from projections.tables.imports import PACKAGES
from projections.tables.organisations import first_township_finance
from projections.tables.returns import after_returns, came_back

REPAID = "HK/"
SUBSIDISED = "TX/"


def _term_months(placed: Versioned) -> int | None:
    """The term in months, of which one that was begun counts: of three years to the day 36, of a day more 37."""
    event = cast("LoanRepaid", placed.event)
    if event.issued_on is None or event.due_on is None:
        return None
    begun, ends = event.issued_on, event.due_on
    return 12 * (ends.year - begun.year) + ends.month - begun.month + (ends.day > begun.day)


def _keep_who_stated_the_subsidy(before: Mapping[str, Any], now: dict[str, Any]) -> None:
    """A later package that says the same 贴息金额 does not move its day."""
    if before["interest_subsidy_fen"] == now["interest_subsidy_fen"]:
        now["subsidy_package"] = before["subsidy_package"]
        now["subsidy_recorded_on"] = before["subsidy_recorded_on"]


def states_a_loan(event: LoanRow) -> bool:
    """Whether an event is a row of 小额信贷台账; a repayment of 还款流水 is none."""
    return not (isinstance(event, LoanRepaid) and event.repay_ref is not None)


def _no(_placed: Versioned) -> bool:
    """A row of a detail sheet does not stand in the loan's own."""
    return False


def is_a_repayment(event: LoanRepaid) -> bool:
    """Whether an event is a row of 还款流水."""
    return event.repay_ref is not None


LOANS = FactTable(
    "loans",
    columns=(
        *stated(LoanRow, "loan_no"),
        personal("borrower_name"),
        *stated(LoanRow, "id_no household_no bank principal_fen rate_ppm issued_on due_on"),
        personal("purpose"),
        *stated(LoanRow, "disbursement_account"),
        personal("holder_name"),
        *stated(LoanRow, "holder_id"),
        personal("agent"),
        *stated(
            LoanRow,
            "agent_id borrower_present phone guarantee_fee_fen renews topup_approved interest_subsidy_fen repaid_on "
            "repaid_fen",
        ),
        personal("payer"),
        *stated(LoanRow, "balance_fen settled_on status"),
        derived("principal_repaid_fen", Unit.FEN, 0),
        derived("interest_repaid_fen", Unit.FEN, 0),
        derived("outstanding_fen", Unit.FEN),
        derived("moved_fen", Unit.FEN, 0),
        derived("interest_subsidy_net_fen", Unit.FEN, 0),
        derived("identity", Unit.TEXT, "unconfirmed"),
        *stated(LoanRow, "holder_matches id_quality borrower_age purpose_kinds purpose_token", hidden=True),
        internal("term_months", Unit.INTEGER, _term_months),
        internal("subsidy_package", Unit.TEXT, lambda placed: placed.event.correlation_id),
        internal("subsidy_recorded_on", Unit.INTEGER, day_recorded),
    ),
    events=(LoanIssued, LoanRepaid, LoanOverdue, LoanExtended, LoanRenewed, LoanWrittenOff),
    when=states_a_loan,
    register=True,
    keys={
        "loan_no": "loan",
        "renews": "loan",
        "id_no": "person",
        "holder_id": "person",
        "agent_id": "person",
        "household_no": "household",
        "disbursement_account": "account",
        "phone": "phone",
    },
    indexes=(
        *("loan_no", "renews", "id_no", "agent_id", "holder_id", "household_no", "disbursement_account", "phone"),
        "subsidy_package",
    ),
    key=("loan_no",),
    carry=_keep_who_stated_the_subsidy,
)

LOAN_REPAYMENTS = FactTable(
    "loan_repayments",
    columns=(
        *stated(LoanRepaid, "repay_ref loan_no repaid_on"),
        copied("principal_fen", Unit.FEN, "repaid_principal_fen"),
        copied("interest_fen", Unit.FEN, "repaid_interest_fen"),
        personal("payer_name", elsewhere="payer"),
        *stated(LoanRepaid, "payer_id payer_relation"),
        derived("reversed_fen", Unit.FEN, 0),
        internal("from_loan", Unit.YES_NO, _no),
    ),
    events=(LoanRepaid,),
    when=is_a_repayment,
    keys={"loan_no": "loan", "payer_id": "person", "repay_ref": "payment"},
    indexes=("loan_no", "payer_id", "repay_ref"),
    key=("repay_ref",),
)
"""还款流水, and the `HK/` rows of loans that have none (`from_loan`)."""

INTEREST_SUBSIDIES = FactTable(
    "interest_subsidies",
    columns=(
        *stated(InterestSubsidyPaid, "bank_ref loan_no starts_on ends_before principal_fen amount_fen"),
        personal("payee_name"),
        *stated(InterestSubsidyPaid, "payee_id account_no paid_on quota_doc_no"),
        derived("org", Unit.TEXT),
        derived("returned_fen", Unit.FEN, 0),
        derived("reversed_fen", Unit.FEN, 0),
        copied("net_fen", Unit.FEN, "amount_fen"),
        derived("returned_on", Unit.DAY),
        internal("from_loan", Unit.YES_NO, _no),
    ),
    events=(InterestSubsidyPaid,),
    keys={
        "loan_no": "loan",
        "payee_id": "person",
        "account_no": "account",
        "quota_doc_no": "document",
        "bank_ref": "payment",
    },
    indexes=("loan_no", "payee_id", "bank_ref"),
    key=("bank_ref",),
)
"""贴息台账, and the `TX/` rows of loans that have none (`from_loan`)."""

LOAN_MOVEMENTS = FactTable(
    "loan_movements",
    columns=(
        *stated(LoanProceedsMoved, "flow_ref loan_no moved_on amount_fen to_account"),
        personal("to_name"),
        *stated(LoanProceedsMoved, "to_id"),
        personal("summary"),
        *stated(LoanProceedsMoved, "invoice_no"),
    ),
    events=(LoanProceedsMoved,),
    keys={"loan_no": "loan", "to_account": "account", "to_id": "person"},
    indexes=("loan_no", "to_account", "to_id"),
    key=("flow_ref",),
)


def _stands_in_its_sheet(event: LoanStatement) -> bool:
    """Whether a statement is a row of 借款核实台账; a denial may stand in an objection."""
    return event.objection_no is None


LOAN_CONFIRMATIONS = FactTable(
    "loan_confirmations",
    columns=(
        *stated(LoanStatement, "loan_no"),
        personal("name"),
        *stated(LoanStatement, "id_no result method stated_on visitor"),
        personal("remark"),
    ),
    events=(LoanConfirmed, LoanDenied),
    when=_stands_in_its_sheet,
    keys={"loan_no": "loan", "id_no": "person"},
    indexes=("loan_no stated_on", "id_no"),
    key=("loan_no", "stated_on"),
)

LOAN_STATEMENTS = FactTable(
    "loan_statements",
    columns=stated(LoanStatement, "loan_no result stated_on objection_no"),
    events=(LoanConfirmed, LoanDenied),
    keys={"loan_no": "loan"},
    indexes=("loan_no stated_on",),
    key=("loan_no", "stated_on"),
    listed=False,
)
"""Every statement of a borrower, those that stand in objections among them."""


def loans_concerned(batch: Batch) -> ColumnElement[bool]:
    """The loans of the batch, and those whose 贴息金额 was stated by a package that came in now."""
    return or_(LOANS.c.loan_no.in_(batch.those("loan")), LOANS.c.subsidy_package.in_(batch.those("package")))


def subsidies_concerned(batch: Batch) -> ColumnElement[bool]:
    """The interest subsidies of the batch, of its loans, and of loans that a package stated which came in now."""
    subsidies = INTEREST_SUBSIDIES.c
    return or_(
        subsidies.bank_ref.in_(batch.those("payment")),
        subsidies.loan_no.in_(batch.those("loan")),
        subsidies.loan_no.in_(select(LOANS.c.loan_no).where(LOANS.c.subsidy_package.in_(batch.those("package")))),
    )


def derive_loans(batch: Batch) -> None:
    """Bring the `HK/` and `TX/` rows and the loans' own sums up to what the batch changed."""
    if batch.changed & CONCERNING_LOANS:
        _find_returned(batch)
        ours = loans_concerned(batch)
        _state_repayments(batch, ours)
        _state_subsidies(batch, ours)
        _set_off_returns(batch)
        _sum_up(batch, ours)
    if batch.changed & {"accounts", "interest_subsidies"}:
        concerned = true() if "accounts" in batch.changed else subsidies_concerned(batch)
        batch.recompute(INTEREST_SUBSIDIES, concerned, {"org": first_township_finance()})


CONCERNING_LOANS = frozenset(
    {
        *("loans", "packages", "loan_repayments", "interest_subsidies", "loan_movements", "loan_statements"),
        "payment_returns",
    }
)
"""Tables whose changes concern loans."""


def _find_returned(batch: Batch) -> None:
    """What came back of repayments and interest subsidies concerns their loans."""
    repayments, subsidies = LOAN_REPAYMENTS.c, INTEREST_SUBSIDIES.c
    returned = batch.those("returned")
    batch.those("loan")
    batch.those("payment")
    known = repayments.loan_no.is_not(None)
    batch.scratch_from("loan", select(repayments.loan_no).where(repayments.repay_ref.in_(returned), known))
    known = subsidies.loan_no.is_not(None)
    batch.scratch_from("loan", select(subsidies.loan_no).where(subsidies.bank_ref.in_(returned), known))
    batch.scratch_from("payment", select(subsidies.bank_ref).where(subsidies.bank_ref.in_(returned)))


def _set_off_returns(batch: Batch) -> None:
    repayments, subsidies = LOAN_REPAYMENTS.c, INTEREST_SUBSIDIES.c
    whole = repayments.principal_fen + repayments.interest_fen
    of_ours = or_(repayments.loan_no.in_(batch.those("loan")), repayments.repay_ref.in_(batch.those("returned")))
    reversed_fen = case((came_back(repayments.repay_ref), whole), else_=0)
    batch.recompute(LOAN_REPAYMENTS, of_ours, {"reversed_fen": reversed_fen})
    after = after_returns(subsidies.bank_ref, subsidies.amount_fen)
    batch.recompute(INTEREST_SUBSIDIES, subsidies_concerned(batch), after)


def _place(*, of_loan: bool) -> dict[str, Any]:
    loans = LOANS.c
    return {
        "position": loans.position,
        "stream": loans.stream,
        "last_position": loans.last_position,
        "quarantined": loans.quarantined,
        "from_loan": literal(of_loan),
    }


def _insert_from_loans(batch: Batch, into: FactTable, values: dict[str, Any], where: ColumnElement[bool]) -> None:
    statement = insert(into.table).from_select(
        list(values), select(*(value.label(f"its_{name}") for name, value in values.items())).where(where)
    )
    batch.connection.execute(statement)
    batch.changed.add(into.name)


def _state_repayments(batch: Batch, ours: ColumnElement[bool]) -> None:
    loans, repayments = LOANS.c, LOAN_REPAYMENTS.c
    of_ours = repayments.loan_no.in_(select(loans.loan_no).where(ours))
    batch.connection.execute(delete(LOAN_REPAYMENTS.table).where(of_ours, repayments.from_loan.is_(True)))
    stated_in_detail = exists().where(repayments.loan_no == loans.loan_no, repayments.from_loan.is_(False))
    values = _place(of_loan=True) | {
        "repay_ref": literal(REPAID) + loans.loan_no,
        "loan_no": loans.loan_no,
        "repaid_on": loans.repaid_on,
        "principal_fen": loans.repaid_fen,
        "interest_fen": literal(0),
        "reversed_fen": literal(0),
    }
    _insert_from_loans(batch, LOAN_REPAYMENTS, values, (loans.repaid_fen > 0) & ours & ~stated_in_detail)


def _state_subsidies(batch: Batch, ours: ColumnElement[bool]) -> None:
    loans, subsidies = LOANS.c, INTEREST_SUBSIDIES.c
    of_ours = subsidies.loan_no.in_(select(loans.loan_no).where(ours))
    batch.connection.execute(delete(INTEREST_SUBSIDIES.table).where(of_ours, subsidies.from_loan.is_(True)))
    stated_in_detail = exists().where(subsidies.loan_no == loans.loan_no, subsidies.from_loan.is_(False))
    as_of = select(func.max(PACKAGES.c.as_of)).where(PACKAGES.c.package_id == loans.subsidy_package).scalar_subquery()
    values = _place(of_loan=True) | {
        "bank_ref": literal(SUBSIDISED) + loans.loan_no,
        "loan_no": loans.loan_no,
        "amount_fen": loans.interest_subsidy_fen,
        "payee_id": loans.id_no,
        "paid_on": func.coalesce(as_of, loans.subsidy_recorded_on),
        "org": first_township_finance(),
        "returned_fen": literal(0),
        "reversed_fen": literal(0),
        "net_fen": loans.interest_subsidy_fen,
    }
    _insert_from_loans(batch, INTEREST_SUBSIDIES, values, (loans.interest_subsidy_fen > 0) & ours & ~stated_in_detail)


def _sum_up(batch: Batch, ours: ColumnElement[bool]) -> None:
    """`outstanding_fen` = principal − Σ principal repaid; 0 once settled."""
    loans, repayments, subsidies = LOANS.c, LOAN_REPAYMENTS.c, INTEREST_SUBSIDIES.c
    standing = (repayments.loan_no == loans.loan_no) & ~came_back(repayments.repay_ref)
    principal = _sum(repayments.principal_fen, standing)
    batch.recompute(
        LOANS,
        ours,
        {
            "principal_repaid_fen": principal,
            "interest_repaid_fen": _sum(repayments.interest_fen, standing),
            "outstanding_fen": case((loans.settled_on.is_not(None), 0), else_=loans.principal_fen - principal),
            "moved_fen": _sum(LOAN_MOVEMENTS.c.amount_fen, LOAN_MOVEMENTS.c.loan_no == loans.loan_no),
            "interest_subsidy_net_fen": _sum(subsidies.net_fen, subsidies.loan_no == loans.loan_no),
            "identity": _identity(loans.loan_no),
        },
    )


def _identity(loan_no: ColumnElement[str]) -> ColumnElement[str]:
    """What the borrower said last."""
    statements = LOAN_STATEMENTS.c
    last = (
        select(statements.result)
        .where(statements.loan_no == loan_no)
        .order_by(statements.stated_on.desc(), statements.position.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case((last == "确认", "confirmed"), (last == "否认", "denied"), else_="unconfirmed")


def _sum(fen: ColumnElement[int], where: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(select(func.sum(fen)).where(where).scalar_subquery(), 0)
