"""What was paid for projects and under contracts, and what their contracts come to."""

from typing import Any

from domain.disbursement import PaymentMade
from projections.history.moment import Moment
from projections.history.occurrence import Deed, Occurrence
from projections.history.parts.money import Paid


class Spent:
    """Payments of 支付台账 by project or by contract: `field` names which."""

    def __init__(self, field: str) -> None:
        self._field = field
        self._by_number: dict[str, Paid] = {}

    def take(self, occurrence: Occurrence) -> None:
        """Count a row of 支付台账, or what came back of one."""
        for paid, figure in occurrence.money(Deed.HAPPENED, PaymentMade):
            number = getattr(paid.now, self._field)
            if paid.now.paid_for is not None and number is not None:
                self._by_number.setdefault(number, Paid()).count(figure, paid.now.amount_fen)

    def of(self, number: str) -> Paid:
        """The four figures of one project or contract."""
        return self._by_number.get(number, Paid())

    def told(self, numbers: set[str]) -> list[dict[str, object]]:
        """Those of `numbers` with money, each with its net."""
        return [
            {self._field: number, "net_fen": paid.net_fen}
            for number, paid in sorted(self._by_number.items())
            if number in numbers
        ]


def amended_fen(contract: Any, moment: Moment) -> int:
    """合同金额; from 变更日期 on 变更后金额."""
    amended_on, amended = contract.amended_on, contract.amended_amount_fen
    if amended_on is not None and amended is not None and moment.holds(amended_on, None):
        return int(amended)
    return int(contract.amount_fen)
