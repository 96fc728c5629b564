"""DUP-08: one payee gets the same amount twice within a month, for what is said to be different things."""

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)

from projections.rules.phrases import every, evidence
from projections.rules.rule import YELLOW, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.dividends import DIVIDENDS
from projections.tables.payments import INTEREST_SUBSIDY, PAYMENTS

SAID = (
    "payment_key",
    "payee",
    "id_no",
    "payee_uscc",
    "programme",
    "period",
    "claim",
    "claim_no",
    "project_no",
    "contract_no",
)
"""What a payment is told apart by."""


def unchanged(keys: Select[Any]) -> Select[Any]:
    """The payee whom a person, or an organisation, is."""
    return keys


def whole_payments(payee: ColumnElement[str]) -> Select[Any]:
    """The payments of both workbooks, the lines of each together."""
    p = PAYMENTS.c
    said = {name: p[name] for name in SAID if name in p} | {
        "payment_key": func.coalesce(p.bank_ref, p.stream),
        "payee": payee,
        "claim": p.claim_key,
    }
    return (
        select(*(said[name].label(name) for name in SAID), func.sum(p.net_fen).label("fen"))
        .add_columns(func.min(p.paid_on).label("paid_on"), every(p.position).label("positions"))
        .where(p.kind != INTEREST_SUBSIDY, p.quarantined.is_(False), p.net_fen > 0, payee.is_not(None))
        .group_by(*(said[name] for name in SAID))
    )


def payments_to(touched: Touched) -> CTE:
    """Every payment with its payee, whole amount and what it is said to be for; a dividend is of its contract."""
    d, nothing = DIVIDENDS.c, cast(null(), Text)
    of_share = {"payment_key": d.bank_ref, "payee": d.id_no, "id_no": d.id_no, "period": d.period}
    of_share |= {"claim": d.contract_no, "contract_no": d.contract_no}
    shared = (
        select(*(of_share.get(name, nothing).label(name) for name in SAID), d.net_fen, d.paid_on)
        .add_columns(cast(d.position, Text))
        .where(d.quarantined.is_(False), d.net_fen > 0, d.id_no.is_not(None), touched(d.id_no))
    )
    p = PAYMENTS.c
    to_persons = whole_payments(p.id_no).where(touched(p.id_no))
    to_suppliers = whole_payments(p.payee_uscc).where(p.id_no.is_(None), touched(p.payee_uscc))
    return union_all(to_persons, to_suppliers, shared).cte("payments_to")


def recurring(payments: CTE) -> CTE:
    """The payments whose payee got that amount more often than one programme's periods, or one contract, explain."""
    p = payments.c
    series = func.coalesce(p.programme, p.contract_no, p.project_no, "")
    term = series + "|" + func.coalesce(p.period, "")
    beyond_one_schedule = or_(
        func.count(series.distinct()) > 1,
        and_(func.count(p.programme) > 0, func.count() > func.count(term.distinct())),
    )
    amounts = select(p.payee, p.fen).group_by(p.payee, p.fen).having(beyond_one_schedule).cte("amounts")
    return select(*p).join(amounts, and_(amounts.c.payee == p.payee, amounts.c.fen == p.fen)).cte("recurring")


def alike(first: Any, second: Any, days: int) -> ColumnElement[bool]:
    """Whether `second` follows `first` so soon, of the same amount, for another claim or project, on no schedule."""
    in_order = or_(
        and_(first.paid_on == second.paid_on, first.payment_key < second.payment_key), first.paid_on < second.paid_on
    )
    other_claim = or_(first.claim.is_distinct_from(second.claim), first.project_no.is_distinct_from(second.project_no))
    of_one_programme = and_(first.programme == second.programme, first.period.is_distinct_from(second.period))
    on_a_schedule = or_(
        func.coalesce(of_one_programme, False), func.coalesce(first.contract_no == second.contract_no, False)
    )
    soon = second.paid_on <= first.paid_on + days
    return and_(first.payee == second.payee, first.fen == second.fen, soon, in_order, other_claim, ~on_a_schedule)


@rule(
    "DUP-08",
    zh="近似重复支付",
    en="fuzzy duplicate",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(PAYMENTS,),
    parameters={"days": Parameter(30, "days", "两笔同额支付相隔的天数")},
    anchor=("payee", "amount"),
    subjects=("person", "org", "claim", "project", "contract", "payment"),
    keyed_by="payee",
    reached_by={"person": unchanged, "org": unchanged},
    why_zh="同一收款人在{days}天内以不同事由收到同额款项，共{payments}笔，每笔{each_yuan}；可能重复的{at_risk_yuan}。",
    why_en="One payee got the same amount for different things within {days} days: {payments} payments of {each_yuan}; "
    "{at_risk_yuan} may be paid twice.",
)
def same_amount_again_soon(touched: Touched, limits: Limits) -> Select[Any]:
    """Punish false claims: same payee, same amount, different claim is how one need is paid for twice.

    One programme's periods, and one contract's instalments, are a schedule. At risk are the payments that follow.
    """
    payments = recurring(payments_to(touched))
    first, second = payments.alias("first"), payments.alias("second")
    pairs = (
        select(first.c.payment_key.label("one"), second.c.payment_key.label("other"))
        .join_from(first, second, alike(first.c, second.c, limits.days))
        .cte("pairs")
    )
    followers = select(pairs.c.other).distinct().cte("followers")
    concerned = union(select(pairs.c.one), select(pairs.c.other)).cte("concerned")
    p = payments.c
    follows = case((followers.c.other.is_not(None), p.fen), else_=0)
    return (
        select(p.payee, p.fen.label("amount"), p.fen.label("each_fen"), literal(limits.days).label("days"))
        .add_columns(every(p.id_no).label("person"), every(p.payee_uscc).label("org"), every(p.claim_no).label("claim"))
        .add_columns(every(p.project_no).label("project"), every(p.contract_no).label("contract"))
        .add_columns(every(p.payment_key).label("payment"), evidence(p.positions), func.count().label("payments"))
        .add_columns(func.sum(follows).label("at_risk_fen"))
        .add_columns(func.min(case((followers.c.other.is_not(None), p.paid_on))).label("holds_from"))
        .join(concerned, concerned.c[0] == p.payment_key)
        .outerjoin(followers, followers.c.other == p.payment_key)
        .group_by(p.payee, p.fen)
    )
