"""The public notices as projections know them: people by reference; the board masks and names them (OUTPUTS §9)."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from domain.money import in_words
from projections.facts import as_day, as_quantity
from projections.payment_lists import funding, left_out, payable, unpublished
from projections.tables.imports import evaluation_date
from projections.tables.notices import NOTICE_LINES, NOTICES

__all__ = ["funding", "left_out", "listed", "payable", "shown", "unpublished"]

PUBLISHED, MATURED = "published", "matured"

NOT_TAKEN = (
    "project_no",
    "contract_no",
    "location",
    "content",
    "responsible",
    "supplier",
    "procurement",
    "benefit",
    "target",
)
"""Header fields of OUTPUTS §9 that only notices on projects, contracts and the sheets 公示台账 will fill."""

LINES_FETCHED = 1_000


def listed(connection: Connection, *, as_of: date | None = None) -> list[dict[str, Any]]:
    """The notices' headers by number, with the keys of OUTPUTS §9 that the ledger itself holds, and `last_position`.

    state:          `published`, or `matured` after 公示止, on `as_of`, the evaluation date if it is not given.
    last_position:  position of the last line; the first tree that covers it has that size. Null while lines are
                    missing: a notice names no tree that does not cover all of it.
    """
    day = _day(connection, as_of)
    return [_header(row, day) for row in connection.execute(_headers()).mappings()]


def shown(connection: Connection, notice_no: str, *, as_of: date | None = None) -> dict[str, Any]:
    """One notice: its header as in `listed`, and `lines` by number.

    A line has the keys of OUTPUTS §9, with `id_no` a reference and `name` null, and for the board's own use
    `household_no`, `payment_refs` and `position`.

    Raises:
        LookupError: when there is none of that number.
    """
    row = connection.execute(_headers().where(NOTICES.c.notice_no == notice_no)).mappings().first()
    if row is None:
        raise LookupError(f"没有编号 {notice_no} 的公告 / There is no notice {notice_no}.")
    return {**_header(row, _day(connection, as_of)), "lines": list(_lines(connection, notice_no))}


def _day(connection: Connection, as_of: date | None) -> date | None:
    return as_of or evaluation_date(connection)


def _headers() -> Select[Any]:
    """Each header with what was posted of it."""
    notices, lines = NOTICES.c, NOTICE_LINES.c
    posted = (
        select(
            lines.notice_no,
            func.count().label("posted"),
            func.max(lines.position).label("last_line"),
        )
        .group_by(lines.notice_no)
        .subquery()
    )
    return (
        select(*(column for column in notices), posted.c.posted, posted.c.last_line)
        .join(posted, posted.c.notice_no == notices.notice_no, isouter=True)
        .order_by(notices.notice_no)
    )


def _header(row: RowMapping, day: date | None) -> dict[str, Any]:
    posted = row["posted"] or 0
    matured = day is not None and day.toordinal() > row["until"]
    whole = posted == row["line_count"]
    return {
        "notice_no": row["notice_no"],
        "kind": row["notice_kind"],
        "stage": row["stage"],
        "level": row["level"],
        "subject_kind": row["subject_kind"],
        "title": row["title"],
        "basis_doc": row["basis_doc"],
        "fund_source": row["fund_source"],
        "fund_fen": row["fund_fen"],
        "programme": row["programme"],
        **dict.fromkeys(NOT_TAKEN),
        "village": row["village"],
        "period": row["period"],
        "implementer": row["implementer"],
        "place": row["place"],
        "from": as_day(row["starts_on"]),
        "until": as_day(row["until"]),
        "state": MATURED if matured else PUBLISHED,
        "line_count": row["line_count"],
        "total_fen": row["total_fen"],
        "total_words": in_words(row["total_fen"]),
        "last_position": (row["last_line"] or row["position"]) if whole else None,
    }


def _lines(connection: Connection, notice_no: str) -> Iterator[dict[str, Any]]:
    lines = NOTICE_LINES.c
    query = select(*lines).where(lines.notice_no == notice_no).order_by(lines.line_no)
    for row in connection.execution_options(yield_per=LINES_FETCHED).execute(query).mappings():
        yield {
            "line_no": row["line_no"],
            "village": row["village"],
            "hamlet": row["hamlet"],
            "name": None,
            "id_no": row["id_no"],
            "programme": row["programme"],
            "standard_fen": row["standard_fen"],
            "quantity": None if row["quantity"] is None else as_quantity(row["quantity"]),
            "period": row["period"],
            "amount_fen": row["amount_fen"],
            "household_no": row["household_no"],
            "payment_refs": json.loads(row["payment_refs"]),
            "position": row["position"],
        }
