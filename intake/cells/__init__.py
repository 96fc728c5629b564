"""One cell: from what the workbook holds to a typed value, or to what is wrong with it.

    raw cell → parser of its column → value | CellFault | None (an empty cell)

The parsers are made once per column and know nothing of rows; how bad a fault is depends on the sheet
(`intake.table`).
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple
from unicodedata import normalize

from intake.cells.choices import enum_parser, parse_list, yes_or_no_parser
from intake.cells.days import day_parser, parse_period
from intake.cells.fault import CellFault, shown
from intake.cells.figures import money_parser, parse_percent, parse_quantity, parse_whole
from intake.cells.identity import (
    id_or_uscc_parser,
    id_parser,
    id_quality,
    parse_account,
    parse_phone,
    parse_sha,
    parse_uscc,
)
from intake.cells.moments import FIRST_MINUTE, LAST_MINUTE, moment_parser
from intake.cells.text import Raw, compact, forgiving, stated, text_parser
from intake.sheet import Cell, Column

__all__ = ["CellFault", "Parser", "Raw", "id_quality", "parser_for", "shown", "stated"]

Parser = Callable[[Raw], Any]


class Terms(NamedTuple):
    """What a parser must know beside its column: the last day that has happened, the date system, the header's unit."""

    today: date
    epoch_1904: bool
    yuan_per_unit: int


def parser_for(column: Column, *, today: date, epoch_1904: bool = False, yuan_per_unit: int = 1) -> Parser:
    """The parser of `column`.

    today:          the last day that has happened.
    epoch_1904:     whether serial numbers count from 1904 (a flag of the workbook).
    yuan_per_unit:  10,000 where the header says 万元.

    Returns:
        A function from a raw cell to its value by `Cell`, None for an empty one, or a `CellFault`.
    """
    parse = _MAKERS[column.kind](column, Terms(today, epoch_1904, yuan_per_unit))
    if column.in_clear:
        parse = _or_in_clear(column.in_clear, parse)
    read = forgiving(parse, first=compact if column.kind in _NUMBERS else None)
    return in_our_words(read, column.own_words) if column.own_words else read


def in_our_words(parse: Parser, own_words: tuple[tuple[str, str], ...]) -> Parser:
    """`parse`, with an office's own words read as ours; everything else as it stands."""
    ours = {_word(own): word for own, word in own_words}
    return lambda raw: parse(ours.get(_word(stated(raw)), raw))


def _word(said: str) -> str:
    return compact(normalize("NFKC", said)).casefold()


def _or_in_clear(words: frozenset[str], parse: Parser) -> Parser:
    """`parse`, but for `words`, which are what they say."""
    return lambda raw: raw if raw in words else parse(raw)


def _moment_parser(column: Column, terms: Terms, whole_day: str) -> Parser:
    return moment_parser(whole_day=whole_day, today=terms.today, future=column.future, epoch_1904=terms.epoch_1904)


_NUMBERS = frozenset({Cell.ID, Cell.USCC, Cell.ID_OR_USCC, Cell.ACCT, Cell.PHONE, Cell.SHA})

_MAKERS: dict[Cell, Callable[[Column, Terms], Parser]] = {
    Cell.TEXT: lambda column, _: text_parser(personal=column.personal),
    Cell.STAFF: lambda column, _: text_parser(personal=True),
    Cell.ENUM: lambda column, _: enum_parser(column),
    Cell.YN: lambda column, _: yes_or_no_parser(column),
    Cell.LIST: lambda *_: parse_list,
    Cell.ID: lambda _, terms: id_parser(today=terms.today),
    Cell.USCC: lambda *_: parse_uscc,
    Cell.ID_OR_USCC: lambda _, terms: id_or_uscc_parser(today=terms.today),
    Cell.ACCT: lambda *_: parse_account,
    Cell.PHONE: lambda *_: parse_phone,
    Cell.SHA: lambda *_: parse_sha,
    Cell.DATE: lambda column, terms: day_parser(today=terms.today, future=column.future, epoch_1904=terms.epoch_1904),
    Cell.PERIOD: lambda *_: parse_period,
    Cell.START: lambda column, terms: _moment_parser(column, terms, FIRST_MINUTE),
    Cell.END: lambda column, terms: _moment_parser(column, terms, LAST_MINUTE),
    Cell.MONEY: lambda column, terms: money_parser(column, yuan_per_unit=terms.yuan_per_unit),
    Cell.QTY: lambda *_: parse_quantity,
    Cell.INT: lambda *_: parse_whole,
    Cell.PCT: lambda *_: parse_percent,
}
