"""The records of an `.xls` (MS-XLS) for what the reader does not tell: extent, hidden rows, error values, passwords."""

import struct
from collections.abc import Iterator

from intake.reading.book import password
from intake.reading.fault import damaged
from intake.reading.limits import Limits
from intake.reading.scan import Extent, refuse_what_reaches_too_far

FILE_PASSWORD, DATE_SYSTEM, SHEET, END = 0x2F, 0x22, 0x85, 0x0A
ROW, COLUMNS, BOOLEAN_OR_ERROR, FORMULA = 0x208, 0x7D, 0x205, 0x06
ONE_CELL = frozenset({0x203, 0x27E, 0xFD, 0x204, 0xD6, BOOLEAN_OR_ERROR, FORMULA})
"""NUMBER, RK, LABELSST, LABEL, RSTRING and the two named: each begins with its row and column."""

MANY_NUMBERS = 0xBD
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_ROW_IS_HIDDEN = 0x20
_WORKSHEET = 0


class BiffBook:
    """What the records of a workbook stream say beside the values.

    epoch_1904:  serial numbers count from 1904.
    sheets:      offset of each worksheet's records, and whether it is hidden, in the order of the workbook.

    Raises:
        Unreadable: when the stream is damaged or has a password.
    """

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self.epoch_1904 = False
        self.sheets: list[tuple[int, bool]] = []
        for kind, body in records(stream, 0):
            if kind == FILE_PASSWORD:
                raise password()
            if kind == DATE_SYSTEM:
                self.epoch_1904 = body[:2] == b"\x01\x00"
            elif kind == SHEET and len(body) > 5:  # noqa: PLR2004  MS-XLS 2.4.28: offset, state, kind
                begin, state, sheet_kind = struct.unpack_from("<LBB", body)
                if sheet_kind == _WORKSHEET:
                    self.sheets.append((begin, bool(state & 3)))

    def extent(self, begin: int, *, limits: Limits) -> Extent:
        """What the sheet whose records begin there holds.

        Raises:
            Unreadable: when it reaches further than `limits.cells`.
        """
        extent = Extent()
        hidden: set[int] = set()
        for kind, body in records(self._stream, begin):
            if kind == ROW and len(body) > 13:  # noqa: PLR2004  MS-XLS 2.4.221: flags at 12
                if struct.unpack_from("<H", body, 12)[0] & _ROW_IS_HIDDEN:
                    hidden.add(struct.unpack_from("<H", body)[0] + 1)
            elif kind == COLUMNS and len(body) > 9:  # noqa: PLR2004  MS-XLS 2.4.53: flags at 8
                first, last = struct.unpack_from("<HH", body)
                if body[8] & 1:
                    extent.hidden_columns.update(range(first + 1, min(last, 255) + 2))
            elif len(body) > 5 and (kind in ONE_CELL or kind == MANY_NUMBERS):  # noqa: PLR2004  row, column, format
                add_cell(extent, kind, body)
        extent.hidden_rows = {row for row in hidden if row <= extent.last_row}
        refuse_what_reaches_too_far(extent, limits)
        return extent


def add_cell(extent: Extent, kind: int, body: bytes) -> None:
    """Adds one cell, or a run of numbers, to the extent."""
    row, column = struct.unpack_from("<HH", body)
    last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == MANY_NUMBERS else column
    extent.filled += max(last - column, 0) + 1
    extent.last_row = max(extent.last_row, row + 1)
    extent.last_column = max(extent.last_column, last + 1)
    code = error_code(kind, body)
    if code is not None:
        extent.errors.setdefault(row + 1, {})[column + 1] = ERRORS.get(code, "#N/A")


def error_code(kind: int, body: bytes) -> int | None:
    """The error value of a cell, if it holds one."""
    if kind == BOOLEAN_OR_ERROR and len(body) > 7 and body[7]:  # noqa: PLR2004  MS-XLS 2.5.10: value, is error
        return body[6]
    if kind == FORMULA and len(body) > 13 and body[12:14] == b"\xff\xff" and body[6] == 2:  # noqa: PLR2004  2.5.133
        return body[8]
    return None


def records(stream: bytes, begin: int) -> Iterator[tuple[int, bytes]]:
    """The records from `begin` to the end of their substream."""
    at = begin
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == END:
            return
        if at + 4 + size > len(stream):
            raise damaged()
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size
