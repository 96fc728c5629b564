"""INT-06: the village received a dividend, and a month later has not paid all of it on."""

from typing import Any

from sqlalchemy import Select, String, and_, case, cast, func, select

from projections.balances import PPM
from projections.rules.phrases import every, evidence, so_far
from projections.rules.rule import RED, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.dividends import ASSET_CONTRACTS, DIVIDEND_RECEIPTS, DIVIDENDS


@rule(
    "INT-06",
    zh="分红未分",
    en="dividend held",
    severity=RED,
    mode=Mode.PERIODIC,
    clause=plan(3, "完善收益分配管理机制,健全农户参与机制和利益分享机制"),
    needs=(DIVIDEND_RECEIPTS, DIVIDENDS, ASSET_CONTRACTS),
    parameters={
        "days": Parameter(30, "days", "分红到账后应发放的天数"),
        "tolerated_fen": Parameter(100, "fen", "可容忍的差额"),
    },
    anchor=("contract", "period"),
    subjects=("contract", "payment", "account"),
    keyed_by="contract",
    why_zh="合同{period}期分红到账{received_yuan}（约定公益金{reserve_yuan}除外），已发{paid_yuan}，{at_risk_yuan}逾期未分。",
    why_en="For {period} the village received {received_yuan}, beside {reserve_yuan} of agreed reserve, and paid "
    "{paid_yuan} on; {at_risk_yuan} is overdue.",
)
def received_and_not_paid_on(touched: Touched, limits: Limits) -> Select[Any]:
    """Households share in what their assets earn: a dividend that the village received is theirs within a month.

    The 公益金 that the contract agrees on stays in the village. Paid is what dividends came to, net of returns.
    """
    due_by = limits.as_of.toordinal() - limits.days
    paid = _paid(touched).subquery("paid").c
    t = _in_turn(touched).subquery("in_turn").c
    paid_fen = func.coalesce(func.max(paid.paid_fen), 0)
    due_fen = func.sum(case((t.received_on < due_by, t.share_fen), else_=0))
    late = case((and_(t.received_on < due_by, t.so_far_fen > func.coalesce(paid.paid_fen, 0)), t.received_on))
    both = func.coalesce(paid.evidence, t.evidence)
    return (
        select(t.contract_no.label("contract"), t.period, every(t.bank_ref).label("payment"))
        .add_columns(every(t.to_account).label("account"), every(t.evidence, both).label("evidence"))
        .add_columns(func.sum(t.share_fen).label("received_fen"), func.sum(t.reserve_fen).label("reserve_fen"))
        .add_columns(paid_fen.label("paid_fen"), (due_fen - paid_fen).label("at_risk_fen"))
        .add_columns((func.min(late) + limits.days + 1).label("holds_from"))
        .outerjoin(paid.contract_no.table, and_(paid.contract_no == t.contract_no, paid.period == t.period))
        .group_by(t.contract_no, t.period)
        .having(due_fen - paid_fen > limits.tolerated_fen)
    )


def _in_turn(touched: Touched) -> Select[Any]:
    """The receipts of each contract and period by day, with what households should have of them by then."""
    r, k = DIVIDEND_RECEIPTS.c, ASSET_CONTRACTS.c
    share = func.coalesce(k.reserve_ppm, 0)
    reserve = r.amount_fen // PPM * share + r.amount_fen % PPM * share // PPM
    so_far_fen = so_far(r.amount_fen - reserve, r.received_on, r.position, of=(r.contract_no, r.period))
    return (
        select(
            r.contract_no, r.period, r.bank_ref, r.to_account, r.received_on, cast(r.position, String).label("evidence")
        )
        .add_columns(reserve.label("reserve_fen"), (r.amount_fen - reserve).label("share_fen"))
        .add_columns(so_far_fen.label("so_far_fen"))
        .join(ASSET_CONTRACTS.table, k.contract_no == r.contract_no)
        .where(~r.quarantined, touched(r.contract_no))
    )


def _paid(touched: Touched) -> Select[Any]:
    """What was paid on to households for each contract and period."""
    d = DIVIDENDS.c
    return (
        select(d.contract_no, d.period, func.sum(d.net_fen).label("paid_fen"), evidence(d.position))
        .where(touched(d.contract_no))
        .group_by(d.contract_no, d.period)
    )
