"""ACC-05: a subsidy to a person goes onto the account of an organisation or of a cadre."""

from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select

from projections.rules.accounts.receiving import CARD, accounts_of, accounts_paid_under, received_by_a_guardian
from projections.rules.paid import BY_CARD, ON_BEHALF
from projections.rules.phrases import counted, every, evidence
from projections.rules.rule import RED, Limits, Mode, Touched, plan, rule
from projections.tables.organisations import ACCOUNTS, STAFF
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES

CARE_HOME, COLLECTING_BODY = "养老机构", "代缴机构"


def accounts_held_by(staff: Select[Any]) -> Select[Any]:
    """The accounts whose holder bore the name of one of `staff`."""
    return select(PAYMENTS.c.account_no).where(PAYMENTS.c.holder_staff_no.in_(staff))


@rule(
    "ACC-05",
    zh="公户/干部户收个补",
    en="wrong owner",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(PAYMENTS, PROGRAMMES, ACCOUNTS),
    anchor=("account",),
    subjects=("account", "person", "payment", "org", "staff"),
    keyed_by="account",
    reached_by={"terms": accounts_paid_under, "person": accounts_of, "staff": accounts_held_by},
    why_zh="发给{persons}人的补贴{payments}笔共{at_risk_yuan}打入单位账户或干部账户（其中干部账户{cadres}笔）。",
    why_en="{payments} subsidy payments to {persons} persons, {at_risk_yuan} in all, went onto an account of an "
    "organisation or of a cadre (of a cadre: {cadres}).",
)
def subsidy_onto_the_account_of_an_office(touched: Touched, limits: Limits) -> Select[Any]:
    """Punish seizure: a subsidy to a person goes neither through an organisation nor through a cadre.

    A cadre's account is one whose holder bears the name of somebody who serves on that day and is not the payee. A care
    home and a registered guardian may receive for whom they keep; premiums go to the body that collects them.
    """
    p, g, a, s = PAYMENTS.c, PROGRAMMES.c, ACCOUNTS.c, STAFF.c
    of_organisation = and_(a.account_no == p.account_no, a.org_kind.not_in((CARE_HOME, COLLECTING_BODY)))
    in_office = and_(s.serving_from <= p.paid_on, or_(s.serving_until.is_(None), s.serving_until >= p.paid_on))
    of_cadre = exists().where(s.staff_no == p.holder_staff_no, in_office, s.id_no != p.id_no)
    cadre = case((of_cadre, p.holder_staff_no))
    onto_cards = and_(p.channel == CARD, func.coalesce(g.pay_mode, BY_CARD) != ON_BEHALF)
    return (
        select(p.account_no.label("account"), every(p.id_no).label("person"), every(p.bank_ref).label("payment"))
        .add_columns(every(a.uscc).label("org"), every(cadre).label("staff"), evidence(p.position))
        .add_columns(func.sum(p.net_fen).label("at_risk_fen"), func.min(p.paid_on).label("holds_from"))
        .add_columns(func.count(p.stream.distinct()).label("payments"), func.count(p.id_no.distinct()).label("persons"))
        .add_columns(func.count(cadre).label("cadres"))
        .join(PROGRAMMES.table, g.programme == p.programme)
        .outerjoin(ACCOUNTS.table, of_organisation)
        .where(counted(p), touched(p.account_no), onto_cards, or_(a.account_no.is_not(None), of_cadre))
        .where(~received_by_a_guardian(p))
        .group_by(p.account_no)
    )
