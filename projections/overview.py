"""The figures behind the five questions of supervision: whence, whither, what for, with what effect, any trouble."""

from typing import Any

from sqlalchemy import Connection, Select, distinct, func, or_, select

from domain.event import BookName
from projections.balances import balances
from projections.flow import NO_PROGRAMME, programme_named
from projections.tables.alerts import ALERTS, AT_REST
from projections.tables.catalogue import FACT_TABLES
from projections.tables.dividends import DIVIDEND_RECEIPTS, DIVIDENDS
from projections.tables.imports import evaluation_date
from projections.tables.loans import LOANS
from projections.tables.payments import PAYMENTS
from projections.tables.roster import ROSTER_SPANS

SEVERITIES = ("R", "O", "Y", "B")


def overview(connection: Connection) -> dict[str, Any]:
    """What the home page says; money in fen.

    arrived_fen:             quota money that came into these books: arrivals less what was handed down within them.
    unspent_fen:             结余 over all documents; arrived = paid + unspent.
    paid_fen, payments:      quota money paid, net, and how many payments.
    payees:                  people who were paid and kept something.
    households, persons:     on the roster on the evaluation date.
    programmes, villages:    net by programme, by the village that reported the payee (null: none named), by name.
    dividends_received_fen:  分红到账. dividends_paid_fen: 实分, net.
    loans:                   lent. loans_outstanding_fen: what is owed of them.
    alerts:                  standing and not at rest (dismissed, withdrawn, closed), by severity.
    quarantined:             rows recorded as stated and not joined.
    as_of:                   the evaluation date, null before the first package.
    """
    as_of = evaluation_date(connection)
    return {
        **_quota_money(connection),
        **_paid(connection),
        **_roster(connection, as_of.toordinal() if as_of else None),
        "programmes": _programmes(connection),
        "villages": _villages(connection),
        **_dividends(connection),
        **_loans(connection),
        "alerts": _alerts(connection),
        "quarantined": _quarantined(connection),
        "as_of": as_of.isoformat() if as_of else None,
    }


def _quota_money(connection: Connection) -> dict[str, int]:
    documents = balances(connection)["documents"]
    return {
        "arrived_fen": sum(row["arrived_fen"] - row["handed_down_fen"] for row in documents),
        "unspent_fen": sum(row["unspent_fen"] for row in documents),
    }


def _paid(connection: Connection) -> dict[str, int]:
    payments = PAYMENTS.c
    paid_fen, count = connection.execute(
        select(func.coalesce(func.sum(payments.net_fen), 0), func.count()).where(payments.line_no == 1)
    ).one()
    kept = select(func.count(distinct(payments.id_no))).where(payments.net_fen > 0, payments.quarantined.is_(False))
    return {"paid_fen": paid_fen, "payments": count, "payees": _figure(connection, kept)}


def _roster(connection: Connection, day: int | None) -> dict[str, int]:
    spans = ROSTER_SPANS.c
    standing = select(func.count(distinct(spans.household_no)), func.count(distinct(spans.id_no)))
    if day is not None:
        standing = standing.where(spans.included_on <= day, or_(spans.exited_on.is_(None), spans.exited_on > day))
    households, persons = connection.execute(standing).one()
    return {"households": households, "persons": persons}


def _programmes(connection: Connection) -> list[dict[str, Any]]:
    payments = PAYMENTS.c
    programme = programme_named()
    found = select(programme.label("programme"), func.sum(payments.net_fen).label("paid_fen"), func.count().label("n"))
    return [
        {"programme": row.programme or NO_PROGRAMME, "paid_fen": row.paid_fen, "payments": row.n}
        for row in connection.execute(found.group_by(programme).order_by(programme))
    ]


def _villages(connection: Connection) -> list[dict[str, Any]]:
    payments = PAYMENTS.c
    found = select(
        payments.village,
        func.sum(payments.net_fen).label("paid_fen"),
        func.count(distinct(payments.id_no)).label("persons"),
    )
    told = connection.execute(found.group_by(payments.village))
    rows = [{"village": row.village, "paid_fen": row.paid_fen, "persons": row.persons} for row in told]
    return sorted(rows, key=lambda row: (row["village"] is not None, row["village"] or ""))


def _dividends(connection: Connection) -> dict[str, int]:
    received = select(func.sum(DIVIDEND_RECEIPTS.c.amount_fen))
    paid = select(func.sum(DIVIDENDS.c.net_fen))
    return {"dividends_received_fen": _figure(connection, received), "dividends_paid_fen": _figure(connection, paid)}


def _loans(connection: Connection) -> dict[str, int]:
    lent, owed = connection.execute(select(func.count(), func.sum(LOANS.c.outstanding_fen))).one()
    return {"loans": lent, "loans_outstanding_fen": owed or 0}


def _alerts(connection: Connection) -> dict[str, int]:
    alerts = ALERTS.c
    found = select(alerts.severity, func.count()).where(alerts.state.not_in(AT_REST)).group_by(alerts.severity)
    standing = {severity: count for severity, count in connection.execute(found)}  # noqa: C416  typed, unlike dict()
    return {severity: standing.get(severity, 0) for severity in SEVERITIES}


def _quarantined(connection: Connection) -> int:
    """Rows of the money book's tables; those that are worked out from others are not counted again."""
    kept = [facts for facts in FACT_TABLES.values() if any(event.BOOK is BookName.MONEY for event in facts.events)]
    return sum(
        _figure(connection, select(func.count()).select_from(facts.table).where(facts.c.quarantined.is_(True)))
        for facts in kept
    )


def _figure(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(query).scalar() or 0)
