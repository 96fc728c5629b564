"""A package: a folder, a zip, one workbook, or what a browser sends; its files in the order of FORMATS."""

import hashlib
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from intake.cells.fault import shown
from intake.naming import Titles, key_of_file, key_of_name, titles_of_formats
from intake.problem import Problem, Severity
from intake.reading.archive import Found, files_of_zip
from intake.reading.fault import Unreadable, too_large
from intake.reading.file_bytes import Data, pieces_of, read_file
from intake.reading.limits import Limits
from intake.reading.names import OTHER_TABLE_SUFFIXES, WORKBOOK_SUFFIXES, is_passed_over, suffix
from intake.reading.opening import open_book
from intake.sheets import SHEETS

__all__ = ["Limits", "Package", "PackageFile", "open_bytes", "open_package", "open_uploads"]

BEHIND_ALL = 1_000


@dataclass(slots=True)
class PackageFile:
    """One file of a package.

    name:      its name in the package.
    data:      its bytes; empty when it was not read.
    sha256:    their hash in hex; empty when it was not read.
    key:       the sheet of FORMATS that it is, by its name or its only known sheet title; None when unknown, or when
               its sheets are several of FORMATS.
    problems:  what is wrong with the file as a whole; an error here means that it has no tables.
    keys:      every sheet of FORMATS that its sheet titles name, when its own name names none.
    """

    name: str
    data: Data = field(default=b"", repr=False)
    sha256: str = ""
    key: str | None = None
    problems: list[Problem] = field(default_factory=list)
    keys: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether there is anything to read in it."""
        known = self.key is not None or bool(self.keys)
        return known and not any(problem.severity is Severity.ERROR for problem in self.problems)


@dataclass(slots=True)
class Package:
    """What was handed in.

    files:     in the order of FORMATS, unknown ones last.
    problems:  what is wrong with the package as a whole; an error here refuses it.
    """

    files: list[PackageFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def open_package(path: Path, *, limits: Limits = Limits(), titles: Titles | None = None) -> Package:  # noqa: B008  it is frozen
    """The package at `path`: a folder (read without its subfolders), a zip, or one workbook.

    titles:  key → title of the sheets that are known, FORMATS' own by default.

    Raises:
        FileNotFoundError: when there is nothing at `path`.
    """
    if path.is_dir():
        return packed(files_of_folder(path, limits=limits), limits=limits, titles=titles)
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        data = bytes_of(path.resolve(), limits=limits, limit=limits.package_bytes)
    except Unreadable as fault:
        return Package(problems=[fault.problem(path.name)])
    return open_bytes(path.name, data, limits=limits, titles=titles)


def open_bytes(
    name: str,
    data: Data,
    *,
    limits: Limits = Limits(),  # noqa: B008  it is frozen
    titles: Titles | None = None,
) -> Package:
    """The package that one uploaded file is: a zip, or one workbook."""
    return open_uploads([(name, data)], limits=limits, titles=titles)


def open_uploads(
    uploads: Sequence[tuple[str, Data]],
    *,
    limits: Limits = Limits(),  # noqa: B008  it is frozen
    titles: Titles | None = None,
) -> Package:
    """The package that uploaded files are together; a single zip is opened."""
    named = [(PurePosixPath(name.replace("\\", "/")).name, data) for name, data in uploads]
    if len(named) == 1 and suffix(named[0][0]) == ".zip":
        name, data = named[0]
        try:
            return packed(files_of_zip(data, limits=limits), limits=limits, titles=titles)
        except Unreadable as fault:
            blamed = [PackageFile(fault.member, problems=[fault.problem(shown(fault.member))])] if fault.member else []
            return Package(blamed, problems=[fault.problem(shown(name))])
    found = [Found(name, data if suffix(name) in WORKBOOK_SUFFIXES else None) for name, data in named]
    return packed([file for file in found if not is_passed_over(file.name)], limits=limits, titles=titles)


def files_of_folder(folder: Path, *, limits: Limits) -> list[Found]:
    """The files of a folder, or of the one folder in it; links are not followed, subfolders not entered."""
    entries = entries_of(folder)
    if len(entries) == 1 and stat.S_ISDIR(entries[0].lstat().st_mode):
        entries = entries_of(entries[0])
    left = limits.package_bytes
    found: list[Found] = []
    for entry in entries:
        if suffix(entry.name) not in WORKBOOK_SUFFIXES or stat.S_ISDIR(entry.lstat().st_mode):
            found.append(Found(entry.name))
            continue
        try:
            data = bytes_of(entry, limits=limits, limit=left)
        except Unreadable as fault:
            found.append(Found(entry.name, fault=fault))
            continue
        left -= len(data)
        found.append(Found(entry.name, data))
    return found


def entries_of(folder: Path) -> list[Path]:
    """What lies in a folder, by name, without what is passed over."""
    return sorted(entry for entry in folder.iterdir() if not is_passed_over(entry.name))


def bytes_of(path: Path, *, limits: Limits, limit: int) -> Data:
    """The bytes of a plain file, in memory where they are few.

    Raises:
        Unreadable: for a link, a pipe, a file that is too large or may not be read.
    """
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable(
                "是链接或特殊文件，不予读取",
                "it is a link or a special file, which is not followed",
                "放入文件本身 / Put the file itself into the folder.",
            )
        allowed = min(limits.file_bytes, limit)
        if state.st_size > allowed:
            raise too_large("文件字节数", "bytes of the file", found=state.st_size, limit=allowed)
        return read_file(path)
    except OSError as fault:
        raise Unreadable(
            "文件无法打开",
            "the file cannot be opened",
            "关闭正在使用它的程序，检查读取权限 / Close the program that uses it, and check that it may be read.",
        ) from fault


def packed(found: Iterable[Found], *, limits: Limits, titles: Titles | None) -> Package:
    """The package of these files."""
    known = titles_of_formats() if titles is None else titles
    files = [package_file(file, limits=limits, titles=known) for file in found]
    files.sort(key=lambda file: (place_of(file), file.name))
    problems = [] if any(file.key or file.keys for file in files) else [nothing_in_it()]
    return Package(files, problems)


def place_of(file: PackageFile) -> int:
    """Where the file stands in the order of FORMATS; what is unknown comes last."""
    keys = (file.key,) if file.key else file.keys
    return min((SHEETS[key].number if key in SHEETS else BEHIND_ALL for key in keys), default=BEHIND_ALL + 1)


def package_file(found: Found, *, limits: Limits, titles: Titles) -> PackageFile:
    """One file, recognised."""
    name = found.name
    key = key_of_file(name, titles)
    if found.fault is not None:
        return PackageFile(name, key=key, problems=[found.fault.problem(shown(name))])
    if found.data is None:
        return PackageFile(name, key=None, problems=[not_a_workbook(name, looks_like=key)])
    file = PackageFile(name, found.data, hash_of(found.data), key)
    if key is None:
        recognise_by_titles(file, limits=limits, titles=titles)
    return file


def hash_of(data: Data) -> str:
    """SHA-256 in hex."""
    digest = hashlib.sha256()
    for piece in pieces_of(data):
        digest.update(piece)
    return digest.hexdigest()


def recognise_by_titles(file: PackageFile, *, limits: Limits, titles: Titles) -> None:
    """Finds what a workbook is whose own name says nothing; a CSV has no titles."""
    if suffix(file.name) == ".csv":
        file.problems.append(unknown_file(file.name))
        return
    try:
        names = open_book(file.name, file.data, limits=limits).titles
    except Unreadable as fault:
        file.problems.append(fault.problem(shown(file.name)))
        return
    keys = tuple(dict.fromkeys(key for key in (key_of_name(name, titles) for name in names) if key))
    if len(keys) == 1:
        file.key = keys[0]
    file.keys = keys
    if not keys:
        file.problems.append(unknown_file(file.name))


def unknown_file(name: str) -> Problem:
    """`W-FILE`: no sheet of FORMATS."""
    return Problem(
        severity=Severity.WARNING,
        code="W-FILE",
        message=f"{shown(name)}：认不出是哪张表，未读取 / {shown(name)} is no sheet that is known; it was not read.",
        remedy="按表名命名，如“花名册.xlsx” / Name it by its sheet, such as roster.xlsx.",
    )


def not_a_workbook(name: str, *, looks_like: str | None) -> Problem:
    """`W-FILE`, or `E-FILE` when a file of another form bears the name of a sheet."""
    is_sheet = looks_like is not None and suffix(name) in OTHER_TABLE_SUFFIXES
    return Problem(
        severity=Severity.ERROR if is_sheet else Severity.WARNING,
        code="E-FILE" if is_sheet else "W-FILE",
        message=(
            f"{shown(name)}：不是 .xlsx、.xls 或 .csv，未读取 / "
            f"{shown(name)} is no .xlsx, .xls or .csv; it was not read."
        ),
        remedy="表格请另存为 .xlsx；压缩包请逐个解开 / Save tables as .xlsx; take files out of inner archives.",
    )


def nothing_in_it() -> Problem:
    """`E-FILE`: a package without any sheet that is known."""
    return Problem(
        severity=Severity.ERROR,
        code="E-FILE",
        message="包内没有可识别的表格 / The package holds no sheet that is known.",
        remedy="检查是否选错了文件或文件夹 / Check that the right file or folder was chosen.",
    )
