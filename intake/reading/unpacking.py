"""Unpacking the members of a zip while counting what really comes out.

`zipfile` stops at the size that the archive declares, and a reader in another language need not; so the members are
inflated here, from the raw bytes, and what comes out must be what was declared.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator

from intake.reading.fault import Unreadable, damaged, too_large
from intake.reading.file_bytes import Data, kept, opened

CHUNK = 1 << 18
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
ENCRYPTED = 0x1
LONGEST_DIRECTORY_ENTRY = 512
"""Bytes of the central directory that one member may take on average; `zipfile` reads the directory whole."""


def directory(data: Data, *, members: int) -> list[zipfile.ZipInfo]:
    """The central directory of a zip.

    Raises:
        Unreadable: when it is damaged or truncated, or lists more than `members`.
    """
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or end + _END.size > len(data):
        raise damaged("压缩包不完整或已损坏", "the archive is truncated or damaged")
    _, _, _, _, listed, directory_bytes, _, _ = _END.unpack(data[end : end + _END.size])
    if listed > members or directory_bytes > members * LONGEST_DIRECTORY_ENTRY:
        raise too_large("压缩包内文件数", "files in the archive", found=listed, limit=members)
    try:
        with opened(data) as file, zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, struct.error) as fault:
        raise damaged("压缩包不完整或已损坏", "the archive is truncated or damaged") from fault


def chunks(data: Data, member: zipfile.ZipInfo, *, limit: int) -> Iterator[bytes]:
    """The content of `member`, a piece at a time.

    Raises:
        Unreadable: when it needs a password, is packed in a way that is not read, comes to more than `limit` bytes,
            or is not what the directory declares (size, CRC-32).
    """
    if member.flag_bits & ENCRYPTED:
        raise Unreadable(
            "压缩包设有密码", "the archive has a password", "去掉密码后重新上传 / Send it without a password."
        )
    if member.file_size > limit:
        raise too_large("解压后字节数", "bytes unpacked", found=member.file_size, limit=limit)
    size, crc = 0, 0
    for piece in _inflated(data, member):
        size += len(piece)
        if size > limit:
            raise too_large("解压后字节数", "bytes unpacked", found=size, limit=limit)
        crc = zlib.crc32(piece, crc)
        yield piece
    if size != member.file_size or crc != member.CRC:
        raise damaged()


def content(data: Data, member: zipfile.ZipInfo, *, limit: int) -> Data:
    """The whole content of `member`, in a file where it is long; raises as `chunks` does."""
    return kept(chunks(data, member, limit=limit))


def _inflated(data: Data, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The packed bytes of `member`, inflated in pieces of bounded size."""
    begin = _begin(data, member)
    end = min(begin + member.compress_size, len(data))
    packed = (data[at : min(at + CHUNK, end)] for at in range(begin, end, CHUNK))
    if member.compress_type == zipfile.ZIP_STORED:
        yield from packed
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise damaged("压缩方式不支持", "the archive is packed in a way that is not read")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for waiting in packed:
            left = waiting
            while len(left) and not inflate.eof:
                yield inflate.decompress(left, CHUNK)
                left = inflate.unconsumed_tail
        yield inflate.flush(CHUNK)
    except zlib.error as fault:
        raise damaged() from fault


def _begin(data: Data, member: zipfile.ZipInfo) -> int:
    """Where the packed bytes of `member` begin, behind its local header."""
    try:
        at = member.header_offset
        signature, *_, name_bytes, extra_bytes = _LOCAL.unpack(data[at : at + _LOCAL.size])
    except struct.error as fault:
        raise damaged() from fault
    if signature != b"PK\x03\x04":
        raise damaged()
    begin: int = member.header_offset + _LOCAL.size + name_bytes + extra_bytes
    return begin
