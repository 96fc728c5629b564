"""INT-04: soon after payment, what several beneficiaries received is gathered in one account or over one counter."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, literal, null, select, union_all

from projections.balances import PPM
from projections.rules.phrases import any_of, every, evidence
from projections.rules.rule import RED, YELLOW, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.bank import BANK_LINES
from projections.tables.dividends import DIVIDENDS
from projections.tables.organisations import ACCOUNTS
from projections.tables.payments import PAYMENTS, SUBSIDY

CASH = "现金"
SELLS_OR_COLLECTS = ("合作社", "企业", "代缴机构", "承办银行", "养老机构")
"""Organisations to which households pay of their own: fodder bought together, contributions, instalments, care."""


def collectors_of(accounts: Select[Any]) -> Select[Any]:
    """The accounts and counters to which accounts that changed sent money, and those accounts as receivers."""
    b = BANK_LINES.c
    sent = and_(b.from_account.in_(accounts), ~_is_an_offices(b.from_account))
    to = select(b.to_account)
    return any_of(
        to.where(sent), to.where(b.to_account.in_(accounts)), select(b.teller).where(sent, b.teller.is_not(None))
    )


def collectors_from(households: Select[Any]) -> Select[Any]:
    """The same for households that changed."""
    cards = [select(facts.c.account_no).where(facts.c.household_no.in_(households)) for facts in (PAYMENTS, DIVIDENDS)]
    return collectors_of(select(union_all(*cards).subquery().c[0]))


def _is_an_offices(account: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an account is registered to an organisation; what it sends is no beneficiary's."""
    return select(ACCOUNTS.c.position).where(ACCOUNTS.c.account_no == account).exists()


@rule(
    "INT-04",
    zh="到账归集",
    en="sweep after payment",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(BANK_LINES, PAYMENTS),
    parameters={
        "days": Parameter(3, "days", "到账后转出、及各笔转出之间的天数"),
        "persons": Parameter(3, "persons", "归集的受益人数", least=2),
        "households": Parameter(2, "households", "归集的户数", least=1),
        "share_ppm": Parameter(500_000, "ppm", "转出占到账的比例", most=PPM),
    },
    anchor=("collector",),
    subjects=("account", "person", "payment"),
    keyed_by="collector",
    reached_by={"account": collectors_of, "household": collectors_from},
    why_zh="{households}户{persons}名受益人在到账后{days}天内，将到账款共{at_risk_yuan}转入同一账户或在同一柜台办出。",
    why_en="Within {days} days of payment {persons} beneficiaries of {households} households moved {at_risk_yuan} of "
    "it to one account or over one counter.",
)
def gathered_in_one_hand(touched: Touched, limits: Limits) -> Select[Any]:
    """Nobody lays hands on what others receive: money does not leave several cards for one place just after it came.

    A move counts that, with others of the payment to the same place, takes half of a payment within three days of
    it; the moves of three beneficiaries of two households within three days of each other make a case. A counter
    counts cash and transfers alike. Toward a shop, an insurer, a lender or a home it may be their own purchase.
    """
    moves = _moves(touched, limits).cte("moves")
    m = moves.c
    w = _windows(moves, limits).cte("windows").c
    swept = and_(w.collector == m.collector, m.moved_on <= w.last_on, m.moved_on >= w.last_on - limits.days)
    one = (
        select(m.collector, m.bank_ref, m.from_account, m.to_account, m.person, m.household, m.amount_fen)
        .add_columns(every(m.payments).label("paid"), every(m.positions).label("positions"))
        .add_columns(func.min(w.last_on).label("holds_from"))
        .join_from(moves, w.collector.table, swept)
        .group_by(m.collector, m.bank_ref, m.from_account, m.to_account, m.person, m.household, m.amount_fen)
        .subquery("swept")
        .c
    )
    a = ACCOUNTS.c
    own_affair = func.max(case((a.org_kind.in_(SELLS_OR_COLLECTS), 1), else_=0)) == 1
    return (
        select(one.collector, every(one.from_account, func.coalesce(one.to_account, one.from_account)).label("account"))
        .add_columns(
            every(one.person).label("person"),
            every(func.coalesce(one.paid, one.bank_ref), one.bank_ref).label("payment"),
        )
        .add_columns(evidence(one.positions), func.sum(one.amount_fen).label("at_risk_fen"))
        .add_columns(func.min(one.holds_from).label("holds_from"), literal(limits.days).label("days"))
        .add_columns(func.count(one.person.distinct()).label("persons"))
        .add_columns(func.count(one.household.distinct()).label("households"))
        .add_columns(case((own_affair, YELLOW), else_=RED).label("severity"))
        .outerjoin(ACCOUNTS.table, a.account_no == one.collector)
        .group_by(one.collector)
    )


def _windows(moves: FromClause, limits: Limits) -> Select[Any]:
    """The days up to which, counted from three days before, enough beneficiaries had moved their money."""
    m = moves.alias("in_time")
    last = select(moves.c.collector, moves.c.moved_on).distinct().subquery("last")
    in_time = and_(
        m.c.collector == last.c.collector,
        m.c.moved_on <= last.c.moved_on,
        m.c.moved_on >= last.c.moved_on - limits.days,
    )
    return (
        select(last.c.collector, last.c.moved_on.label("last_on"))
        .join_from(last, m, in_time)
        .group_by(last.c.collector, last.c.moved_on)
        .having(func.count(m.c.person.distinct()) >= limits.persons)
        .having(func.count(m.c.household.distinct()) >= limits.households)
    )


def _moves(touched: Touched, limits: Limits) -> Select[Any]:
    """Every move out of a beneficiary's card that, with its like, took half of a payment to one collector."""
    pairs = [_pairs(collector, touched, limits) for collector in (BANK_LINES.c.to_account, BANK_LINES.c.teller)]
    f = union_all(*(pair for some in pairs for pair in some)).subquery("pairs").c
    together = func.sum(f.amount_fen).over(partition_by=(f.collector, f.paid_position, f.from_account))
    t = select(*f, together.label("moved_fen")).subquery("together").c
    return (
        select(t.collector, t.bank_ref, t.from_account, t.to_account, t.person, t.household, t.moved_on, t.amount_fen)
        .add_columns(every(t.paid_ref).label("payments"), every(t.position, t.paid_position).label("positions"))
        .where(t.moved_fen * PPM >= t.received_fen * limits.share_ppm)
        .group_by(
            t.collector, t.bank_ref, t.from_account, t.to_account, t.person, t.household, t.moved_on, t.amount_fen
        )
    )


def _pairs(collector: ColumnElement[str], touched: Touched, limits: Limits) -> list[Select[Any]]:
    """Each move to a collector with each payment to the card that came within three days before it."""
    b, p, d = BANK_LINES.c, PAYMENTS.c, DIVIDENDS.c
    to = case((b.to_account != CASH, b.to_account), else_=null())
    found = []
    for facts, amount, ours in ((p, p.net_fen, p.kind == SUBSIDY), (d, d.net_fen, literal(value=True))):
        soon = and_(facts.paid_on <= b.booked_on, facts.paid_on + limits.days >= b.booked_on)
        found.append(
            select(collector.label("collector"), b.bank_ref, b.from_account, to.label("to_account"))
            .add_columns(facts.id_no.label("person"), func.coalesce(facts.household_no, facts.id_no).label("household"))
            .add_columns(b.booked_on.label("moved_on"), b.amount_fen, func.min(b.position).label("position"))
            .add_columns(facts.bank_ref.label("paid_ref"), facts.position.label("paid_position"))
            .add_columns((func.sum(amount) // func.count(b.position.distinct())).label("received_fen"))
            .join(facts.bank_ref.table, and_(facts.account_no == b.from_account, soon))
            .where(ours, amount > 0, ~facts.quarantined, facts.id_no.is_not(None))
            .where(collector != CASH, collector != b.from_account, touched(collector), ~_is_an_offices(b.from_account))
            .group_by(collector, b.bank_ref, b.from_account, b.to_account, facts.id_no, facts.household_no)
            .group_by(b.booked_on, b.amount_fen, facts.position, facts.bank_ref)
        )
    return found
