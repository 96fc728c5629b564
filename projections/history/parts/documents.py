"""Quota money by document and organisation, as the ledger of balances counts it (OUTPUTS §5)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields

from sqlalchemy import Connection, select

from domain.allocation import AllocationReceived, AllocationRow, SubAllocated, Transferred
from domain.disbursement import PaymentMade
from domain.loan import InterestSubsidyPaid, LoanRow
from projections.balances import NO_DOCUMENT
from projections.history.moment import Moment
from projections.history.occurrence import Deed, Occurrence
from projections.history.parts.funding import Funding
from projections.history.row import Row
from projections.quota import Quota
from projections.tables.organisations import ACCOUNTS, TOWNSHIP_FINANCE, UNREGISTERED


@dataclass(slots=True)
class Figures:
    """What happened to one document's money at one organisation."""

    arrived_fen: int = 0
    sub_allocated_fen: int = 0
    received_fen: int = 0
    transferred_in_fen: int = 0
    handed_down_fen: int = 0
    passed_on_fen: int = 0
    paid_fen: int = 0
    returned_fen: int = 0
    reversed_fen: int = 0

    @property
    def unspent_fen(self) -> int:
        """结余: arrived + transferred_in − handed_down − passed_on − paid + returned + reversed."""
        came = self.arrived_fen + self.transferred_in_fen + self.returned_fen + self.reversed_fen
        return came - self.handed_down_fen - self.passed_on_fen - self.paid_fen

    def told(self) -> dict[str, int]:
        """The figures by name."""
        return {told.name: getattr(self, told.name) for told in fields(self)} | {"unspent_fen": self.unspent_fen}


class Organisations:
    """Whose account it is that pays, by the register as this ledger held it at the moment."""

    def __init__(self, connection: Connection, moment: Moment) -> None:
        """Read the register; it has as many rows as the office has accounts."""
        accounts = ACCOUNTS.c
        found = select(accounts.position, accounts.account_no, accounts.org_name, accounts.org_kind, accounts.village)
        self._rows = [
            row for row in connection.execute(found.order_by(accounts.position)) if moment.recorded(row.position)
        ]
        self._by_account: dict[str, str] = {row.account_no: row.org_name for row in reversed(self._rows)}
        self._default: str | None = next((row.org_name for row in self._rows if row.org_kind == TOWNSHIP_FINANCE), None)

    def paying(self, paid_from: str | None) -> str | None:
        """The organisation behind 付款账号; without one the first 镇财政, None when there is none."""
        if paid_from is None:
            return self._default
        return self._by_account.get(paid_from, UNREGISTERED)

    def of_village(self, village: str) -> tuple[set[str], list[str]]:
        """The organisations of a village by name, and their accounts."""
        ours = [row for row in self._rows if row.village == village]
        return {row.org_name for row in ours}, [row.account_no for row in ours]


@dataclass(slots=True)
class Documents:
    """Documents, folded over their allocations and payments.

    rows:    all rows of 资金指标台账 of these documents and of those handed down from them: a document came to an
             organisation whatever the day.
    orgs:    who pays.
    funding: which documents pay a payment.
    only:    the one document that counts; None: all.
    """

    rows: Iterable[Row]
    orgs: Organisations
    funding: Funding
    only: str | None = None
    figures: defaultdict[tuple[str, str | None], Figures] = field(default_factory=lambda: defaultdict(Figures))
    _quota: Quota = field(init=False)

    def __post_init__(self) -> None:
        """Find to whom each document came, and from whom."""
        self._quota = Quota(row.now for row in self.rows)

    def take(self, occurrence: Occurrence) -> None:
        """Count an arrival, breakdown, transfer or payment, or what came back of one."""
        self._pay(occurrence)
        if Deed.HAPPENED not in occurrence.deeds:
            return
        told = occurrence.now
        if isinstance(told, AllocationReceived):
            self._arrive(told)
        elif isinstance(told, SubAllocated):
            self._at(told.quota_doc_no, told.from_org).sub_allocated_fen += told.amount_fen
        elif isinstance(told, Transferred):
            self._transfer(told)

    @property
    def unspent_fen(self) -> int:
        """结余 of the documents, over all organisations."""
        return sum(figures.unspent_fen for figures in self.figures.values())

    def told(self, at: set[str] | None = None) -> list[dict[str, object]]:
        """One object per document and organisation with any figure; `at` keeps to some organisations."""
        return [
            {"quota_doc_no": document, "org": org, **figures.told()}
            for (document, org), figures in sorted(self.figures.items(), key=_in_order)
            if figures != Figures() and (at is None or org in at)
        ]

    def _at(self, document: str, org: str | None) -> Figures:
        return self.figures[document, org] if self.only in (None, document) else Figures()

    def _pay(self, occurrence: Occurrence) -> None:
        for paid, figure in quota_money(occurrence):
            org = self.orgs.paying(getattr(paid.now, "paid_from", None))
            for share in self.funding.of(paid):
                at = self._at(share.quota_doc_no or NO_DOCUMENT, org)
                setattr(at, figure, getattr(at, figure) + share.amount_fen)

    def _arrive(self, told: AllocationRow) -> None:
        self._at(told.quota_doc_no, told.to_org).arrived_fen += told.amount_fen
        parent = self._quota.parent(told)
        if parent is not None:
            self._at(parent, told.from_org).handed_down_fen += told.amount_fen

    def _transfer(self, told: AllocationRow) -> None:
        if self._quota.brings_cash(told):
            self._at(told.quota_doc_no, told.to_org).received_fen += told.amount_fen
            return
        self._at(told.quota_doc_no, told.to_org).transferred_in_fen += told.amount_fen
        self._at(told.quota_doc_no, told.from_org).passed_on_fen += told.amount_fen


def quota_money(occurrence: Occurrence) -> Iterator[tuple[Occurrence, str]]:
    """The payments of quota money that an occurrence is or takes back; dividends are none."""
    yield from occurrence.money(Deed.HAPPENED, PaymentMade)
    yield from occurrence.money(Deed.SUBSIDISED, LoanRow, InterestSubsidyPaid)


def _in_order(line: tuple[tuple[str, str | None], Figures]) -> tuple[str, bool, str]:
    """By document and organisation, null first."""
    (document, org), _ = line
    return document, org is not None, org or ""
