"""LNM-05: the money of loans goes on to an organisation or to somebody of another household."""

from typing import Any

from sqlalchemy import Select, case, func, select

from projections.rules.loans.counterparty import MILLION, accounts_reached, used_by_another
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, YELLOW, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.loans import LOAN_MOVEMENTS, LOANS

USE_BY_ANOTHER = {
    "days": Parameter(30, "days", "放款后多少天内的资金流向计入占比"),
    "share_ppm": Parameter(800_000, "ppm", "一笔贷款流向同一户外对象的本金占比", least=1, most=MILLION),
    "borrowers": Parameter(3, "borrowers", "资金汇集到同一户外对象的借款人数", least=2),
    "fan_in_days": Parameter(90, "days", "汇集时首笔至末笔的天数"),
}
"""What LNM-05 and LNM-06 both judge by."""


@rule(
    "LNM-05",
    zh="户贷企用",
    en="proceeds to enterprise",
    severity=RED,
    mode=Mode.STREAMING,
    clause=Clause("银保监发〔2021〕6号", "不得以入股分红、转贷、指标交换交由企业使用"),
    needs=(LOANS, LOAN_MOVEMENTS),
    parameters=USE_BY_ANOTHER,
    anchor=("account",),
    subjects=("account", "org", "person", "loan", "payment"),
    keyed_by="account",
    reached_by={kind: accounts_reached(kind) for kind in ("account", "person", "household", "loan")},
    why_zh="{borrowers}名借款人的{loans}笔贷款放款后，共{at_risk_yuan}转给户外同一对象；"
    "其中{most}笔贷款大部分转给该对象，"
    "附发票的{invoiced}笔转账，共{movements}笔。",
    why_en="After {loans} loans of {borrowers} borrowers were issued, {at_risk_yuan} went to one counterparty outside "
    "their households, in {movements} transfers of which {invoiced} have an invoice; of {most} loans it was most.",
)
def lent_money_used_by_another(touched: Touched, limits: Limits) -> Select[Any]:
    """A loan to a household is not handed to a firm by shares, by lending on, or by trading the quota.

    Most of one loan soon after it was issued, or money of several borrowers within a season, whatever the amounts.
    What stays in the household does not count. Where every transfer has a purchase invoice it is yellow.
    """
    u = used_by_another(touched, limits).c
    held_on = func.coalesce(u.crowd_on, u.most_on)
    is_person = u.to_id.startswith("P-")
    return (
        select(u.account, every(case((~is_person, u.to_id))).label("org"), every(u.loan_no).label("loan"))
        .add_columns(every(func.coalesce(case((is_person, u.to_id)), u.id_no), u.id_no).label("person"))
        .add_columns(every(u.flow_ref).label("payment"), evidence(u.position, u.loan_position))
        .add_columns(func.sum(u.amount_fen).label("at_risk_fen"), func.count().label("movements"))
        .add_columns(func.count(u.invoice_no).label("invoiced"), func.count(u.loan_no.distinct()).label("loans"))
        .add_columns(func.count(u.id_no.distinct()).label("borrowers"))
        .add_columns(func.count(case((u.most_on.is_not(None), u.loan_no)).distinct()).label("most"))
        .add_columns(func.min(case((u.most_on < u.crowd_on, u.most_on), else_=held_on)).label("holds_from"))
        .add_columns(case((func.count(u.invoice_no) == func.count(), YELLOW), else_=RED).label("severity"))
        .group_by(u.account)
    )
