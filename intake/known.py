"""What the ledger already holds, as far as checking a package needs it."""

from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any, Protocol


class Known(Protocol):
    """Implemented by the wiring over the ledger's own tables; in checking, the package's rows are added to it.

    Namespaces: `programme`, `place_code`, `quota_doc` (documents that arrived), `asset_contract`, `staff`
    (工号 and names of posts).
    """

    today: date
    place_code: str

    def values(self, namespace: str) -> AbstractSet[str]:
        """Every value of `namespace` that may be referred to."""
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

    def staff_no(self, name_or_number: str) -> str | None:
        """The 工号 of the one serving person of this name or number, or None."""
        ...
