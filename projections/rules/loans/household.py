"""Whose household somebody is of, as the rules about loans ask it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Exists, Label, Select, String, case, cast, exists, func, literal, select, union

from projections.rules.phrases import SEPARATOR
from projections.tables.loans import LOANS
from projections.tables.roster import ROSTER_SPANS

OWED_BY = func.coalesce(LOANS.c.household_no, LOANS.c.id_no)
"""The household that owes a loan; a borrower of no known household is one of his own."""


def is_of(person: ColumnElement[Any], household: ColumnElement[Any]) -> Exists:
    """Whether a person ever stood on the roster in a household: who married out helps the parents still."""
    spans = ROSTER_SPANS.c
    return exists().where(spans.id_no == person, spans.household_no == household, ~spans.quarantined)


def loans_touched(kind: str, keys: Select[Any]) -> ColumnElement[bool]:
    """The loans that touched keys of a kind concern: of a person, household, account, phone or loan."""
    columns = {
        "person": (LOANS.c.id_no, LOANS.c.agent_id, LOANS.c.holder_id),
        "household": (LOANS.c.household_no,),
        "account": (LOANS.c.disbursement_account,),
        "phone": (LOANS.c.phone,),
        "loan": (LOANS.c.loan_no, LOANS.c.renews),
    }
    return any_of(LOANS.c.position, *(column.in_(keys) for column in columns[kind]))


def any_of(position: ColumnElement[Any], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether one of `conditions` holds of the row at `position`: each by its own index, which OR would not let be."""
    first, *others = (select(position).where(condition).correlate(None) for condition in conditions)
    return position.in_(select((union(first, *others) if others else first).cte().c[0]))


def both(one: ColumnElement[Any], *others: ColumnElement[Any]) -> ColumnElement[str]:
    """Values of one row in one text, as `phrases.every` puts those of many; nulls among `others` are passed over."""
    text: ColumnElement[str] = cast(one, String)
    for other in others:
        text = text + func.coalesce(literal(SEPARATOR) + cast(other, String), "")
    return text


def said_at(position: ColumnElement[Any], *others: ColumnElement[Any]) -> Label[str]:
    """The evidence of a SELECT that gives one row a fact: its positions."""
    return both(position, *others).label("evidence")


def enumerated(words: Mapping[str, ColumnElement[bool]], separator: str) -> ColumnElement[str]:
    """Those of `words` that hold, one after the other: `不在册、已死亡`."""
    text: ColumnElement[str] = literal("")
    for word, holds in words.items():
        text = text + case((holds, literal(separator + word)), else_=literal(""))
    return func.substr(text, len(separator) + 1)
