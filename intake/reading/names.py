"""Names of files inside a package: what they say, what they must not be, what is passed over."""

import re
import stat
import unicodedata
import zipfile
from pathlib import PurePosixPath

UTF8_FLAG = 0x800
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".csv"})
OTHER_TABLE_SUFFIXES = frozenset(
    {".xlsb", ".ods", ".et", ".ett", ".tsv", ".txt", ".numbers", ".xltx", ".xltm", ".htm", ".html"}
)
"""Forms in which an office may hold a sheet, but which are not read: a file named like a sheet is then an error."""

_PASSED_OVER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def name_in_zip(member: zipfile.ZipInfo) -> str:
    """The name as its maker meant it: without the UTF-8 flag it is GB18030, unless its bytes are UTF-8 all the same.

    (macOS writes UTF-8 without the flag; no title of FORMATS is valid UTF-8 in GB18030.)
    """
    name = member.orig_filename
    if not member.flag_bits & UTF8_FLAG and not name.isascii():
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def is_unsafe(name: str) -> bool:
    """Whether the name climbs out of the package, is absolute, or holds control characters."""
    return (
        name.startswith("/") or _DRIVE.match(name) is not None or ".." in name.split("/") or bool(_CONTROL.search(name))
    )


def is_no_plain_file(member: zipfile.ZipInfo) -> bool:
    """Whether the member is a symbolic link, a device or a pipe."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    return kind not in (0, stat.S_IFREG, stat.S_IFDIR)


def is_passed_over(name: str) -> bool:
    """What operating systems and open workbooks leave behind."""
    parts = PurePosixPath(name).parts
    last = parts[-1].casefold() if parts else ""
    return "__MACOSX" in parts or last in _PASSED_OVER or last.startswith(("._", "~$"))


def without_top_folder(names: list[str]) -> list[str]:
    """`names` without the one folder in which all of them lie."""
    tops = {name.split("/", 1)[0] if "/" in name else "" for name in names}
    if len(tops) != 1 or tops == {""}:
        return names
    return [name.split("/", 1)[1] for name in names]


def suffix(name: str) -> str:
    """The ending of a name, in lower case."""
    return PurePosixPath(name).suffix.casefold()
