"""Payments of quota money, one row per funding line: 补贴发放表, 支付台账, and of 贴息台账 the interest subsidies.

What a row does not state is worked out: the organisation that paid, the household, the purpose (OUTPUTS §5, §6).
"""

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, case, delete, insert, literal, or_, select, tuple_, update

from domain.disbursement import PaymentMade
from domain.event import Versioned
from projections.batch import Batch
from projections.dialect import insert_missing_from
from projections.period import first_day, last_day
from projections.tables.column import Unit, copied, day_recorded, derived, internal, second_recorded, stated
from projections.tables.fact_table import FactTable
from projections.tables.internal import SUBJECT_INDEX
from projections.tables.loans import INTEREST_SUBSIDIES, LOANS, loans_concerned, subsidies_concerned
from projections.tables.organisations import first_township_finance, org_of
from projections.tables.programmes import PROGRAMMES
from projections.tables.returns import after_returns, came_back
from projections.tables.roster import household_on

SUBSIDY = "subsidy"
INTEREST_SUBSIDY = "interest_subsidy"

PERIODS_KEPT = 1_000


def _claim_key(placed: Versioned) -> str | None:
    """申请编号, where empty the 流水号; a batch line with neither is a claim of its own, named by its stream.

    A payment for a project is of no claim.
    """
    event = cast("PaymentMade", placed.event)
    if event.paid_for is not None:
        return None
    return event.claim_no or event.bank_ref or f"@{placed.stream}"


def _period_start(placed: Versioned) -> int | None:
    """The day number on which the period begins, so that rules compare it with a day in plain arithmetic."""
    period = cast("PaymentMade", placed.event).period
    return _day_number(period) if period else None


@lru_cache(PERIODS_KEPT)
def _day_number(period: str) -> int | None:
    begins = first_day(period)
    return begins.toordinal() if begins else None


def _period_end(placed: Versioned) -> int | None:
    """The day number of the period's last day."""
    period = cast("PaymentMade", placed.event).period
    return _last_day_number(period) if period else None


@lru_cache(PERIODS_KEPT)
def _last_day_number(period: str) -> int | None:
    ends = last_day(period)
    return ends.toordinal() if ends else None


def _voucher(placed: Versioned) -> str | None:
    """The invoice as one thing: its number and who made it out, or was paid on it."""
    event = cast("PaymentMade", placed.event)
    payee = event.payee_uscc or event.id_no
    return f"{event.invoice_no}@{payee}" if event.invoice_no and payee else None


def _kind(placed: Versioned) -> str:
    return cast("PaymentMade", placed.event).paid_for or SUBSIDY


def _of_a_subsidy(name: str) -> Callable[[Versioned], Any]:
    """A column of 补贴发放表 that has a default there; 支付台账 does not know it."""
    read = attrgetter(name)

    def of(placed: Versioned) -> Any:
        event = cast("PaymentMade", placed.event)
        return read(event) if event.paid_for is None else None

    return of


def _line_no(placed: Versioned) -> int:
    """行号; one that is not stated is the first (FORMATS)."""
    return cast("PaymentMade", placed.event).line_no or 1


def _unname(batch: Batch, where: ColumnElement[bool]) -> None:
    """Take payments out of the index of the households and documents that were worked out for them."""
    payments, index = PAYMENTS.c, SUBJECT_INDEX.c
    for kind, said in (("household", payments.stated_household_no), ("fund", payments.stated_quota_doc_no)):
        worked_out = select(payments.position).where(where, said.is_(None))
        batch.connection.execute(delete(SUBJECT_INDEX).where(index.kind == kind, index.position.in_(worked_out)))


PAYMENTS = FactTable(
    "payments",
    columns=(
        *stated(PaymentMade, "bank_ref"),
        derived("line_no", Unit.INTEGER, _line_no),
        derived("kind", Unit.TEXT, _kind),
        *stated(PaymentMade, "programme period project_no contract_no"),
        derived("loan_no", Unit.TEXT),
        *stated(PaymentMade, "claim_no id_no"),
        *stated(PaymentMade, "payee_uscc"),
        copied("household_no", Unit.TEXT, "household_no"),
        *stated(PaymentMade, "village quota_doc_no"),
        derived("org", Unit.TEXT),
        *stated(PaymentMade, "account_no"),
        copied("purpose_code", Unit.TEXT, "purpose_code"),
        derived("pay_kind", Unit.TEXT, _of_a_subsidy("pay_kind")),
        derived("channel", Unit.TEXT, _of_a_subsidy("channel")),
        *stated(PaymentMade, "preparer approver cashier amount_fen"),
        derived("returned_fen", Unit.FEN, 0),
        derived("reversed_fen", Unit.FEN, 0),
        copied("net_fen", Unit.FEN, "amount_fen"),
        *stated(PaymentMade, "paid_on keyed_on"),
        derived("returned_on", Unit.DAY),
        internal("claim_key", Unit.TEXT, _claim_key),
        internal("period_start", Unit.DAY, _period_start),
        internal("period_end", Unit.DAY, _period_end),
        internal("voucher", Unit.TEXT, _voucher),
        copied("stated_household_no", Unit.TEXT, "household_no", hidden=True),
        copied("stated_quota_doc_no", Unit.TEXT, "quota_doc_no", hidden=True),
        copied("stated_amount_fen", Unit.FEN, "amount_fen", hidden=True),
        *stated(
            PaymentMade,
            "paid_from quantity rate_fen variant approved_amount_fen applied_on approved_on holder_matches "
            "holder_staff_no id_quality class_id invoice_no invoice_total_fen evidence_sha256 account_place next_place "
            "correlation_id",
            hidden=True,
        ),
        internal("recorded_on", Unit.DAY, day_recorded),
        internal("recorded_second", Unit.INTEGER, second_recorded),
    ),
    events=(PaymentMade,),
    keys={
        "id_no": "person",
        "account_no": "account",
        "household_no": "household",
        "claim_key": "claim",
        "programme": "programme",
        "quota_doc_no": "document",
        "loan_no": "loan",
        "project_no": "project",
        "contract_no": "contract",
        "village": "place",
        "bank_ref": "payment",
        "class_id": "class",
        "payee_uscc": "org",
        "voucher": "voucher",
        "evidence_sha256": "voucher",
    },
    indexes=(
        "id_no programme period",
        "programme period",
        "account_no",
        "household_no",
        "claim_key",
        "bank_ref",
        "loan_no",
        "project_no",
        "contract_no",
        "claim_no",
        "quota_doc_no",
        "class_id",
        "holder_staff_no",
        "payee_uscc",
        "voucher",
        "evidence_sha256",
    ),
    key=("bank_ref", "line_no"),
    unname=_unname,
    primary_key=("position", "line_no"),
)


def derive_payments(batch: Batch) -> None:
    """Work out what payments do not state, for the new ones and those that another table's change concerns."""
    if "payments" in batch.changed:
        _complete_new(batch)
    if batch.changed & {"loans", "interest_subsidies"}:
        _state_interest_subsidies(batch)
    if batch.changed & {"payments", "payment_returns"}:
        _set_off_returns(batch)
    _complete_concerned(batch)


def _set_off_returns(batch: Batch) -> None:
    """Take back what was returned or reversed: payments whose return came now, and new ones whose return is there.

    An interest subsidy has it from its own table.
    """
    payments = PAYMENTS.c
    new = batch.new(payments.position)
    ours = (payments.kind != INTEREST_SUBSIDY) & or_(
        payments.bank_ref.in_(batch.those("returned")), new & came_back(payments.bank_ref)
    )
    batch.recompute(PAYMENTS, ours, after_returns(payments.bank_ref, payments.amount_fen))
    for kind, key in (("project", payments.project_no), ("contract", payments.contract_no)):
        batch.those(kind)
        batch.scratch_from(kind, select(key).where(ours, key.is_not(None)))
    batch.those("claim")
    batch.scratch_from("claim", select(payments.claim_key).where(ours, payments.claim_key.is_not(None)))


def _worked_out() -> dict[str, ColumnElement[Any]]:
    """What a payment does not state. A quarantined one is joined neither to people nor to programmes."""
    payments = PAYMENTS.c
    joined = (payments.kind == SUBSIDY) & payments.quarantined.is_(False)
    purpose = (
        select(PROGRAMMES.c.purpose_code)
        .where(PROGRAMMES.c.programme == payments.programme)
        .order_by(PROGRAMMES.c.position)
        .limit(1)
        .scalar_subquery()
    )
    return {
        "org": case((payments.paid_from.is_not(None), org_of(payments.paid_from)), else_=first_township_finance()),
        "household_no": case(
            (joined & payments.stated_household_no.is_(None), household_on(payments.id_no, payments.paid_on)),
            else_=payments.stated_household_no,
        ),
        "purpose_code": case((joined, purpose), else_=payments.purpose_code),
    }


def _complete_new(batch: Batch) -> None:
    payments = PAYMENTS.c
    new = batch.new(payments.position)
    batch.connection.execute(update(PAYMENTS.table).where(new).values(_worked_out()))
    worked_out = new & payments.stated_household_no.is_(None)
    batch.touch_rows(PAYMENTS, worked_out, kinds=("household",))
    _name_households(batch, worked_out)


def _complete_concerned(batch: Batch) -> None:
    payments = PAYMENTS.c
    concerned: list[ColumnElement[bool]] = []
    if "accounts" in batch.changed:
        concerned.append(payments.paid_from.is_(None) | payments.paid_from.in_(batch.those("account")))
    if "roster_spans" in batch.changed:
        concerned.append(payments.id_no.in_(batch.those("person")) & payments.stated_household_no.is_(None))
    if "programmes" in batch.changed:
        concerned.append(payments.programme.in_(batch.those("terms")))
    for where in concerned:
        ours = batch.differing(PAYMENTS, where, _worked_out())
        if ours is None:
            continue
        households = ours & payments.stated_household_no.is_(None)
        _unname_households(batch, households)
        batch.state(PAYMENTS, ours, _worked_out())
        _name_households(batch, households)
        batch.scratch_from("claim", select(payments.claim_key).where(ours, payments.claim_key.is_not(None)))


def _named_households(where: ColumnElement[bool]) -> Select[tuple[str, str, int]]:
    """The entries of the subject index that stand for households worked out for payments."""
    payments = PAYMENTS.c
    return select(literal("household"), payments.household_no, payments.position).where(
        where, payments.kind == SUBSIDY, payments.household_no.is_not(None)
    )


def _unname_households(batch: Batch, where: ColumnElement[bool]) -> None:
    index = SUBJECT_INDEX.c
    named = tuple_(index.kind, index.value, index.position).in_(_named_households(where))
    batch.connection.execute(delete(SUBJECT_INDEX).where(named))


def _name_households(batch: Batch, where: ColumnElement[bool]) -> None:
    found = _named_households(where)
    insert_missing_from(batch.connection, SUBJECT_INDEX, ("kind", "value", "position"), found)


def _state_interest_subsidies(batch: Batch) -> None:
    """State the interest subsidies concerned anew; each has the household of its loan, where that is known."""
    payments, subsidies, loans = PAYMENTS.c, INTEREST_SUBSIDIES.c, LOANS.c
    concerned = subsidies_concerned(batch)
    of_ours = (payments.kind == INTEREST_SUBSIDY) & or_(
        payments.position.in_(select(subsidies.position).where(concerned)),
        payments.loan_no.in_(select(loans.loan_no).where(loans_concerned(batch))),
    )
    batch.touch_rows(PAYMENTS, of_ours)
    batch.connection.execute(delete(PAYMENTS.table).where(of_ours))
    values: dict[str, ColumnElement[Any]] = {name: subsidies[name] for name in _OF_AN_INTEREST_SUBSIDY} | {
        "line_no": literal(1),
        "kind": literal(INTEREST_SUBSIDY),
        "id_no": case((subsidies.payee_id.startswith("P-"), subsidies.payee_id)),
        "household_no": loans.household_no,
        "stated_household_no": loans.household_no,
        "stated_quota_doc_no": subsidies.quota_doc_no,
        "stated_amount_fen": subsidies.amount_fen,
    }
    found = (
        select(*(value.label(f"its_{name}") for name, value in values.items()))
        .select_from(INTEREST_SUBSIDIES.table.outerjoin(LOANS.table, loans.loan_no == subsidies.loan_no))
        .where(concerned)
    )
    batch.connection.execute(insert(PAYMENTS.table).from_select(list(values), found))
    batch.touch_rows(PAYMENTS, of_ours)
    batch.changed.add(PAYMENTS.name)


_OF_AN_INTEREST_SUBSIDY = (
    *("position", "stream", "last_position", "quarantined", "bank_ref", "loan_no", "quota_doc_no", "org"),
    *("account_no", "amount_fen", "returned_fen", "reversed_fen", "net_fen", "paid_on", "returned_on"),
)
"""Columns that a payment has from its row of 贴息台账."""
