"""The public notices as projections know them: people by reference; the board masks and names them (OUTPUTS §9)."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, or_, select

from domain.money import in_words
from projections.facts import as_day, as_quantity
from projections.payment_lists import funding, left_out, payable, unpublished
from projections.tables.notices import NOTICE_LINES, NOTICES, standing_day
from projections.tables.objections import OBJECTIONS

__all__ = ["funding", "left_out", "listed", "payable", "shown", "unpublished"]

PUBLISHED, OBJECTION_OPEN, MATURED, WITHDRAWN = "published", "objection_open", "matured", "withdrawn"
CLOSED = "closed"

NOT_TAKEN = ("location", "content", "supplier", "procurement", "benefit", "target")
"""Header fields of OUTPUTS §9 that neither a row of 公示台账 nor a notice on a payment list states."""

STAGE_OF_KIND = {"公示": "事前", "公告": "事后"}
"""公示 invites objection before the fact, 公告 informs after it (DOMAIN §1)."""

LINES_FETCHED = 1_000


def listed(connection: Connection, *, as_of: date | None = None) -> list[dict[str, Any]]:
    """The notices' headers by number, with the keys of OUTPUTS §9 that the ledger itself holds, and `last_position`.

    state:          as OUTPUTS §7 has it, on `as_of`, the evaluation date if it is not given.
    line_count:     of a notice out of 公示台账, which seals no count, the lines that are there; so its `total_fen`.
    last_position:  position of the last line; the first tree that covers it has that size. Null while lines are
                    missing: a notice names no tree that does not cover all of it.
    """
    day = _day(connection, as_of)
    return [_header(row, day) for row in connection.execute(_headers(day)).mappings()]


def shown(connection: Connection, notice_no: str, *, as_of: date | None = None) -> dict[str, Any]:
    """One notice: its header as in `listed`, and `lines` by number.

    A line has the keys of OUTPUTS §9, with `id_no` a reference and `name` null, and for the board's own use
    `household_no`, `payment_refs` and `position`.

    Raises:
        LookupError: when there is none of that number.
    """
    day = _day(connection, as_of)
    row = connection.execute(_headers(day).where(NOTICES.c.notice_no == notice_no)).mappings().first()
    if row is None:
        raise LookupError(f"没有编号 {notice_no} 的公告 / There is no notice {notice_no}.")
    return {**_header(row, day), "lines": list(_lines(connection, notice_no, row["programme"]))}


def _day(connection: Connection, as_of: date | None) -> date | None:
    if as_of is not None:
        return as_of
    ordinal = connection.execute(select(standing_day())).scalar()
    return None if ordinal is None else date.fromordinal(ordinal)


def _headers(day: date | None) -> Select[Any]:
    """Each header with what was posted of it, and how many objections are open on `day`."""
    notices, lines, objections = NOTICES.c, NOTICE_LINES.c, OBJECTIONS.c
    number = -1 if day is None else day.toordinal()
    objected = (
        select(func.count())
        .where(objections.notice_no == notices.notice_no, objections.filed_on <= number)
        .where(or_(objections.resolved_on.is_(None), objections.resolved_on > number))
        .scalar_subquery()
    )
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
        select(*(column for column in notices), posted.c.posted, posted.c.last_line, objected.label("objected"))
        .join(posted, posted.c.notice_no == notices.notice_no, isouter=True)
        .order_by(notices.notice_no)
    )


def _header(row: RowMapping, day: date | None) -> dict[str, Any]:
    posted = row["posted"] or 0
    native = row["line_count"] is not None
    total_fen = row["sealed_total_fen"] if native else row["total_fen"]
    whole = not native or posted == row["line_count"]
    return {
        "notice_no": row["notice_no"],
        "kind": row["notice_kind"],
        "stage": row["stage"] or STAGE_OF_KIND.get(row["notice_kind"]),
        "level": row["level"],
        "subject_kind": row["subject_kind"],
        "title": row["title"] or _title(row),
        "basis_doc": row["basis_doc"],
        "fund_source": row["fund_source"],
        "fund_fen": row["fund_fen"],
        "programme": row["programme"],
        "project_no": row["project_no"],
        "contract_no": row["contract_no"],
        "responsible": row["responsible"],
        **dict.fromkeys(NOT_TAKEN),
        "village": row["village"],
        "period": row["period"],
        "implementer": row["implementer"],
        "place": row["place"],
        "from": as_day(row["starts_on"]),
        "until": as_day(row["until"]),
        "state": _state(row, day),
        "line_count": row["line_count"] if native else posted,
        "total_fen": total_fen,
        "total_words": in_words(total_fen),
        "last_position": (row["last_line"] or row["position"]) if whole else None,
    }


def _title(row: RowMapping) -> str:
    """What a row of 公示台账, which has no title, tells of: 职业培训补贴公示."""
    told_of = row["programme"] or row["project_no"] or row["contract_no"] or row["subject_kind"]
    return f"{told_of}{row['notice_kind']}"


def _state(row: RowMapping, day: date | None) -> str:
    """Withdrawn goes before, then an open objection; closed, or mature after 公示止 (OUTPUTS §7)."""
    if day is None:
        return PUBLISHED
    if row["withdrawn_on"] is not None and row["withdrawn_on"] <= day.toordinal():
        return WITHDRAWN
    if row["objected"]:
        return OBJECTION_OPEN
    if row["closed_on"] is not None and row["closed_on"] <= day.toordinal():
        return CLOSED
    return MATURED if day.toordinal() > row["until"] else PUBLISHED


def _periods(row: RowMapping) -> str | None:
    """The period of a native line; of a row of 公示明细 the first and last of several."""
    first, last = row["period_from"], row["period_to"]
    return row["period"] or (first if first == last else f"{first}–{last}")


def _lines(connection: Connection, notice_no: str, programme: str | None) -> Iterator[dict[str, Any]]:
    lines = NOTICE_LINES.c
    query = select(*lines).where(lines.notice_no == notice_no).order_by(lines.line_no)
    with connection.execute(query, execution_options={"yield_per": LINES_FETCHED}) as found:
        for row in found.mappings():
            yield {
                "line_no": row["line_no"],
                "village": row["village"],
                "hamlet": row["hamlet"],
                "name": None,
                "id_no": row["id_no"],
                "programme": row["programme"] or programme,
                "standard_fen": row["standard_fen"],
                "quantity": None if row["quantity"] is None else as_quantity(row["quantity"]),
                "period": _periods(row),
                "amount_fen": row["whole_fen"],
                "household_no": row["household_no"],
                "payment_refs": json.loads(row["payment_refs"]),
                "position": row["position"],
            }
