"""MIS-03: money was spent on what the negative list bars."""

from typing import Any

from sqlalchemy import Select, func, select

from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Clause, Limits, Mode, Touched, rule
from projections.tables.payments import PAYMENTS

BARRED = tuple(f"N0{number}" for number in range(1, 10))
"""The nine kinds of 财农〔2017〕8号, as FORMATS codes them; 项目管理费 (M01) is none of them."""


@rule(
    "MIS-03",
    zh="负面清单",
    en="negative list",
    severity=RED,
    mode=Mode.STREAMING,
    clause=Clause(
        "财农〔2017〕8号 负面清单",
        "基本支出, 交通通讯, 奖金津贴, 补企业亏损, 楼堂馆所, 补预算缺口/偿债, 大中型基建, 城市, 其他无关",
    ),
    needs=(PAYMENTS,),
    anchor=("payment",),
    subjects=("payment", "fund", "project", "contract", "org", "claim", "person"),
    keyed_by="payment",
    why_zh="{paid_on}支付{at_risk_yuan}，用途{purpose}在负面清单之内。",
    why_en="{at_risk_yuan} was paid on {paid_on} for {purpose}, which the negative list bars.",
)
def paid_for_a_barred_purpose(touched: Touched, limits: Limits) -> Select[Any]:
    """None of the nine barred uses is paid out of this money; a subsidy has its programme's purpose.

    The fee of managing a project has a purpose of its own (M01), and is not barred.
    """
    p = PAYMENTS.c
    named = (p.quota_doc_no, p.project_no, p.contract_no, p.payee_uscc, p.claim_no, p.id_no)
    barred = (
        select(p.bank_ref, p.purpose_code, p.position, p.net_fen, p.paid_on, *named)
        .where(p.purpose_code.in_(BARRED), p.net_fen > 0, touched(p.bank_ref))
        .cte("barred")
        .prefix_with("MATERIALIZED")  # else a whole run walks the index by 流水号 for the sake of the grouping
    )
    b = barred.c
    return (
        select(b.bank_ref.label("payment"), func.max(b.purpose_code).label("purpose"), evidence(b.position))
        .add_columns(every(b.quota_doc_no).label("fund"), every(b.project_no).label("project"))
        .add_columns(every(b.contract_no).label("contract"), every(b.payee_uscc).label("org"))
        .add_columns(every(b.claim_no).label("claim"), every(b.id_no).label("person"))
        .add_columns(func.sum(b.net_fen).label("at_risk_fen"))
        .add_columns(func.min(b.paid_on).label("holds_from"), func.min(b.paid_on).label("paid_on"))
        .where(b.bank_ref.is_not(None))
        .group_by(b.bank_ref)
    )
