"""What a row of 资金指标台账 does to quota money (OUTPUTS §5): did it come from above, does it bring counted cash."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from projections.balances import ARRIVED, TRANSFERRED


class Allocated(Protocol):
    """A row of 资金指标台账, as an event or as a fact."""

    @property
    def entry_kind(self) -> str:
        """到达, 分解 or 拨付."""

    @property
    def quota_doc_no(self) -> str:
        """指标文号."""

    @property
    def parent_doc_no(self) -> str | None:
        """上级文号, of an arrival."""

    @property
    def from_org(self) -> str:
        """下达单位."""

    @property
    def to_org(self) -> str:
        """接收单位."""


class Quota:
    """To whom documents came, and from whom, whatever the day; what a row does follows from that."""

    def __init__(self, rows: Iterable[Allocated] = ()) -> None:
        """Know the documents of `rows`, of which all rows must be there."""
        self._came: defaultdict[str, set[str]] = defaultdict(set)
        self._arrived_from: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self.learn(rows)

    def learn(self, rows: Iterable[Allocated]) -> None:
        """Know of more documents."""
        for row in rows:
            if row.entry_kind in (ARRIVED, TRANSFERRED):
                self._came[row.quota_doc_no].add(row.to_org)
            if row.entry_kind == ARRIVED:
                self._arrived_from[row.quota_doc_no, row.to_org].add(row.from_org)

    def parent(self, row: Allocated) -> str | None:
        """The document out of which an arrival was handed down; None when its parent lies outside these books.

        上级文号 (if empty: 指标文号), where that document itself came to 下达单位, and the row leads elsewhere.
        """
        parent = row.parent_doc_no or row.quota_doc_no
        return parent if row.from_org != row.to_org and row.from_org in self._came[parent] else None

    def brings_cash(self, row: Allocated) -> bool:
        """Whether a transfer is the cash of an arrived quota (到位), which is counted already.

        It goes to an organisation at which the document arrived, from the 下达单位 of that 到达 or from one to which
        the document never came.
        """
        arrived_from = self._arrived_from.get((row.quota_doc_no, row.to_org))
        if not arrived_from:
            return False
        return row.from_org in arrived_from or row.from_org not in self._came[row.quota_doc_no]
