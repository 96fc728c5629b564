"""FAL-09: somebody on the public payroll is paid. Owners of companies, cars and houses wait for their lists."""

from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from projections.rules.paid import paid
from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Limits, Mode, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.roster import PAYROLL


@rule(
    "FAL-09",
    zh="身份不符",
    en="means-test hit",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=plan(20, "做好与各部门尤其是民政、教育、住建等“三保障”部门的数据对接"),
    needs=(PAYMENTS, PAYROLL),
    anchor=("person",),
    subjects=("person", "claim", "payment"),
    keyed_by="person",
    why_zh="受领人发放当日在财政供养名单内，{payments}笔共{at_risk_yuan}。",
    why_en="The payee was on the public payroll on the day of payment: {payments} payments, {at_risk_yuan} in all.",
    waits_for="工商、车辆、房产名单 / lists of company owners, vehicles and houses",
)
def paid_while_on_the_payroll(touched: Touched, limits: Limits) -> Select[Any]:
    """Compare with the lists of other offices: whoever the public already pays a salary is not who is to be helped."""
    p, w = paid(lambda of: touched(of.id_no)).c, PAYROLL.c
    on_it = and_(w.starts_on <= p.paid_on, or_(w.until.is_(None), w.until >= p.paid_on))
    listed = select(w.id_no).where(w.quarantined.is_(False), touched(w.id_no))
    on_lists = select(func.min(w.position)).where(w.id_no == p.id_no, w.quarantined.is_(False), on_it)
    n = (
        select(p.id_no, p.stream, p.claim_no, p.bank_ref, p.net_fen, p.paid_on, p.position)
        .add_columns(on_lists.scalar_subquery().label("listed_at"))
        .where(p.id_no.in_(listed))
        .subquery("compared")
        .c
    )
    return (
        select(n.id_no.label("person"), every(n.claim_no).label("claim"), every(n.bank_ref).label("payment"))
        .add_columns(evidence(n.position, n.listed_at), func.sum(n.net_fen).label("at_risk_fen"))
        .add_columns(func.min(n.paid_on).label("holds_from"), func.count(n.stream.distinct()).label("payments"))
        .where(n.listed_at.is_not(None))
        .group_by(n.id_no)
    )
