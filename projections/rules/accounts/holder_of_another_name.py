"""ACC-03: the account's holder bears another name than the payee."""

from typing import Any

from sqlalchemy import Select, case, exists, func, select

from projections.rules.accounts.receiving import onto_accounts, received_by_a_guardian
from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, YELLOW, Limits, Mode, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES
from projections.tables.roster import GUARDIANS


@rule(
    "ACC-03",
    zh="户名不符",
    en="holder mismatch",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(PAYMENTS, PROGRAMMES),
    weighs=(GUARDIANS,),
    anchor=("person", "account"),
    subjects=("person", "account", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_paid_under},
    why_zh="{payments}笔共{at_risk_yuan}打入户名不是受领人的账户，也没有监护代管登记。",
    why_en="{payments} payments, {at_risk_yuan} in all, went onto an account whose holder bears another name than the "
    "payee, and no guardian is registered.",
)
def paid_to_a_holder_of_another_name(touched: Touched, limits: Limits) -> Select[Any]:
    """Punish seizure: what is granted to a person goes onto that person's account, or a registered guardian's.

    Names are compared when the row comes in; a row that says nothing of a holder is not judged. Without 监护代管登记
    it cannot tell a guardian from somebody else, and says so in yellow.
    """
    unknown = ~exists(select(GUARDIANS.c.position))
    p = onto_accounts(lambda of: touched(of.id_no)).alias("p").c
    return (
        select(p.id_no.label("person"), p.account_no.label("account"), every(p.bank_ref).label("payment"))
        .add_columns(evidence(p.position), func.sum(p.net_fen).label("at_risk_fen"))
        .add_columns(func.min(p.paid_on).label("holds_from"), func.count(p.stream.distinct()).label("payments"))
        .add_columns(case((unknown, YELLOW), else_=RED).label("severity"))
        .where(p.holder_matches.is_(False), ~received_by_a_guardian(p))
        .group_by(p.id_no, p.account_no)
    )
