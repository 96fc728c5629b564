"""公示台账 and 公示明细, and the notices that this ledger itself publishes: one kind of header, one kind of line."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select, true

from domain.event import Versioned
from domain.notice import NoticeLinePosted, NoticePublished, NoticeRow, NoticeWithdrawn
from projections.batch import Batch
from projections.period import count_of_periods
from projections.tables.column import Unit, copied, derived, internal, personal, renamed, stated
from projections.tables.fact_table import FactTable
from projections.tables.imports import PACKAGES
from projections.tables.objections import OBJECTIONS

PUBLISHED, OBJECTION_OPEN, MATURED, WITHDRAWN = "published", "objection_open", "matured", "withdrawn"

OF_A_NATIVE_HEADER = (
    "stage",
    "title",
    "period",
    "basis_doc",
    "fund_source",
    "fund_fen",
    "implementer",
    "line_count",
    "items_root",
    "sealed_total_fen",
)
"""What only a header says that this ledger published."""


def _keep_what_was_sealed(before: Mapping[str, Any], now: dict[str, Any]) -> None:
    """A row of 公示台账 about a native notice changes its days, and takes nothing from its header."""
    for column in OF_A_NATIVE_HEADER:
        if now[column] is None:
            now[column] = before[column]


NOTICES = FactTable(
    "notices",
    columns=(
        *stated(NoticeRow, "notice_no level"),
        *(renamed(column, "kind") for column in stated(NoticeRow, "notice_kind")),
        *stated(
            NoticeRow,
            "subject_kind programme project_no contract_no village place starts_on until withdrawn_on responsible",
        ),
        personal("text"),
        derived("lines", Unit.INTEGER, 0),
        derived("total_fen", Unit.FEN, 0),
        derived("state", Unit.TEXT, PUBLISHED),
        *stated(
            NoticeRow,
            "stage title period basis_doc fund_source fund_fen implementer line_count items_root actor recorded_at",
            hidden=True,
        ),
        copied("sealed_total_fen", Unit.FEN, "total_fen", hidden=True),
    ),
    events=(NoticePublished, NoticeWithdrawn),
    register=True,
    keys={
        "notice_no": "notice",
        "programme": "programme",
        "project_no": "project",
        "contract_no": "contract",
        "village": "place",
    },
    indexes=("notice_no", "programme period", "project_no", "contract_no"),
    key=("notice_no",),
    carry=_keep_what_was_sealed,
)


def _first_period(placed: Versioned) -> str | None:
    """所属期起; a native line tells of one period."""
    line = placed.event
    return line.period_from or line.period if isinstance(line, NoticeLinePosted) else None


def _last_period(placed: Versioned) -> str | None:
    """所属期止, which is 所属期起 when empty (FORMATS)."""
    line = placed.event
    return line.period_to or _first_period(placed) if isinstance(line, NoticeLinePosted) else None


def _whole_fen(placed: Versioned) -> int:
    """What a line comes to over all its periods; a native line states that itself."""
    line = placed.event
    if not isinstance(line, NoticeLinePosted):
        return 0
    return line.amount_fen * count_of_periods(line.period_from, line.period_to or line.period_from)


NOTICE_LINES = FactTable(
    "notice_lines",
    columns=(
        *stated(NoticeLinePosted, "notice_no line_no village household_no"),
        personal("name"),
        *stated(NoticeLinePosted, "id_no"),
        derived("period_from", Unit.TEXT, _first_period),
        derived("period_to", Unit.TEXT, _last_period),
        *stated(NoticeLinePosted, "amount_fen"),
        personal("printed_text"),
        *stated(NoticeLinePosted, "hamlet programme period standard_fen quantity payment_refs", hidden=True),
        internal("whole_fen", Unit.FEN, _whole_fen),
    ),
    events=(NoticeLinePosted,),
    keys={"notice_no": "notice", "id_no": "person", "household_no": "household"},
    indexes=("notice_no line_no", "id_no", "household_no"),
    key=("notice_no", "line_no"),
)


def derive_notices(batch: Batch) -> None:
    """Count the lines of the notices that the batch concerns, and say how they stand at the evaluation date.

    When that date moves, every notice may stand otherwise.
    """
    notices, lines = NOTICES.c, NOTICE_LINES.c
    ours = notices.notice_no.in_(batch.those("notice"))
    if batch.changed & {NOTICES.name, NOTICE_LINES.name}:
        of_notice = lines.notice_no == notices.notice_no
        counted = select(func.count()).select_from(NOTICE_LINES.table).where(of_notice).scalar_subquery()
        total = select(func.sum(lines.whole_fen)).where(of_notice).scalar_subquery()
        batch.recompute(NOTICES, ours, {"lines": counted, "total_fen": func.coalesce(total, 0)})
    if PACKAGES.name in batch.changed:
        batch.recompute(NOTICES, true(), {"state": _state()})
    elif batch.changed & {NOTICES.name, OBJECTIONS.name}:
        batch.recompute(NOTICES, ours, {"state": _state()})


def _state() -> ColumnElement[str]:
    """Withdrawn goes before, then an open objection; mature after 公示止 (OUTPUTS §7)."""
    notices, objections = NOTICES.c, OBJECTIONS.c
    day = select(func.max(PACKAGES.c.as_of)).scalar_subquery()
    still_open = exists().where(
        objections.notice_no == notices.notice_no,
        objections.filed_on <= day,
        or_(objections.resolved_on.is_(None), objections.resolved_on > day),
    )
    return case(
        (notices.withdrawn_on <= day, WITHDRAWN),
        (still_open, OBJECTION_OPEN),
        (notices.until < day, MATURED),
        else_=PUBLISHED,
    )
