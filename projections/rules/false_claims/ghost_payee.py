"""FAL-04: signs gather that a payee is nobody whom anyone has seen."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, and_, case, exists, func, or_, select

from projections.rules.accounts.receiving import onto_accounts
from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.paid import paid
from projections.rules.phrases import every
from projections.rules.rule import ORANGE, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.receipts import RECEIPTS
from projections.tables.roster import ROSTER_SPANS

VALID, PROVIDED_FOR = "valid", "五保户"


def sharers_of(accounts: Select[Any]) -> Select[Any]:
    """Whoever is paid onto `accounts`."""
    return select(paid(lambda of: of.account_no.in_(accounts)).c.id_no)


def members_of(households: Select[Any]) -> Select[Any]:
    """Whoever stands on the roster in `households`."""
    return select(ROSTER_SPANS.c.id_no).where(ROSTER_SPANS.c.household_no.in_(households))


def payees(touched: Touched) -> FromClause:
    """Whoever is paid onto an account, with what all of it comes to and under how many programmes."""
    p = paid(lambda of: touched(of.id_no)).c
    programme = func.coalesce(p.programme, p.contract_no)
    numbers = case((p.id_quality != VALID, 1), else_=0)
    return (
        select(p.id_no, func.sum(p.net_fen).label("fen"), func.min(p.paid_on).label("first_on"))
        .add_columns(func.count(programme.distinct()).label("programmes"), func.max(numbers).label("odd_number"))
        .group_by(p.id_no)
        .subquery("payees")
    )


def seen_little(touched: Touched, limits: Limits) -> CTE:
    """The payees who show all but one of the signs needed at least, without looking at their accounts."""
    p, r, s = payees(touched).alias("p").c, RECEIPTS.c, ROSTER_SPANS.c
    other = ROSTER_SPANS.table.alias("other").c
    listed = and_(s.id_no == p.id_no, s.quarantined.is_(False))
    with_others = exists().where(listed, other.household_no == s.household_no, other.id_no != p.id_no)
    provided_for = exists().where(listed, s.category == PROVIDED_FOR)
    signs = {
        "unvisited": ~exists().where(r.id_no == p.id_no),
        "no_phone": ~exists().where(listed, s.phone.is_not(None)),
        "alone": ~or_(with_others, provided_for),
        "one_programme": p.programmes == 1,
        "odd_number": p.odd_number == 1,
    }
    flags = {name: case((sign, 1), else_=0) for name, sign in signs.items()}
    n = select(p.id_no, p.fen, p.first_on, *(flag.label(name) for name, flag in flags.items())).subquery("shown").c
    shown = n.unvisited + n.no_phone + n.alone + n.one_programme + n.odd_number
    return select(*n, shown.label("shown")).where(shown >= limits.signs - 1).cte("seen_little")


def on_new_accounts(candidates: CTE, limits: Limits) -> CTE:
    """Payments of the candidates onto accounts, and whether anybody was paid onto these long before."""
    ours = select(onto_accounts(lambda of: of.id_no.in_(select(candidates.c.id_no)))).cte("ours")
    p, everybody = ours.c, paid(lambda of: of.account_no.in_(select(ours.c.account_no)), name="everybody").c
    seen = (
        select(everybody.account_no, func.min(everybody.paid_on).label("on"))
        .group_by(everybody.account_no)
        .subquery("first_seen")
    )
    old = case((p.paid_on - seen.c.on > limits.new_account_days, 1), else_=0)
    return (
        select(p.id_no, func.max(old).label("old"), every(p.bank_ref).label("payment"))
        .add_columns(every(p.claim_no).label("claim"), every(p.account_no).label("account"))
        .add_columns(every(p.position).label("positions"))
        .join(seen, seen.c.account_no == p.account_no)
        .group_by(p.id_no)
        .cte("on_accounts")
    )


@rule(
    "FAL-04",
    zh="幽灵受益人",
    en="ghost payee",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(PAYMENTS, ROSTER_SPANS, RECEIPTS),
    parameters={
        "signs": Parameter(3, "signs", "迹象数", least=2, most=6),
        "new_account_days": Parameter(30, "days", "账户首次出现至收款的天数"),
    },
    anchor=("person",),
    subjects=("person", "claim", "payment", "account"),
    keyed_by="person",
    reached_by={
        "terms": persons_paid_under,
        "account": sharers_of,
        "household": members_of,
    },
    why_zh="受领人有{signs}项迹象（1为有）：从无签收回访{unvisited}、无电话{no_phone}、新账户{new_account}、"
    "户内无他人{alone}、只领一项{one_programme}、证号非18位有效{odd_number}；共领{at_risk_yuan}。",
    why_en="A payee shows {signs} signs (1 is yes): never visited nor signed for {unvisited}, no telephone {no_phone}, "
    "account new when paid {new_account}, nobody else in the household {alone}, one programme only {one_programme}, "
    "number not valid {odd_number}; {at_risk_yuan} was paid.",
)
def payee_whom_nobody_has_seen(touched: Touched, limits: Limits) -> Select[Any]:
    """Punish false claims: behind each payee stands a person who can be met.

    Who lives alone and is provided for (五保) shows no sign by that. An account is new where nobody was paid onto it
    longer before than so many days. No sign means anything by itself.
    """
    candidates = seen_little(touched, limits)
    n, on = candidates.c, on_new_accounts(candidates, limits)
    new_account: ColumnElement[int] = 1 - on.c.old
    signs = n.shown + new_account
    return (
        select(n.id_no.label("person"), on.c.claim, on.c.payment, on.c.account, signs.label("signs"), n.unvisited)
        .add_columns(n.no_phone, n.alone, n.one_programme, n.odd_number, new_account.label("new_account"))
        .add_columns(n.fen.label("at_risk_fen"), n.first_on.label("holds_from"), on.c.positions.label("evidence"))
        .join(on, on.c.id_no == n.id_no)
        .where(signs >= limits.signs)
    )
