"""ACC-01: persons of different households are paid onto one card."""

from typing import Any

from sqlalchemy import FromClause, Select, case, func, or_, select

from projections.rules.accounts.receiving import (
    accounts_of,
    accounts_paid_under,
    onto_accounts,
    received_by_a_guardian,
)
from projections.rules.paid import PER_PERSON
from projections.rules.phrases import every, evidence, nth, so_far
from projections.rules.rule import RED, YELLOW, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES


def payees_of_shared_accounts(touched: Touched, limits: Limits) -> FromClause:
    """Whoever is paid onto an account that several are paid onto, wards of registered guardians left out.

    `own`: the account may be the payee's, as its holder never was somebody of another name.
    """
    p = onto_accounts(lambda of: touched(of.account_no)).alias("p").c
    personal = case((p.unit == PER_PERSON, p.net_fen), else_=0)
    payees = (
        select(p.account_no, p.id_no, func.coalesce(func.max(p.household_no), p.id_no).label("household"))
        .add_columns(func.sum(p.net_fen).label("paid_fen"), func.min(p.paid_on).label("first_on"))
        .add_columns(func.max(case((personal > 0, 1), else_=0)).label("personal"))
        .add_columns(func.min(case((p.holder_matches.is_(False), 0), else_=1)).label("own"))
        .add_columns(every(p.bank_ref).label("payment"), every(p.position).label("positions"))
        .where(~received_by_a_guardian(p))
        .group_by(p.account_no, p.id_no)
    )
    if touched.is_live:  # few accounts: to join them to themselves would cost a server more than to keep them all
        return payees.subquery("payees")
    several = func.count(p.id_no.distinct()) >= limits.persons
    shared = select(p.account_no).group_by(p.account_no).having(several).cte("shared")
    return payees.join(shared, shared.c.account_no == p.account_no).subquery("payees")


@rule(
    "ACC-01",
    zh="一卡多人",
    en="one card, many persons",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(PAYMENTS, PROGRAMMES),
    parameters={"persons": Parameter(2, "persons", "同一账户的受领人数", least=2)},
    anchor=("account",),
    subjects=("account", "person", "payment"),
    keyed_by="account",
    reached_by={"terms": accounts_paid_under, "person": accounts_of},
    why_zh="{households}户{persons}人的补贴、分红共{paid_yuan}打入同一账户，其中{at_risk_yuan}不属账户本人。",
    why_en="{persons} persons of {households} households were paid {paid_yuan} onto one account; {at_risk_yuan} of it "
    "is not its owner's.",
)
def one_card_for_several_payees(touched: Touched, limits: Limits) -> Select[Any]:
    """Punish seizure: what is granted to a person goes onto that person's card.

    Members of one household may share an account for what the household is granted; what each is granted in person
    belongs on a card of their own (yellow). At risk is all but what the account's owner got: the payee who got most,
    if the account's holder bears the name.
    """
    payees = payees_of_shared_accounts(touched, limits).alias("payee").c
    in_turn = (payees.first_on, payees.id_no)
    newcomer = case((nth(*in_turn, of=(payees.account_no, payees.household)) == 1, 1), else_=0)
    n = select(*payees, newcomer.label("new_household")).subquery("newcomers").c
    of_account = {"of": (n.account_no,)}
    t = (
        select(*n)
        .add_columns(so_far(n.new_household, n.first_on, n.id_no, **of_account).label("households_now"))
        .add_columns(so_far(n.personal, n.first_on, n.id_no, **of_account).label("personal_now"))
        .subquery("in_turn")
        .c
    )
    households = func.sum(t.new_household)
    several, apart = households >= limits.persons, func.sum(t.personal) >= limits.persons
    since = case(
        (several, func.min(case((t.households_now >= limits.persons, t.first_on)))),
        else_=func.min(case((t.personal_now >= limits.persons, t.first_on))),
    )
    paid_fen, owners_fen = func.sum(t.paid_fen), func.coalesce(func.max(case((t.own == 1, t.paid_fen))), 0)
    return (
        select(t.account_no.label("account"), every(t.id_no).label("person"), every(t.payment).label("payment"))
        .add_columns(evidence(t.positions), households.label("households"), func.count().label("persons"))
        .add_columns(paid_fen.label("paid_fen"), (paid_fen - owners_fen).label("at_risk_fen"))
        .add_columns(case((several, RED), else_=YELLOW).label("severity"), since.label("holds_from"))
        .group_by(t.account_no)
        .having(or_(several, apart))
    )
