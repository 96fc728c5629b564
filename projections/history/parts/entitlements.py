"""Entitlements that were granted and are in force."""

from datetime import date
from typing import Any

from domain.entitlement import EntitlementRow
from projections.history.occurrence import Deed, Occurrence
from projections.history.row import Row


class Entitlements:
    """Rows of 应享名单 that were granted; 止 is the last day of one, 书面放弃日期 the first day without."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    def take(self, occurrence: Occurrence) -> None:
        """Grant an entitlement."""
        if occurrence.told(Deed.HAPPENED, EntitlementRow):
            self._rows[occurrence.row.stream] = occurrence.row

    def told(self, as_of: date) -> list[dict[str, object]]:
        """What is in force and not declined, by person and programme."""
        return sorted(
            (
                {
                    "id_no": granted.id_no,
                    "programme": granted.programme,
                    "amount_per_period_fen": granted.amount_per_period_fen,
                    "from": str(granted.starts_on),
                    "to": str(granted.ends_on) if granted.ends_on else None,
                }
                for granted in (row.now for row in self._rows.values())
                if _in_force(granted, as_of)
            ),
            key=lambda told: (str(told["id_no"]), str(told["programme"]), str(told["from"])),
        )


def _in_force(granted: Any, as_of: date) -> bool:
    declined = granted.declined_on is not None and granted.declined_on <= as_of
    return granted.starts_on <= as_of and (granted.ends_on is None or as_of <= granted.ends_on) and not declined
