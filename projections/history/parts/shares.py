"""Shares in asset-income contracts that are in force."""

from datetime import date
from typing import Any

from domain.dividend import ShareRow
from projections.facts import as_quantity
from projections.history.occurrence import Deed, Occurrence
from projections.history.row import Row


class Shares:
    """Holdings that began; 止 is the last day of one."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    def take(self, occurrence: Occurrence) -> None:
        """Begin a holding."""
        if occurrence.told(Deed.HAPPENED, ShareRow):
            self._rows[occurrence.row.stream] = occurrence.row

    def of_contracts(self, as_of: date) -> list[dict[str, object]]:
        """The holdings of a household or person."""
        return sorted(
            (
                {"contract_no": held.contract_no, "id_no": held.id_no, "shares": as_quantity(held.shares)}
                for held in self._in_force(as_of)
            ),
            key=lambda told: (str(told["contract_no"]), str(told["id_no"])),
        )

    def of_people(self, as_of: date) -> list[dict[str, object]]:
        """The holdings in a contract."""
        return sorted(
            (
                {"id_no": held.id_no, "household_no": held.household_no, "shares": as_quantity(held.shares)}
                for held in self._in_force(as_of)
            ),
            key=lambda told: (str(told["id_no"]), str(told["household_no"])),
        )

    def _in_force(self, as_of: date) -> list[Any]:
        return [row.now for row in self._rows.values() if row.now.until is None or row.now.until >= as_of]
