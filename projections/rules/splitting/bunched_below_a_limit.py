"""SPL-02: an approver's amounts gather just below a limit, more than chance would have it."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import CTE, Select, and_, case, cast, func, literal, or_, select
from sqlalchemy.types import String

from projections.rules.phrases import every, evidence
from projections.rules.rule import YELLOW, Clause, Found, Limits, Mode, Parameter, Touched, rule
from projections.rules.splitting.approvals import approvals, lowest_limit, serving
from projections.rules.splitting.limits_in_force import APPROVAL, TENDER, in_force
from projections.rules.statistics.exact import MILLION, so_many_are_rare
from projections.tables.limits import APPROVAL_LIMITS
from projections.tables.organisations import STAFF
from projections.tables.payments import PAYMENTS


def _near_limits(percent: int) -> CTE:
    """Approvals within so many per cent of a limit: of the approver's own post then, or from where work is tendered."""
    a = approvals(lowest_limit() * (100 - percent) // 100, discretionary=True)
    s, t = STAFF.c, APPROVAL_LIMITS.c
    own = and_(t.limit_kind == APPROVAL, t.role == s.role)
    near = and_(
        a.c.amount_fen * 100 >= t.amount_fen * (100 - percent), a.c.amount_fen * 100 < t.amount_fen * (100 + percent)
    )
    return (
        select(*a.c, t.amount_fen.label("limit_fen"))
        .join(STAFF.table, and_(s.staff_no == a.c.approver, serving(a.c.day, s)))
        .join(APPROVAL_LIMITS.table, and_(or_(own, t.limit_kind == TENDER), in_force(a.c.day), near))
        .distinct()
        .cte("near_limits")
    )


def gathered_by_more_than_chance(rows: Iterable[Found], limits: Limits) -> Iterator[Found]:
    """Those of enough approvals of which so many or more would seldom be below, if below and above were as likely."""
    for row in rows:
        both = row["below"] + row["above"]
        if both < limits.approvals:
            continue
        if so_many_are_rare(row["below"], both, share=(1, 2), below_ppm=limits.chance_ppm):
            yield row


@rule(
    "SPL-02",
    zh="临界聚集",
    en="bunching",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "one-sided exact binomial p<0.01"),
    needs=(PAYMENTS, APPROVAL_LIMITS, STAFF),
    parameters={
        "approvals": Parameter(20, "approvals", "限额上下合计的审批笔数", least=1),
        "band_percent": Parameter(10, "percent", "限额上下各取的比例", least=1, most=50),
        "chance_ppm": Parameter(10_000, "ppm", "单侧精确二项检验的显著性水平", most=MILLION),
    },
    anchor=("staff", "limit"),
    subjects=("staff", "payment"),
    keyed_by=None,
    decides=gathered_by_more_than_chance,
    why_zh="限额{limit_yuan}之下{percent}%以内审批{below}笔，之上{percent}%以内{above}笔，难以用偶然解释。",
    why_en="{below} approvals within {percent}% below the limit of {limit_yuan}, {above} within as much above: more "
    "than chance explains.",
)
def gathered_just_below_a_limit(touched: Touched, limits: Limits) -> Select[Any]:
    """Amounts that nobody fits to a limit fall on both sides of it.

    Standard rates (定额, 数量×标准) are left out: they lie where the programme puts them.
    """
    t = _near_limits(limits.band_percent).c
    is_below = t.amount_fen < t.limit_fen
    return (
        select(t.approver.label("staff"), cast(t.limit_fen, String).label("limit"), t.limit_fen)
        .add_columns(func.count(case((is_below, 1))).label("below"), func.count(case((~is_below, 1))).label("above"))
        .add_columns(every(case((is_below, t.payments))).label("payment"), evidence(case((is_below, t.positions))))
        .add_columns(func.coalesce(func.sum(case((is_below, t.net_fen))), 0).label("at_risk_fen"))
        .add_columns(func.max(t.day).label("holds_from"), literal(limits.band_percent).label("percent"))
        .group_by(t.approver, t.limit_fen)
    )
