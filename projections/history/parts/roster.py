"""Who stands on the roster: rows that were included and have not exited."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from domain.person import RosterRow
from projections.history.moment import Moment
from projections.history.occurrence import Deed, Occurrence
from projections.history.row import Row

HEAD = "户主"


class Standing:
    """The roster rows in force."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    def take(self, occurrence: Occurrence) -> None:
        """Include a row, or let it exit."""
        if occurrence.told(Deed.HAPPENED, RosterRow):
            self._rows[occurrence.row.stream] = occurrence.row
        if Deed.EXITED in occurrence.deeds:
            self._rows.pop(occurrence.row.stream, None)

    @property
    def rows(self) -> list[Any]:
        """Each row in force as it was last stated, in the order in which they came."""
        in_order = sorted(self._rows.values(), key=lambda row: row.versions[0].position)
        return [row.now for row in in_order]

    @property
    def category(self) -> str | None:
        """户类型 of the head, else of the first member; None off the roster."""
        rows = self.rows
        heads = [row for row in rows if row.relation == HEAD]
        return next((row.category for row in [*heads, *rows]), None)

    def members(self) -> list[dict[str, object]]:
        """The people in force, of one household."""
        told = [
            {
                "id_no": row.id_no,
                "relation": row.relation,
                "category": row.category,
                "included_on": str(row.included_on),
            }
            for row in self.rows
        ]
        return sorted(told, key=lambda member: (str(member["id_no"]), str(member["included_on"])))

    def households(self) -> list[dict[str, object]]:
        """The households in which one person is in force."""
        told = [
            {
                "household_no": row.household_no,
                "relation": row.relation,
                "category": row.category,
                "included_on": str(row.included_on),
            }
            for row in self.rows
        ]
        return sorted(told, key=lambda household: (str(household["household_no"]), str(household["included_on"])))


def village_of(standing: Standing, rows: Iterable[Row]) -> str | None:
    """The village of the rows in force, else of the roster row that was stated last."""
    for row in reversed(standing.rows):
        return str(row.village)
    stated = [row for row in rows if isinstance(row.first, RosterRow)]
    last = max(stated, key=lambda row: row.versions[-1].position, default=None)
    return None if last is None else str(last.now.village)


class Households:
    """In which household a person stood on a day, by what was known and recorded at the moment."""

    def __init__(self, rows: Iterable[Row], moment: Moment) -> None:
        """Ask of the roster rows among `rows`; quarantined ones are not joined to people."""
        self._moment = moment
        self._rows: dict[str, list[Any]] = {}
        for row in rows:
            if isinstance(row.first, RosterRow) and not row.quarantined:
                self._rows.setdefault(row.now.id_no, []).append(row.now)

    def on(self, id_no: str | None, day: date) -> str | None:
        """The household, the first by number; None off the roster."""
        return min((row.household_no for row in self._rows.get(id_no or "", ()) if self._stood(row, day)), default=None)

    def _stood(self, row: Any, day: date) -> bool:
        """退出日期 is the first day without; an exit that was not known yet had not ended it for the office."""
        if row.included_on > day or not self._moment.known(row.included_on, row.registered_on):
            return False
        if row.exited_on is None or row.exited_on > day:
            return True
        known_on = max(row.exited_on, row.registered_on) if row.registered_on else None
        return not self._moment.known(row.exited_on, known_on)
