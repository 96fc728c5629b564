import stat
import zipfile
from pathlib import Path

import pytest

from intake.reading.archive import files_of_zip
from intake.reading.fault import Unreadable
from intake.reading.limits import Limits
from tests.intake.making import zip_bytes

LIMITS = Limits(file_bytes=1_000, package_bytes=1_500)


def names_and_sizes(data: bytes) -> list[tuple[str, int | None]]:
    return [(file.name, None if file.data is None else len(file.data)) for file in files_of_zip(data, limits=LIMITS)]


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("../roster.csv", "../roster.csv"),
        ("a/../../roster.csv", "a/../../roster.csv"),
        ("/etc/roster.csv", "/etc/roster.csv"),
        ("C:/roster.csv", "C:/roster.csv"),
        ("..\\roster.csv", "../roster.csv"),
        ("\\\\host\\a.csv", "//host/a.csv"),
        ("a\n.csv", "a .csv"),
    ],
)
def test_one_name_that_climbs_out_refuses_the_whole_archive_and_is_named(name: str, named: str) -> None:
    data = zip_bytes(("deaths.csv", b"1"), (name, b"2"))

    with pytest.raises(Unreadable) as fault:
        files_of_zip(data, limits=LIMITS)

    assert fault.value.code == "E-FILE"
    assert named in fault.value.en


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_symbolic_link_or_a_device_refuses_the_whole_archive(kind: int) -> None:
    link = zipfile.ZipInfo("deaths.csv")
    link.external_attr = (kind | 0o777) << 16

    with pytest.raises(Unreadable, match="holds a link or special file, deaths"):
        files_of_zip(zip_bytes((link, b"/etc/passwd")), limits=LIMITS)


@pytest.mark.parametrize("again", ["deaths.csv", "DEATHS.CSV", "de\u0301aths.csv"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_refuses_the_whole_archive_whatever_its_case(again: str) -> None:
    first = "d\u00e9aths.csv" if "\u0301" in again else "deaths.csv"
    data = zip_bytes((first, b"1"), (again, b"2"))

    with pytest.raises(Unreadable, match="two files named") as fault:
        files_of_zip(data, limits=LIMITS)

    assert fault.value.member is not None


def test_what_operating_systems_and_open_workbooks_leave_behind_is_passed_over_in_silence() -> None:
    junk = ["__MACOSX/._deaths.csv", "._deaths.csv", ".DS_Store", "Thumbs.db", "desktop.ini", "~$deaths.xlsx", "a/"]

    data = zip_bytes(("deaths.csv", b"1"), *((name, b"") for name in junk))

    assert names_and_sizes(data) == [("deaths.csv", 1)]


def test_one_folder_around_all_files_is_taken_off() -> None:
    data = zip_bytes(("测试镇2020/", b""), ("测试镇2020/roster.csv", b"12"), ("测试镇2020/deaths.csv", b"1"))

    assert names_and_sizes(data) == [("roster.csv", 2), ("deaths.csv", 1)]


def test_files_in_other_folders_are_named_but_not_read() -> None:
    data = zip_bytes(("deaths.csv", b"1"), ("旧/roster.csv", b"12"))

    assert names_and_sizes(data) == [("deaths.csv", 1), ("旧/roster.csv", None)]


def test_archives_and_documents_inside_are_named_but_never_unpacked() -> None:
    data = zip_bytes(("deaths.csv", b"1"), ("inner.zip", b"x" * 100_000), ("说明.docx", b"x"))

    assert names_and_sizes(data) == [("deaths.csv", 1), ("inner.zip", None), ("说明.docx", None)]


def test_one_file_that_unpacks_beyond_its_limit_is_refused_alone() -> None:
    bomb, fine = files_of_zip(zip_bytes(("roster.csv", b"0" * 1_001), ("deaths.csv", b"1")), limits=LIMITS)

    assert (bomb.data, fine.data) == (None, b"1")
    assert bomb.fault is not None
    assert "1001, more than the limit of 1000" in bomb.fault.en


def test_files_that_unpack_beyond_the_limit_together_refuse_the_archive() -> None:
    data = zip_bytes(("roster.csv", b"0" * 900), ("deaths.csv", b"0" * 900))

    with pytest.raises(Unreadable, match="1800, more than the limit of 1500"):
        files_of_zip(data, limits=LIMITS)


def test_names_without_the_utf8_flag_are_gb18030_or_the_utf8_of_a_mac() -> None:
    def flagless(raw: bytes) -> bytes:
        placeholder = b"x" * len(raw)
        return zip_bytes((placeholder.decode(), b"1")).replace(placeholder, raw)

    for encoding in ("gb18030", "utf-8"):
        assert names_and_sizes(flagless("花名册.csv".encode(encoding))) == [("花名册.csv", 1)]


def test_reading_an_archive_writes_nothing_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    files_of_zip(zip_bytes(("deaths.csv", b"1"), ("a/b/c.csv", b"2")), limits=LIMITS)

    assert list(tmp_path.iterdir()) == []
