"""What a household or a person received, holds and owes: the same for both (OUTPUTS §7)."""

from datetime import date

from projections.history.occurrence import Occurrence
from projections.history.parts.entitlements import Entitlements
from projections.history.parts.loans import Loans
from projections.history.parts.money import Dividends, InterestSubsidies, Subsidies
from projections.history.parts.part import Part
from projections.history.parts.shares import Shares


class Means:
    """Entitlements, subsidies, interest subsidies, dividends, shares and loans, folded together."""

    def __init__(self) -> None:
        self.subsidies = Subsidies()
        self.interest_subsidies = InterestSubsidies(to_persons=True)
        self.dividends = Dividends()
        self.entitlements = Entitlements()
        self.shares = Shares()
        self.loans = Loans()
        self._parts: tuple[Part, ...] = (
            self.subsidies,
            self.interest_subsidies,
            self.dividends,
            self.entitlements,
            self.shares,
            self.loans,
        )

    def take(self, occurrence: Occurrence) -> None:
        """Fold one occurrence."""
        for part in self._parts:
            part.take(occurrence)

    @property
    def received_fen(self) -> int:
        """Net of all subsidies, interest subsidies and dividends."""
        return self.subsidies.net_fen + self.interest_subsidies.net_fen + self.dividends.net_fen

    def told(self, as_of: date) -> dict[str, object]:
        """The keys of a state that tell of means."""
        return {
            "entitlements": self.entitlements.told(as_of),
            "subsidies": self.subsidies.told(),
            "interest_subsidies": self.interest_subsidies.told(),
            "dividends": self.dividends.told(),
            "shares": self.shares.of_contracts(as_of),
            "loans": self.loans.told(),
            "received_fen": self.received_fen,
            "outstanding_fen": self.loans.outstanding_fen,
        }
