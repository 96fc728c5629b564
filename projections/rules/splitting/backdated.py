"""LED-02: a payment was entered long after it was made, or slipped under a published list or a drawn sample."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select, tuple_

from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, YELLOW, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.imports import PACKAGES
from projections.tables.notices import NOTICES
from projections.tables.payments import PAYMENTS
from projections.tables.supervision import SPOT_CHECK_SAMPLES

ANNOUNCED, FIRST_IMPORT = "公告", "首次导入"


def payments_of(claims: Select[Any]) -> Select[Any]:
    """The payments on claims that changed."""
    return select(PAYMENTS.c.bank_ref).where(PAYMENTS.c.claim_key.in_(claims))


def payments_announced(notices: Select[Any]) -> Select[Any]:
    """The payments of the programmes and periods that notices which changed tell of."""
    p, n = PAYMENTS.c, NOTICES.c
    told = select(n.programme, n.period).where(n.notice_no.in_(notices), n.period.is_not(None))
    return select(p.bank_ref).where(tuple_(p.programme, p.period).in_(told))


@rule(
    "LED-02",
    zh="倒签补记",
    en="backdating",
    severity=YELLOW,
    mode=Mode.STREAMING,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "发放后30日内录入"),
    needs=(PAYMENTS,),
    parameters={
        "lag_days": Parameter(30, "days", "发放至录入的天数"),
        "days_after_draw": Parameter(3, "days", "抽样后补记被抽中事项的天数"),
    },
    anchor=("payment",),
    subjects=("payment", "claim", "person"),
    keyed_by="payment",
    reached_by={"claim": payments_of, "notice": payments_announced},
    why_zh="{paid_on}发放、{entered_on}录入，相隔{lag}天，涉及{at_risk_yuan}。",
    why_en="Paid on {paid_on}, entered on {entered_on}, {lag} days later: {at_risk_yuan}.",
)
def entered_long_after_it_was_made(touched: Touched, limits: Limits) -> Select[Any]:
    """What is paid is entered in time. 录入日期 counts where it is given, else the day on which this ledger took it in.

    What came with a first import without 录入日期 is not late; nor is a row of the roster that was registered late.
    """
    p, package = PAYMENTS.c, PACKAGES.c
    entered_on = func.coalesce(p.keyed_on, p.recorded_on)
    is_dated = or_(p.keyed_on.is_not(None), package.import_mode.is_distinct_from(FIRST_IMPORT))
    late = and_(is_dated, entered_on - p.paid_on > limits.lag_days)
    slipped = or_(_under_a_published_list(entered_on), _under_a_sample(limits.days_after_draw))
    grave = func.max(case((slipped, 1), else_=0)) == 1
    return (
        select(p.bank_ref.label("payment"), every(p.claim_no).label("claim"), every(p.id_no).label("person"))
        .add_columns(evidence(p.position), func.sum(p.net_fen).label("at_risk_fen"))
        .add_columns(func.min(p.paid_on).label("paid_on"), func.max(entered_on).label("entered_on"))
        .add_columns(func.max(entered_on).label("holds_from"), func.max(entered_on - p.paid_on).label("lag"))
        .add_columns(case((grave, RED), else_=YELLOW).label("severity"))
        .outerjoin(PACKAGES.table, package.package_id == p.correlation_id)
        .where(p.bank_ref.is_not(None), p.net_fen > 0, touched(p.bank_ref), or_(late, slipped))
        .group_by(p.bank_ref)
    )


def _under_a_published_list(entered_on: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether what was paid in the period had been announced before this payment of it was entered."""
    p, n = PAYMENTS.c, NOTICES.c
    same = and_(n.programme == p.programme, n.period == p.period, n.notice_kind == ANNOUNCED)
    of_village = or_(n.village.is_(None), n.village == p.village)
    return exists().where(
        same, of_village, n.withdrawn_on.is_(None), p.paid_on <= n.starts_on, entered_on > n.starts_on
    )


def _under_a_sample(days: int) -> ColumnElement[bool]:
    """Whether a payment was entered, as made before, within `days` after a draw that drew another of its claim.

    After the draw to the second: what came in earlier that day was no answer to it.
    """
    p, drawn, sibling = PAYMENTS.c, SPOT_CHECK_SAMPLES.c, PAYMENTS.table.alias("sibling").c
    quoted = literal('"') + sibling.bank_ref + '"'
    is_drawn = func.replace(drawn["items"], quoted, "") != drawn["items"]
    entered_after = and_(p.recorded_second > drawn.drawn_second, p.recorded_on <= drawn.drawn_on + days)
    soon = and_(p.paid_on < drawn.drawn_on, entered_after)
    return exists().where(soon, sibling.claim_key == p.claim_key, sibling.position != p.position, is_drawn)
