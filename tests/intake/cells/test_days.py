from datetime import date, datetime, time
from typing import Any

import pytest

from intake.cells import CellFault, parser_for
from intake.sheet import Cell, Column

TODAY = date(2021, 3, 31)
DAY = parser_for(Column("发放日期", "paid_on", Cell.DATE), today=TODAY)
DUE = parser_for(Column("到期日", "due_on", Cell.DATE, future=True), today=TODAY)
DAY_1904 = parser_for(Column("发放日期", "paid_on", Cell.DATE), today=TODAY, epoch_1904=True)
PERIOD = parser_for(Column("所属期", "period", Cell.PERIOD), today=TODAY)


def fault_of(value: Any) -> CellFault:
    assert isinstance(value, CellFault)
    return value


@pytest.mark.parametrize(
    "cell",
    [
        "2020-03-01",
        "2020-3-1",
        "2020.3.1",
        "20200301",
        "2020/3/1",
        "2020年3月1日",
        "2020-03-01 00:00:00",
        "2020/3/1 0:00",
        "２０２０年３月１日",
        " 2020-03-01 ",
        20200301.0,
        43891.0,
        "43891",
        date(2020, 3, 1),
        datetime(2020, 3, 1),  # noqa: DTZ001  a wall clock in a cell
    ],
)
def test_every_written_form_of_a_day_reads_as_the_same_day(cell: Any) -> None:
    assert DAY(cell) == date(2020, 3, 1)


def test_a_serial_number_counts_from_1904_in_a_workbook_that_says_so() -> None:
    assert DAY_1904(42429.0) == date(2020, 3, 1)


@pytest.mark.parametrize("cell", ["2021-02-29", "2020-13-01", "2020.2.30", "20200431", "2020年2月30日", 20200230.0])
def test_a_day_that_no_calendar_has_is_refused_by_name(cell: Any) -> None:
    fault = fault_of(DAY(cell))

    assert fault.code == "E-DATE"
    assert str(cell).removesuffix(".0") in fault.message


@pytest.mark.parametrize(
    "cell",
    ["4/3/20", "1/3/2020", "01.03.2020", "20-3-1", "3月1日", "2020-3", "2020", 2020.0, 7.0, "昨天", True, time(8, 30)],
)
def test_a_day_whose_year_month_and_day_are_not_certain_is_refused(cell: Any) -> None:
    assert fault_of(DAY(cell)).code == "E-DATE"


def test_what_has_happened_cannot_lie_after_today_and_both_days_are_named() -> None:
    fault = fault_of(DAY("20981231"))

    assert fault.code == "E-DATE"
    assert "2098-12-31" in fault.message
    assert "2021-03-31" in fault.message
    assert DAY("2021-03-31") == TODAY


def test_a_due_day_may_lie_in_the_future() -> None:
    assert DUE("2098-12-31") == date(2098, 12, 31)


def test_a_day_copied_with_a_direction_mark_is_read_with_a_warning() -> None:
    fault = fault_of(DAY("\u200e2020/3/1"))

    assert (fault.code, fault.value) == ("W-TEXT", date(2020, 3, 1))


def test_an_id_in_a_date_column_is_named_masked() -> None:
    assert "440899196803051173" not in fault_of(DAY("440899196803051173")).message


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2020", "2020"),
        (2020.0, "2020"),
        ("2020.0", "2020"),
        ("2020年", "2020"),
        ("2020Q1", "2020Q1"),
        ("2020q4", "2020Q4"),
        ("2020年第一季度", "2020Q1"),
        ("2020-03", "2020-03"),
        ("2020/3", "2020-03"),
        ("202003", "2020-03"),
        (202003.0, "2020-03"),
        ("2020年3月", "2020-03"),
        (date(2020, 3, 1), "2020-03"),
        ("2020/3/1", "2020-03"),
    ],
)
def test_a_year_a_quarter_and_a_month_are_read_in_the_forms_that_offices_write(cell: Any, period: str) -> None:
    assert PERIOD(cell) == period


@pytest.mark.parametrize("cell", ["2020-13", "2020-00", "2020Q5", "Mar-20", "202013", "20", "春季", 2020.1, 43891.0])
def test_a_period_that_no_year_has_is_refused_by_name(cell: Any) -> None:
    fault = fault_of(PERIOD(cell))

    assert fault.code == "E-DATE"
    assert str(cell).removesuffix(".0") in fault.message
