"""What hangs on the board."""

from domain.notice import NoticeLinePosted, NoticePublished
from projections.history.moment import Moment
from projections.history.occurrence import Deed, Occurrence
from projections.history.row import Row

PUBLISHED = "published"
MATURED = "matured"


class Posting:
    """A notice's header and lines."""

    def __init__(self) -> None:
        self.lines = 0
        self.total_fen = 0
        self._published: Row | None = None

    def take(self, occurrence: Occurrence) -> None:
        """Publish the notice, or post a line."""
        if occurrence.told(Deed.HAPPENED, NoticePublished):
            self._published = occurrence.row
        elif occurrence.told(Deed.HAPPENED, NoticeLinePosted):
            self.lines += 1
            self.total_fen += occurrence.now.amount_fen

    def standing(self, moment: Moment) -> str | None:
        """`published`, and `matured` after 公示止; None before it was published.

        Objections and withdrawals come with 异议台账 and 公示台账; until then none is known.
        """
        if self._published is None:
            return None
        return MATURED if moment.as_of > self._published.now.until else PUBLISHED
