"""The ways of quota money between sources, documents at organisations, and payees, one node at a time (OUTPUTS §8)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, Connection, Select, case, exists, func, literal, or_, select

from projections.balances import ARRIVED, TRANSFERRED
from projections.history.moment import Moment
from projections.quota import Quota
from projections.tables.allocations import ALLOCATIONS
from projections.tables.loans import LOANS
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.projects import PROJECTS
from projections.tables.returns import PAYMENT_RETURNS, RETURN, REVERSAL


class Way(NamedTuple):
    """An edge: two nodes and the kind of what went between them. Sorts as edges do."""

    start: str
    end: str
    kind: str


Sums = dict[Way, tuple[int, int]]
"""For each way what went along it in fen, and in how many rows or funding lines."""


class Fund(NamedTuple):
    """A node `fund:文号@org`: one document at one organisation; `""` where there is none."""

    document: str
    org: str

    @property
    def name(self) -> str:
        """Its id."""
        return f"fund:{self.document}@{self.org}"

    @classmethod
    def read(cls, name: str) -> Self:
        """The node of that id."""
        document, _, org = name.removeprefix("fund:").partition("@")
        return cls(document, org)


class QuotaMoney:
    """Quota money at a moment. Rows of 资金指标台账 are read document by document, payments as sums."""

    def __init__(self, connection: Connection, moment: Moment) -> None:
        """Read on `connection`."""
        self._connection = connection
        self._moment = moment
        self._quota = Quota()
        self._rows_of: dict[str, list[Any]] = {}

    def nodes_of(self, document: str) -> list[Fund]:
        """The organisations at which the document's money was, by name."""
        nodes = {
            Fund.read(name)
            for way in self._ways(self._rows_about(document))
            for name in (way.start, way.end)
            if name.startswith("fund:")
        }
        payments = PAYMENTS.c
        paid = select(payments.org).where(self._of_document(document), *self._payments_hold()).distinct()
        nodes.update(Fund(document, org or "") for org in self._connection.execute(paid).scalars())
        return sorted(node for node in nodes if node.document == document)

    def into(self, node: Fund) -> Sums:
        """What arrived, was handed down and transferred to the node."""
        ways = self._ways(self._rows_of_document(node.document))
        return {way: sums for way, sums in ways.items() if way.end == node.name}

    def out_of(self, node: Fund) -> Sums:
        """What the node handed down and transferred on."""
        ways = self._ways(self._rows_about(node.document))
        return {way: sums for way, sums in ways.items() if way.start == node.name}

    def paid_from(self, node: Fund) -> Sums:
        """What the node paid, by payee."""
        return self.paid_where(self._of_node(node))

    def paid_where(self, where: ColumnElement[bool]) -> Sums:
        """Payments by the node that paid and by payee."""
        return {Way(node.name, payee, "paid"): sums for node, payee, sums in self._sums(where, PAYMENTS.c.amount_fen)}

    def back_where(self, where: ColumnElement[bool]) -> Sums:
        """What was returned and reversed by payee and by the node to which it came back."""
        payments = PAYMENTS.c
        ways: Sums = {}
        for kind, fen in (("returned", payments.returned_fen), ("reversed", payments.reversed_fen)):
            came_back = returned_by(self._moment, payments.bank_ref, kind)
            for node, payee, sums in self._sums(where & (fen > 0) & came_back, fen):
                ways[Way(payee, node.name, kind)] = sums
        return ways

    def back_to(self, node: Fund) -> Sums:
        """What came back to the node, by payee."""
        return self.back_where(self._of_node(node))

    def _sums(self, where: ColumnElement[bool], fen: ColumnElement[int]) -> Iterator[tuple[Fund, str, tuple[int, int]]]:
        payments = PAYMENTS.c
        keys = (func.coalesce(payments.quota_doc_no, ""), func.coalesce(payments.org, ""), _payee())
        query = select(*keys, func.sum(fen), func.count()).where(where, *self._payments_hold()).group_by(*keys)
        for document, org, payee, amount_fen, count in self._connection.execute(query):
            yield Fund(document, org), payee, (int(amount_fen), count)

    def through(self, node: Fund) -> tuple[int, int]:
        """All that came into the node, and all that left it: the difference is `unspent_fen` of OUTPUTS §5."""
        paid = select(func.sum(PAYMENTS.c.amount_fen)).where(self._of_node(node), *self._payments_hold())
        paid_fen = int(self._connection.execute(paid).scalar() or 0)
        came = (self.into(node), self.back_to(node))
        came_fen = sum(amount_fen for ways in came for amount_fen, _ in ways.values())
        return came_fen, paid_fen + sum(amount_fen for amount_fen, _ in self.out_of(node).values())

    def _ways(self, rows: Iterable[Any]) -> Sums:
        """What `rows`, as far as they hold, moved; 到位 and 分解 move nothing."""
        ways: defaultdict[Way, list[int]] = defaultdict(lambda: [0, 0])
        for row in rows:
            way = self._way(row) if row.occurred_on <= self._last_day else None
            if way is not None:
                ways[way][0] += row.amount_fen
                ways[way][1] += 1
        return {way: (amount_fen, count) for way, (amount_fen, count) in ways.items()}

    def _way(self, row: Any) -> Way | None:
        end = Fund(row.quota_doc_no, row.to_org).name
        if row.entry_kind == ARRIVED:
            self._rows_of_document(row.parent_doc_no or row.quota_doc_no)
            parent = self._quota.parent(row)
            if parent is None:
                return Way(f"source:{row.fund_source}", end, "arrived")
            return Way(Fund(parent, row.from_org).name, end, "handed_down")
        if row.entry_kind == TRANSFERRED and not self._quota.brings_cash(row):
            return Way(Fund(row.quota_doc_no, row.from_org).name, end, "transferred")
        return None

    @property
    def _last_day(self) -> int:
        """An allocation is known on its day."""
        known_on = self._moment.known_on or self._moment.as_of
        return min(self._moment.as_of, known_on).toordinal()

    def _rows_about(self, document: str) -> list[Any]:
        """The document's own rows, and the arrivals of documents out of it."""
        rows = ALLOCATIONS.c
        below = self._read(select(*rows).where(rows.parent_doc_no == document, rows.quota_doc_no != document))
        return [*self._rows_of_document(document), *below]

    def _rows_of_document(self, document: str) -> list[Any]:
        if document not in self._rows_of:
            rows = ALLOCATIONS.c
            self._rows_of[document] = self._read(select(*rows).where(rows.quota_doc_no == document))
            self._quota.learn(self._rows_of[document])
        return self._rows_of[document]

    def _read(self, query: Select[Any]) -> list[Any]:
        rows = ALLOCATIONS.c
        if self._moment.known_at is not None:
            query = query.where(rows.position <= self._moment.known_at)
        return list(self._connection.execute(query.order_by(rows.position)))

    def _of_node(self, node: Fund) -> ColumnElement[bool]:
        return self._of_document(node.document) & (func.coalesce(PAYMENTS.c.org, "") == node.org)

    def _of_document(self, document: str) -> ColumnElement[bool]:
        payments = PAYMENTS.c
        if document:
            return payments.quota_doc_no == document
        return or_(payments.quota_doc_no.is_(None), payments.quota_doc_no == "")

    def _payments_hold(self) -> Iterator[ColumnElement[bool]]:
        payments = PAYMENTS.c
        return holding(self._moment, payments.paid_on, payments.keyed_on, payments.position)


def _payee() -> ColumnElement[str]:
    """The node of who was paid: a person, or an organisation by its credit code, by its name where there is none."""
    payments, projects = PAYMENTS.c, PROJECTS.c
    to_a_person = or_(payments.kind == SUBSIDY, payments.id_no.is_not(None))
    loan = (
        select(LOANS.c.bank)
        .where(LOANS.c.loan_no == payments.loan_no)
        .order_by(LOANS.c.position)
        .limit(1)
        .scalar_subquery()
    )
    supplier = (
        select(projects.supplier_name)
        .where(projects.project_no == payments.project_no)
        .order_by(projects.position)
        .limit(1)
        .scalar_subquery()
    )
    org = func.coalesce(payments.payee_uscc, loan, supplier, "")
    return case((to_a_person, literal("person:") + func.coalesce(payments.id_no, "")), else_=literal("org:") + org)


def returned_by(moment: Moment, bank_ref: ColumnElement[str], kind: str) -> ColumnElement[bool]:
    """Whether a payment had come back by the moment, as `returned` or `reversed`."""
    returns = PAYMENT_RETURNS.c
    return exists().where(
        returns.target_ref == bank_ref,
        returns.return_kind == KINDS[kind],
        returns.quarantined.is_(False),
        *holding(moment, returns.returned_on, None, returns.position),
    )


KINDS = {"returned": RETURN, "reversed": REVERSAL}


def holding(
    moment: Moment,
    day: ColumnElement[int],
    known_on: ColumnElement[int] | None,
    position: ColumnElement[int],
) -> Iterator[ColumnElement[bool]]:
    """The conditions under which rows had happened, were known and were recorded at the moment."""
    yield day <= moment.as_of.toordinal()
    if moment.known_on is not None:
        yield (day if known_on is None else func.coalesce(known_on, day)) <= moment.known_on.toordinal()
    if moment.known_at is not None:
        yield position <= moment.known_at
