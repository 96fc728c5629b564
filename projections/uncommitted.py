"""The uncommitted balance: what of a document nobody has spent, handed on, or been told to pay (E-FUNDS).

What came to the organisation and was not handed on, less what was paid, less what instructions that stand have not
yet paid. A claim or contract that was told more than the bank paid still holds the difference; one that was paid more
than told, or was never told, has used what was paid.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, Subquery, case, func, literal, select

from projections.balances import DOCUMENT_FIGURES
from projections.tables.commitments import committed_org, stands
from projections.tables.instructions import INSTRUCTIONS
from projections.tables.organisations import ACCOUNTS, first_township_finance
from projections.tables.payments import PAYMENTS

CLAIM, CONTRACT = "补贴", "项目"
CAME = ("arrived_fen", "transferred_in_fen")
WENT_ON = ("handed_down_fen", "passed_on_fen")


def uncommitted_fen(connection: Connection, quota_doc_no: str, org: str) -> int:
    """Fen of the document at the organisation that an instruction may take; negative where more was paid than came.

    One statement, so that a payment which comes in meanwhile is counted once: as paid, or as still to be paid.
    """
    came = [_figure(name, quota_doc_no, org) for name in CAME]
    went_on = [_figure(name, quota_doc_no, org) for name in WENT_ON]
    figures = [*came, *went_on, *_used(quota_doc_no, org)]
    read = connection.execute(select(*(func.coalesce(figure, 0) for figure in figures))).one()
    fen = [int(figure) for figure in read]
    return sum(fen[: len(came)]) - sum(fen[len(came) :])


def paying_organisation(connection: Connection) -> str | None:
    """Where money is paid unless something else is said: the first 镇财政 of the register."""
    found = connection.execute(select(first_township_finance())).scalar()
    return None if found is None else str(found)


def is_registered(connection: Connection, org: str) -> bool:
    """Whether an organisation of that name has an account in 单位账户登记."""
    return (
        connection.execute(select(ACCOUNTS.c.position).where(ACCOUNTS.c.org_name == org).limit(1)).first() is not None
    )


def _figure(name: str, quota_doc_no: str, org: str) -> ScalarSelect[Any]:
    """One figure of OUTPUTS §5."""
    figures = DOCUMENT_FIGURES[name]().subquery()
    document, at, fen = figures.c
    return select(fen).where(document == quota_doc_no, at == org).scalar_subquery()


def _used(quota_doc_no: str, org: str) -> tuple[ScalarSelect[Any], ScalarSelect[Any]]:
    """Fen paid, and fen instructed beyond what was paid."""
    paid, instructed = _paid(quota_doc_no, org), _instructed(quota_doc_no, org)
    beyond = instructed.c.fen - func.coalesce(paid.c.fen, 0)
    of_one = (paid.c.ref_kind == instructed.c.ref_kind) & (paid.c.ref_no == instructed.c.ref_no)
    held = select(func.sum(case((beyond > 0, beyond), else_=0))).select_from(instructed.outerjoin(paid, of_one))
    return select(func.sum(paid.c.fen)).scalar_subquery(), held.scalar_subquery()


def _paid(quota_doc_no: str, org: str) -> Subquery:
    """Net payments of the document at the organisation, by what they were paid for."""
    payments = PAYMENTS.c
    kind = case((payments.contract_no.is_not(None), literal(CONTRACT)), else_=literal(CLAIM))
    number = func.coalesce(payments.contract_no, payments.claim_no)
    return (
        _total(kind, number, payments.net_fen)
        .where(payments.quota_doc_no == quota_doc_no, payments.org == org)
        .subquery()
    )


def _instructed(quota_doc_no: str, org: str) -> Subquery:
    """Instructions that stand on the document at the organisation; an imported one is of the paying organisation."""
    rows = INSTRUCTIONS.c
    at = func.coalesce(committed_org(), first_township_finance())
    return (
        _total(rows.ref_kind, rows.ref_no, rows.amount_fen)
        .where(rows.quota_doc_no == quota_doc_no, at == org, stands())
        .subquery()
    )


def _total(kind: ColumnElement[Any], number: ColumnElement[Any], fen: ColumnElement[Any]) -> Select[Any]:
    return select(kind.label("ref_kind"), number.label("ref_no"), func.sum(fen).label("fen")).group_by(kind, number)
