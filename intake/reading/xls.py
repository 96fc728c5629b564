"""`.xls` of Excel 97 to 2003 and of WPS, by `python-calamine` behind a look at its records."""

from dataclasses import replace
from io import BytesIO

from python_calamine import SheetTypeEnum

from intake.reading.biff import BiffBook
from intake.reading.book import RawSheet, calamine_sheet, open_calamine, password
from intake.reading.compound import Compound
from intake.reading.fault import Unreadable
from intake.reading.limits import Limits
from intake.reading.scan import Extent


class XlsBook:
    """A workbook in a compound file.

    Raises:
        Unreadable: when it is damaged, has a password, or is another kind of document.
    """

    def __init__(self, data: bytes, *, limits: Limits) -> None:
        self._limits = replace(limits, cells=min(limits.cells, limits.kept_cells))  # it is always held whole
        container = Compound(data)
        if "EncryptedPackage" in container.names:
            raise password()
        stream = container.stream("Workbook") or container.stream("Book")
        if stream is None:
            raise Unreadable(
                "不是工作簿",
                "this is no workbook",
                "另存为 .xlsx 后重新上传 / Save it as .xlsx and send it again.",
            )
        self._records = BiffBook(stream)
        self._workbook = open_calamine(BytesIO(data))

    @property
    def titles(self) -> list[str]:
        """The titles of the worksheets, in the order of the workbook."""
        return [sheet.name for sheet in self._workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]

    def size_of(self, title: str) -> tuple[int, int]:
        """Rows and columns up to the furthest filled cell of a sheet."""
        extent = self._extent(title)
        return extent.last_row, extent.last_column

    def sheets(self, title: str) -> list[RawSheet]:
        """The sheet of that title."""
        extent = self._extent(title)
        return [
            RawSheet(
                title=title,
                rows=calamine_sheet(self._workbook, title, extent.errors),
                hidden=self._records.sheets[self.titles.index(title)][1],
                hidden_rows=frozenset(extent.hidden_rows),
                hidden_columns=frozenset(extent.hidden_columns),
                epoch_1904=self._records.epoch_1904,
            )
        ]

    def _extent(self, title: str) -> Extent:
        """What the records of the sheet say."""
        begin, _ = self._records.sheets[self.titles.index(title)]
        return self._records.extent(begin, limits=self._limits)
