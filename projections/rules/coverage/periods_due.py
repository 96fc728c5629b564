"""The periods for which somebody was due a subsidy, and nothing came: what the rules of coverage ask about."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, func, literal, or_, select, union_all

from projections.contradictions import OUT_OF_POVERTY
from projections.rules.duplicates.same_person_programme_period import SUPPLEMENTS
from projections.rules.paid import PER_HOUSEHOLD
from projections.rules.phrases import past_index
from projections.rules.rule import Limits, Touched
from projections.tables.entitlements import ENTITLEMENTS
from projections.tables.internal import RULES_RAN
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import DEATHS, ROSTER_SPANS

MONTHLY, QUARTERLY, YEARLY, ONCE = "月", "季", "年", "一次性"
MONTHS_LOOKED_BACK = 24
QUARTER = 3
YEAR = 12

AFTER_THE_PERIOD = (*SUPPLEMENTS, "重发", "丧葬")
"""Pay that says nothing about whether the period was paid out."""


def entitled_under(terms: Select[Any]) -> Select[Any]:
    """Whoever is entitled under programmes whose terms changed."""
    return select(ENTITLEMENTS.c.id_no).where(ENTITLEMENTS.c.programme.in_(terms))


def entitled_in(households: Select[Any]) -> Select[Any]:
    """Whoever is entitled in households that changed."""
    return select(ENTITLEMENTS.c.id_no).where(ENTITLEMENTS.c.household_no.in_(households))


def entitled_when_first_paid(programmes: Select[Any]) -> Select[Any]:
    """Whoever is entitled under programmes of which a period was paid out for the first time since the rules ran."""
    p, before = PAYMENTS.c, PAYMENTS.table.alias("before").c
    through = func.coalesce(select(func.max(RULES_RAN.c.through)).scalar_subquery(), 0)
    lately = (
        select(past_index(p.programme).label("programme"), past_index(p.period).label("period"))
        .where(p.position > through, past_index(p.programme).in_(programmes), pays_out(p))
        .distinct()
        .subquery("lately")
        .c
    )
    earlier = exists().where(
        before.programme == lately.programme,
        before.period == lately.period,
        before.position <= through,
        pays_out(before),
    )
    return entitled_under(select(lately.programme).where(~earlier))


REACHED_BY = {"terms": entitled_under, "household": entitled_in, "programme": entitled_when_first_paid}


def unpaid(touched: Touched, limits: Limits) -> CTE:
    """A row for each period that was due to a person, with nothing left of any payment for it.

    Columns: id_no, programme, household_no, unit, period, previous, previous_starts, starts, ends, due_on (the last
    day for it), amount_fen, position (of the entitlement).

    A period is due to whoever was entitled, on the roster where that is required, and alive on its first day; who
    declined in writing before its end is not owed it. Only periods that were paid out to somebody are judged: of one
    for which the ledger has no payment at all it cannot tell an unpaid programme from a list not loaded.
    """
    e, t = ENTITLEMENTS.c, _paid_out(limits).c
    due_on = case((e.granted_on > t.ends, e.granted_on), else_=t.ends) + t.deadline_days + limits.days
    covered = or_(
        and_(t.kind != ONCE, e.starts_on <= t.starts, or_(e.ends_on.is_(None), e.ends_on >= t.starts)),
        and_(t.kind == ONCE, e.starts_on.between(t.starts, t.ends)),
    )
    due = (
        select(e.id_no, e.programme, e.household_no, t.unit, t.period, t.previous, t.previous_starts, t.starts, t.ends)
        .add_columns(t.kind, due_on.label("due_on"), e.amount_per_period_fen.label("amount_fen"), e.position)
        .join(t.kind.table, t.programme == e.programme)
        .where(~e.quarantined, covered, due_on < limits.as_of.toordinal(), touched(e.id_no))
        .where(or_(e.declined_on.is_(None), e.declined_on > t.ends))
        .where(~_died_before(t.starts), _on_the_roster(t))
        .subquery("due")
    )
    u = due.c
    any_year = case((u.kind == ONCE, None), else_=u.period)
    return select(due).where(~paid(u, any_year, PAYMENTS.c.net_fen > 0)).cte("unpaid")


def _paid_out(limits: Limits) -> CTE:
    """The periods of each programme that were paid out to somebody, and whose deadline has passed."""
    g, p, t = PROGRAMMES.c, PAYMENTS.c, _calendar(limits.as_of).c
    somebody = exists().where(p.programme == g.programme, p.period == t.period, pays_out(p))
    return (
        select(g.programme, g.unit, g.deadline_days, g.requires_roster, g.carry_over_after_exit, *t)
        .join(t.kind.table, t.kind == g.period_kind)
        .where(t.ends + g.deadline_days + limits.days < limits.as_of.toordinal(), somebody)
        .cte("paid_out")
    )


def paid(of: Any, period: ColumnElement[Any], *further: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a payment was made to the person of a row, or his household, for a period; a null one is any.

    A programme for households may pay any member. A row whose ID cannot be read is no reason to say that its
    household got nothing.
    """
    p = PAYMENTS.c
    for_period = and_(p.kind == SUBSIDY, or_(period.is_(None), p.period == period), *further)
    to_person = exists().where(p.id_no == of.id_no, p.programme == of.programme, ~p.quarantined, for_period)
    theirs = and_(p.household_no == of.household_no, or_(of.unit == PER_HOUSEHOLD, p.quarantined))
    same_programme = func.coalesce(p.programme, "") == of.programme  # found by the household, of which few are paid
    return or_(to_person, exists().where(theirs, same_programme, for_period))


def pays_out(p: Any) -> ColumnElement[bool]:
    """Whether a payment shows that its period was paid out; `p` are the columns of payments."""
    return and_(p.kind == SUBSIDY, ~p.quarantined, p.pay_kind.not_in(AFTER_THE_PERIOD))


def _died_before(day: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(DEATHS.c.id_no == ENTITLEMENTS.c.id_no, DEATHS.c.death_on < day)


def _on_the_roster(t: Any) -> ColumnElement[bool]:
    """On the roster on a period's first day, or out of poverty under a programme that goes on; or never asked to be."""
    spans = ROSTER_SPANS.c
    goes_on = and_(spans.exit_kind == OUT_OF_POVERTY, t.carry_over_after_exit)
    stands = and_(spans.included_on <= t.starts, or_(spans.exited_on.is_(None), spans.exited_on > t.starts, goes_on))
    his = and_(spans.id_no == ENTITLEMENTS.c.id_no, ~spans.quarantined)
    return or_(exists().where(his, stands), and_(~t.requires_roster, ~exists().where(his)))


def _calendar(as_of: date) -> CTE:
    """The periods of the last two years: kind, period, previous, previous_starts, starts, ends."""
    names = ("kind", "period", "previous", "previous_starts", "starts", "ends")
    rows = [
        select(*(literal(value).label(name) for name, value in zip(names, row, strict=True)))
        for row in _periods(as_of.year * YEAR + as_of.month - 1)
    ]
    return union_all(*rows).cte("calendar")


def _periods(last_month: int) -> Iterator[tuple[str, str, str, int, int, int]]:
    first_month = last_month - MONTHS_LOOKED_BACK
    for kind, length in ((MONTHLY, 1), (QUARTERLY, QUARTER), (YEARLY, YEAR), (ONCE, YEAR)):
        for start in range(first_month // length * length, last_month + 1, length):
            ends = _first_day(start + length - 1)
            last_day = ends.replace(day=monthrange(ends.year, ends.month)[1])
            before = start - length
            yield (
                kind,
                _written(start, length),
                _written(before, length),
                _first_day(before).toordinal(),
                _first_day(start).toordinal(),
                last_day.toordinal(),
            )


def _first_day(month: int) -> date:
    return date(month // YEAR, month % YEAR + 1, 1)


def _written(month: int, length: int) -> str:
    year, place = divmod(month, YEAR)
    if length == YEAR:
        return f"{year}"
    return f"{year}-{place + 1:02}" if length == 1 else f"{year}Q{place // QUARTER + 1}"
