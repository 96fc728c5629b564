"""How much a package may unpack to."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a package may cost; the defaults take a payment workbook of a million rows × 32 columns.

    members:        files in a zip, parts in a workbook.
    file_bytes:     one file of a package, unpacked from its zip.
    package_bytes:  all files of a package.
    part_bytes:     one part of a workbook, unpacked (a sheet's XML).
    book_bytes:     all parts of a workbook, unpacked.
    packed_ratio:   how many times its packed size a part of more than `plain_bytes` may unpack to: a sheet of real
                    rows comes to some twenty times, a bomb to a thousand.
    plain_bytes:    a part up to which no such question is asked.
    cells:          filled cells of a sheet, and also its rows × columns up to the furthest filled cell.
    kept_cells:     cells that `python-calamine` may hold, at 24 bytes each whether they are filled or not; a larger
                    sheet is read row by row.
    text_bytes:     text of a sheet that is held when every cell has its own copy of a shared string.
    """

    members: int = 2_000
    file_bytes: int = 768 * MIB
    package_bytes: int = 1_536 * MIB
    part_bytes: int = 2_048 * MIB
    book_bytes: int = 3_072 * MIB
    packed_ratio: int = 80
    plain_bytes: int = 128 * MIB
    cells: int = 36_000_000
    kept_cells: int = 3_600_000
    text_bytes: int = 256 * MIB


LAST_ROW = 1_048_576
"""Rows of an Excel sheet; more row elements than that are no sheet."""
