from datetime import date, datetime
from typing import Any

import pytest

from intake.cells import CellFault, parser_for
from intake.sheet import Cell, Column

TODAY = date(2021, 3, 31)
START = parser_for(Column("开始", "start_at", Cell.START), today=TODAY)
END = parser_for(Column("结束", "end_at", Cell.END, future=True), today=TODAY)
START_1904 = parser_for(Column("开始", "start_at", Cell.START), today=TODAY, epoch_1904=True)


def fault_of(value: Any) -> CellFault:
    assert isinstance(value, CellFault)
    return value


@pytest.mark.parametrize(
    "cell",
    [
        "2020-05-11 08:30",
        "2020-5-11 8:30",
        "2020/5/11  8:30",
        "2020年5月11日 8:30",
        "20200511 08:30",
        "2020-05-11T08:30:59",
        "２０２０-０５-１１ ０８：３０",
        datetime(2020, 5, 11, 8, 30),  # noqa: DTZ001  a wall clock in a cell
        43962.354166666664,
    ],
)
def test_every_written_form_of_a_time_of_day_reads_as_the_same_minute(cell: Any) -> None:
    assert START(cell) == "2020-05-11 08:30"


def test_a_serial_number_with_a_time_counts_from_1904_in_a_workbook_that_says_so() -> None:
    assert START_1904(42500.5) == "2020-05-11 12:00"


@pytest.mark.parametrize(
    "cell",
    ["2020-05-11", "2020.5.11", 43962.0, "2020-05-11 00:00:00", datetime(2020, 5, 11)],  # noqa: DTZ001
)
def test_a_day_alone_starts_with_its_first_minute_and_ends_with_its_last(cell: Any) -> None:
    assert START(cell) == "2020-05-11 00:00"
    assert END(cell) == "2020-05-11 23:59"


def test_midnight_that_is_written_out_is_midnight_and_no_whole_day() -> None:
    assert END("2020-05-12 00:00") == "2020-05-12 00:00"


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        ("2020-02-30 08:30", "2020-02-30"),
        ("2020-05-11 24:00", "24:00"),
        ("2020-05-11 08:61", "08:61"),
        ("5月11日 08:30", "5月11日"),
        ("08:30", "08:30"),
        ("上午", "上午"),
        ("2021-04-01 08:30", "2021-04-01"),
    ],
)
def test_a_time_that_does_not_exist_is_uncertain_or_lies_ahead_is_refused_by_name(cell: str, named: str) -> None:
    fault = fault_of(START(cell))

    assert fault.code == "E-DATE"
    assert named in fault.message


def test_an_end_may_lie_in_the_future_and_an_empty_cell_is_nothing() -> None:
    assert END("2021-04-01 08:30") == "2021-04-01 08:30"
    assert START("  ") is None
