"""Pairs of persons who may be one, and what both of them were paid: what DUP-02 and DUP-03 have in common."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, cast, func, null, select, union, union_all
from sqlalchemy.sql.expression import Subquery

from projections.dialect import TEXT
from projections.rules.phrases import counted, every
from projections.rules.rule import Touched
from projections.tables.dividends import DIVIDENDS
from projections.tables.payments import PAYMENTS
from projections.tables.persons import PERSONS_MAY_BE_ONE

YEAR_DIGITS = 4


def pairs_of(likeness: str, touched: Touched) -> CTE:
    """The pairs of one likeness: `pair`, `first_id`, `second_id`, and `told_at`, where the ledger says so."""
    told = PERSONS_MAY_BE_ONE.c
    alike = select(told.pair, told.first_id, told.second_id, told.position.label("told_at"))
    of_either = (alike.where(told.likeness == likeness, touched(one)) for one in (told.first_id, told.second_id))
    return union(*of_either).cte("pairs")


def year_of(period: ColumnElement[str]) -> ColumnElement[str]:
    """The year of a period: 2020 of 2020, 2020Q1 and 2020-03."""
    return func.substr(period, 1, YEAR_DIGITS)


def paid_to_both(pairs: CTE, *, yearly: bool) -> Subquery:
    """What both of a pair were paid under one programme for one period, or for periods of one year: a row for each.

    A dividend's programme is its contract. `at_risk_fen` is what the one who got less got, `holds_from` the day on
    which the second of them was first paid; the other columns are whatever names the payments.
    """
    lines = union_all(_subsidies(pairs, yearly=yearly), _dividends(pairs, yearly=yearly)).subquery("lines").c
    together = (lines.pair, lines.programme, lines.period)
    named = ("evidence", "household", "claim", "payment", "account")
    of_each = (
        select(*together, func.sum(lines.net_fen).label("paid_fen"), func.min(lines.paid_on).label("first_on"))
        .add_columns(*(every(lines[name]).label(name) for name in named))
        .group_by(*together, lines.member)
        .subquery("of_each")
        .c
    )
    return (
        select(of_each.pair, of_each.programme, of_each.period)
        .add_columns(func.min(of_each.paid_fen).label("at_risk_fen"), func.max(of_each.first_on).label("holds_from"))
        .add_columns(*(every(of_each[name]).label(name) for name in named))
        .group_by(of_each.pair, of_each.programme, of_each.period)
        .having(func.count() > 1)
        .subquery("paid_to_both")
    )


def _members(pairs: CTE) -> Subquery:
    """Each pair twice, once for each of its persons."""
    first = select(pairs.c.pair, pairs.c.first_id.label("member"))
    return union_all(first, select(pairs.c.pair, pairs.c.second_id)).subquery("members")


def _subsidies(pairs: CTE, *, yearly: bool) -> Select[Any]:
    members, p = _members(pairs), PAYMENTS.c
    period = year_of(p.period) if yearly else p.period
    return (
        select(members.c.pair, members.c.member, p.programme.label("programme"), period.label("period"))
        .add_columns(p.net_fen.label("net_fen"), p.paid_on.label("paid_on"), p.position.label("evidence"))
        .add_columns(p.household_no.label("household"), p.claim_no.label("claim"))
        .add_columns(p.bank_ref.label("payment"), p.account_no.label("account"))
        .join_from(members, PAYMENTS.table, p.id_no == members.c.member)
        .where(counted(p), p.period.is_not(None))
    )


def _dividends(pairs: CTE, *, yearly: bool) -> Select[Any]:
    members, d = _members(pairs), DIVIDENDS.c
    period = year_of(d.period) if yearly else d.period
    return (
        select(members.c.pair, members.c.member, d.contract_no, period, d.net_fen, d.paid_on, d.position)
        .add_columns(d.household_no, cast(null(), TEXT), d.bank_ref, d.account_no)
        .join_from(members, DIVIDENDS.table, d.id_no == members.c.member)
        .where(d.quarantined.is_(False), d.net_fen > 0)
    )
