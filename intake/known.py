"""What the ledger already holds, as far as checking a package needs it."""

from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any, Protocol

from intake.sheet import Paid


class Known(Protocol):
    """Implemented by the wiring over the ledger's own tables; in checking, the package's rows are added to it.

    Namespaces: `programme`, `place_code`, `quota_doc` (documents that arrived), `asset_contract`, `staff`
    (工号 and names of posts), `staff_no`, `person` (ID numbers on the roster), `class`, `notice`, `notice_line`
    (`notice_no#line_no`), `loan`, `payment` (流水号 of payments and dividends).
    """

    today: date
    place_code: str

    def holds(self, namespace: str, value: str) -> bool:
        """Whether `value` may be referred to in `namespace`, without looking through all of it."""
        ...

    def notice(self, notice_no: str) -> dict[str, Any] | None:
        """A notice (`starts_on`; `line_count` of one that this ledger published), or None."""
        ...

    def programme(self, name: str) -> dict[str, Any] | None:
        """The terms of a programme (`period_kind`, …), or None."""
        ...

    def asset_contract(self, contract_no: str) -> dict[str, Any] | None:
        """The terms of an asset-income contract (`principal_fen`, `guaranteed_ppm`, `total_shares`), or None."""
        ...

    def allocation_sums(self, *, without: AbstractSet[str]) -> tuple[dict[str, int], dict[str, int]]:
        """Fen arrived and fen broken down in the ledger, by quota document; the caller may add to the copies.

        without:  流水编号 of rows that do not count: the caller has them in hand.
        """
        ...

    def rates(self) -> dict[tuple[str, str | None], list[tuple[date, date | None]]]:
        """The intervals (first day, last day or open) of the standards in the ledger, by programme and variant."""
        ...

    def loan(self, loan_no: str) -> dict[str, Any] | None:
        """What was lent and what its own sheet says was repaid (`principal_fen`, `repaid_fen`), or None."""
        ...

    def repayments(self, loan_no: str) -> dict[str, int]:
        """Fen of principal in each repayment of 还款流水 that stands, by 流水号, in the order in which they came."""
        ...

    def payment(self, bank_ref: str) -> Paid | None:
        """What went out under a 流水号 that can be returned: a payment, dividend, interest subsidy or repayment."""
        ...

    def staff_named(self, name: str) -> AbstractSet[str]:
        """The 工号 of posts in the ledger that are held under a name."""
        ...

    def place_named(self, parent_code: str | None, name: str) -> str | None:
        """The code of the place in the ledger that bears this name under a parent, or None."""
        ...

    def staff_no(self, name_or_number: str) -> str | None:
        """The 工号 of the one serving person of this name or number, or None."""
        ...
