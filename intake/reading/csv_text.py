"""CSV as Excel, WPS and banks write it (FORMATS, Reading: CSV). A row is a record, whatever its line breaks."""

import csv
import sys
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper

from intake.reading.fault import Unreadable, damaged

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a long remark is named with its length, never cut off by the parser

DELIMITERS = (",", ";", "\t")
"""Tried in this order; the one under which the sheet's own headers are found is right, and none is guessed."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


def encoding_of(data: bytes) -> str:
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


def records(data: bytes, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """The records of `data`, from the first.

    Raises:
        Unreadable: at an open quote, or at text behind a closing quote.
    """
    with TextIOWrapper(BytesIO(data), encoding=encoding, newline="") as lines:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                record = next(reader, None)
            except csv.Error as fault:
                raise Unreadable(
                    f"第 {number} 条记录的引号没有配对",
                    f"a quote of record {number} is not closed",
                    "在表格软件中打开核对，另存为 CSV 后重新上传 / Mend it in the spreadsheet and save it again.",
                    row=number,
                ) from fault
            except UnicodeError as fault:
                raise damaged() from fault
            if record is None:
                return
            yield record


def _is_valid(data: bytes, encoding: str) -> bool:
    """Whether all of `data` decodes, a piece at a time."""
    try:
        with TextIOWrapper(BytesIO(data), encoding=encoding, newline="") as text:
            while text.read(1 << 20):
                pass
    except UnicodeError:
        return False
    return True
