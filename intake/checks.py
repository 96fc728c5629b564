"""Checks that several sheets share; each is made from the names of its columns and reads like FORMATS' row check."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.event import Event
from domain.money import plain_yuan
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Row, RowCheck, Sheet


def always(event_class: type[Event]) -> Callable[[Row, Mapping[str, Any] | None], type[Event]]:
    """Every row of the sheet, new or stated again, becomes this event."""

    def becomes(row: Row, before: Mapping[str, Any] | None) -> type[Event]:
        return event_class

    return becomes


def day(alias: str) -> Callable[[Row], date | None]:
    """The day that stands in the column `alias`."""

    def of(row: Row) -> date | None:
        found: date | None = row.get(alias)
        return found

    return of


def values_of(*aliases: str) -> Callable[[Row], Iterable[str]]:
    """The values of the columns `aliases` that are there, lists spread out."""

    def of(row: Row) -> Iterator[str]:
        for alias in aliases:
            value = row.get(alias)
            if isinstance(value, tuple):
                yield from value
            elif value is not None:
                yield str(value)

    return of


def not_before(alias: str, earlier: str, *, same_day: bool = True, blame: str | None = None) -> RowCheck:
    """`alias` must not lie before `earlier`; with `same_day` false not on it either."""

    def check(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
        late, early = row.get(alias), row.get(earlier)
        if late is None or early is None or late > early or (same_day and late == early):
            return
        header, other = sheet.column(alias).header, sheet.column(earlier).header
        yield sheet.problem(
            row,
            "E-DATE",
            Severity.QUARANTINE if sheet.facts else Severity.ERROR,
            blame or alias,
            message=f"{header} {late} 早于或等于{other} {early} / {alias} {late} does not come after {earlier} {early}."
            if not same_day
            else f"{header} {late} 早于{other} {early} / {alias} {late} lies before {earlier} {early}.",
            remedy="核对两个日期后重新导入 / Check both days and send the file again.",
        )

    return check


def required_when(alias: str, reason_zh: str, reason_en: str, condition: Callable[[Row], bool]) -> RowCheck:
    """The column `alias` may not be empty in the rows that `condition` names."""

    def check(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
        if not condition(row) or row.get(alias) is not None or alias in row.words:
            return
        header = sheet.column(alias).header
        yield sheet.problem(
            row,
            "E-SCHEMA",
            Severity.QUARANTINE if sheet.facts else Severity.ERROR,
            alias,
            message=f"{reason_zh}，“{header}”不能为空 / {alias} may not be empty: {reason_en}.",
            remedy=f"填写“{header}”后重新导入 / Fill it in and send the file again.",
        )

    return check


def product_agrees(amount: str, quantity: str, rate: str) -> RowCheck:
    """The amount should be quantity × rate, within one fen (`W-CALC`)."""

    def check(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
        paid, units, per_unit = row.get(amount), row.get(quantity), row.get(rate)
        if paid is None or units is None or per_unit is None:
            return
        product = Decimal(units) * per_unit
        if abs(product - paid) <= 1:
            return
        yield sheet.problem(
            row,
            "W-CALC",
            Severity.WARNING,
            amount,
            message=(
                f"金额 {plain_yuan(paid)} 不等于数量 {units} × 标准 {plain_yuan(per_unit)} / "
                f"The amount {plain_yuan(paid)} is not quantity {units} x rate {plain_yuan(per_unit)}."
            ),
            remedy="已按所列金额入账，请核对 / Recorded as stated; please check.",
        )

    return check
