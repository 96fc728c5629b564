"""Compound files (MS-CFB): the container of `.xls`, and of an `.xlsx` with a password."""

import struct
from collections.abc import Iterator

from intake.reading.fault import damaged

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks: free, end of chain, or of the table itself."""

_ENTRY = 128
_SMALL = 4096
"""Streams below this size lie in the mini stream."""


class Compound:
    """The streams of a compound file by name.

    Raises:
        Unreadable: when the container is damaged.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(MAGIC):  # noqa: PLR2004  MS-CFB 2.2: the header
            raise damaged()
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:  # noqa: PLR2004  MS-CFB 2.2: the sizes that exist
            raise damaged()
        self._sector = 1 << shift
        self._mini_sector = 1 << mini_shift
        tables, directory = struct.unpack_from("<L", data, 44)[0], struct.unpack_from("<L", data, 48)[0]
        mini_table, (difat, difats) = struct.unpack_from("<L", data, 60)[0], struct.unpack_from("<LL", data, 68)
        self._table = self._allocation(tables, difat, difats)
        self._entries = list(self._directory(directory))
        self._mini_table = _numbers(self._chain(mini_table))
        root = next((entry for entry in self._entries if entry[1] == 5), None)  # noqa: PLR2004  MS-CFB 2.6.1: root
        self._mini = self._chain(root[2]) if root else b""

    @property
    def names(self) -> list[str]:
        """The names of all streams and storages."""
        return [name for name, *_ in self._entries]

    def stream(self, name: str) -> bytes | None:
        """The content of a stream, or None."""
        for found, _, start, size in self._entries:
            if found == name:
                return (self._mini_chain(start) if size < _SMALL else self._chain(start))[:size]
        return None

    def _allocation(self, tables: int, difat: int, difats: int) -> list[int]:
        """The sector allocation table."""
        sectors = list(struct.unpack_from("<109L", self._data, 76))
        for _ in range(min(difats, len(self._data) // self._sector)):
            if difat >= _END:
                break
            numbers = _numbers(self._at(difat))
            sectors += numbers[:-1]
            difat = numbers[-1]
        return [number for sector in sectors[:tables] if sector < _END for number in _numbers(self._at(sector))]

    def _directory(self, start: int) -> Iterator[tuple[str, int, int, int]]:
        """Name, kind, first sector and size of each entry."""
        raw = self._chain(start)
        for at in range(0, len(raw) - _ENTRY + 1, _ENTRY):
            name_bytes, kind = struct.unpack_from("<HB", raw, at + 64)
            if kind:
                name = raw[at : at + max(0, min(name_bytes, 64) - 2)].decode("utf-16-le", "replace")
                yield name, kind, *struct.unpack_from("<LL", raw, at + 116)

    def _at(self, sector: int) -> bytes:
        """One sector, filled up where the file ends within it."""
        begin = (sector + 1) * self._sector
        if begin >= len(self._data):
            raise damaged()
        return self._data[begin : begin + self._sector].ljust(self._sector, b"\0")

    def _chain(self, sector: int) -> bytes:
        """The sectors of a chain; one that comes back to itself is damaged."""
        return b"".join(self._at(number) for number in _walk(sector, self._table))

    def _mini_chain(self, sector: int) -> bytes:
        """The sectors of a chain in the mini stream."""
        size = self._mini_sector
        return b"".join(self._mini[number * size : (number + 1) * size] for number in _walk(sector, self._mini_table))


def _walk(sector: int, table: list[int]) -> Iterator[int]:
    """The numbers of a chain."""
    for _ in range(len(table) + 1):
        if sector >= _END:
            return
        if sector >= len(table):
            raise damaged()
        yield sector
        sector = table[sector]
    raise damaged()


def _numbers(raw: bytes) -> list[int]:
    """The 32-bit numbers of a sector."""
    return list(struct.unpack(f"<{len(raw) // 4}L", raw[: len(raw) // 4 * 4]))
