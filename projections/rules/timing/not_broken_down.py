"""IDL-01: quota money arrived and was not broken down within the month."""

from typing import Any

from sqlalchemy import Select, case, func, literal, select

from projections.balances import BROKEN_DOWN
from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, Clause, Limits, Mode, Parameter, Touched, rule
from projections.rules.timing.documents import arrivals, documents_themselves
from projections.tables.allocations import ALLOCATIONS


@rule(
    "IDL-01",
    zh="指标滞留",
    en="quota not broken down",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "指标到达后三十日内分解下达"),
    needs=(ALLOCATIONS,),
    parameters={"days": Parameter(30, "days", "到达后应分解完毕的天数")},
    anchor=("fund",),
    subjects=("fund", "entry"),
    keyed_by="fund",
    reached_by={"document": documents_themselves},
    why_zh="指标到达{came_yuan}，已分解{broken_down_yuan}；自{came_on}起有{at_risk_yuan}超过{days}天未分解。",
    why_en="{came_yuan} arrived and {broken_down_yuan} was broken down; {at_risk_yuan} has not been since {came_on}, "
    "more than {days} days.",
)
def arrived_and_not_broken_down(touched: Touched, limits: Limits) -> Select[Any]:
    """Quota money is broken down within thirty days: said for what it is, or handed down in a document of its own.

    What arrived first is broken down first.
    """
    as_of = limits.as_of.toordinal()
    a = arrivals(touched, as_of).subquery("arrivals").c
    down = _broken_down(touched, as_of).subquery("down").c
    down_fen = func.coalesce(down.fen, 0)
    gap = func.sum(case((a.occurred_on + limits.days < as_of, a.amount_fen), else_=0)) - func.max(down_fen)
    came_on = func.min(case((a.so_far_fen > down_fen, a.occurred_on)))
    return (
        select(a.document.label("fund"), every(a.entry_no).label("entry"), evidence(a.position))
        .add_columns(gap.label("at_risk_fen"), func.sum(a.amount_fen).label("came_fen"))
        .add_columns(func.max(down_fen).label("broken_down_fen"), came_on.label("came_on"))
        .add_columns((came_on + limits.days + 1).label("holds_from"), literal(limits.days).label("days"))
        .outerjoin(down.fen.table, down.document == a.document)
        .group_by(a.document)
        .having(gap > 0)
    )


def _broken_down(touched: Touched, as_of: int) -> Select[Any]:
    """分解 of each document, or what was handed down out of it, whichever is more: often the same money is both."""
    rows = ALLOCATIONS.c
    by_target = (
        select(rows.quota_doc_no.label("document"), func.sum(rows.amount_fen).label("fen"))
        .where(rows.entry_kind == BROKEN_DOWN, rows.occurred_on <= as_of, touched(rows.quota_doc_no))
        .group_by(rows.quota_doc_no)
    )
    by_document = (
        select(rows.parent_doc_no, func.sum(rows.amount_fen))
        .where(rows.parent_doc_no.is_not(None), rows.parent_doc_no != rows.quota_doc_no)
        .where(rows.occurred_on <= as_of, touched(rows.parent_doc_no))
        .group_by(rows.parent_doc_no)
    )
    both = by_target.union_all(by_document).subquery("both").c
    return select(both.document, func.max(both.fen).label("fen")).group_by(both.document)
