"""FAL-10: an uncommon share of the rows that one person prepared has an identity number that does not hold."""

from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select

from projections.rules.phrases import every, evidence
from projections.rules.rule import YELLOW, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.fact_table import MILLION
from projections.tables.payments import PAYMENTS, SUBSIDY

VALID = "valid"


@rule(
    "FAL-10",
    zh="证件异常集中",
    en="bad-ID cluster",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "同一经办人证件异常行的比例与笔数"),
    needs=(PAYMENTS,),
    parameters={
        "share_ppm": Parameter(30_000, "ppm", "证件异常行占经办行数的比例", most=MILLION),
        "rows": Parameter(3, "rows", "证件异常行数", least=1),
    },
    anchor=("staff",),
    subjects=("staff", "claim", "payment"),
    keyed_by=None,
    why_zh="该经办人{prepared}笔补贴中{bad}笔证件号码有误，占{share_percent}，金额{at_risk_yuan}。",
    why_en="Of {prepared} subsidies that this person prepared, {bad} ({share_percent}) bear an identity number that "
    "does not hold; {at_risk_yuan} in all.",
)
def bad_numbers_of_one_preparer(touched: Touched, limits: Limits) -> Select[Any]:
    """A number that fails its check now and then is a slip; many from one hand are a reason to look at the papers."""
    p = PAYMENTS.c
    bad = case((p.quarantined & or_(p.id_quality.is_(None), p.id_quality != VALID), p.stream))
    rows, prepared = func.count(bad.distinct()), func.count(p.stream.distinct())
    return (
        select(p.preparer.label("staff"), every(case((bad.is_not(None), p.claim_no))).label("claim"))
        .add_columns(every(case((bad.is_not(None), p.bank_ref))).label("payment"))
        .add_columns(evidence(case((bad.is_not(None), p.position))), rows.label("bad"), prepared.label("prepared"))
        .add_columns((rows * literal(MILLION) // prepared).label("share_ppm"))
        .add_columns(func.sum(case((bad.is_not(None), p.net_fen), else_=0)).label("at_risk_fen"))
        .add_columns(func.max(case((bad.is_not(None), p.paid_on))).label("holds_from"))
        .where(p.kind == SUBSIDY, p.preparer.is_not(None))
        .group_by(p.preparer)
        .having(rows >= limits.rows, rows * MILLION >= prepared * limits.share_ppm)
    )
