import hashlib
from pathlib import Path

import pytest

from intake.package import Limits, Package, open_bytes, open_package, open_uploads
from intake.sheets import SHEETS
from intake.table import read_tables
from tests.intake.making import DEATHS, TODAY, csv_bytes, lines, xlsx_bytes, zip_bytes

DEATHS_CSV = csv_bytes(lines(DEATHS, {}))
ROSTER_CSV = csv_bytes(lines(SHEETS["roster"], {}))
DEATHS_XLSX = xlsx_bytes(("死亡名单", lines(DEATHS, {})))


def keys(package: Package) -> list[tuple[str, str | None]]:
    return [(file.name, file.key) for file in package.files]


def codes(package: Package) -> list[tuple[str, str]]:
    return [(file.name, problem.code) for file in package.files for problem in file.problems]


def test_a_folder_gives_its_files_in_the_order_of_formats_with_unknown_ones_last(tmp_path: Path) -> None:
    for name, data in (("deaths.csv", DEATHS_CSV), ("a.csv", b"x"), ("ROSTER.CSV", ROSTER_CSV), ("manifest.csv", b"x")):
        (tmp_path / name).write_bytes(data)

    package = open_package(tmp_path)

    assert keys(package) == [
        ("manifest.csv", "manifest"),
        ("ROSTER.CSV", "roster"),
        ("deaths.csv", "deaths"),
        ("a.csv", None),
    ]
    assert package.problems == []
    assert package.files[2].sha256 == hashlib.sha256(DEATHS_CSV).hexdigest()


def test_the_one_folder_in_a_folder_is_entered_and_no_other(tmp_path: Path) -> None:
    inner = tmp_path / "测试镇2020"
    inner.mkdir()
    (tmp_path / ".DS_Store").write_bytes(b"")
    (inner / "deaths.csv").write_bytes(DEATHS_CSV)
    (inner / "旧").mkdir()
    (inner / "旧" / "roster.csv").write_bytes(ROSTER_CSV)

    package = open_package(tmp_path)

    assert keys(package) == [("deaths.csv", "deaths"), ("旧", None)]
    assert codes(package) == [("旧", "W-FILE")]


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(DEATHS_CSV)
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "deaths.csv").symlink_to(secret)
    (folder / "roster.csv").write_bytes(ROSTER_CSV)

    package = open_package(folder)

    assert codes(package) == [("deaths.csv", "E-FILE")]
    assert [file.data for file in package.files] == [ROSTER_CSV, b""]


def test_a_file_that_is_too_large_is_refused_alone_and_unread(tmp_path: Path) -> None:
    (tmp_path / "deaths.csv").write_bytes(DEATHS_CSV)
    (tmp_path / "roster.csv").write_bytes(b"x" * 5_000)

    package = open_package(tmp_path, limits=Limits(file_bytes=1_000))

    assert codes(package) == [("roster.csv", "E-FILE")]
    assert package.files[1].data == DEATHS_CSV


def test_nothing_at_a_path_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_package(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "data"),
    [("deaths.csv", DEATHS_CSV), ("x.xlsx", DEATHS_XLSX), ("p.zip", zip_bytes(("deaths.csv", DEATHS_CSV)))],
)
def test_one_workbook_or_one_zip_is_a_package_of_its_own(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)

    for package in (open_package(tmp_path / name), open_bytes(name, data)):
        assert [file.key for file in package.files] == ["deaths"]
        assert package.problems == []


def test_a_workbook_is_known_by_its_sheet_title_when_its_name_says_nothing() -> None:
    assert keys(open_bytes("新建工作表.xlsx", DEATHS_XLSX)) == [("新建工作表.xlsx", "deaths")]


def test_several_uploads_are_one_package_and_a_zip_among_them_is_named() -> None:
    package = open_uploads([("C:\\tmp\\deaths.csv", DEATHS_CSV), ("roster.csv", ROSTER_CSV), ("p.zip", b"PK")])

    assert keys(package) == [("roster.csv", "roster"), ("deaths.csv", "deaths"), ("p.zip", None)]
    assert codes(package) == [("p.zip", "W-FILE")]


def test_an_unknown_file_is_named_and_the_others_are_read() -> None:
    package = open_bytes("p.zip", zip_bytes(("deaths.csv", DEATHS_CSV), ("其他台账.csv", b"a,b"), ("通知.pdf", b"")))

    assert codes(package) == [("其他台账.csv", "W-FILE"), ("通知.pdf", "W-FILE")]
    assert "其他台账.csv" in package.files[1].problems[0].message
    assert [read_tables(file, SHEETS, today=TODAY) != [] for file in package.files] == [True, False, False]


@pytest.mark.parametrize("name", ["roster.ods", "花名册.et", "roster.txt", "roster.xlsb"])
def test_a_sheet_in_a_format_that_is_not_read_is_an_error_since_its_rows_are_missing(name: str) -> None:
    assert codes(open_uploads([(name, b"x"), ("deaths.csv", DEATHS_CSV)])) == [(name, "E-FILE")]


@pytest.mark.parametrize("members", [[], [("说明.txt", b"x")], [("inner.zip", b"x")]])
def test_a_package_without_any_workbook_is_refused(members: list[tuple[str, bytes]]) -> None:
    [problem] = open_bytes("p.zip", zip_bytes(*members)).problems

    assert (problem.code, problem.severity.value) == ("E-FILE", "error")


def test_an_unsafe_archive_is_refused_whole_and_nothing_of_it_is_handed_on() -> None:
    package = open_bytes("p.zip", zip_bytes(("deaths.csv", DEATHS_CSV), ("../roster.csv", b"x")))

    assert package.files == []
    assert [problem.code for problem in package.problems] == ["E-FILE"]
    assert "../roster.csv" in package.problems[0].message


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_file_that_stands_twice_in_an_archive_is_named_as_a_file_too() -> None:
    package = open_bytes("p.zip", zip_bytes(("deaths.csv", DEATHS_CSV), ("deaths.csv", b"x")))

    assert codes(package) == [("deaths.csv", "E-FILE")]
    assert package.files[0].data == b""
    assert package.problems


def test_half_an_archive_is_refused_by_name() -> None:
    data = zip_bytes(("deaths.csv", DEATHS_CSV))

    [problem] = open_bytes("package.zip", data[: len(data) // 2]).problems

    assert problem.code == "E-FILE"
    assert "package.zip" in problem.message


def test_a_damaged_workbook_of_unknown_name_is_an_error_since_it_may_have_been_any_sheet() -> None:
    package = open_uploads([("新建.xlsx", DEATHS_XLSX[:500]), ("deaths.csv", DEATHS_CSV)])

    assert codes(package) == [("新建.xlsx", "E-FILE")]


def test_the_bytes_of_a_file_do_not_stand_in_its_repr() -> None:
    [file] = open_bytes("deaths.csv", DEATHS_CSV).files

    assert "440899" not in repr(file)
