"""公示台账 and 公示明细, and the notices that this ledger itself publishes: one kind of header, one kind of line."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, exists, func, or_, select, true, union_all

from domain.event import Versioned
from domain.notice import NoticeClosed, NoticeLinePosted, NoticePublished, NoticeRow, NoticeWithdrawn
from projections.batch import Batch
from projections.period import count_of_periods
from projections.tables.by_hand import by_hand_on, day_by_hand, keep_day_by_hand
from projections.tables.column import Unit, copied, derived, internal, personal, renamed, stated
from projections.tables.fact_table import FactTable
from projections.tables.imports import PACKAGES
from projections.tables.objections import OBJECTIONS

PUBLISHED, OBJECTION_OPEN, MATURED, WITHDRAWN = "published", "objection_open", "matured", "withdrawn"
CLOSED = "closed"

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
    "closed_on",
    "replaced_by",
)
"""What only a header says that this ledger published, closed or withdrew."""


def _keep_what_was_sealed(before: Mapping[str, Any], now: dict[str, Any]) -> None:
    """A row of 公示台账 about a native notice changes its days, and takes nothing from its header."""
    keep_day_by_hand(before, now)
    if before["replaced_by"] is not None and now["withdrawn_on"] is None:
        now["withdrawn_on"] = before["withdrawn_on"]
    for column in OF_A_NATIVE_HEADER:
        if now[column] is None:
            now[column] = before[column]


def _closed_on(placed: Versioned) -> int | None:
    """The day on which it was closed here; no row of 公示台账 says so."""
    return placed.event.occurred_on.toordinal() if isinstance(placed.event, NoticeClosed) else None


def _replaced_by(placed: Versioned) -> str | None:
    """What hangs instead, of a notice that was withdrawn here."""
    return placed.event.replaced_by if isinstance(placed.event, NoticeWithdrawn) else None


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
            "stage title period basis_doc fund_source fund_fen implementer line_count items_root unmasked actor "
            "recorded_at",
            hidden=True,
        ),
        copied("sealed_total_fen", Unit.FEN, "total_fen", hidden=True),
        internal("closed_on", Unit.DAY, _closed_on),
        internal("replaced_by", Unit.TEXT, _replaced_by),
        by_hand_on(),
    ),
    events=(NoticePublished, NoticeWithdrawn, NoticeClosed),
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
        *stated(NoticeLinePosted, "hamlet programme period standard_fen quantity payment_refs unmasked", hidden=True),
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
    if PACKAGES.name in batch.changed or _came_by_hand(batch):
        batch.recompute(NOTICES, true(), {"state": _state()})
    elif batch.changed & {NOTICES.name, OBJECTIONS.name}:
        batch.recompute(NOTICES, ours, {"state": _state()})


def standing_day() -> ScalarSelect[Any]:
    """The day on which notices stand as they do: the evaluation date, after native entry that day (DESIGN §6)."""
    days = union_all(
        select(func.max(PACKAGES.c.as_of).label("day")),
        select(func.max(NOTICES.c.by_hand_on)),
        select(func.max(OBJECTIONS.c.by_hand_on)),
    ).subquery()
    return select(func.max(days.c.day)).scalar_subquery()


def _came_by_hand(batch: Batch) -> bool:
    """Whether the batch moves that day on."""
    days = [day_by_hand(placed) for placed in batch.of(*NOTICES.events, *OBJECTIONS.events)]
    newest = max((day for day in days if day is not None), default=None)
    if newest is None:
        return False
    return not any(
        batch.connection.execute(
            select(facts.c.position).where(facts.c.by_hand_on >= newest, facts.c.last_position < batch.first).limit(1)
        ).first()
        for facts in (NOTICES, OBJECTIONS)
    )


def _state() -> ColumnElement[str]:
    """Withdrawn goes before, then an open objection; closed, or mature after 公示止 (OUTPUTS §7)."""
    notices, objections = NOTICES.c, OBJECTIONS.c
    day = standing_day()
    still_open = exists().where(
        objections.notice_no == notices.notice_no,
        objections.filed_on <= day,
        or_(objections.resolved_on.is_(None), objections.resolved_on > day),
    )
    return case(
        (notices.withdrawn_on <= day, WITHDRAWN),
        (still_open, OBJECTION_OPEN),
        (notices.closed_on <= day, CLOSED),
        (notices.until < day, MATURED),
        else_=PUBLISHED,
    )
