"""MIS-01: money of a quota document was paid for what the document does not name."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, case, func, select

from projections.rules.misappropriation.obligations import the_same
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Limits, Mode, Touched, plan, rule
from projections.tables.allocations import ALLOCATIONS
from projections.tables.payments import INTEREST_SUBSIDY, PAYMENTS

ARRIVAL = "到达"
INTEREST_PURPOSE = "L01"
"""小额信贷贴息: what every row of 贴息台账 is for."""

NO_PURPOSE = "[]"


def purpose_of_payment() -> ColumnElement[str | None]:
    """What a payment is for: as 支付台账 states it, a subsidy as its programme says; null where nothing says."""
    p = PAYMENTS.c
    return case((p.kind == INTEREST_SUBSIDY, INTEREST_PURPOSE), else_=p.purpose_code)


def _earmarked(touched: Touched) -> CTE:
    """Documents with the purposes for which they arrived, but for those that may be pooled (涉农整合)."""
    a = ALLOCATIONS.c
    return (
        select(a.quota_doc_no, every(a.purpose_codes).label("purposes"), every(a.position).label("arrivals"))
        .where(a.entry_kind == ARRIVAL, touched(a.quota_doc_no))
        .group_by(a.quota_doc_no)
        .having(func.max(a.integration_doc).is_(None), func.max(a.purpose_codes) != NO_PURPOSE)
        .cte("earmarked")
    )


@rule(
    "MIS-01",
    zh="专款错用",
    en="earmark mismatch",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(17, "加强扶贫资金使用和监管"),
    needs=(PAYMENTS, ALLOCATIONS),
    anchor=("fund", "purpose"),
    subjects=("fund", "payment", "project", "claim", "person"),
    keyed_by="fund",
    reached_by={"document": the_same},
    why_zh="“{fund}”到达时的用途不含{purpose}，却为{purpose}支付{payments}笔共{at_risk_yuan}，无整合批复。",
    why_en="Document {fund} did not arrive for {purpose}; {payments} payments, {at_risk_yuan} in all, were made "
    "for it without a permission to pool.",
)
def paid_outside_the_earmark(touched: Touched, limits: Limits) -> Select[Any]:
    """Supervise the use of the money: what came for one purpose is paid for that purpose.

    The purposes are those of the rows of 到达; a permission to pool (整合批复文号) on one of them lifts the rule.
    """
    p = PAYMENTS.c
    earmarked = _earmarked(touched)
    purpose = purpose_of_payment()
    named = func.replace(earmarked.c.purposes, '"' + purpose + '"', "") != earmarked.c.purposes
    return (
        select(p.quota_doc_no.label("fund"), purpose.label("purpose"))
        .add_columns(every(p.bank_ref).label("payment"), every(p.project_no).label("project"))
        .add_columns(every(p.claim_no).label("claim"), every(p.id_no).label("person"))
        .add_columns(evidence(p.position, earmarked.c.arrivals), func.sum(p.net_fen).label("at_risk_fen"))
        .add_columns(func.min(p.paid_on).label("holds_from"), func.count(p.position.distinct()).label("payments"))
        .join(earmarked, earmarked.c.quota_doc_no == p.quota_doc_no)
        .where(p.net_fen > 0, touched(p.quota_doc_no), purpose.is_not(None), ~named)
        .group_by(p.quota_doc_no, purpose)
    )
