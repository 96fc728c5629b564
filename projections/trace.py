"""Money followed both ways: from a document down to its payees and up to its sources, or from a payee up (OUTPUTS §8).

Read from the fact tables as they stand; the three times choose among their rows by day, 录入日期 and position.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, select

from projections.history.moment import Moment
from projections.money_ways import KINDS, Fund, QuotaMoney, Sums, Way, holding, returned_by
from projections.tables.dividends import ASSET_CONTRACTS, DIVIDEND_RECEIPTS, DIVIDENDS
from projections.tables.internal import SUBJECT_INDEX
from projections.tables.payments import PAYMENTS


class Through(NamedTuple):
    """What went through a node."""

    in_fen: int
    out_fen: int


def trace(
    connection: Connection, subject: str, *, as_of: date, known_on: date | None = None, known_at: int | None = None
) -> dict[str, Any]:
    """`nodes[id, kind, in_fen, out_fen, left_fen]` by id, `edges[from, to, kind, amount_fen, count]`, with `subject`.

    `fund:` goes down to payees and up to sources; `person:`, `household:`, `payment:`, `project:`, `loan:` go from
    their own payments up; `contract:` of asset income from the operator to the households. `left_fen` = in − out.

    Raises:
        LookupError: when the subject is of no kind that can be traced, or nowhere in the ledger.
    """
    kind, colon, value = subject.partition(":")
    if not colon or not value or kind not in TRACED:
        raise LookupError(
            f"“{kind}”不能追踪资金；可用 {'、'.join(TRACED)} / {kind!r} cannot be traced; use {', '.join(TRACED)}."
        )
    index = SUBJECT_INDEX.c
    named = select(index.position).where(index.kind == kind, index.value == value).limit(1)
    if connection.execute(named).first() is None:
        raise LookupError(f"账内没有 {subject}；请核对编号 / {subject} is nowhere in this ledger; check the number.")
    followed = Trace(connection, Moment(as_of, known_on, known_at))
    if kind == "fund":
        followed.down(value)
    elif kind == "contract":
        followed.distribute([value])
    else:
        followed.back_from(*_own(kind, value))
    return {"subject": subject, "as_of": as_of.isoformat(), **followed.told()}


TRACED = ("fund", "person", "household", "payment", "project", "loan", "contract")


def _own(kind: str, value: str) -> tuple[ColumnElement[bool] | None, ColumnElement[bool] | None]:
    """Which payments and which dividends are the subject's own. Quarantined rows are not joined to people."""
    payments, dividends = PAYMENTS.c, DIVIDENDS.c
    if kind == "person":
        return (
            (payments.id_no == value) & payments.quarantined.is_(False),
            (dividends.id_no == value) & dividends.quarantined.is_(False),
        )
    if kind == "household":
        return payments.household_no == value, dividends.household_no == value
    if kind == "payment":
        return payments.bank_ref == value, dividends.bank_ref == value
    if kind == "project":
        return payments.project_no == value, None
    return payments.loan_no == value, None


class Trace:
    """The ways found so far, each whole: whatever was paid between two nodes under one kind."""

    def __init__(self, connection: Connection, moment: Moment) -> None:
        """Start with nothing."""
        self._connection = connection
        self._moment = moment
        self._money = QuotaMoney(connection, moment)
        self._ways: Sums = {}

    def down(self, document: str) -> None:
        """All ways of the document's nodes and of those that its money reached, then up from there."""
        reached: dict[Fund, None] = dict.fromkeys(self._money.nodes_of(document))
        for node in (queue := list(reached)):
            onward = self._money.out_of(node)
            self._ways |= onward | self._money.into(node) | self._money.paid_from(node) | self._money.back_to(node)
            for next_node in map(Fund.read, (way.end for way in onward)):
                if next_node not in reached:
                    reached[next_node] = None
                    queue.append(next_node)
        self._up(reached, beyond=reached)

    def back_from(self, payments: ColumnElement[bool] | None, dividends: ColumnElement[bool] | None) -> None:
        """The subject's own payments and dividends, and the ways into each node that they came from."""
        if payments is not None:
            own = self._money.paid_where(payments)
            self._ways |= own | self._money.back_where(payments)
            self._up(Fund.read(way.start) for way in own)
        if dividends is not None:
            own = self._dividends_where(dividends)
            self._ways |= own | self._dividends_back(dividends)
            self._receive({way.start.removeprefix("dividend:") for way in own})

    def distribute(self, contracts: Iterable[str]) -> None:
        """All ways into and out of asset-income contracts."""
        wanted = list(contracts)
        ours = DIVIDENDS.c.contract_no.in_(wanted)
        self._ways |= self._dividends_where(ours) | self._dividends_back(ours)
        self._receive(wanted)

    def told(self) -> dict[str, Any]:
        """The nodes with what went through them, and the edges, sorted."""
        names = sorted({name for way in self._ways for name in (way.start, way.end)})
        return {"nodes": [self._node(name) for name in names], "edges": [self._edge(way) for way in sorted(self._ways)]}

    def _up(self, nodes: Iterable[Fund], beyond: Iterable[Fund] = ()) -> None:
        """The ways into `nodes` and into every document above them; those of `beyond` are there already."""
        queue = list(dict.fromkeys(nodes))
        seen = set(queue)
        done = set(beyond)
        for node in queue:
            into = self._money.into(node)
            if node not in done:
                self._ways |= into
            for above in (Fund.read(way.start) for way in into if way.start.startswith("fund:")):
                if above not in seen:
                    seen.add(above)
                    queue.append(above)

    def _dividends_where(self, where: ColumnElement[bool]) -> Sums:
        dividends = DIVIDENDS.c
        query = (
            select(dividends.contract_no, dividends.id_no, func.sum(dividends.paid_fen), func.count())
            .where(where, *holding(self._moment, dividends.paid_on, None, dividends.position))
            .group_by(dividends.contract_no, dividends.id_no)
        )
        return {
            Way(f"dividend:{contract_no}", f"person:{id_no or ''}", "paid"): (amount_fen, count)
            for contract_no, id_no, amount_fen, count in self._connection.execute(query)
        }

    def _dividends_back(self, where: ColumnElement[bool]) -> Sums:
        dividends = DIVIDENDS.c
        ways: Sums = {}
        for kind in KINDS:
            query = (
                select(dividends.contract_no, dividends.id_no, func.sum(dividends.paid_fen), func.count())
                .where(where, returned_by(self._moment, dividends.bank_ref, kind))
                .where(*holding(self._moment, dividends.paid_on, None, dividends.position))
                .group_by(dividends.contract_no, dividends.id_no)
            )
            for contract_no, id_no, amount_fen, count in self._connection.execute(query):
                way = Way(f"person:{id_no or ''}", f"dividend:{contract_no}", kind)
                ways[way] = (int(amount_fen), count)
        return ways

    def _receive(self, contracts: Iterable[str]) -> None:
        receipts, terms = DIVIDEND_RECEIPTS.c, ASSET_CONTRACTS.c
        operator = func.coalesce(terms.operator_uscc, terms.operator_name, "")
        query = (
            select(receipts.contract_no, operator, func.sum(receipts.amount_fen), func.count())
            .join(ASSET_CONTRACTS.table, terms.contract_no == receipts.contract_no, isouter=True)
            .where(receipts.contract_no.in_(list(contracts)))
            .where(*holding(self._moment, receipts.received_on, None, receipts.position))
            .group_by(receipts.contract_no, operator)
        )
        for contract_no, org, amount_fen, count in self._connection.execute(query):
            self._ways[Way(f"org:{org or ''}", f"dividend:{contract_no}", "received")] = (amount_fen, count)

    def _node(self, name: str) -> dict[str, Any]:
        kind, _, value = name.partition(":")
        through = self._through(kind, value, name)
        return {
            "id": name,
            "kind": kind,
            "in_fen": through.in_fen,
            "out_fen": through.out_fen,
            "left_fen": through.in_fen - through.out_fen,
        }

    def _through(self, kind: str, value: str, name: str) -> Through:
        """A document or dividend shows all that went through it; a payee or source what this trace shows."""
        if kind == "fund":
            return Through(*self._money.through(Fund.read(name)))
        if kind == "dividend":
            receipts, dividends = DIVIDEND_RECEIPTS.c, DIVIDENDS.c
            came = select(func.sum(receipts.amount_fen)).where(
                receipts.contract_no == value, *holding(self._moment, receipts.received_on, None, receipts.position)
            )
            went = select(func.sum(dividends.paid_fen)).where(
                dividends.contract_no == value, *holding(self._moment, dividends.paid_on, None, dividends.position)
            )
            back = self._dividends_back(dividends.contract_no == value)
            back_fen = sum(amount_fen for amount_fen, _ in back.values())
            return Through(self._sum(came) + back_fen, self._sum(went))
        return Through(
            sum(amount_fen for way, (amount_fen, _) in self._ways.items() if way.end == name),
            sum(amount_fen for way, (amount_fen, _) in self._ways.items() if way.start == name),
        )

    def _edge(self, way: Way) -> dict[str, Any]:
        amount_fen, count = self._ways[way]
        return {"from": way.start, "to": way.end, "kind": way.kind, "amount_fen": amount_fen, "count": count}

    def _sum(self, query: Select[Any]) -> int:
        return int(self._connection.execute(query).scalar() or 0)
