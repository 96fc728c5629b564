"""Which notice names a payment: the line of its person or household, for its programme and period."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    String,
    and_,
    cast,
    or_,
    select,
    union,
    union_all,
)

from projections.contradictions import PRE_NOTICE
from projections.rules.paid import PER_HOUSEHOLD
from projections.rules.phrases import any_of, counted, past_index
from projections.tables.notices import NOTICE_LINES, NOTICES
from projections.tables.objections import OBJECTIONS
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES

NAMED: FromClause = PAYMENTS.table.join(PROGRAMMES.table, PROGRAMMES.c.programme == PAYMENTS.c.programme)
"""Payments with the terms of their programmes."""


def paid_for_a_period() -> ColumnElement[bool]:
    """A subsidy that stands, to a known person, for a period."""
    p = PAYMENTS.c
    return and_(counted(p), p.period.is_not(None))


class Hanging(NamedTuple):
    """A notice and one of its lines, as tables of a SELECT; what is asked stands between them and `NAMED`."""

    notice: FromClause
    line: FromClause

    @property
    def both(self) -> FromClause:
        """The notice with its line."""
        return self.line.join(self.notice, self.line.c.notice_no == self.notice.c.notice_no)

    def names_payee(self) -> ColumnElement[bool]:
        """Whether it is a notice before the fact whose line names the payee of a payment."""
        return and_(self.line.c.id_no == PAYMENTS.c.id_no, self._is_about())

    def names_household(self) -> ColumnElement[bool]:
        """Whether its line names, by another member, the household that a payment is for."""
        p, line = PAYMENTS.c, self.line.c
        of_household = and_(PROGRAMMES.c.unit == PER_HOUSEHOLD, line.household_no == p.household_no)
        return and_(of_household, line.id_no != p.id_no, self._is_about())

    def _is_about(self) -> ColumnElement[bool]:
        """Whether it hangs before the fact and is about the programme and the period of a payment."""
        p, line, n = PAYMENTS.c, self.line.c, self.notice.c
        return and_(
            line.period_from <= p.period,
            line.period_to >= p.period,
            line.notice_no == n.notice_no,
            n.notice_kind == PRE_NOTICE,
            past_index(n.programme) == past_index(p.programme),
        )

    def hangs_on(self, day: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether it was posted by `day` and not withdrawn: a notice that was withdrawn has never matured."""
        n = self.notice.c
        return and_(n.starts_on <= day, or_(n.withdrawn_on.is_(None), n.withdrawn_on > day))

    def is_objected_to(self, day: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether an objection to the line, or to its whole notice, is open on `day`."""
        open_objections = select(OBJECTIONS.c.position).where(self.objection(), is_open_on(day))
        return open_objections.correlate(PAYMENTS.table, self.line).exists()

    def objection(self) -> ColumnElement[bool]:
        """Whether an objection is against the line, or against its whole notice."""
        o, line = OBJECTIONS.c, self.line.c
        of_line = line.notice_no + "#" + cast(line.line_no, String)
        return and_(o.notice_no == line.notice_no, o.ref_no.in_((line.notice_no, of_line)))


HANGING = Hanging(NOTICES.table, NOTICE_LINES.table)
ANOTHER = Hanging(NOTICES.table.alias("another_notice"), NOTICE_LINES.table.alias("another_line"))


def named(select_from: Callable[[FromClause], Select[Any]]) -> CompoundSelect[Any]:
    """What `select_from` selects from payments with the notices and lines that name them, line by line."""
    return union_all(*map(select_from, _named_either_way()))


def named_once(select_from: Callable[[FromClause], Select[Any]]) -> CompoundSelect[Any]:
    """The same, but equal rows once: two lines of one notice may name one payment, by its payee and by another."""
    return union(*map(select_from, _named_either_way()))


def _named_either_way() -> Iterator[FromClause]:
    """By payee and by household: two joins and not one with "or", so that both go through an index."""
    for on in (HANGING.names_payee(), HANGING.names_household()):
        yield NAMED.join(HANGING.both, on)


def is_open_on(day: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether an objection was filed by `day` and not resolved by then."""
    o = OBJECTIONS.c
    return and_(o.filed_on <= day, or_(o.resolved_on.is_(None), o.resolved_on > day))


def persons_named(notices: Select[Any]) -> Select[Any]:
    """Whoever was paid and is named, himself or by his household, in notices that changed."""
    p, line = PAYMENTS.c, NOTICE_LINES.c
    persons, households = (select(of).where(line.notice_no.in_(notices)) for of in (line.id_no, line.household_no))
    return any_of(persons, select(p.id_no).where(p.household_no.in_(households)))


def persons_of(households: Select[Any]) -> Select[Any]:
    """Whoever was paid as a member of households that changed."""
    return select(PAYMENTS.c.id_no).where(PAYMENTS.c.household_no.in_(households))


def notices_naming(persons: Select[Any]) -> Select[Any]:
    """The notices that name persons who changed, or their households."""
    line, p = NOTICE_LINES.c, PAYMENTS.c
    households = select(p.household_no).where(p.id_no.in_(persons))
    return any_of(
        *(select(line.notice_no).where(of) for of in (line.id_no.in_(persons), line.household_no.in_(households)))
    )


def notices_beside(notices: Select[Any]) -> Select[Any]:
    """The notices that name somebody who was paid and is named in notices that changed, too."""
    return notices_naming(persons_named(notices))


def notices_of(households: Select[Any]) -> Select[Any]:
    """The notices that name households that changed, or who was paid in them."""
    line, p = NOTICE_LINES.c, PAYMENTS.c
    persons = select(p.id_no).where(p.household_no.in_(households))
    return any_of(
        *(select(line.notice_no).where(of) for of in (line.household_no.in_(households), line.id_no.in_(persons)))
    )


def notices_under(terms: Select[Any]) -> Select[Any]:
    """The notices about programmes whose terms changed."""
    return select(NOTICES.c.notice_no).where(NOTICES.c.programme.in_(terms))
