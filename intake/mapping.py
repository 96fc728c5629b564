"""An office's own headings: a TOML file that says which of our sheets, columns and words theirs are (docs/mapping.md).

    [files]                     # their file name or worksheet title = our sheet
    "贫困户名单" = "roster"
    [roster.columns]            # their heading = our column
    "证件号" = "id_no"
    [roster.values.relation]    # their word = our word
    "本人" = "户主"
    [roster.constants]          # a column that their file does not have
    village = "测试一村"

A mapping only adds names to those of FORMATS: it gives sheets that are read like any other. It is kept with the import,
and the same workbook under another mapping is another import.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from domain.refusal import Refused
from intake.cells import CellFault, parser_for
from intake.header import Headings, heading
from intake.naming import Titles, titles_of
from intake.sheet import Cell, Column, Sheet
from intake.sheets import SHEETS

LARGEST_BYTES = 1_000_000
FILES, COLUMNS, VALUES, CONSTANTS = "files", "columns", "values", "constants"
PARTS = (COLUMNS, VALUES, CONSTANTS)


class OfficeMapping(NamedTuple):
    """A mapping that was read.

    name, data:  the file as it was handed in.
    sha256:      its hash, in hex.
    sheets:      every sheet of FORMATS, those that it names with the office's own names added.
    """

    name: str
    data: bytes
    sha256: str
    sheets: Mapping[str, Sheet]

    @property
    def titles(self) -> Titles:
        """The names under which files and worksheets are known."""
        return titles_of(self.sheets)


def read_mapping(name: str, data: bytes) -> OfficeMapping:
    """The mapping in the file `name`.

    Raises:
        Refused: `E-FILE` when it is no TOML, `E-SCHEMA` when it names what FORMATS does not have; both name the key.
    """
    if len(data) > LARGEST_BYTES:
        raise _refused("E-FILE", name, f"has {len(data)} bytes; {LARGEST_BYTES} are read", "Name only what differs.")
    try:
        told = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as fault:
        raise _refused("E-FILE", name, f"is no TOML in UTF-8: {fault}", "Mend the line that is named.") from fault
    sheets = dict(SHEETS)
    for key, part in told.items():
        if key == FILES:
            continue
        sheet = _sheet(key, key)
        sheets[sheet.key] = _mapped(sheets[sheet.key], key, _table(part, key))
    for own, ours in _texts(told.get(FILES, {}), FILES).items():
        sheet = sheets[_sheet(ours, f"{FILES}.{own}").key]
        sheets[sheet.key] = replace(sheet, also_titled=(*sheet.also_titled, own))
    return OfficeMapping(name, data, sha256(data).hexdigest(), sheets)


def _mapped(sheet: Sheet, key: str, part: Mapping[str, Any]) -> Sheet:
    """The sheet with the names that its part of the mapping adds."""
    if unknown := [name for name in part if name not in PARTS]:
        raise _schema(f"{key}.{unknown[0]}", "is no part of a mapping", f"Use {', '.join(PARTS)}.")
    columns = {column.alias: column for column in sheet.columns}
    headings = Headings(sheet)
    for own, ours in _texts(part.get(COLUMNS, {}), f"{key}.{COLUMNS}").items():
        where = f"{key}.{COLUMNS}.{own}"
        column = _column(sheet, ours, where)
        there = headings.find(heading(own))
        if there is not None and there[0].alias != column.alias:
            raise _schema(where, f"is the heading of {there[0].header} already", "Leave it out: it is read as it is.")
        columns[column.alias] = replace(columns[column.alias], also=(*columns[column.alias].also, own))
    for ours, words in _table(part.get(VALUES, {}), f"{key}.{VALUES}").items():
        where = f"{key}.{VALUES}.{ours}"
        column = columns[_column(sheet, ours, where).alias]
        pairs = tuple(_texts(words, where).items())
        _refuse_other_words(column, pairs, where)
        columns[column.alias] = replace(column, own_words=pairs)
    for ours, text in _texts(part.get(CONSTANTS, {}), f"{key}.{CONSTANTS}").items():
        where = f"{key}.{CONSTANTS}.{ours}"
        column = columns[_column(sheet, ours, where).alias]
        _refuse_unreadable(column, text, where)
        columns[column.alias] = replace(column, constant=text)
    return replace(sheet, columns=tuple(columns.values()))


def _refuse_other_words(column: Column, pairs: Iterable[tuple[str, str]], where: str) -> None:
    for own, ours in pairs:
        if column.kind is Cell.ENUM and ours not in (*column.values, *column.english):
            raise _schema(
                f"{where}.{own}",
                f"becomes {ours}, which is no word of {column.header}",
                f"Use one of {'、'.join(column.values)}.",
            )


def _refuse_unreadable(column: Column, text: str, where: str) -> None:
    value = parser_for(column, today=date.max)(text)
    if value is None or (isinstance(value, CellFault) and not value.code.startswith("W-")):
        why = value.en if isinstance(value, CellFault) else "it is empty"
        raise _schema(where, f"cannot be read as {column.header}: {why}", "Write it as the column wants it.")


def _sheet(said: str, where: str) -> Sheet:
    for sheet in SHEETS.values():
        if said in (sheet.key, sheet.title):
            return sheet
    raise _schema(
        where, f"names the sheet {said}, which is none", "Use a key such as roster, or a title such as 花名册."
    )


def _column(sheet: Sheet, said: str, where: str) -> Column:
    found = Headings(sheet).find(heading(said))
    if found is None:
        aliases = ", ".join(column.alias for column in sheet.columns)
        raise _schema(where, f"names the column {said}, which {sheet.title} has not", f"Use one of {aliases}.")
    return found[0]


def _table(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _schema(where, "is no table", f"Write [{where}] on a line of its own, and the pairs below it.")
    return value


def _texts(value: Any, where: str) -> Mapping[str, str]:
    """A table whose values are texts; whole numbers are taken as they are written."""
    told = {}
    for name, said in _table(value, where).items():
        if not isinstance(said, str | int) or isinstance(said, bool) or not str(said).strip():
            raise _schema(f"{where}.{name}", "is no text", 'Write it between quotation marks: "…".')
        told[name] = str(said)
    return told


def _schema(where: str, why: str, remedy: str) -> Refused:
    return _refused("E-SCHEMA", where, why, remedy)


def _refused(code: str, where: str, why: str, remedy: str) -> Refused:
    return Refused(code, field=where, why=f"The mapping's {where} {why}.", remedy=remedy)
