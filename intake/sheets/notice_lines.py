"""23. 公示明细: one row, one line of a notice."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from domain.notice import NoticeLinePosted
from intake.checks import always
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet
from intake.unmasked import shows_a_minor, unmasked_numbers
from vault.vault import Vault


def hangs_since(row: Row, known: Known) -> date | None:
    """公示起 of the notice: a line has no day of its own."""
    notice = known.notice(row.get("notice_no") or "")
    return notice["starts_on"] if notice else None


def line_of_an_open_list(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """A notice that this ledger itself published has sealed the root over its lines: none is added."""
    notice = known.notice(row.get("notice_no") or "")
    if notice and notice.get("line_count") is not None:
        yield sheet.problem(
            row,
            "E-STATE",
            Severity.ERROR,
            "notice_no",
            message=(
                f"{row.get('notice_no')} 由本账发布，明细共 {notice['line_count']} 行，已封存，不能增加 / "
                f"{row.get('notice_no')} was published by this ledger with {notice['line_count']} lines; "
                "none can be added."
            ),
            remedy="另发一份公示 / Publish another notice.",
        )


def periods_in_order(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """所属期止 is of the kind of 所属期起 and not before it: the amount is per period."""
    first, last = row.get("period_from"), row.get("period_to")
    if first is None or last is None or (len(first) == len(last) and first <= last):
        return
    yield sheet.problem(
        row,
        "E-DATE",
        Severity.ERROR,
        "period_to",
        message=f"所属期止 {last} 与所属期起 {first} 不成先后 / Period {last} does not follow {first}.",
        remedy="核对两个所属期 / Check both periods.",
    )


def unmasked(row: Row, _: Vault) -> dict[str, Any]:
    """What 打印文本 shows whole that must be masked: a number, or the name of a minor."""
    day = row.as_of or date.max
    text = str(row.words.get("printed_text") or row.values.get("printed_text") or "")
    kinds = unmasked_numbers(text, today=day)
    if shows_a_minor(text, str(row.words.get("name") or ""), str(row.get("id_no") or ""), today=day):
        kinds.append("minor_name")
    return {"unmasked": tuple(kinds)} if kinds else {}


NOTICE_LINES = Sheet(
    key="notice_lines",
    title="公示明细",
    number=23,
    columns=(
        Column("公示编号", "notice_no", Cell.TEXT, example="GS-2020-001"),
        Column("行号", "line_no", Cell.INT, example="1"),
        Column("村", "village", Cell.TEXT, Need.O, example="测试一村"),
        Column("户编号", "household_no", Cell.TEXT, Need.O, example="H-0001"),
        Column("姓名", "name", Cell.TEXT, personal=True, example="测试甲"),
        Column("身份证号", "id_no", Cell.ID, note="internal key, never printed", example="440899196803051173"),
        Column("所属期起", "period_from", Cell.PERIOD, example="2020Q2"),
        Column("所属期止", "period_to", Cell.PERIOD, Need.O, note="= 起 when empty", example="2020Q2"),
        Column("金额(元)", "amount", Cell.MONEY, above_zero=True, note="per period", example="600.00"),
        Column(
            "打印文本",
            "printed_text",
            Cell.TEXT,
            Need.O,
            personal=True,
            note="line as printed; must be masked",
            example="测试甲 440899********11** 600.00",
        ),
    ),
    business_key=("notice_no", "line_no"),
    nature=Nature.JOURNAL,
    persons={"id_no": "name"},
    becomes=always(NoticeLinePosted),
    stream_kind="notice-line",
    occurred_on=lambda _: None,
    dated_by=hangs_since,
    assessed=unmasked,
    references=(Reference("notice_no", "notice", Severity.ERROR),),
    row_checks=(line_of_an_open_list, periods_in_order),
    provides={"notice_line": lambda row: [f"{row.get('notice_no')}#{row.get('line_no')}"]},
)
