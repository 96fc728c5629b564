"""Where the money went, as a picture: source → programme → village, net of what came back (DESIGN §6, Flow).

Every payment is one way through three columns, so that at each programme what comes in goes out.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, case, func, literal, select

from projections.balances import ARRIVED
from projections.tables.allocations import ALLOCATIONS
from projections.tables.payments import INTEREST_SUBSIDY, PAYMENTS

NO_SOURCE = "未注明来源"
"""Label of money whose quota document is not named, or never arrived."""

NO_PROGRAMME = "未注明项目"
NO_VILLAGE = "未注明"
LOAN_INTEREST = "贷款贴息"
"""What interest subsidies are for; they are paid under no programme of 补贴目录."""

OTHERS = "其他"
VILLAGES_SHOWN = 12
"""Villages with a bar of their own; the rest is one bar, so that labels stay legible."""

KINDS = ("source", "programme", "village")
REST = "village:*"


class Way(NamedTuple):
    """Payments that came from one source under one programme to one village."""

    source: str
    programme: str
    village: str
    amount_fen: int
    lines: int


def flow(connection: Connection, *, villages: int = VILLAGES_SHOWN) -> dict[str, Any]:
    """`nodes[id, kind, label, amount_fen]` and `edges[from, to, amount_fen, count]`.

    kind: `source` (资金来源 of the quota document that pays), `programme`, `village` (`villages` of them by amount;
    the rest is `village:*`). What is not named has an empty name after its colon. Nodes by kind, the greatest first;
    edges by from, to. `count` is of funding lines; ways whose money all came back are left out.
    """
    ways = [Way(*row) for row in connection.execute(_ways())]
    shown = _greatest(ways, villages)
    amounts: defaultdict[tuple[str, str], int] = defaultdict(int)
    edges: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for way in ways:
        stops = (
            ("source", f"source:{way.source}"),
            ("programme", f"programme:{way.programme}"),
            ("village", f"village:{way.village}" if way.village in shown else REST),
        )
        for stop in stops:
            amounts[stop] += way.amount_fen
        for (_, start), (_, end) in pairwise(stops):
            edges[start, end][0] += way.amount_fen
            edges[start, end][1] += way.lines
    in_order = sorted(amounts.items(), key=lambda node: (KINDS.index(node[0][0]), -node[1], node[0][1]))
    return {
        "nodes": [
            {"id": name, "kind": kind, "label": _label(kind, name), "amount_fen": amount_fen}
            for (kind, name), amount_fen in in_order
        ],
        "edges": [
            {"from": start, "to": end, "amount_fen": amount_fen, "count": count}
            for (start, end), (amount_fen, count) in sorted(edges.items())
        ],
    }


def programme_named() -> ColumnElement[str]:
    """The programme of a payment as the row states it; that of an interest subsidy is `贷款贴息`, of others `""`."""
    payments = PAYMENTS.c
    interest = payments.kind == INTEREST_SUBSIDY
    return case((interest, literal(LOAN_INTEREST)), else_=func.coalesce(payments.programme, ""))


def source_of(document: ColumnElement[str]) -> ColumnElement[str | None]:
    """资金来源 of a quota document: that of its first arrival; null where it never arrived."""
    allocations = ALLOCATIONS.c
    return (
        select(allocations.fund_source)
        .where(allocations.quota_doc_no == document, allocations.entry_kind == ARRIVED)
        .order_by(allocations.position)
        .limit(1)
        .scalar_subquery()
    )


def _ways() -> Any:
    """One row a source, programme and village; payments are added up by document first, of which there are few."""
    payments = PAYMENTS.c
    programme, village = programme_named(), func.coalesce(payments.village, "")
    by_document = (
        select(
            payments.quota_doc_no,
            programme.label("programme"),
            village.label("village"),
            func.sum(payments.net_fen).label("amount_fen"),
            func.count().label("lines"),
        )
        .where(payments.net_fen != 0)
        .group_by(payments.quota_doc_no, programme, village)
        .subquery()
    )
    source = func.coalesce(source_of(by_document.c.quota_doc_no), "").label("source")
    return select(
        source, by_document.c.programme, by_document.c.village, by_document.c.amount_fen, by_document.c.lines
    ).order_by(source, by_document.c.programme, by_document.c.village, by_document.c.quota_doc_no)


def _greatest(ways: Iterable[Way], limit: int) -> set[str]:
    """The villages that get a bar of their own; if only one would be left over, it gets one too."""
    received: defaultdict[str, int] = defaultdict(int)
    for way in ways:
        received[way.village] += way.amount_fen
    in_order = sorted(received, key=lambda village: (-received[village], village))
    return set(in_order if len(in_order) <= limit + 1 else in_order[:limit])


def _label(kind: str, name: str) -> str:
    if name == REST:
        return OTHERS
    unnamed = {"source": NO_SOURCE, "programme": NO_PROGRAMME, "village": NO_VILLAGE}
    return name.removeprefix(f"{kind}:") or unnamed[kind]
