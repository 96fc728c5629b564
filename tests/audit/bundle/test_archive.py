"""The zip with one writing: any tool opens it, and any other writing of the same members is refused."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.bundle.archive import MANY, Archive, ArchiveRefused, ArchiveTooLarge, ArchiveWriter, End, Record

MEMBERS = {"a.json": b"{}\n", "b/1": b"one" * 50_000, "b/2": b""}


def written(path: Path, members: dict[str, bytes]) -> Path:
    with path.open("w+b") as file, ArchiveWriter(file) as writer:
        for name, content in members.items():
            writer.add(name, content)
        writer.finish()
    return path


def read(path: Path) -> dict[str, bytes]:
    with Archive.open(path) as archive:
        return {record.name: b"".join(archive.content(record)) for record in archive.records()}


@pytest.mark.parametrize("members", [{}, MEMBERS], ids=["none", "three"])
def test_what_is_written_is_read_again_by_us_and_by_any_other_tool(tmp_path: Path, members: dict[str, bytes]) -> None:
    path = written(tmp_path / "a.zip", members)

    assert read(path) == members
    with zipfile.ZipFile(path) as theirs:
        assert theirs.testzip() is None
        assert {name: theirs.read(name) for name in theirs.namelist()} == members


def test_a_member_can_be_read_from_a_file_and_its_digest_is_told(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * 200_000)

    with (
        (tmp_path / "a.zip").open("w+b") as file,
        (tmp_path / "long").open("rb") as long,
        ArchiveWriter(file) as writer,
    ):
        told = writer.add("long", long)
        writer.finish()

    assert told == (200_000, hashlib.sha256(b"x" * 200_000).digest())
    assert read(tmp_path / "a.zip") == {"long": b"x" * 200_000}


def test_every_flipped_byte_of_a_zip_is_found_when_all_of_it_is_read(tmp_path: Path) -> None:
    whole = written(tmp_path / "a.zip", {"a": b"first", "b": b"second"}).read_bytes()

    for at in range(len(whole)):
        changed = tmp_path / "changed.zip"
        changed.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        with pytest.raises(ArchiveRefused):
            read(changed)


def test_a_zip_that_was_cut_off_or_added_to_is_refused(tmp_path: Path) -> None:
    whole = written(tmp_path / "a.zip", MEMBERS).read_bytes()

    for raw in (whole[:-1], whole[:20], b"", whole + b"\0", b"\0" + whole, whole + whole):
        (tmp_path / "b.zip").write_bytes(raw)
        with pytest.raises(ArchiveRefused):
            read(tmp_path / "b.zip")


def packed_by_others(path: Path, change: Callable[[zipfile.ZipInfo], None], compression: int) -> Path:
    with zipfile.ZipFile(path, "w", compression) as theirs:
        info = zipfile.ZipInfo("a.json")
        info.compress_type = compression
        change(info)
        theirs.writestr(info, b"{}" * 100)
    return path


def nothing(info: zipfile.ZipInfo) -> None:
    """As another tool writes it."""


def comment(info: zipfile.ZipInfo) -> None:
    info.comment = b"hidden"


def extra(info: zipfile.ZipInfo) -> None:
    info.extra = b"\xff\xff\x04\x00hide"


def mode(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o100755 << 16


def day(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o100644 << 16
    info.date_time = (2026, 11, 24, 12, 0, 0)


@pytest.mark.parametrize(
    ("change", "compression"),
    [
        (comment, zipfile.ZIP_STORED),
        (extra, zipfile.ZIP_STORED),
        (mode, zipfile.ZIP_STORED),
        (day, zipfile.ZIP_STORED),
        (nothing, zipfile.ZIP_DEFLATED),
    ],
)
def test_a_zip_that_was_packed_otherwise_is_refused(
    tmp_path: Path, change: Callable[[zipfile.ZipInfo], None], compression: int
) -> None:
    path = packed_by_others(tmp_path / "a.zip", change, compression)

    with pytest.raises(ArchiveRefused, match="is not as it would be written"):
        read(path)


def test_bytes_hidden_between_two_members_are_found(tmp_path: Path) -> None:
    records = [Record("a", 0xE8B7BE43, 1, 0), Record("b", 0, 0, 40)]
    body = records[0].header + b"a"
    hidden = b"?" * (40 - len(body))
    directory = records[0].line + records[1].line
    raw = body + hidden + records[1].header + directory
    start = len(raw) - len(directory)
    (tmp_path / "a.zip").write_bytes(raw + End(2, start, len(directory)).tail)
    with zipfile.ZipFile(tmp_path / "a.zip") as theirs:
        assert theirs.read("a") == b"a"

    with pytest.raises(ArchiveRefused, match="Line 2 of the directory is not as it would be written"):
        read(tmp_path / "a.zip")


def test_more_members_than_two_bytes_can_count_are_written_and_read(tmp_path: Path) -> None:
    count = MANY + 5
    path = written(tmp_path / "a.zip", {f"e/{number}": b"" for number in range(count)})

    with Archive.open(path) as archive:
        assert sum(1 for _ in archive.records()) == count
    with zipfile.ZipFile(path) as theirs:
        assert len(theirs.namelist()) == count
    path.write_bytes(path.read_bytes().replace(b"PK\x06\x06", b"PK\x06\x08"))
    with pytest.raises(ArchiveRefused, match="The end record does not fit"):
        Archive.open(path)


def test_what_does_not_fit_into_four_gigabytes_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.bundle.archive.LARGEST_ARCHIVE_BYTES", 180)

    with pytest.raises(ArchiveTooLarge, match="With b there would be"):
        written(tmp_path / "a.zip", {"a": b"x" * 100, "b": b"y" * 100})
    with pytest.raises(ArchiveTooLarge, match="With its directory"):
        written(tmp_path / "b.zip", {"a": b"x" * 100})


def test_lines_of_a_member_are_read_across_pieces_and_bounded(tmp_path: Path) -> None:
    lines = [b"x" * length + b"\n" for length in (0, 70_000, 10)]
    path = written(tmp_path / "a.zip", {"whole": b"".join(lines), "open": b"a\nb"})

    with Archive.open(path) as archive:
        whole, unended = archive.records()
        assert list(archive.lines(whole, 70_000)) == lines
        with pytest.raises(ArchiveRefused, match="is longer than 60000 bytes"):
            list(archive.lines(whole, 60_000))
        with pytest.raises(ArchiveRefused, match="open does not end in a line feed"):
            list(archive.lines(unended, 100))


def crafted(path: Path, body: bytes, directory: bytes, members: int) -> Path:
    path.write_bytes(body + directory + End(members, len(body), len(directory)).tail)
    return path


def test_a_member_that_claims_more_than_the_file_holds_is_cut_off(tmp_path: Path) -> None:
    long = Record("a", 0, 1_000, 0)

    with pytest.raises(ArchiveRefused, match="The content of a is cut off"):
        read(crafted(tmp_path / "a.zip", long.header + b"a", long.line, 1))


def test_a_directory_with_more_lines_than_are_counted_is_refused(tmp_path: Path) -> None:
    record = Record("a", 0xE8B7BE43, 1, 0)

    with pytest.raises(ArchiveRefused, match="The directory ends at byte"):
        read(crafted(tmp_path / "a.zip", record.header + b"a", record.line * 2, 1))


def test_bytes_between_the_last_member_and_the_directory_are_found(tmp_path: Path) -> None:
    record = Record("a", 0xE8B7BE43, 1, 0)

    with pytest.raises(ArchiveRefused, match="and the directory are more bytes"):
        read(crafted(tmp_path / "a.zip", record.header + b"a?", record.line, 1))


def test_a_name_that_is_not_ascii_is_refused(tmp_path: Path) -> None:
    record = Record("é", 0, 0, 0)

    with pytest.raises(ArchiveRefused, match="The name on line 1 of the directory is not ASCII"):
        read(crafted(tmp_path / "a.zip", record.header, record.line, 1))


def test_a_file_larger_than_a_zip_of_this_kind_is_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.zip", MEMBERS)
    monkeypatch.setattr("audit.bundle.archive.LARGEST_ARCHIVE_BYTES", 1_000)

    with pytest.raises(ArchiveRefused, match="more than 1000"):
        Archive.open(path)
