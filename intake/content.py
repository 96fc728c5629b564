"""What a row states, as bytes: two rows of one key are the same when these are.

Personal columns count too; the bytes never leave the process, only a keyed digest of them is sealed.
"""

from typing import Any

import msgspec

from intake.sheet import Row, Sheet

_encoder = msgspec.json.Encoder(order="sorted")


def stated_values(sheet: Sheet, row: Row) -> dict[str, Any]:
    """What the row states by alias: typed values, and the words of cells that are sealed or could not be typed."""
    stated = {alias: value for alias, value in row.values.items() if alias not in sheet.not_content}
    for alias, words in row.words.items():
        if alias not in stated and alias not in sheet.not_content:
            stated[alias] = words
    return stated


def content_of(sheet: Sheet, row: Row) -> bytes:
    """Canonical bytes of what the row states."""
    return _encoder.encode(stated_values(sheet, row))


def differing(sheet: Sheet, one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The aliases in which two readings of a row differ, in the sheet's order."""
    return [
        column.alias
        for column in sheet.columns
        if column.alias not in sheet.not_content and one.get(column.alias) != other.get(column.alias)
    ]
