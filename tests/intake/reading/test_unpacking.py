import struct
import zipfile
import zlib
from io import BytesIO

import pytest

from intake.reading.fault import Unreadable
from intake.reading.unpacking import chunks, content, directory
from tests.intake.making import zip_bytes


def the_member(data: bytes) -> zipfile.ZipInfo:
    [member] = directory(data, members=10)
    return member


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_comes_out_as_it_went_in_however_it_was_packed(method: int) -> None:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr("花名册.csv", b"abc" * 200_000)

    assert content(data.getvalue(), the_member(data.getvalue()), limit=1_000_000) == b"abc" * 200_000


def test_a_member_that_declares_more_than_the_limit_is_refused_before_it_is_unpacked() -> None:
    data = zip_bytes(("a.csv", b"0" * 1_001))

    with pytest.raises(Unreadable, match="1001, more than the limit of 1000"):
        content(data, the_member(data), limit=1_000)


def test_a_member_that_declares_less_than_it_unpacks_to_is_stopped_at_the_limit() -> None:
    data = zip_bytes(("a.csv", b"0" * 50_000_000))
    member = the_member(data)
    member.file_size = 10

    pieces = chunks(data, member, limit=1_000_000)

    with pytest.raises(Unreadable, match="more than the limit of 1000000"):
        sum(map(len, pieces))


def test_a_member_that_is_not_what_the_directory_declares_is_damaged() -> None:
    data = zip_bytes(("a.csv", b"0" * 1_000))
    shorter, other = the_member(data), the_member(data)
    shorter.file_size = 999
    other.CRC = zlib.crc32(b"other")

    for member in (shorter, other):
        with pytest.raises(Unreadable, match="damaged"):
            content(data, member, limit=10_000)


def test_an_archive_with_a_password_is_named_as_such() -> None:
    data = zip_bytes(("a.csv", b"0"))
    member = the_member(data)
    member.flag_bits |= 1

    with pytest.raises(Unreadable, match="has a password"):
        content(data, member, limit=10)


def test_a_way_of_packing_that_is_not_read_is_named_as_such() -> None:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.csv", b"0")

    with pytest.raises(Unreadable, match="packed in a way"):
        content(data.getvalue(), the_member(data.getvalue()), limit=10)


@pytest.mark.parametrize("cut", [10, 30, 60, 100])
def test_half_an_archive_is_damaged_wherever_it_ends(cut: int) -> None:
    data = zip_bytes(("a.csv", b"0123456789" * 10))

    with pytest.raises(Unreadable, match="truncated or damaged"):
        directory(data[:cut], members=10)


def test_rubbish_inside_a_member_is_damage_and_no_crash() -> None:
    data = bytearray(zip_bytes(("a.csv", bytes(range(256)) * 40)))
    member = the_member(bytes(data))
    data[50:90] = b"\xff" * 40

    with pytest.raises(Unreadable, match="damaged"):
        content(bytes(data), member, limit=100_000)


def test_a_member_whose_place_lies_outside_the_archive_is_damaged() -> None:
    data = zip_bytes(("a.csv", b"0"))
    member = the_member(data)

    for offset in (5, len(data) + 1_000):
        member.header_offset = offset
        with pytest.raises(Unreadable, match="damaged"):
            content(data, member, limit=10)


def test_more_members_than_allowed_are_refused_by_their_number() -> None:
    data = zip_bytes(*((f"{number}.csv", b"") for number in range(11)))

    with pytest.raises(Unreadable, match="files in the archive: 11, more than the limit of 10"):
        directory(data, members=10)


def test_a_directory_that_lies_about_its_number_of_members_is_refused_by_its_size() -> None:
    data = bytearray(zip_bytes(*((f"{number}.csv" + "x" * 600, b"") for number in range(11))))
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", data, end + 8, 1, 1)

    with pytest.raises(Unreadable, match="more than the limit"):
        directory(bytes(data), members=10)
