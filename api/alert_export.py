"""Alerts for whoever takes them along: which ones, by whose hand, and as a workbook (OUTPUTS §9)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from api.acting import acting
from api.ledger import Ledger
from domain.clock import SHANGHAI, instant
from domain.event import KEEPER
from domain.refusal import Refused
from domain.roles import AUDITOR, INSPECTOR
from projections.alerts import printed_columns
from projections.facts import as_csv_value

INSPECTING: Final = frozenset({KEEPER, INSPECTOR, AUDITOR})
"""Roles before whom anchor and subjects of an alert may be numbers (DOMAIN §1)."""

BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)

SHEET: Final = "疑点"
ROWS_ON_A_SHEET: Final = 1_048_575
LONGEST_CELL: Final = 32_767
WIDTHS: Final = {"why_zh": 80, "why_en": 80, "anchor": 40, "subjects": 40, "alert_id": 36, "raised_at": 28}
USUAL_WIDTH: Final = 14

HEADINGS: Final[Mapping[str, str]] = {
    "alert_id": "编号",
    "rule_id": "规则",
    "rule_version": "规则版本",
    "pack_hash": "规则包",
    "severity": "级别",
    "state": "状态",
    "anchor": "锚点",
    "subjects": "对象",
    "event_refs": "凭据位置",
    "amount_at_risk_fen": "涉及金额（分）",
    "occurred_on": "发生日",
    "raised_at": "提出时间",
    "why_zh": "为什么",
    "why_en": "why",
    "assignee": "承办人",
    "reason_code": "排除原因",
    "ordered_fen": "应追缴（分）",
    "recovered_fen": "已追回（分）",
    "grounds_changed": "依据有变",
    "grounds_gone": "依据已无",
    "unfounded": "不成立",
}


def instant_since(text: str | None) -> str | None:
    """The instant from which alerts are asked for: `2026-11-24` (that day in China) or `2026-11-24T03:40:00Z`.

    Raises:
        Refused: `E-SCHEMA` when it is neither.
    """
    if text is None:
        return None
    try:
        if "T" not in text:
            moment = datetime.combine(max(date.fromisoformat(text), BEFORE_ALL.date()), time(), SHANGHAI)
        else:
            moment = datetime.fromisoformat(text)
            moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return instant(max(moment, BEFORE_ALL))
    except (ValueError, OverflowError) as error:
        raise Refused(
            "E-SCHEMA",
            field="since",
            value=text,
            why=f"{text[:40]!r} is neither a day nor an instant.",
            remedy="Write 2026-11-24 or 2026-11-24T03:40:00Z.",
        ) from error


def refuse_unless_inspects(ledger: Ledger, staff_no: str) -> str:
    """Refuse to reveal alerts to anybody but an inspector, an auditor or the keeper; gives the number back.

    Raises:
        Refused: `E-AUTH`.
    """
    acting(ledger, staff_no).refuse_unless_among(INSPECTING, "see whom alerts are about")
    return staff_no


def write_workbook(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write the lines as a workbook at `path`, row by row; no formula, whatever a text begins with."""
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    columns = printed_columns()
    with xlsxwriter.Workbook(str(path), options) as workbook:
        bold = workbook.add_format({"bold": True})
        pages = _pages(workbook, columns, bold)
        sheet, row = next(pages), 0
        for line in lines:
            if row == ROWS_ON_A_SHEET:
                sheet, row = next(pages), 0
            row += 1
            for place, column in enumerate(columns):
                _cell(sheet, (row, place), line[column])


def _pages(workbook: xlsxwriter.Workbook, columns: Sequence[str], bold: Any) -> Iterator[Worksheet]:
    """One sheet after the other, each with its heading."""
    number = 1
    while True:
        sheet = workbook.add_worksheet(SHEET if number == 1 else f"{SHEET}{number}")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, WIDTHS.get(column, USUAL_WIDTH))
            sheet.write_string(0, place, f"{HEADINGS.get(column, '')} {column}".strip(), bold)
        yield sheet
        number += 1


def _cell(sheet: Worksheet, at: tuple[int, int], value: Any) -> None:
    if isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(*at, value)
        return
    text = as_csv_value(value)
    sheet.write_string(*at, text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…")
