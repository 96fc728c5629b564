"""CSV as Excel, WPS and banks write it (FORMATS, Reading: CSV). A row is a record, whatever its line breaks."""

import csv
import sys
from collections.abc import Iterator
from io import TextIOWrapper

from intake.reading.fault import Unreadable, damaged, too_large
from intake.reading.file_bytes import Data, opened

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a long remark is named with its length, never cut off by the parser

DELIMITERS = (",", ";", "\t")
"""Tried in this order; the one under which the sheet's own headers are found is right, and none is guessed."""

LONGEST_RECORD = 4_000_000
"""Characters; a row of an Excel sheet with text in every column of ours is a quarter of that."""

ORDINARY_RECORD = 8_192
"""Characters of a record that nobody counts."""

MOST_LONG_TEXT = 64 * 1024 * 1024
"""Characters in all records that are longer than that."""

MOST_CELLS = 100_000
"""Delimiters in one record, those inside quotes counted; an Excel row has 16,384 cells."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


def encoding_of(data: Data) -> str:
    """The encoding in which the whole of `data` is valid: UTF-8 (UTF-16 with its mark) before GB18030.

    Raises:
        Unreadable: when the file is empty, is no text, or is valid in none of them.
    """
    if not data or data.isspace():
        raise Unreadable("文件是空的", "the file is empty", "上传有内容的文件 / Send the file with its content.")
    if data.startswith(_BINARY):
        raise Unreadable(
            "不是 CSV 文本，扩展名与内容不符",
            "the content is no CSV text, whatever its name says",
            "按实际格式命名（.xlsx 或 .xls）后重新上传 / Name it by what it is (.xlsx or .xls).",
        )
    marked = next((encoding for mark, encoding in _BOMS if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        if _is_valid(data, encoding):
            return encoding
    raise Unreadable(
        "编码既不是 UTF-8 也不是 GB18030",
        "the bytes are neither UTF-8 nor GB18030",
        "在表格软件中另存为“CSV UTF-8”后重新上传 / Save it again as “CSV UTF-8”.",
    )


def records(data: Data, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """The records of `data`, from the first.

    Raises:
        Unreadable: at an open quote, at text behind a closing quote, and at a record that is longer than any can be.
    """
    with TextIOWrapper(opened(data), encoding=encoding, newline="") as text:
        lines = _Lines(text, delimiter)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            try:
                record = next(reader, None)
            except csv.Error as fault:
                raise not_closed(lines.record) from fault
            except UnicodeError as fault:
                raise damaged() from fault
            if record is None:
                return
            lines.begin_record()
            yield record


class _Lines:
    """The lines of a CSV, which end the reading when one record takes more of them than a record can.

    record:  the number of the record that is being read, from 1.

    The parser takes in a whole record before it says anything: a hundred megabytes of commas, or of text behind a
    quote that is not closed, would become gigabytes first.
    """

    def __init__(self, text: TextIOWrapper, delimiter: str) -> None:
        self._text = text
        self._delimiter = delimiter
        self._length = self._cells = self._long_text = 0
        self.record = 1

    def begin_record(self) -> None:
        """Says that the record so far is complete.

        Raises:
            Unreadable: when the long ones come to more than may be held.
        """
        if self._length > ORDINARY_RECORD:
            self._long_text += self._length
            if self._long_text > MOST_LONG_TEXT:
                raise too_large(
                    "长文字总量（字）", "characters of long records", found=self._long_text, limit=MOST_LONG_TEXT
                )
        self._length = self._cells = 0
        self.record += 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_RECORD + 1)
        if not line:
            raise StopIteration
        self._length += len(line)
        self._cells += line.count(self._delimiter)
        if self._length > LONGEST_RECORD or self._cells > MOST_CELLS:
            raise not_closed(self.record)
        return line


def not_closed(record: int) -> Unreadable:
    """What a file is in which a record has no end."""
    return Unreadable(
        f"第 {record} 条记录的引号没有配对，或内容过长",
        f"a quote of record {record} is not closed, or the record has no end",
        "在表格软件中打开核对，另存为 CSV 后重新上传 / Mend it in the spreadsheet and save it again.",
        row=record,
    )


def _is_valid(data: Data, encoding: str) -> bool:
    """Whether all of `data` decodes, a piece at a time."""
    try:
        with TextIOWrapper(opened(data), encoding=encoding, newline="") as text:
            while text.read(1 << 20):
                pass
    except UnicodeError:
        return False
    return True
