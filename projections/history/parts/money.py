"""What was received: subsidies by programme, interest subsidies of loans, dividends by contract."""

from collections import defaultdict
from dataclasses import dataclass

from domain.disbursement import PaymentMade
from domain.dividend import DividendPaid
from projections.history.occurrence import Deed, Occurrence


@dataclass(slots=True)
class Paid:
    """The four figures of money that was paid: gross, what came back either way, and net."""

    paid_fen: int = 0
    returned_fen: int = 0
    reversed_fen: int = 0

    @property
    def net_fen(self) -> int:
        """What stayed with the payee."""
        return self.paid_fen - self.returned_fen - self.reversed_fen

    def told(self) -> dict[str, int]:
        """The four figures by name."""
        return {
            "paid_fen": self.paid_fen,
            "returned_fen": self.returned_fen,
            "reversed_fen": self.reversed_fen,
            "net_fen": self.net_fen,
        }


class Subsidies:
    """补贴 by programme, as the rows name it."""

    def __init__(self) -> None:
        self._by_programme: defaultdict[str | None, Paid] = defaultdict(Paid)

    def take(self, occurrence: Occurrence) -> None:
        """Count a payment."""
        if occurrence.told(Deed.HAPPENED, PaymentMade):
            self._by_programme[occurrence.now.programme].paid_fen += occurrence.now.amount_fen

    @property
    def net_fen(self) -> int:
        """Net of all programmes."""
        return sum(paid.net_fen for paid in self._by_programme.values())

    def told(self) -> list[dict[str, object]]:
        """By programme; a row without one stands first."""
        named = sorted(self._by_programme.items(), key=lambda item: (item[0] is not None, item[0] or ""))
        return [{"programme": programme, **paid.told()} for programme, paid in named]


class InterestSubsidies:
    """贴息 of loans, paid to persons."""

    def __init__(self) -> None:
        self._paid = Paid()

    def take(self, occurrence: Occurrence) -> None:
        """Count a loan's 贴息金额."""
        if Deed.SUBSIDISED in occurrence.deeds:
            self._paid.paid_fen += occurrence.amount_fen or 0

    @property
    def net_fen(self) -> int:
        """Net of all loans."""
        return self._paid.net_fen

    def told(self) -> dict[str, int]:
        """The four figures."""
        return self._paid.told()


class Dividends:
    """分红 by contract."""

    def __init__(self) -> None:
        self._by_contract: defaultdict[str, Paid] = defaultdict(Paid)

    def take(self, occurrence: Occurrence) -> None:
        """Count a dividend."""
        if occurrence.told(Deed.HAPPENED, DividendPaid):
            self._by_contract[occurrence.now.contract_no].paid_fen += occurrence.now.paid_fen

    @property
    def net_fen(self) -> int:
        """Net of all contracts."""
        return sum(paid.net_fen for paid in self._by_contract.values())

    def told(self) -> list[dict[str, object]]:
        """By contract."""
        return [{"contract_no": contract_no, **paid.told()} for contract_no, paid in sorted(self._by_contract.items())]
