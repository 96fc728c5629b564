"""The parts of an `.xlsx`: checked before anything trusts them (ECMA-376).

`python-calamine` opens a zip bomb with 2 GB and panics on a far cell, so every part is unpacked once and counted, and
the sheet's own XML is looked through before it is handed over.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from posixpath import join, normpath
from xml.parsers import expat

from intake.reading.fault import Unreadable, damaged, too_large
from intake.reading.file_bytes import Data
from intake.reading.limits import Limits
from intake.reading.unpacking import chunks, directory

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
SHARED_STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"

_XML = (".xml", ".rels", ".vml")
_DECLARED_ENCODING = re.compile(rb"""^[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9_.-]+)["']""")
_ENCODINGS = frozenset({b"utf-8", b"us-ascii", b"ascii"})

StartElement = Callable[[str, dict[str, str]], None]


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet of a workbook: its title, the part that holds it, whether it is hidden."""

    title: str
    part: str
    hidden: bool


class Parts:
    """The parts of one workbook, each within its limits.

    Raises:
        Unreadable: on making it, when the archive is damaged, a part unpacks beyond its limit or holds a document
            type declaration, or the archive is no `.xlsx`.
    """

    def __init__(self, data: Data, *, limits: Limits) -> None:
        self._data = data
        self._limits = limits
        self._members = {member.filename.casefold(): member for member in self._listed()}
        left = limits.book_bytes
        for member in self._members.values():
            left -= self._checked(member)
            if left < 0:
                raise too_large(
                    "解压后总字节数", "bytes unpacked", found=limits.book_bytes - left, limit=limits.book_bytes
                )
        self.epoch_1904 = False
        self.sheets = self._sheets()

    def read(self, part: str) -> Iterator[bytes]:
        """The content of `part`, a piece at a time; nothing when there is no such part."""
        member = self._members.get(part.casefold())
        return iter(()) if member is None else chunks(self._data, member, limit=self._limits.part_bytes)

    def _listed(self) -> list[zipfile.ZipInfo]:
        """The members, each name once."""
        members = directory(self._data, members=self._limits.members)
        if len({member.filename.casefold() for member in members}) < len(members):
            raise damaged("文件内有重名部件", "the workbook holds two parts of one name")
        if not any(member.filename.casefold() == WORKBOOK for member in members):
            raise Unreadable(
                "不是 .xlsx 工作簿",
                "this is no .xlsx workbook",
                "另存为 .xlsx 后重新上传 / Save it as .xlsx and send it again.",
            )
        return members

    def _checked(self, member: zipfile.ZipInfo) -> int:
        """Unpacks `member` once; its size."""
        self._refuse_bomb(member)
        size, before = 0, b""
        is_xml = member.filename.casefold().endswith(_XML)
        for piece in chunks(self._data, member, limit=self._limits.part_bytes):
            if is_xml:
                if not size:
                    refuse_other_encodings(piece)
                if b"<!DOCTYPE" in before + piece or b"<!ENTITY" in before + piece:
                    raise Unreadable(
                        "文件内含文档类型声明（DOCTYPE），不予读取",
                        "a part holds a document type declaration (DOCTYPE), which is not read",
                        "在表格软件中重新另存为 .xlsx / Save it again as .xlsx in the spreadsheet.",
                    )
                before = piece[-16:]
            size += len(piece)
        return size

    def _refuse_bomb(self, member: zipfile.ZipInfo) -> None:
        """Raises `Unreadable` for a large part that is packed more closely than rows can be."""
        limits = self._limits
        if member.file_size > max(limits.plain_bytes, member.compress_size * limits.packed_ratio):
            raise too_large("解压后字节数", "bytes unpacked", found=member.file_size, limit=limits.plain_bytes)

    def _sheets(self) -> list[SheetPart]:
        """The worksheets in the order of the workbook, and the date system on the way."""
        targets: dict[str, str] = {}
        found: list[SheetPart] = []

        def relation(name: str, attributes: dict[str, str]) -> None:
            if local(name) == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
                target = attributes.get("Target", "")
                targets[attributes.get("Id", "")] = normpath(target[1:] if target[:1] == "/" else join("xl", target))

        def element(name: str, attributes: dict[str, str]) -> None:
            if local(name) == "workbookPr":
                self.epoch_1904 = attributes.get("date1904", "0") in ("1", "true")
            elif local(name) == "sheet":
                part = next((targets.get(value) for key, value in attributes.items() if key.endswith(":id")), None)
                if part is not None:
                    hidden = attributes.get("state", "visible") != "visible"
                    found.append(SheetPart(attributes.get("name", ""), part, hidden))

        parse(self.read(RELATIONS), relation)
        parse(self.read(WORKBOOK), element)
        if not found:
            raise damaged("工作簿里没有工作表", "the workbook holds no worksheet")
        return found


def parse(pieces: Iterator[bytes], start: StartElement) -> None:
    """Calls `start` at every element.

    Raises:
        Unreadable: when the XML is not well formed.
    """
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        for piece in pieces:
            parser.Parse(piece, False)  # noqa: FBT003  expat takes it by position only
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as fault:
        raise damaged() from fault


def local(name: str) -> str:
    """An element's name without its prefix."""
    return name.rpartition(":")[2]


def refuse_other_encodings(beginning: bytes) -> None:
    """Raises `Unreadable` for XML in UTF-16 and the like, in which a declaration could hide from the search."""
    declared = _DECLARED_ENCODING.match(beginning)
    if (
        beginning.startswith((b"\xff\xfe", b"\xfe\xff"))
        or b"\x00" in beginning[:64]
        or (declared and declared[1].lower() not in _ENCODINGS)
    ):
        raise damaged("文件内的编码不是 UTF-8", "a part of the workbook is not in UTF-8")
