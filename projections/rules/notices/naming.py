"""Which notice names a payment: the line of its person or household, for its programme and period."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, String, and_, cast, or_, select

from projections.rules.phrases import counted
from projections.tables.notices import NOTICE_LINES, NOTICES
from projections.tables.objections import OBJECTIONS
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES

PRE_NOTICE, PER_HOUSEHOLD = "公示", "户"

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

    def names(self) -> ColumnElement[bool]:
        """Whether it is a notice before the fact that names a payment: its payee, or the household that is paid."""
        p, g, line, n = PAYMENTS.c, PROGRAMMES.c, self.line.c, self.notice.c
        return and_(
            or_(line.id_no == p.id_no, and_(g.unit == PER_HOUSEHOLD, line.household_no == p.household_no)),
            line.period_from <= p.period,
            line.period_to >= p.period,
            line.notice_no == n.notice_no,
            n.notice_kind == PRE_NOTICE,
            n.programme == p.programme,
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


def is_open_on(day: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether an objection was filed by `day` and not resolved by then."""
    o = OBJECTIONS.c
    return and_(o.filed_on <= day, or_(o.resolved_on.is_(None), o.resolved_on > day))


def persons_named(notices: Select[Any]) -> Select[Any]:
    """Whoever was paid and is named, himself or by his household, in notices that changed."""
    p, line = PAYMENTS.c, NOTICE_LINES.c
    named = [select(column).where(line.notice_no.in_(notices)) for column in (line.id_no, line.household_no)]
    return select(p.id_no).where(or_(p.id_no.in_(named[0]), p.household_no.in_(named[1])))


def persons_of(households: Select[Any]) -> Select[Any]:
    """Whoever was paid as a member of households that changed."""
    return select(PAYMENTS.c.id_no).where(PAYMENTS.c.household_no.in_(households))


def notices_naming(persons: Select[Any]) -> Select[Any]:
    """The notices that name persons who changed, or their households."""
    line, p = NOTICE_LINES.c, PAYMENTS.c
    households = select(p.household_no).where(p.id_no.in_(persons))
    return select(line.notice_no).where(or_(line.id_no.in_(persons), line.household_no.in_(households)))


def notices_of(households: Select[Any]) -> Select[Any]:
    """The notices that name households that changed, or who was paid in them."""
    line, p = NOTICE_LINES.c, PAYMENTS.c
    persons = select(p.id_no).where(p.household_no.in_(households))
    return select(line.notice_no).where(or_(line.household_no.in_(households), line.id_no.in_(persons)))


def notices_under(terms: Select[Any]) -> Select[Any]:
    """The notices about programmes whose terms changed."""
    return select(NOTICES.c.notice_no).where(NOTICES.c.programme.in_(terms))
