"""CON-01: one supplier has most of a village's contracts."""

from calendar import monthrange
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, cast, func, literal, or_, select

from projections.dialect import BIGINT
from projections.rules.phrases import every, nth
from projections.rules.rule import BLUE, YELLOW, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.contracts import CONTRACTS
from projections.tables.projects import PROJECTS

MONTHS_A_YEAR = 12
WHOLE_PPM = 1_000_000
PPM_SQUARED_A_POINT = 100_000_000
"""A supplier with everything has 1 000 000 ppm, and 10 000 points of the Herfindahl index."""


def places_of_projects(keys: Select[Any]) -> Select[Any]:
    """Where these projects are built."""
    return select(PROJECTS.c.location).where(PROJECTS.c.project_no.in_(keys), PROJECTS.c.location.is_not(None))


def months_before(day: date, months: int) -> date:
    """The same day so many months before, or the last of that month where it has no such day."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 - months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _whole(figure: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum as a whole number, which PostgreSQL would divide with its decimals."""
    return cast(figure, BIGINT)


def _shares(touched: Touched, since: int, until: int) -> CTE:
    """What each supplier of a village was contracted for, and what all of them were."""
    k, j = CONTRACTS.c, PROJECTS.c
    fen = _whole(func.sum(func.coalesce(k.amended_amount_fen, k.amount_fen)))
    s = (
        select(j.location, k.supplier_uscc, fen.label("fen"), func.count().label("contracts"))
        .add_columns(every(k.contract_no).label("contract_nos"), every(k.project_no).label("project_nos"))
        .add_columns(every(k.last_position).label("positions"), func.max(k.signed_on).label("last_on"))
        .join(PROJECTS.table, j.project_no == k.project_no)
        .where(k.supplier_uscc.is_not(None), k.signed_on > since, k.signed_on <= until, touched(j.location))
        .group_by(j.location, k.supplier_uscc)
        .subquery("contracted")
        .c
    )
    shared = (
        select(*s, _whole(func.sum(s.fen).over(partition_by=s.location)).label("all_fen"))
        .add_columns(func.sum(s.contracts).over(partition_by=s.location).label("all_contracts"))
        .add_columns(nth(s.fen.desc(), s.supplier_uscc, of=(s.location,)).label("place_of_supplier"))
        .subquery("of_places")
        .c
    )
    share_ppm = shared.fen * WHOLE_PPM // shared.all_fen
    return select(*shared, share_ppm.label("share_ppm")).cte("shares")


@rule(
    "CON-01",
    zh="承包集中",
    en="concentration",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=Clause(
        "ARACHNE concentration", "supplier >50 % of v's contract value in 24 months ∧ ≥3 contracts; HHI>2500"
    ),
    needs=(CONTRACTS, PROJECTS),
    parameters={
        "months": Parameter(24, "months", "统计的月数", least=1),
        "share_percent": Parameter(50, "percent", "一家供应商占本村合同金额的比例", most=100),
        "contracts": Parameter(3, "contracts", "合同份数", least=1),
        "index_points": Parameter(2_500, "points", "赫芬达尔指数（满分10000）", most=10_000),
    },
    anchor=("place", "org"),
    subjects=("place", "org", "contract", "project"),
    keyed_by="place",
    reached_by={"project": places_of_projects},
    why_zh="{months}个月内本村{all_contracts}份合同共{all_yuan}，该供应商{contracts}份、{at_risk_yuan}，占{share_percent}，"
    "集中度指数{index}。",
    why_en="Within {months} months {contracts} of the village's {all_contracts} contracts over {all_yuan} went to one "
    "supplier: {at_risk_yuan}, or {share_percent}; the index is {index}.",
)
def one_supplier_has_most_of_a_village(touched: Touched, limits: Limits) -> Select[Any]:
    """Work is for whoever does it best: one supplier with most of a village's money is worth a look.

    A village whose few suppliers share all of it among them is blue, named by the largest. A sole local builder is
    lawful, which is why this is never more than yellow.
    """
    until = limits.as_of.toordinal()
    shares = _shares(touched, months_before(limits.as_of, limits.months).toordinal(), until)
    s = shares.c
    squares = _whole(func.sum(s.share_ppm * s.share_ppm).over(partition_by=s.location))
    t = select(*s, (squares // PPM_SQUARED_A_POINT).label("index")).subquery("indexed").c
    most = and_(t.share_ppm * 100 > limits.share_percent * WHOLE_PPM, t.contracts >= limits.contracts)
    few = and_(t.index > limits.index_points, t.all_contracts >= limits.contracts, t.place_of_supplier == 1)
    return select(
        *(t.location.label("place"), t.supplier_uscc.label("org"), t.contract_nos.label("contract")),
        *(t.project_nos.label("project"), t.positions.label("evidence"), t.fen.label("at_risk_fen")),
        *(t.last_on.label("holds_from"), t.all_fen, t.all_contracts, t.contracts, t.share_ppm, t.index),
        *(literal(limits.months).label("months"), case((most, YELLOW), else_=BLUE).label("severity")),
    ).where(or_(most, few))
