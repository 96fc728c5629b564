"""Payments of quota money, one row per funding line: 补贴发放表, and of 贴息台账 the interest subsidies.

What a row does not state is worked out: the organisation that paid, the household, the purpose (OUTPUTS §5, §6).
"""

from typing import Any, cast

from sqlalchemy import ColumnElement, case, delete, insert, literal, select, update

from domain.disbursement import PaymentMade
from domain.event import Versioned
from projections.batch import Batch
from projections.dialect import insert_missing_from
from projections.tables.column import Unit, derived, internal, stated
from projections.tables.fact_table import FactTable
from projections.tables.internal import SUBJECT_INDEX
from projections.tables.loans import INTEREST_SUBSIDIES, LOANS, loans_concerned
from projections.tables.organisations import first_township_finance, org_of
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import household_on

SUBSIDY = "subsidy"
INTEREST_SUBSIDY = "interest_subsidy"
ORDINARY = "正常"
BY_CARD = "卡"
"""What FORMATS says of a payment that says nothing."""


def _payment(placed: Versioned) -> PaymentMade:
    return cast("PaymentMade", placed.event)


def _claim_key(placed: Versioned) -> str:
    """申请编号, where empty the 流水号; a batch line with neither is a claim of its own, named by its stream."""
    event = _payment(placed)
    return event.claim_no or event.bank_ref or f"@{placed.stream}"


PAYMENTS = FactTable(
    "payments",
    columns=(
        *stated(PaymentMade, "bank_ref"),
        derived("line_no", Unit.INTEGER, lambda _: 1),
        derived("kind", Unit.TEXT, lambda _: SUBSIDY),
        *stated(PaymentMade, "programme period"),
        derived("project_no", Unit.TEXT),
        derived("contract_no", Unit.TEXT),
        derived("loan_no", Unit.TEXT),
        *stated(PaymentMade, "claim_no id_no"),
        derived("payee_uscc", Unit.TEXT),
        derived("household_no", Unit.TEXT, lambda placed: _payment(placed).household_no),
        *stated(PaymentMade, "village quota_doc_no"),
        derived("org", Unit.TEXT),
        *stated(PaymentMade, "account_no"),
        derived("purpose_code", Unit.TEXT),
        *stated(PaymentMade, "pay_kind channel preparer approver cashier amount_fen"),
        derived("returned_fen", Unit.FEN, lambda _: 0),
        derived("reversed_fen", Unit.FEN, lambda _: 0),
        derived("net_fen", Unit.FEN, lambda placed: _payment(placed).amount_fen),
        *stated(PaymentMade, "paid_on keyed_on"),
        derived("returned_on", Unit.DAY),
        internal("claim_key", Unit.TEXT, _claim_key),
        internal("stated_household_no", Unit.TEXT, lambda placed: _payment(placed).household_no),
        *stated(
            PaymentMade,
            "paid_from quantity rate_fen variant approved_amount_fen applied_on approved_on holder_matches "
            "id_quality class_id invoice_no",
            hidden=True,
        ),
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
        "village": "place",
    },
    indexes=(
        "id_no programme period",
        "programme period",
        "account_no",
        "household_no",
        "claim_key",
        "bank_ref",
        "loan_no",
    ),
    key=("bank_ref", "line_no"),
    primary_key=("position", "line_no"),
)


def derive_payments(batch: Batch) -> None:
    """Work out what payments do not state, for the new ones and those that another table's change concerns."""
    if "payments" in batch.changed:
        _complete_new(batch)
    if batch.changed & {"loans", "interest_subsidies"}:
        _state_interest_subsidies(batch)
    _complete_concerned(batch)


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
        "purpose_code": case((joined, purpose)),
    }


def _complete_new(batch: Batch) -> None:
    new = PAYMENTS.c.position.between(batch.first, batch.last)
    batch.connection.execute(update(PAYMENTS.table).where(new).values(_worked_out()))
    unstated = new & PAYMENTS.c.stated_household_no.is_(None)
    batch.touch_rows(PAYMENTS, unstated, kinds=("household",))
    _index_households(batch, unstated)


def _complete_concerned(batch: Batch) -> None:
    payments = PAYMENTS.c
    concerned = []
    if "accounts" in batch.changed:
        concerned.append(payments.paid_from.is_(None) | payments.paid_from.in_(batch.those("account")))
    if "roster_spans" in batch.changed:
        concerned.append(payments.id_no.in_(batch.those("person")) & payments.stated_household_no.is_(None))
    if "programmes" in batch.changed:
        concerned.append(payments.programme.in_(batch.those("programme")))
    for where in concerned:
        changed = batch.recompute(PAYMENTS, where, _worked_out())
        if changed is not None:
            _index_households(batch, payments.position.in_(changed) & payments.stated_household_no.is_(None))
            batch.scratch_from("claim", select(payments.claim_key).where(payments.position.in_(changed)))


def _index_households(batch: Batch, where: ColumnElement[bool]) -> None:
    """Name the household that was worked out for a payment in the subject index, and no other."""
    payments, index = PAYMENTS.c, SUBJECT_INDEX.c
    ours = where & (payments.kind == SUBSIDY)
    positions = select(payments.position).where(ours)
    batch.connection.execute(
        delete(SUBJECT_INDEX).where(index.position.in_(positions), index.kind == "household")
    )
    found = select(literal("household"), payments.household_no, payments.position).where(
        ours, payments.household_no.is_not(None)
    )
    insert_missing_from(batch.connection, SUBJECT_INDEX, ("kind", "value", "position"), found)


def _state_interest_subsidies(batch: Batch) -> None:
    """State the interest subsidies of the loans concerned anew; each has the household of its loan."""
    payments, subsidies, loans = PAYMENTS.c, INTEREST_SUBSIDIES.c, LOANS.c
    of_ours = payments.loan_no.in_(select(loans.loan_no).where(loans_concerned(batch)))
    batch.touch_rows(PAYMENTS, of_ours)
    batch.connection.execute(delete(PAYMENTS.table).where(of_ours, payments.kind == INTEREST_SUBSIDY))
    same = {
        name: subsidies[name]
        for name in (
            "position", "stream", "last_position", "quarantined", "bank_ref", "loan_no", "quota_doc_no", "org",
            "account_no", "amount_fen", "returned_fen", "reversed_fen", "net_fen", "paid_on", "returned_on",
        )
    }
    values = same | {
        "line_no": literal(1),
        "kind": literal(INTEREST_SUBSIDY),
        "id_no": subsidies.payee_id,
        "household_no": loans.household_no,
        "stated_household_no": loans.household_no,
        "pay_kind": literal(ORDINARY),
        "channel": literal(BY_CARD),
    }
    found = (
        select(*(value.label(f"its_{name}") for name, value in values.items()))
        .join(LOANS.table, loans.loan_no == subsidies.loan_no)
        .where(loans_concerned(batch))
    )
    batch.connection.execute(insert(PAYMENTS.table).from_select(list(values), found))
    batch.touch_rows(PAYMENTS, of_ours)
