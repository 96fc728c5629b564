"""ACC-02: one person is paid onto three or more accounts within a year."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, func, literal, select

from projections.rules.accounts.receiving import onto_accounts
from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.phrases import every, evidence, nth
from projections.rules.rule import YELLOW, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES


def payments_of_many_accounts(touched: Touched, limits: Limits) -> CTE:
    """Payments onto accounts of whoever has so many at all."""
    p = onto_accounts(lambda of: touched(of.id_no)).alias("p").c
    many = select(p.id_no).group_by(p.id_no).having(func.count(p.account_no.distinct()) >= limits.accounts).cte("many")
    return select(*p).join(many, many.c.id_no == p.id_no).cte("payments_of_many")


def crowded_spans(payments: CTE, limits: Limits) -> CTE:
    """The days on which so many accounts were in use within the days before."""
    last, one = payments.alias("last"), payments.alias("one")
    accounts = func.count(one.c.account_no.distinct())
    return (
        select(last.c.id_no, last.c.paid_on, accounts.label("accounts"))
        .join_from(last, one, within(one.c, last.c, limits))
        .group_by(last.c.id_no, last.c.paid_on)
        .having(accounts >= limits.accounts)
        .cte("spans")
    )


def within(one: Any, last: Any, limits: Limits) -> ColumnElement[bool]:
    """Whether a payment of the same person is of the days that end with `last`."""
    return and_(one.id_no == last.id_no, one.paid_on.between(last.paid_on - (limits.days - 1), last.paid_on))


@rule(
    "ACC-02",
    zh="一人多卡",
    en="one person, many cards",
    severity=YELLOW,
    mode=Mode.PERIODIC,
    clause=plan(17, "健全扶贫资金项目常态化监管机制"),
    needs=(PAYMENTS, PROGRAMMES),
    parameters={
        "accounts": Parameter(3, "accounts", "期间内的账户数", least=2),
        "days": Parameter(365, "days", "计算账户数的期间天数", least=1),
    },
    anchor=("person",),
    subjects=("person", "account", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_paid_under},
    why_zh="同一人{days}天内在{accounts}个账户收款，共{paid_yuan}；常用账户以外{at_risk_yuan}。",
    why_en="One person was paid onto {accounts} accounts within {days} days, {paid_yuan} in all; {at_risk_yuan} of it "
    "beside the accounts used most.",
)
def one_person_on_many_accounts(touched: Touched, limits: Limits) -> Select[Any]:
    """Keep payments under constant watch: a person has one card, and another after a change of bank, not three.

    The accounts of any span of so many days are counted together. At risk is what went onto those beyond the allowed,
    least used ones.
    """
    payments = payments_of_many_accounts(touched, limits)
    spans = crowded_spans(payments, limits)
    p = payments.alias("p").c
    sums = {"fen": func.sum(p.net_fen), "payment": every(p.bank_ref), "positions": every(p.position)}
    of_account = (
        select(p.id_no, p.account_no, *(figure.label(name) for name, figure in sums.items()))
        .add_columns(nth(sums["fen"].desc(), p.account_no, of=(p.id_no,)).label("by_use"))
        .where(exists().where(within(p, spans.c, limits)))
        .group_by(p.id_no, p.account_no)
        .subquery("of_account")
        .c
    )
    since = select(spans.c.id_no, func.min(spans.c.paid_on).label("day")).group_by(spans.c.id_no).subquery("since")
    return (
        select(of_account.id_no.label("person"), every(of_account.account_no).label("account"))
        .add_columns(every(of_account.payment).label("payment"), evidence(of_account.positions))
        .add_columns(func.count().label("accounts"), func.sum(of_account.fen).label("paid_fen"))
        .add_columns(
            func.sum(case((of_account.by_use >= limits.accounts, of_account.fen), else_=0)).label("at_risk_fen")
        )
        .add_columns(since.c.day.label("holds_from"), literal(limits.days).label("days"))
        .join(since, since.c.id_no == of_account.id_no)
        .group_by(of_account.id_no, since.c.day)
    )
