"""A notice: since when it hangs, with how much on it, and whether it has matured."""

from typing import Any

from domain.notice import NoticeLinePosted, NoticeRow
from domain.objection import ObjectionRow
from projections.history.parts.part import Part
from projections.history.parts.posting import Posting
from projections.history.row import Row
from projections.history.subject import Subject


class Notice(Subject):
    """公示编号: its header and its lines."""

    kind = "notice"

    def find(self) -> list[Row]:
        """The header, the lines, and the objections to them."""
        return self.past.rows(self.kind, self.value)

    def begin(self) -> tuple[Part, ...]:
        """What hangs."""
        self.posting = Posting(self.of(NoticeLinePosted))
        return (self.posting,)

    @property
    def figure_fen(self) -> None:
        """A notice moves no money."""

    def state(self) -> dict[str, Any]:
        """The notice's state; its days are shown whatever the day."""
        header = next((row.now for row in self.of(NoticeRow)), None)
        objections = self._open_objections()
        return {
            "state": self.posting.standing(self.moment, objected=bool(objections)),
            "from": str(header.starts_on) if header else None,
            "until": str(header.until) if header else None,
            "lines": self.posting.lines,
            "total_fen": self.posting.total_fen,
            "open_objections": objections if self.posting.is_published else [],
        }

    def _open_objections(self) -> list[dict[str, object]]:
        """Objections to the notice or a line of it, that were filed and not resolved."""
        held = (row.now for row in self.of(ObjectionRow))
        still_open = sorted(told.objection_no for told in held if self._is_open(told))
        return [{"objection_no": objection_no} for objection_no in still_open]

    def _is_open(self, told: Any) -> bool:
        resolved = told.resolved_on is not None and self.moment.holds(told.resolved_on, None)
        return self.moment.holds(told.filed_on, None) and not resolved
