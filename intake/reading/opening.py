"""Opening a file by what it is, not by what it is called."""

from collections.abc import Iterator, Sequence
from functools import partial

from intake.cells.text import Raw
from intake.reading.book import Book, RawSheet
from intake.reading.compound import MAGIC
from intake.reading.csv_text import DELIMITERS, encoding_of, records
from intake.reading.fault import Unreadable, too_large
from intake.reading.file_bytes import Data, whole
from intake.reading.limits import Limits
from intake.reading.names import suffix
from intake.reading.xls import XlsBook
from intake.reading.xlsx import XlsxBook

_ZIP = b"PK\x03\x04"


class CsvBook:
    """A CSV as a workbook of one sheet without a title.

    Raises:
        Unreadable: when its encoding is none that is read.
    """

    titles: list[str]

    def __init__(self, data: Data) -> None:
        self.titles = [""]
        self._data = data
        self._encoding = encoding_of(data)

    def size_of(self, title: str) -> tuple[int, int]:
        """Rows and columns are not known before reading; a CSV has no second sheet to ask about."""
        return 0, 0

    def sheets(self, title: str) -> list[RawSheet]:
        """The records under each delimiter."""
        return [RawSheet(title="", rows=partial(self._rows, delimiter), records=True) for delimiter in DELIMITERS]

    def _rows(self, delimiter: str) -> Iterator[Sequence[Raw]]:
        return records(self._data, self._encoding, delimiter)


def open_book(name: str, data: Data, *, limits: Limits) -> Book:
    """The sheets of a file.

    Raises:
        Unreadable: when the file is not what its name says, is damaged, or costs more than `limits`.
    """
    if len(data) > limits.file_bytes:
        raise too_large("文件字节数", "bytes of the file", found=len(data), limit=limits.file_bytes)
    if suffix(name) == ".csv":
        return CsvBook(data)
    if data.startswith(_ZIP):
        return XlsxBook(data, limits=limits)
    if data.startswith(MAGIC):
        return XlsBook(whole(data), limits=limits)
    raise Unreadable(
        "内容不是 Excel 工作簿，扩展名与内容不符" if data else "文件是空的",
        "the content is no Excel workbook, whatever its name says" if data else "the file is empty",
        "在表格软件中打开，另存为 .xlsx 后重新上传 / Open it in the spreadsheet, save it as .xlsx and send it again.",
    )
