"""What hangs on the board."""

from collections.abc import Iterable

from domain.event import Versioned
from domain.notice import NoticeClosed, NoticeRow, withdrawn
from projections.history.moment import Moment
from projections.history.occurrence import Deed, Occurrence
from projections.history.row import Row
from projections.period import count_of_periods
from projections.tables.notices import CLOSED, MATURED, OBJECTION_OPEN, PUBLISHED, WITHDRAWN


class Posting:
    """A notice's header, and its lines from the day on which it hangs."""

    def __init__(self, lines: Iterable[Row]) -> None:
        self._lines = list(lines)
        self._published: Row | None = None

    def take(self, occurrence: Occurrence) -> None:
        """Publish the notice."""
        if occurrence.told(Deed.HAPPENED, NoticeRow):
            self._published = occurrence.row

    @property
    def is_published(self) -> bool:
        """Whether it hangs."""
        return self._published is not None

    @property
    def lines(self) -> int:
        """How many lines hang."""
        return len(self._lines) if self.is_published else 0

    @property
    def total_fen(self) -> int:
        """What the lines come to over all their periods."""
        return sum(_whole_fen(row) for row in self._lines) if self.is_published else 0

    def standing(self, moment: Moment, *, objected: bool) -> str | None:
        """Withdrawn goes before, then an open objection; mature after 公示止. None before it was published."""
        if self._published is None:
            return None
        headers = [placed.event for placed in self._published.versions if isinstance(placed.event, NoticeRow)]
        withdrawn_on = withdrawn(headers)
        if withdrawn_on is not None and moment.holds(withdrawn_on, None):
            return WITHDRAWN
        if objected:
            return OBJECTION_OPEN
        if any(_closes(placed, moment) for placed in self._published.versions):
            return CLOSED
        return MATURED if moment.as_of > self._published.now.until else PUBLISHED


def _closes(placed: Versioned, moment: Moment) -> bool:
    """Whether a version of the header closed it by then."""
    return isinstance(placed.event, NoticeClosed) and moment.holds(placed.event.occurred_on, None)


def _whole_fen(row: Row) -> int:
    line = row.now
    return int(line.amount_fen) * count_of_periods(line.period_from, line.period_to or line.period_from)
