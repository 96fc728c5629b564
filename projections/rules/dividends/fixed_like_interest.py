"""DIV-05: an operator pays the same sum again and again and never reports a profit: a loan in the dress of a share."""

from typing import Any

from sqlalchemy import Select, exists, func, select, union_all

from projections.rules.phrases import every, evidence
from projections.rules.rule import BLUE, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.dividends import ASSET_CONTRACTS, DIVIDEND_RECEIPTS, DIVIDENDS, PROFIT_REPORTS


@rule(
    "DIV-05",
    zh="名股实债",
    en="a loan called a share",
    severity=BLUE,
    mode=Mode.PERIODIC,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "三期以上等额固定付款而无经营报告"),
    needs=(ASSET_CONTRACTS,),
    parameters={"payments": Parameter(3, "payments", "等额付款的期数", least=2)},
    anchor=("contract",),
    subjects=("contract", "org", "payment"),
    keyed_by="contract",
    why_zh="合同本金{at_risk_yuan}，已有{payments}期等额付款（每期{each_yuan}），没有一期经营报告。",
    why_en="Under the contract of {at_risk_yuan} there were {payments} equal payments of {each_yuan}; no profit was "
    "ever reported.",
)
def equal_payments_and_no_profit(touched: Touched, limits: Limits) -> Select[Any]:
    """A share earns what the business earns: what never varies and is never reported looks like interest on a loan."""
    k, reports = ASSET_CONTRACTS.c, PROFIT_REPORTS.c
    f = _payments(touched).subquery("paid_out").c
    reported = exists().where(reports.contract_no == f.contract_no, reports.profit_fen.is_not(None))
    series = (
        select(f.contract_no, f.amount_fen, func.count().label("payments"), every(f.refs).label("payment"))
        .add_columns(evidence(f.positions), func.max(f.last_on).label("last_on"))
        .where(~reported)
        .group_by(f.contract_no, f.amount_fen)
        .having(func.count() >= limits.payments)
        .subquery("series")
        .c
    )
    return (
        select(
            series.contract_no.label("contract"), k.operator_uscc.label("org"), every(series.payment).label("payment")
        )
        .add_columns(evidence(series.evidence), k.principal_fen.label("at_risk_fen"))
        .add_columns(func.max(series.amount_fen).label("each_fen"), func.max(series.payments).label("payments"))
        .add_columns(func.max(series.last_on).label("holds_from"))
        .join(ASSET_CONTRACTS.table, k.contract_no == series.contract_no)
        .group_by(series.contract_no, k.operator_uscc, k.principal_fen)
    )


def _payments(touched: Touched) -> Any:
    """What the operator paid, receipt by receipt; of a contract without receipts, what households got by period."""
    r, d = DIVIDEND_RECEIPTS.c, DIVIDENDS.c
    received = select(
        r.contract_no, r.amount_fen, r.bank_ref.label("refs"), func.coalesce(r.position, 0).label("positions")
    ).add_columns(r.received_on.label("last_on"))
    by_period = (
        select(d.contract_no, func.sum(d.net_fen), every(d.bank_ref), func.min(d.position), func.max(d.paid_on))
        .where(~exists().where(r.contract_no == d.contract_no), touched(d.contract_no), d.net_fen > 0)
        .group_by(d.contract_no, d.period)
    )
    return union_all(received.where(~r.quarantined, touched(r.contract_no)), by_period)
