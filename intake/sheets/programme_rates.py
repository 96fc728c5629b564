"""8. 补贴标准: one row, one standard in force from a day."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from domain.subsidy import ProgrammeDefined
from intake.checks import always, day, not_before
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet


class Interval(NamedTuple):
    """A standard in force: first day, last day, and the row that states it (None: it is in the ledger)."""

    begins: date
    ends: date
    row: Row | None


def overlaps(sheet: Sheet, rows: list[Row], known: Known) -> Iterator[Problem]:
    """No two standards of one programme and variant may be in force on one day."""
    standards: dict[tuple[str, str | None], dict[date, Interval]] = {
        key: {begins: Interval(begins, ends or date.max, None) for begins, ends in intervals}
        for key, intervals in known.rates().items()
    }
    for row in rows:
        begins = row.get("from")
        if row.get("programme") and begins:
            same = standards.setdefault((row.get("programme"), row.get("variant")), {})
            same[begins] = Interval(begins, row.get("until") or date.max, row)
    for same in standards.values():
        in_order = [same[begins] for begins in sorted(same)]
        for earlier, later in pairwise(in_order):
            blamed = later.row or earlier.row
            if blamed is not None and later.begins <= earlier.ends:
                yield overlap(sheet, blamed, earlier, later)


def overlap(sheet: Sheet, blamed: Row, earlier: Interval, later: Interval) -> Problem:
    """The problem of two standards in force at once."""
    ends = "无截止 / open" if earlier.ends == date.max else str(earlier.ends)
    other = earlier if blamed is later.row else later
    where = f"第{other.row.number}行" if other.row else "账内已有标准"
    return sheet.problem(
        blamed,
        "E-OVERLAP",
        Severity.ERROR,
        "from",
        message=(
            f"第{blamed.number}行的标准与{where}重叠：{later.begins} 起的标准生效时，"
            f"{earlier.begins} 起的标准（至 {ends}）仍有效 / "
            f"The standard from {later.begins} begins while that from {earlier.begins} (until {ends}) is in force."
        ),
        remedy="先填前一标准的停止期 / End the earlier standard on the day before.",
    )


PROGRAMME_RATES = Sheet(
    key="programme_rates",
    title="补贴标准",
    number=8,
    columns=(
        Column("项目名称", "programme", Cell.TEXT, example="困难残疾人生活补贴"),
        Column("档次", "variant", Cell.TEXT, Need.O, note="empty = only one", example="一级"),
        Column("标准(元)", "rate", Cell.MONEY, above_zero=True, note="yuan per unit per period", example="175.00"),
        Column("生效期", "from", Cell.DATE, future=True, field="starts_on", example="2020-01-01"),
        Column("停止期", "until", Cell.DATE, Need.O, future=True, note="last day"),
    ),
    business_key=("programme", "variant", "from"),
    nature=Nature.REGISTER,
    may_change=frozenset({"until"}),
    becomes=always(ProgrammeDefined),
    stream_kind="programme-rate",
    occurred_on=day("from"),
    references=(Reference("programme", "programme", Severity.ERROR),),
    row_checks=(not_before("until", "from"),),
    file_checks=(overlaps,),
)
