"""A file as sheets of raw rows, whatever it was written with."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol, TypeVar

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from intake.cells.text import Raw
from intake.reading.fault import Unreadable, damaged

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet, not yet understood.

    title:           as the workbook names it; empty in a CSV.
    rows:            gives the rows anew at each call, from row 1; blank rows are there.
    hidden:          the whole sheet is hidden.
    hidden_rows:     hidden rows that hold something, from 1.
    hidden_columns:  hidden columns, from 1.
    epoch_1904:      serial numbers count from 1904.
    filled:          cells that hold something; 0 where that is not known before they are read.
    records:         the rows are records of a text file: one that is longer than its header is out of step.
    """

    title: str
    rows: Callable[[], Iterator[Sequence[Raw]]]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    epoch_1904: bool = False
    filled: int = 0
    records: bool = False


class Book(Protocol):
    """A workbook, or a CSV as a workbook of one sheet."""

    @property
    def titles(self) -> list[str]:
        """The titles of the sheets in their order."""
        ...

    def size_of(self, title: str) -> tuple[int, int]:
        """Rows and columns up to the furthest filled cell of a sheet; nothing is read for it that is not guarded."""
        ...

    def sheets(self, title: str) -> list[RawSheet]:
        """The ways in which the sheet can be read; the first under which its headers are found is the right one."""
        ...


def password() -> Unreadable:
    """What a workbook is that is encrypted."""
    return Unreadable(
        "工作簿设有密码，无法读取",
        "the workbook is protected by a password",
        "去掉密码后重新上传 / Take the password off and send it again.",
    )


def open_calamine(data: BytesIO) -> CalamineWorkbook:
    """The workbook opened by `python-calamine`.

    Raises:
        Unreadable: when it cannot.
    """
    return _guarded(lambda: CalamineWorkbook.from_filelike(data))


def calamine_sheet(
    workbook: CalamineWorkbook, title: str, errors: dict[int, dict[int, str]]
) -> Callable[[], Iterator[Sequence[Raw]]]:
    """The rows of one sheet, with its error values in their cells.

    errors:  row → column → `#REF!`; the library gives these cells as empty.

    Raises:
        Unreadable: when the library cannot read the sheet.
    """
    sheet = _guarded(lambda: workbook.get_sheet_by_name(title))
    before: list[Raw] = [""] * (sheet.start[1] if sheet.start else 0)

    def rows() -> Iterator[Sequence[Raw]]:
        for number, row in enumerate(_converted(sheet.iter_rows()) if sheet.start else (), 1):
            cells: list[Raw] = [*before, *row]
            if number in errors:
                cells += [""] * (max(errors[number]) - len(cells))
                for column, value in errors[number].items():
                    cells[column - 1] = value
            yield cells

    return rows


def _converted(rows: Iterator[Sequence[Raw]]) -> Iterator[Sequence[Raw]]:
    """The rows, up to a number that its style calls a time and that is none."""
    try:
        yield from rows
    except OverflowError as fault:
        raise damaged() from fault


def _guarded(read: Callable[[], Read]) -> Read:
    """What the library reads; its errors, and its panics, become `Unreadable`."""
    try:
        return read()
    except PasswordError as fault:
        raise password() from fault
    except (CalamineError, OSError, ValueError) as fault:
        raise damaged() from fault
    except BaseException as fault:  # a Rust panic is a BaseException that no module exports
        if type(fault).__name__ != "PanicException":
            raise
        raise damaged() from fault
