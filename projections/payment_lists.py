"""What a notice will tell: the payments of one programme and period, one line a person (DOMAIN §6)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from projections.balances import ARRIVED
from projections.tables.allocations import ALLOCATIONS
from projections.tables.notices import NOTICES
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.roster import ROSTER_SPANS

JOINED_BY = "、"


class PaymentList(NamedTuple):
    """The payments of one programme and period that hang nowhere yet."""

    programme: str
    period: str
    payments: int
    amount_fen: int


class LeftOut(NamedTuple):
    """Payments that a notice cannot tell of, because their rows are quarantined."""

    payments: int
    amount_fen: int


def payable(connection: Connection, programme: str, period: str, village: str | None = None) -> list[dict[str, Any]]:
    """The lines of that payment list, one a person, by village, household and position.

    Each has `village`, `hamlet`, `household_no`, `id_no` (reference), `standard_fen`, `quantity` (decimal text),
    `amount_fen` (net, of all the person's payments), `payment_refs`, and `position` of the first payment. Standard
    and quantity are null where the payments differ in their standard. Quarantined payments are left out
    (`left_out` counts them), and those of which everything came back.
    """
    payments = PAYMENTS.c
    query = (
        select(*payments, _hamlet().label("hamlet"))
        .where(*_of_list(programme, period, village), payments.quarantined.is_(False))
        .where(payments.net_fen > 0, payments.id_no.is_not(None))
        .order_by(payments.position)
    )
    by_person: defaultdict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        by_person[row.id_no].append(row)
    return sorted((_line(rows) for rows in by_person.values()), key=_place)


def left_out(connection: Connection, programme: str, period: str, village: str | None = None) -> LeftOut:
    """The quarantined payments of that list: recorded and counted, but joined to nobody."""
    payments = PAYMENTS.c
    query = select(func.count(), func.coalesce(func.sum(payments.net_fen), 0)).where(
        *_of_list(programme, period, village), payments.quarantined.is_(True)
    )
    return LeftOut(*connection.execute(query).one())


def unpublished(connection: Connection) -> list[PaymentList]:
    """The payment lists that hang nowhere yet, the newest first: by their last day of payment, then by name.

    A payment hangs when there is a notice of its programme and period for all villages, or for its own.
    """
    payments, notices = PAYMENTS.c, NOTICES.c
    hangs = exists().where(
        notices.programme == payments.programme,
        notices.period == payments.period,
        or_(notices.village.is_(None), notices.village == payments.village),
    )
    query = (
        select(payments.programme, payments.period, func.count(), func.sum(payments.net_fen))
        .where(payments.kind == SUBSIDY, payments.quarantined.is_(False), payments.net_fen > 0)
        .where(payments.programme.is_not(None), payments.period.is_not(None), ~hangs)
        .group_by(payments.programme, payments.period)
        .order_by(func.max(payments.paid_on).desc(), payments.programme, payments.period)
    )
    return [PaymentList(*row) for row in connection.execute(query)]


def funding(connection: Connection, programme: str, period: str, village: str | None = None) -> dict[str, Any]:
    """Whose money that list was: `basis_doc`, `fund_source` and `implementer` (several joined by 、), `fund_fen`.

    `fund_fen` is what arrived of these documents at the organisations that paid; each is null where nothing says it.
    """
    payments, allocations = PAYMENTS.c, ALLOCATIONS.c
    paid_from = select(payments.quota_doc_no, payments.org).where(
        *_of_list(programme, period, village), payments.quarantined.is_(False), payments.net_fen > 0
    )
    pairs = [tuple(row) for row in connection.execute(paid_from.distinct())]
    documents = sorted({document for document, _ in pairs if document})
    arrivals = connection.execute(
        select(allocations.quota_doc_no, allocations.to_org, allocations.fund_source, allocations.amount_fen).where(
            allocations.entry_kind == ARRIVED, allocations.quota_doc_no.in_(documents)
        )
    ).all()
    arrived_fen = [row.amount_fen for row in arrivals if (row.quota_doc_no, row.to_org) in pairs]
    return {
        "basis_doc": _joined(documents),
        "fund_source": _joined(sorted({row.fund_source for row in arrivals})),
        "fund_fen": sum(arrived_fen) if arrived_fen else None,
        "implementer": _joined(sorted({org for _, org in pairs if org})),
    }


def _of_list(programme: str, period: str, village: str | None) -> Iterator[ColumnElement[bool]]:
    payments = PAYMENTS.c
    yield payments.kind == SUBSIDY
    yield payments.programme == programme
    yield payments.period == period
    if village is not None:
        yield payments.village == village


def _hamlet() -> ColumnElement[str | None]:
    """自然村 or 村民小组 of the payee, as the roster says it on the day of payment."""
    payments, spans = PAYMENTS.c, ROSTER_SPANS.c
    return (
        select(spans.hamlet)
        .where(spans.id_no == payments.id_no, spans.household_no == payments.household_no)
        .where(spans.included_on <= payments.paid_on, spans.quarantined.is_(False))
        .order_by(spans.included_on.desc())
        .limit(1)
        .scalar_subquery()
    )


def _line(rows: Sequence[Any]) -> dict[str, Any]:
    first = rows[0]
    one_standard = len({row.rate_fen for row in rows}) == 1 and all(row.quantity for row in rows)
    units = sum((Decimal(row.quantity) for row in rows), Decimal(0)) if one_standard else None
    return {
        "village": first.village,
        "hamlet": first.hamlet,
        "household_no": first.household_no,
        "id_no": first.id_no,
        "standard_fen": first.rate_fen if one_standard else None,
        "quantity": None if units is None else _plain(units),
        "amount_fen": sum(row.net_fen for row in rows),
        "payment_refs": [row.bank_ref for row in rows if row.bank_ref],
        "position": first.position,
    }


def _plain(units: Decimal) -> str:
    """A sum of quantities as decimal text without trailing zeros or an exponent."""
    text = f"{units:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _place(line: dict[str, Any]) -> tuple[str, str, int]:
    return line["village"] or "", line["household_no"] or "", line["position"]


def _joined(names: Sequence[str]) -> str | None:
    return JOINED_BY.join(names) or None
