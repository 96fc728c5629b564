"""DIV-01: for a period less was paid in dividends than the contract guarantees."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, and_, func, select

from projections.balances import PPM
from projections.rules.dividends.terms import owed_fen, pay_day, span_of
from projections.rules.phrases import SEPARATOR, every, evidence
from projections.rules.rule import RED, Found, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.dividends import ASSET_CONTRACTS, DIVIDEND_RECEIPTS, DIVIDENDS, PROFIT_REPORTS


def below_what_is_owed(found: Iterable[Found], limits: Limits) -> Iterator[Mapping[str, Any]]:
    """Of what was paid for a period, where it is below what the contract owes for it once its 分红日 has come."""
    for row in found:
        span = span_of(row["period"])
        if span is None:
            continue
        known_on = max(pay_day(row, span.starts.year).toordinal(), row["last_on"])
        owed = owed_fen(row, span, row["profit_fen"])
        kept = _reserve_fen(row, owed)
        short = owed - int(row["paid_fen"]) - kept
        if known_on <= limits.as_of.toordinal() and short > limits.tolerated_fen:
            yield dict(row) | {
                "owed_fen": int(owed),
                "reserve_fen": int(kept),
                "at_risk_fen": int(short),
                "holds_from": known_on,
                "evidence": SEPARATOR.join(filter(None, (row["evidence"], row["received_at"]))),
            }


def _reserve_fen(row: Found, owed: Fraction) -> Fraction | int:
    """The agreed 公益金 of what came; of what is owed, where no receipt is on record."""
    share = row["reserve_ppm"] or 0
    return owed * share / PPM if row["received_fen"] is None else int(row["received_fen"]) * share // PPM


@rule(
    "DIV-01",
    zh="低于保底",
    en="below the guarantee",
    severity=RED,
    mode=Mode.PERIODIC,
    clause=plan(3, "推广“保底收益+按股金分红”分配方式"),
    needs=(DIVIDENDS, ASSET_CONTRACTS),
    parameters={"tolerated_fen": Parameter(100, "fen", "可容忍的差额")},
    anchor=("contract", "period"),
    subjects=("contract", "org", "payment"),
    keyed_by="contract",
    why_zh="合同{period}期应分{owed_yuan}，实发{paid_yuan}，公益金{reserve_yuan}，低于保底{at_risk_yuan}。",
    why_en="For {period} the contract owes {owed_yuan}; {paid_yuan} was paid beside {reserve_yuan} of reserve: "
    "{at_risk_yuan} below.",
    decides=below_what_is_owed,
)
def paid_below_the_guarantee(touched: Touched, _: Limits) -> Select[Any]:
    """Guaranteed return plus a share of profit: households get both, for the days that the contract ran.

    The agreed 公益金 counts as paid, and a shortfall of a yuan is rounding. Where nothing was paid at all it is
    another rule's (DIV-02).
    """
    k, reports, received, d = (
        ASSET_CONTRACTS.c,
        PROFIT_REPORTS.c,
        _received(touched).subquery("received").c,
        DIVIDENDS.c,
    )
    terms = (
        k.principal_fen,
        k.guaranteed_ppm,
        k.share_ppm,
        k.reserve_ppm,
        k.day_count,
        k.pay_day,
        k.starts_on,
        k.until,
    )
    of_period = (received.received_fen, received.received_at, reports.profit_fen)
    return (
        select(d.contract_no.label("contract"), d.period, *terms, *of_period, k.operator_uscc.label("org"))
        .add_columns(func.sum(d.net_fen).label("paid_fen"), func.max(d.paid_on).label("last_on"))
        .add_columns(every(d.bank_ref, func.coalesce(received.received_as, d.bank_ref)).label("payment"))
        .add_columns(evidence(d.position, k.last_position, func.coalesce(reports.last_position, k.last_position)))
        .join(ASSET_CONTRACTS.table, k.contract_no == d.contract_no)
        .outerjoin(PROFIT_REPORTS.table, and_(reports.contract_no == d.contract_no, reports.period == d.period))
        .outerjoin(received.period.table, and_(received.contract_no == d.contract_no, received.period == d.period))
        .where(touched(d.contract_no))
        .group_by(d.contract_no, d.period, *terms, *of_period, k.operator_uscc)
        .having(func.sum(d.net_fen) > 0)
    )


def _received(touched: Touched) -> Select[Any]:
    """What the village received for each contract and period."""
    r = DIVIDEND_RECEIPTS.c
    return (
        select(r.contract_no, r.period, func.sum(r.amount_fen).label("received_fen"))
        .add_columns(every(r.bank_ref).label("received_as"), every(r.position).label("received_at"))
        .where(~r.quarantined, touched(r.contract_no))
        .group_by(r.contract_no, r.period)
    )
