"""Phrases that the SELECTs of rules are written with: portable SQL, shared by all."""

from typing import Any

from sqlalchemy import ColumnElement, Label, Over, Select, String, and_, cast, func, select, union

from projections.tables.payments import SUBSIDY

SEPARATOR = "\x1f"
"""Between aggregated values: no reference, position or business key holds it."""


def every(*columns: ColumnElement[Any]) -> ColumnElement[str]:
    """All values of `columns` in the group, in one text; the engine takes each once. Nulls are passed over."""
    first, *others = (cast(column, String) for column in columns)
    together: ColumnElement[str] = first
    for column in others:
        together = together + SEPARATOR + column
    return func.aggregate_strings(together, SEPARATOR)


def past_index(text: ColumnElement[str]) -> ColumnElement[str]:
    """A text column's value, past its index: a programme has a hundred thousand payments, a payee a dozen."""
    return text + ""


def any_of(*keys: Select[Any]) -> Select[Any]:
    """The keys of each SELECT: a union and not one SELECT with "or", so that each goes through its index."""
    return select(union(*keys).subquery("any_of").c[0])


def evidence(*positions: ColumnElement[Any]) -> Label[str]:
    """The positions that an alert rests on."""
    return every(*positions).label("evidence")


def nth(*order: ColumnElement[Any], of: tuple[ColumnElement[Any], ...]) -> Over[int]:
    """The row's place among those with the same `of`, from 1; end `order` with what no two rows share."""
    return func.row_number().over(partition_by=of, order_by=order)


def so_far(count: ColumnElement[int], *order: ColumnElement[Any], of: tuple[ColumnElement[Any], ...]) -> Over[int]:
    """The sum of `count` over the rows with the same `of`, up to and with this one."""
    return func.sum(count).over(partition_by=of, order_by=order)


def counted(p: Any) -> ColumnElement[bool]:
    """A subsidy that counts: to a known person, and not come back. `p` are the columns of payments."""
    return and_(p.kind == SUBSIDY, p.quarantined.is_(False), p.net_fen > 0, p.id_no.is_not(None))
