"""SPL-01: what would have needed the next level, or a tender, was paid in parts that need neither."""

from typing import Any

from sqlalchemy import CTE, Function, Over, Select, and_, case, cast, exists, func, literal, select
from sqlalchemy.types import String

from projections.rules.misappropriation.obligations import PROJECT
from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Clause, Limits, Mode, Parameter, Touched, rule
from projections.rules.splitting.limits_in_force import in_force
from projections.tables.contracts import CONTRACTS
from projections.tables.limits import APPROVAL_LIMITS
from projections.tables.payments import PAYMENTS


def payees_under_contracts(keys: Select[Any]) -> Select[Any]:
    """Whoever was paid under these contracts: whether they are a monthly supply may have been stated anew."""
    return select(PAYMENTS.c.payee_uscc).where(PAYMENTS.c.contract_no.in_(keys), PAYMENTS.c.payee_uscc.is_not(None))


def all_payees(limits: Select[Any]) -> Select[Any]:
    """Every supplier, once a limit is another."""
    return select(PAYMENTS.c.payee_uscc).where(PAYMENTS.c.payee_uscc.is_not(None), exists(limits.subquery().select()))


def _paid_below(touched: Touched) -> CTE:
    """Payments of projects by payee, purpose and each limit in force that they are below; what recurs is left out.

    A payment that several documents fund is one payment.
    """
    p, k, t = PAYMENTS.c, CONTRACTS.c, APPROVAL_LIMITS.c
    whole = (
        select(p.payee_uscc, p.purpose_code, p.bank_ref, p.paid_on, func.sum(p.net_fen).label("paid_fen"))
        .add_columns(every(p.project_no).label("projects"), every(p.contract_no).label("contracts"))
        .add_columns(every(p.position).label("positions"))
        .outerjoin(CONTRACTS.table, k.contract_no == p.contract_no)
        .where(p.kind == PROJECT, p.net_fen > 0, k.recurring.is_not(True), touched(p.payee_uscc))
        .where(p.payee_uscc.is_not(None), p.purpose_code.is_not(None))
        .group_by(p.payee_uscc, p.purpose_code, p.bank_ref, p.paid_on)
        .subquery("payments_of_projects")
    )
    w = whole.c
    return (
        select(*w, t.amount_fen.label("limit_fen"), func.max(t.last_position).label("limit_at"))
        .join(APPROVAL_LIMITS.table, and_(in_force(w.paid_on), t.amount_fen > w.paid_fen))
        .group_by(*w, t.amount_fen)
        .cte("paid_below")
    )


def _within(figure: Function[Any], of: Any, days: tuple[int, int]) -> Over[Any]:
    """`figure` over the payments of one payee, purpose and limit from so many days before to so many after."""
    return figure.over(partition_by=(of.payee_uscc, of.purpose_code, of.limit_fen), order_by=of.paid_on, range_=days)


@rule(
    "SPL-01",
    zh="化整为零",
    en="split",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=Clause(
        "参数（待客户确认）/ parameter to be confirmed",
        "同一收款人同一用途30天内多笔支付，单笔低于限额，合计达到限额",
    ),
    needs=(PAYMENTS, APPROVAL_LIMITS),
    parameters={
        "window_days": Parameter(30, "days", "首笔至末笔的天数"),
        "payments": Parameter(2, "payments", "窗口内的支付笔数", least=2),
        "largest_percent": Parameter(50, "percent", "最大一笔至少占限额的比例", most=100),
    },
    anchor=("org", "purpose", "limit"),
    subjects=("org", "payment", "project", "contract"),
    keyed_by="org",
    reached_by={"contract": payees_under_contracts, "limit": all_payees},
    why_zh="同一收款单位同一用途（{purpose}）{days}天内{payments}笔，单笔均低于限额{limit_yuan}，合计{at_risk_yuan}。",
    why_en="{payments} payments to one payee for one purpose ({purpose}), each below the limit of {limit_yuan}, come "
    "to {at_risk_yuan} within windows of {days} days.",
)
def split_to_stay_below_a_limit(touched: Touched, limits: Limits) -> Select[Any]:
    """What reaches a limit is decided by the next level, or tendered: it is not paid in parts that stay below.

    Each limit is judged by itself. The window is counted from its first payment to its last. A monthly supply is no
    split: its contract says so.
    """
    below = _paid_below(touched)
    b, days = below.c, limits.window_days
    so_many = _within(func.count(), b, (-days, 0)) >= limits.payments
    sum_reaches = _within(func.sum(b.paid_fen), b, (-days, 0)) >= b.limit_fen
    one_is_large = _within(func.max(b.paid_fen), b, (-days, 0)) * 100 >= b.limit_fen * limits.largest_percent
    reached = case((and_(so_many, sum_reaches, one_is_large), 1), else_=0)
    m = select(*b, reached.label("reached")).subquery("measured").c
    t = select(*m, _within(func.max(m.reached), m, (0, days)).label("split")).subquery("in_windows").c
    return (
        select(t.payee_uscc.label("org"), t.purpose_code.label("purpose"), cast(t.limit_fen, String).label("limit"))
        .add_columns(t.limit_fen, every(t.bank_ref).label("payment"), every(t.projects).label("project"))
        .add_columns(every(t.contracts).label("contract"), evidence(t.positions, t.limit_at))
        .add_columns(func.sum(t.paid_fen).label("at_risk_fen"), func.count().label("payments"))
        .add_columns(func.min(case((t.reached == 1, t.paid_on))).label("holds_from"), literal(days).label("days"))
        .where(t.split == 1)
        .group_by(t.payee_uscc, t.purpose_code, t.limit_fen)
    )
