"""DIV-04: the principal of an asset contract may not come back."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select

from projections.rules.dividends.terms import lines_of, read_lines
from projections.rules.phrases import SEPARATOR, every
from projections.rules.rule import RED, Found, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.bank import BANK_LINES
from projections.tables.dividends import (
    ASSET_CONTRACTS,
    DIVIDEND_RECEIPTS,
    DIVIDENDS,
    PRINCIPAL_RETURNS,
    PROFIT_REPORTS,
)
from projections.tables.organisations import ACCOUNTS

FAILED = {"异常": "abnormal", "注销": "deregistered"}
YEAR_DIGITS = 4


def contracts_of(operators: Select[Any]) -> Select[Any]:
    """The contracts of operators of which something changed: another contract of theirs."""
    return select(ASSET_CONTRACTS.c.contract_no).where(ASSET_CONTRACTS.c.operator_uscc.in_(operators))


def contracts_paid_from(accounts: Select[Any]) -> Select[Any]:
    """The contracts of the operators that hold accounts that changed, or sent money to them."""
    b = BANK_LINES.c
    held = [accounts, select(b.from_account).where(b.to_account.in_(accounts))]
    return contracts_of(select(ACCOUNTS.c.uscc).where(or_(*(ACCOUNTS.c.account_no.in_(some) for some in held))))


def at_risk(found: Iterable[Found], limits: Limits) -> Iterator[Mapping[str, Any]]:
    """The contracts with a reason to fear for the principal; the first of the reasons is said."""
    for row in found:
        if reason := _failed(row) or _silent(row, limits) or _not_returned(row, limits):
            zh, en, since = reason
            yield dict(row) | {
                "evidence": SEPARATOR.join(filter(None, (str(row["position"]), row["reported_at"]))),
                "reason_zh": zh,
                "reason_en": en,
                "at_risk_fen": row["principal_fen"] - int(row["returned_fen"]),
                "holds_from": since,
            }


def _failed(row: Found) -> tuple[str, str, int] | None:
    """The newest report says that the operator is no longer sound."""
    reports = sorted((int(day), period, status) for period, status, day in read_lines(row["reports"]))
    if not reports or reports[-1][2] not in FAILED or row["returned_fen"] >= row["principal_fen"]:
        return None
    day, _, status = reports[-1]
    return f"经营状态{status}", f"the operator is {FAILED[status]}", day


def _silent(row: Found, limits: Limits) -> tuple[str, str, int] | None:
    """Reports are missing for years, counted from the first year of which the ledger knows anything."""
    reported = {int(period[:YEAR_DIGITS]) for period, _, _ in read_lines(row["reports"])}
    if not reported and not row["share_ppm"]:
        return None
    active = [date.fromordinal(row["active_on"]).year] if row["active_on"] else []
    ended = date.fromordinal(row["until"])
    missed = [
        year
        for year in range(min([*reported, *active], default=limits.as_of.year), min(limits.as_of.year, ended.year + 1))
        if year not in reported and date(year, 12, 31).toordinal() + limits.report_days < limits.as_of.toordinal()
    ]
    if len(missed) < limits.reports or row["returned_fen"] >= row["principal_fen"]:
        return None
    known_on = date(missed[limits.reports - 1], 12, 31).toordinal() + limits.report_days + 1
    return f"缺{len(missed)}期经营报告", f"{len(missed)} reports are missing", known_on


def _not_returned(row: Found, limits: Limits) -> tuple[str, str, int] | None:
    """The term has passed, the principal is not back, and no contract took the place of this one."""
    overdue = row["until"] + limits.days < limits.as_of.toordinal()
    if not overdue or row["renewed"] or max(row["returned_fen"], row["banked_fen"]) >= row["principal_fen"]:
        return None
    until = date.fromordinal(row["until"])
    return (
        f"{until}到期后本金未收回、未续签",
        f"it ended on {until}, neither repaid nor renewed",
        row["until"] + limits.days + 1,
    )


@rule(
    "DIV-04",
    zh="本金风险",
    en="principal at risk",
    severity=RED,
    mode=Mode.PERIODIC,
    clause=plan(25, "定期跟踪合作企业的运行状况,确保扶贫专项资金安全有效"),
    needs=(ASSET_CONTRACTS,),
    parameters={
        "days": Parameter(60, "days", "合同到期后收回本金或续签的天数"),
        "reports": Parameter(2, "reports", "缺报的期数", least=1),
        "report_days": Parameter(90, "days", "年度结束后应报告经营情况的天数"),
    },
    anchor=("contract",),
    subjects=("contract", "org"),
    keyed_by="contract",
    reached_by={"org": contracts_of, "account": contracts_paid_from},
    why_zh="本金{principal_yuan}有风险：{reason_zh}。",
    why_en="The principal of {principal_yuan} is at risk: {reason_en}.",
    decides=at_risk,
)
def principal_that_may_not_come_back(touched: Touched, limits: Limits) -> Select[Any]:
    """Follow how the partners do, so that the money is safe: sound operators that report, principal that comes back."""
    k, reports, back = ASSET_CONTRACTS.c, PROFIT_REPORTS.c, PRINCIPAL_RETURNS.c
    of_contract = reports.contract_no == k.contract_no
    line = lines_of(reports.period, reports.status, reports.reported_on)
    returned = select(func.coalesce(func.sum(back.amount_fen), 0)).where(back.contract_no == k.contract_no)
    return select(
        k.contract_no.label("contract"),
        k.operator_uscc.label("org"),
        *(k.principal_fen, k.share_ppm, k.starts_on, k.until, k.position),
        select(line).where(of_contract).scalar_subquery().label("reports"),
        select(every(reports.last_position)).where(of_contract).scalar_subquery().label("reported_at"),
        returned.scalar_subquery().label("returned_fen"),
        _first_active().label("active_on"),
        _renewed(limits).label("renewed"),
        _banked(limits).label("banked_fen"),
    ).where(~k.quarantined, touched(k.contract_no))


def _first_active() -> Any:
    """The first day on which a dividend of the contract came or was paid."""
    k, d, r = ASSET_CONTRACTS.c, DIVIDENDS.c, DIVIDEND_RECEIPTS.c
    paid = select(func.min(d.paid_on)).where(d.contract_no == k.contract_no).scalar_subquery()
    received = select(func.min(r.received_on)).where(r.contract_no == k.contract_no).scalar_subquery()
    return func.coalesce(received, paid)


def _renewed(limits: Limits) -> Any:
    """How many contracts of the same village and operator begin about when this one ends."""
    k, other = ASSET_CONTRACTS.c, ASSET_CONTRACTS.table.alias("another").c
    succeeds = and_(
        other.operator_uscc == k.operator_uscc,
        other.village == k.village,
        other.contract_no != k.contract_no,
        other.starts_on.between(k.until - limits.days, k.until + limits.days),
    )
    return select(func.count()).where(succeeds).scalar_subquery()


def _banked(limits: Limits) -> Any:
    """What single payments of at least the principal came from the operator since shortly before the end."""
    k, b, a = ASSET_CONTRACTS.c, BANK_LINES.c, ACCOUNTS.c
    of_operator = select(a.account_no).where(a.uscc == k.operator_uscc)
    came = and_(
        b.from_account.in_(of_operator),
        b.to_account == b.statement_account,
        b.booked_on >= k.until - limits.days,
        b.amount_fen >= k.principal_fen,
    )
    return select(func.coalesce(func.max(b.amount_fen), literal(0))).where(came).scalar_subquery()
