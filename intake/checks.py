"""Checks that several sheets share; each is made from the names of its columns and reads like FORMATS' row check."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.event import Event
from domain.money import plain_yuan
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Paid, Row, RowCheck, Sheet, Thing


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


def day_of_moment(alias: str) -> Callable[[Row], date | None]:
    """The day of the time of day that stands in the column `alias`."""

    def of(row: Row) -> date | None:
        moment = row.get(alias)
        return None if moment is None else date.fromisoformat(moment.split()[0])

    return of


def newly_stated(row: Row, before: Mapping[str, Any] | None, alias: str) -> bool:
    """Whether a row sent again states a day in `alias` that it did not state before."""
    return before is not None and row.get(alias) is not None and row.get(alias) != before.get(alias)


def number_is_sound(alias: str) -> Callable[[Row], bool]:
    """Whether the ID number in `alias` passed its check: a bad one joins nobody, and is quarantined for that."""

    def of(row: Row) -> bool:
        return not any(problem.code == "E-ID" and problem.column == alias for problem in row.problems)

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


def pays(*amounts: str, ref: str = "bank_ref", kind: str = "payment") -> Callable[[Row], Paid | None]:
    """What a row paid under the 流水号 in `ref`: the sum of the columns `amounts`; None without a 流水号."""

    def of(row: Row) -> Paid | None:
        bank_ref = row.get(ref)
        if bank_ref is None:
            return None
        return Paid(Thing(kind, (bank_ref,)), bank_ref, sum(row.get(amount) or 0 for amount in amounts))

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


def at_least(alias: str, least: int) -> RowCheck:
    """The whole number in `alias` must not be less than `least`."""

    def check(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
        number = row.get(alias)
        if number is None or number >= least:
            return
        header = sheet.column(alias).header
        yield sheet.problem(
            row,
            "E-SCHEMA",
            Severity.QUARANTINE if sheet.facts else Severity.ERROR,
            alias,
            message=f"{header} {number} 小于 {least} / {alias} {number} is less than {least}.",
            remedy=f"改正“{header}”后重新导入 / Correct it and send the file again.",
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
