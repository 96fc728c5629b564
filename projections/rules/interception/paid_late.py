"""INT-03: the first payment of a claim came more than a month after it was approved and announced."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from projections.contradictions import PRE_NOTICE
from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.notices.naming import persons_named, persons_of
from projections.rules.paid import PER_HOUSEHOLD
from projections.rules.phrases import every, evidence, nth
from projections.rules.rule import YELLOW, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.notices import NOTICE_LINES, NOTICES
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.programmes import PROGRAMMES

ISSUED_AGAIN = "重发"


@rule(
    "INT-03",
    zh="迟付",
    en="late",
    severity=YELLOW,
    mode=Mode.STREAMING,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "审批且公示期满后三十日内发放"),
    needs=(PAYMENTS, PROGRAMMES),
    parameters={"days": Parameter(30, "days", "审批且公示期满后应发放的天数")},
    anchor=("person", "claim"),
    subjects=("person", "claim", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_paid_under, "notice": persons_named, "household": persons_of},
    why_zh="“{programme}”于{ready_on}已审批并公示期满，{paid_on}才发放{at_risk_yuan}，迟了{days}天以上。",
    why_en="{programme} was approved and announced by {ready_on} and paid on {paid_on}, more than {days} days later: "
    "{at_risk_yuan}.",
)
def paid_a_month_after_it_was_due(touched: Touched, limits: Limits) -> Select[Any]:
    """What is approved and announced is paid within a month.

    The first payment of a claim counts: later ones are instalments, or issue again what the bank returned.
    """
    f = _first_payments(touched, limits).subquery("first_payments").c
    matured = _matured(f, NOTICE_LINES.c.id_no == f.id_no)
    for_household = case((f.unit == PER_HOUSEHOLD, _matured(f, NOTICE_LINES.c.household_no == f.household_no)))
    t = select(*f, func.coalesce(for_household, matured).label("matured_on")).subquery("announced").c
    ready = func.coalesce(case((t.matured_on > t.approved_on, t.matured_on), else_=t.approved_on), t.matured_on)
    return (
        select(t.id_no.label("person"), t.claim_key.label("claim"), t.programme, every(t.bank_ref).label("payment"))
        .add_columns(evidence(t.position), func.max(t.net_fen).label("at_risk_fen"), literal(limits.days).label("days"))
        .add_columns(func.max(ready).label("ready_on"), func.max(t.paid_on).label("paid_on"))
        .add_columns(func.max(t.paid_on).label("holds_from"))
        .where(t.paid_on - ready > limits.days)
        .group_by(t.id_no, t.claim_key, t.programme)
    )


def _first_payments(touched: Touched, limits: Limits) -> Select[Any]:
    """The first payment of each claim, as far as its approval does not show that it came in time."""
    p, g = PAYMENTS.c, PROGRAMMES.c
    in_turn = (
        select(p.id_no, p.household_no, p.claim_key, p.programme, p.period, p.bank_ref, p.position, p.paid_on)
        .add_columns(
            func.sum(p.net_fen).over(partition_by=p.position).label("net_fen"), p.pay_kind, p.approved_on, g.unit
        )
        .add_columns(nth(p.paid_on, p.position, p.line_no, of=(p.claim_key,)).label("place"))
        .join(PROGRAMMES.table, g.programme == p.programme)
        .where(p.kind == SUBSIDY, ~p.quarantined, p.id_no.is_not(None), touched(p.id_no))
        .subquery("in_turn")
        .c
    )
    late = or_(in_turn.approved_on.is_(None), in_turn.paid_on - in_turn.approved_on > limits.days)
    again = and_(in_turn.pay_kind.is_not(None), in_turn.pay_kind == ISSUED_AGAIN)
    return select(*in_turn).where(in_turn.place == 1, in_turn.net_fen > 0, late, ~again)


def _matured(f: Any, names_payee: ColumnElement[bool]) -> ColumnElement[int | None]:
    """The last day of the latest notice that names the payee for the period and had matured by the payment day."""
    n, line = NOTICES.c, NOTICE_LINES.c
    return (
        select(func.max(n.until))
        .join_from(NOTICE_LINES.table, NOTICES.table, n.notice_no == line.notice_no)
        .where(names_payee, line.period_from <= f.period, line.period_to >= f.period)
        .where(n.notice_kind == PRE_NOTICE, n.programme == f.programme, n.until < f.paid_on)
        .where(or_(n.withdrawn_on.is_(None), n.withdrawn_on > f.paid_on))
        .correlate(f.id_no.table)
        .scalar_subquery()
    )
