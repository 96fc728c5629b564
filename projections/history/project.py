"""A project: how far it came, what its contracts come to, and what was paid for it."""

from typing import Any

from domain.contract import ContractRow
from domain.project import ProjectRow, standing
from projections.history.naming import approved_on
from projections.history.parts.part import Part
from projections.history.parts.projects import Spent, amended_fen
from projections.history.row import Row
from projections.history.subject import Subject


class Project(Subject):
    """项目编号: its row, its contracts, the payments for it, and the notices that tell of it."""

    kind = "project"

    def find(self) -> list[Row]:
        """Every row that names the project."""
        return self.past.rows(self.kind, self.value)

    def begin(self) -> tuple[Part, ...]:
        """What was paid."""
        self.spent = Spent("project_no")
        return (self.spent,)

    @property
    def figure_fen(self) -> int:
        """What was paid for it, net."""
        return self.spent.of(self.value).net_fen

    def state(self) -> dict[str, Any]:
        """The project's state; its budget is shown whatever the day."""
        stated = next((_standing(row) for row in self.of(ProjectRow)), None)
        return {
            "state": self._progress(stated),
            "budget_fen": getattr(stated, "budget_fen", None),
            "contracts": self._contracts(),
            **self.spent.of(self.value).told(),
        }

    def _progress(self, stated: Any) -> str | None:
        """The last step that was reached and known; None while the ledger has no row of it."""
        if stated is None:
            return None
        steps = (
            ("accepted", stated.accepted_on),
            ("approved", approved_on(stated)),
            ("entered", stated.entered_on),
        )
        reached = (word for word, day in steps if day is not None and self.moment.holds(day, None))
        return next(reached, "proposed")

    def _contracts(self) -> list[dict[str, object]]:
        """The contracts that were signed, each with its amount as amended."""
        signed = [row.now for row in self.of(ContractRow) if self.moment.holds(row.now.signed_on, None)]
        return [
            {"contract_no": contract.contract_no, "amount_fen": amended_fen(contract, self.moment)}
            for contract in sorted(signed, key=lambda contract: str(contract.contract_no))
        ]


def _standing(row: Row) -> ProjectRow:
    """The project as its rows tell it, steps that were taken here among them."""
    return standing([placed.event for placed in row.versions if isinstance(placed.event, ProjectRow)])
