"""Dividends by contract and period: what the village received, kept as 公益金, and paid on (OUTPUTS §5)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from domain.dividend import AssetContractSigned, DividendPaid, DividendReceived
from projections.history.occurrence import Deed, Occurrence
from projections.history.parts.money import Paid
from projections.history.row import Row

MILLION = 1_000_000


@dataclass(slots=True)
class Distribution:
    """One contract in one period."""

    paid: Paid
    received_fen: int = 0
    reserve_fen: int = 0

    @property
    def undistributed_fen(self) -> int:
        """未分 = received − reserve − paid + returned + reversed; negative where the operator paid past the village."""
        return self.received_fen - self.reserve_fen - self.paid.net_fen


class Distributions:
    """Contracts by number and period. 公益金 is each receipt's share, rounded down to the fen."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """Take the terms of the contracts among `rows`, as last stated."""
        self._terms: dict[str, Any] = {
            row.now.contract_no: row.now for row in rows if isinstance(row.first, AssetContractSigned)
        }
        self._of: defaultdict[tuple[str, str], Distribution] = defaultdict(lambda: Distribution(Paid()))

    def take(self, occurrence: Occurrence) -> None:
        """Count a receipt, a dividend, or what came back of one."""
        told = occurrence.now
        if occurrence.told(Deed.HAPPENED, DividendReceived):
            period = self._of[told.contract_no, told.period]
            period.received_fen += told.amount_fen
            period.reserve_fen += told.amount_fen * self._reserve_ppm(told.contract_no) // MILLION
        for paid, figure in occurrence.money(Deed.HAPPENED, DividendPaid):
            self._of[paid.now.contract_no, paid.now.period].paid.count(figure, paid.now.paid_fen)

    @property
    def undistributed_fen(self) -> int:
        """未分 over all periods."""
        return sum(period.undistributed_fen for period in self._of.values())

    @property
    def net_fen(self) -> int:
        """What stayed with the households."""
        return sum(period.paid.net_fen for period in self._of.values())

    def told(self) -> list[dict[str, object]]:
        """One object per contract and period with money."""
        return [
            {
                "contract_no": contract_no,
                "period": period,
                "village": getattr(self._terms.get(contract_no), "village", None),
                "received_fen": told.received_fen,
                "reserve_fen": told.reserve_fen,
                "paid_fen": told.paid.paid_fen,
                "returned_fen": told.paid.returned_fen,
                "reversed_fen": told.paid.reversed_fen,
                "undistributed_fen": told.undistributed_fen,
            }
            for (contract_no, period), told in sorted(self._of.items())
        ]

    def _reserve_ppm(self, contract_no: str) -> int:
        return getattr(self._terms.get(contract_no), "reserve_ppm", None) or 0
