"""DUP-01: one person is paid on more claims of one programme than one period allows."""

from typing import Any

from sqlalchemy import Select, and_, case, func, select

from projections.rules.phrases import every, evidence, nth
from projections.rules.rule import RED, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.programmes import PROGRAMMES

SUPPLEMENTS = ("补发", "补差")
"""Pay that adds to a claim that was paid already."""


def persons_paid_under(terms: Select[Any]) -> Select[Any]:
    """Whoever was paid under the programmes whose terms changed."""
    return select(PAYMENTS.c.id_no).where(PAYMENTS.c.programme.in_(terms))


@rule(
    "DUP-01",
    zh="同人同项同期重复",
    en="same person, programme, period",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(PAYMENTS, PROGRAMMES),
    parameters={"max_per_period": Parameter(1, "claims", "补贴目录未填“每期次数”时每期允许的申请笔数", least=1)},
    anchor=("person", "programme", "period"),
    subjects=("person", "claim", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_paid_under},
    why_zh="“{programme}”{period}期按{claims}笔申请发放共{paid_yuan}，每期只允许{allowed}笔，超出部分{at_risk_yuan}。",
    why_en="{programme} for {period} was paid on {claims} claims, {paid_yuan} in all; the period allows {allowed}. "
    "Beyond that: {at_risk_yuan}.",
)
def more_claims_than_one_period_allows(touched: Touched, limits: Limits) -> Select[Any]:
    """Punish false claims: what a programme grants for one period, a person receives so often and no more.

    Instalments and re-issues bear their claim's number and count once; 补发 and 补差 are supplements, not a second
    claim. A payment counts with what is left of it after returns and reversals. At risk are the claims beyond those
    allowed, the largest being taken for the lawful ones.
    """
    p, g = PAYMENTS.c, PROGRAMMES.c
    one_period = (p.id_no, p.programme, p.period)
    allowed = func.coalesce(func.max(g.max_per_period), limits.max_per_period)
    counts = and_(p.kind == SUBSIDY, ~p.quarantined, p.net_fen > 0, p.pay_kind.not_in(SUPPLEMENTS))
    crowded = (
        select(*one_period, allowed.label("allowed"))
        .join(PROGRAMMES.table, g.programme == p.programme)
        .where(counts, p.id_no.is_not(None), p.period.is_not(None), touched(p.id_no))
        .group_by(*one_period)
        .having(func.count(p.claim_key.distinct()) > allowed)
        .cte("crowded")
    )
    same = and_(*(crowded.c[column.name] == column for column in one_period))
    of_claim = {"claim_fen": func.sum(p.net_fen), "first_on": func.min(p.paid_on), "claim": func.max(p.claim_no)}
    c = (
        select(*one_period, crowded.c.allowed, every(p.bank_ref).label("payment"), evidence(p.position))
        .add_columns(*(figure.label(name) for name, figure in of_claim.items()))
        .add_columns(nth(of_claim["claim_fen"].desc(), p.claim_key, of=one_period).label("by_size"))
        .add_columns(nth(of_claim["first_on"], p.claim_key, of=one_period).label("by_day"))
        .join(crowded, same)
        .where(counts)
        .group_by(*one_period, crowded.c.allowed, p.claim_key)
        .subquery("by_claim")
        .c
    )
    return (
        select(c.id_no.label("person"), c.programme, c.period, c.allowed, func.count().label("claims"))
        .add_columns(every(c.claim).label("claim"), every(c.payment).label("payment"), evidence(c.evidence))
        .add_columns(func.sum(c.claim_fen).label("paid_fen"))
        .add_columns(func.sum(case((c.by_size > c.allowed, c.claim_fen), else_=0)).label("at_risk_fen"))
        .add_columns(func.min(case((c.by_day > c.allowed, c.first_on))).label("holds_from"))
        .group_by(c.id_no, c.programme, c.period, c.allowed)
    )
