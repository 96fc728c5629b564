"""What was received: subsidies by programme, interest subsidies of loans, dividends by contract."""

from collections import defaultdict
from dataclasses import dataclass

from domain.disbursement import PaymentMade
from domain.dividend import DividendPaid
from domain.loan import InterestSubsidyPaid, LoanRow
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

    def count(self, figure: str, fen: int) -> None:
        """Add to `paid_fen`, `returned_fen` or `reversed_fen`."""
        setattr(self, figure, getattr(self, figure) + fen)

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
        """Count a payment, or what came back of one; a payment for a project is no subsidy."""
        for paid, figure in occurrence.money(Deed.HAPPENED, PaymentMade):
            if paid.now.paid_for is None:
                self._by_programme[paid.now.programme].count(figure, paid.now.amount_fen)

    @property
    def net_fen(self) -> int:
        """Net of all programmes."""
        return sum(paid.net_fen for paid in self._by_programme.values())

    def told(self) -> list[dict[str, object]]:
        """By programme; a row without one stands first."""
        named = sorted(self._by_programme.items(), key=lambda item: (item[0] is not None, item[0] or ""))
        return [{"programme": programme, **paid.told()} for programme, paid in named]


class InterestSubsidies:
    """贴息 of loans: all, or only what was paid to persons."""

    def __init__(self, *, to_persons: bool = False) -> None:
        self._paid = Paid()
        self._to_persons = to_persons

    def take(self, occurrence: Occurrence) -> None:
        """Count a row of 贴息台账, or a loan's 贴息金额, which the borrower got."""
        for paid, figure in occurrence.money(Deed.SUBSIDISED, LoanRow, InterestSubsidyPaid):
            to_a_person = isinstance(paid.row.first, LoanRow) or is_person(paid.now.payee_id)
            if to_a_person or not self._to_persons:
                self._paid.count(figure, paid.amount_fen or 0)

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
        """Count a dividend, or what came back of one."""
        for paid, figure in occurrence.money(Deed.HAPPENED, DividendPaid):
            self._by_contract[paid.now.contract_no].count(figure, paid.now.paid_fen)

    @property
    def net_fen(self) -> int:
        """Net of all contracts."""
        return sum(paid.net_fen for paid in self._by_contract.values())

    def told(self) -> list[dict[str, object]]:
        """By contract."""
        return [{"contract_no": contract_no, **paid.told()} for contract_no, paid in sorted(self._by_contract.items())]


def is_person(party: str | None) -> bool:
    """Whether a party is a person of the vault, and not an organisation or a mere word."""
    return party is not None and party.startswith("P-")
