"""A contract: of a project what it comes to and what was paid under it; of asset income its shares and dividends."""

from typing import Any

from domain.contract import ContractRow
from domain.disbursement import PaymentMade
from domain.dividend import AssetContractSigned
from projections.history.parts.contracts import Distributions
from projections.history.parts.part import Part
from projections.history.parts.projects import Spent, amended_fen
from projections.history.parts.shares import Shares
from projections.history.row import Row
from projections.history.subject import Subject


class Contract(Subject):
    """合同编号 of 合同台账 or 资产收益合同."""

    kind = "contract"

    def find(self) -> list[Row]:
        """Every row that names the contract."""
        return self.past.rows(self.kind, self.value)

    def begin(self) -> tuple[Part, ...]:
        """Who holds it, and what it yields."""
        self.shares = Shares()
        self.distributions = Distributions(self.rows)
        self.spent = Spent("contract_no")
        return self.shares, self.distributions, self.spent

    @property
    def figure_fen(self) -> int:
        """What was paid under it, net; of asset income 未分 over all periods."""
        return self.spent.of(self.value).net_fen if self._is_of_a_project else self.distributions.undistributed_fen

    def state(self) -> dict[str, Any]:
        """The contract's state; what was agreed or invested is shown whatever the day."""
        if self._is_of_a_project:
            return self._state_of_a_project()
        signed = next((row.now for row in self.of(AssetContractSigned)), None)
        return {
            "principal_fen": getattr(signed, "principal_fen", 0),
            "shares": self.shares.of_people(self.moment.as_of),
            "dividends": self.distributions.told(),
            "undistributed_fen": self.figure_fen,
        }

    @property
    def _is_of_a_project(self) -> bool:
        return bool(self.of(ContractRow)) or (bool(self.of(PaymentMade)) and not self.of(AssetContractSigned))

    def _state_of_a_project(self) -> dict[str, Any]:
        stated = next((row.now for row in self.of(ContractRow)), None)
        return {
            "project_no": getattr(stated, "project_no", None),
            "amount_fen": amended_fen(stated, self.moment) if stated else None,
            **self.spent.of(self.value).told(),
        }
