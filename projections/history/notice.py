"""A notice: since when it hangs, with how much on it, and whether it has matured."""

from typing import Any

from domain.notice import NoticeLinePosted, NoticePublished
from projections.history.parts.part import Part
from projections.history.parts.posting import Posting
from projections.history.row import Row
from projections.history.subject import Subject


class Notice(Subject):
    """公示编号: its header and its lines."""

    kind = "notice"

    def find(self) -> list[Row]:
        """The header and the lines."""
        found = self.past.rows(self.kind, self.value)
        return [row for row in found if isinstance(row.first, NoticePublished | NoticeLinePosted)]

    def begin(self) -> tuple[Part, ...]:
        """What hangs."""
        self.posting = Posting()
        return (self.posting,)

    @property
    def figure_fen(self) -> None:
        """A notice moves no money."""

    def state(self) -> dict[str, Any]:
        """The notice's state; its days are shown whatever the day."""
        header = next((row.now for row in self.of(NoticePublished)), None)
        return {
            "state": self.posting.standing(self.moment),
            "from": str(header.starts_on) if header else None,
            "until": str(header.until) if header else None,
            "lines": self.posting.lines,
            "total_fen": self.posting.total_fen,
            "open_objections": [],
        }
