"""How much a package may unpack to."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a package may cost; the defaults take a payment workbook of 100,000 rows × 32 columns.

    members:        files in a zip, parts in a workbook.
    file_bytes:     one file of a package, unpacked from its zip.
    package_bytes:  all files of a package.
    part_bytes:     one part of a workbook, unpacked (a sheet's XML).
    book_bytes:     all parts of a workbook, unpacked.
    cells:          filled cells of a sheet, and also its rows × columns up to the furthest filled cell, for which
                    `python-calamine` takes 24 bytes each whether they are filled or not.
    text_bytes:     text of a sheet when every cell has its own copy of a shared string.
    """

    members: int = 2_000
    file_bytes: int = 128 * MIB
    package_bytes: int = 256 * MIB
    part_bytes: int = 256 * MIB
    book_bytes: int = 512 * MIB
    cells: int = 3_600_000
    text_bytes: int = 256 * MIB


LAST_ROW = 1_048_576
"""Rows of an Excel sheet; more row elements than that are no sheet."""
