"""An asset-income contract: what was invested, who holds shares, what came in and went on."""

from typing import Any

from domain.dividend import AssetContractSigned, DividendPaid, DividendReceived, ShareRow
from projections.history.parts.contracts import Distributions
from projections.history.parts.part import Part
from projections.history.parts.shares import Shares
from projections.history.row import Row
from projections.history.subject import Subject


class Contract(Subject):
    """合同编号 of 资产收益合同. Construction contracts join it with 合同台账."""

    kind = "contract"

    def find(self) -> list[Row]:
        """The contract, its shares, receipts and dividends."""
        found = self.past.rows(self.kind, self.value)
        return [
            row
            for row in found
            if isinstance(row.first, AssetContractSigned | ShareRow | DividendReceived | DividendPaid)
        ]

    def begin(self) -> tuple[Part, ...]:
        """Who holds it, and what it yields."""
        self.shares = Shares()
        self.distributions = Distributions(self.rows)
        return self.shares, self.distributions

    @property
    def figure_fen(self) -> int:
        """未分 over all periods."""
        return self.distributions.undistributed_fen

    def state(self) -> dict[str, Any]:
        """The contract's state; what was invested is shown whatever the day."""
        signed = next((row.now for row in self.of(AssetContractSigned)), None)
        return {
            "principal_fen": getattr(signed, "principal_fen", 0),
            "shares": self.shares.of_people(self.moment.as_of),
            "dividends": self.distributions.told(),
            "undistributed_fen": self.figure_fen,
        }
