"""A package sent as a zip: what is in it; nothing is unpacked to a named file (FORMATS, Reading: Files)."""

import unicodedata
import zipfile
from dataclasses import dataclass, field

from intake.cells.fault import shown
from intake.reading.fault import Unreadable, too_large
from intake.reading.file_bytes import Data
from intake.reading.limits import Limits
from intake.reading.names import (
    WORKBOOK_SUFFIXES,
    is_no_plain_file,
    is_passed_over,
    is_unsafe,
    name_in_zip,
    suffix,
    without_top_folder,
)
from intake.reading.unpacking import content, directory


@dataclass(frozen=True, slots=True)
class Found:
    """One file of a package.

    name:   without the folder in which all files lie.
    data:   its bytes; None when it was not read, since it is no workbook.
    fault:  why it could not be read.
    """

    name: str
    data: Data | None = field(default=None, repr=False)
    fault: Unreadable | None = None


def files_of_zip(data: Data, *, limits: Limits) -> list[Found]:
    """The files of a zip; only workbooks are unpacked.

    Raises:
        Unreadable: for the whole zip, when it is damaged, holds an unsafe name, a link or one name twice, or unpacks
            to more than a package may. A single member that cannot be unpacked carries its own fault.
    """
    members = [(name_in_zip(member), member) for member in directory(data, members=limits.members)]
    refuse_what_is_unsafe(members)
    files = [(name, member) for name, member in members if not name.endswith("/") and not is_passed_over(name)]
    refuse_name_twice([name for name, _ in files])
    found: list[Found] = []
    left = limits.package_bytes
    names = without_top_folder([name for name, _ in files])
    for name, (_, member) in zip(names, files, strict=True):
        if "/" in name or suffix(name) not in WORKBOOK_SUFFIXES:
            found.append(Found(name))
            continue
        file = unpacked(data, name, member, limits=limits)
        left -= len(file.data or b"")
        if left < 0:
            raise too_large(
                "压缩包解压后总字节数",
                "bytes unpacked in all",
                found=limits.package_bytes - left,
                limit=limits.package_bytes,
            )
        found.append(file)
    return found


def unpacked(data: Data, name: str, member: zipfile.ZipInfo, *, limits: Limits) -> Found:
    """One member, or why it cannot be unpacked."""
    try:
        return Found(name, content(data, member, limit=limits.file_bytes))
    except Unreadable as fault:
        return Found(name, fault=fault)


def refuse_what_is_unsafe(members: list[tuple[str, zipfile.ZipInfo]]) -> None:
    """Raises `Unreadable` for the first name that is no plain file inside the package."""
    for name, member in members:
        if is_unsafe(name):
            raise Unreadable(
                f"压缩包内的文件名不安全：{shown(name)}，整包不读",
                f"the archive holds an unsafe name, {shown(name)}; none of it is read",
                "重新压缩，只放需要导入的表格 / Make the archive again with nothing but the workbooks.",
            )
        if is_no_plain_file(member):
            raise Unreadable(
                f"压缩包内有链接或特殊文件：{shown(name)}，整包不读",
                f"the archive holds a link or special file, {shown(name)}; none of it is read",
                "用实际文件代替链接后重新压缩 / Put the file itself into the archive.",
            )


def refuse_name_twice(names: list[str]) -> None:
    """Raises `Unreadable` for a name that stands twice, whatever its case."""
    seen: set[str] = set()
    for name in names:
        same = unicodedata.normalize("NFC", name).casefold()
        if same in seen:
            raise Unreadable(
                f"压缩包内有两个同名文件：{shown(name)}，整包不读",
                f"the archive holds two files named {shown(name)}; none of it is read",
                "留下正确的一个后重新压缩 / Keep the right one and make the archive again.",
                member=name,
            )
        seen.add(same)
