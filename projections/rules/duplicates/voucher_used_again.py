"""DUP-07: one invoice, or one scan of a paper, stands behind several payments."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, or_, select, union_all

from projections.rules.phrases import every, evidence, nth, so_far
from projections.rules.rule import RED, Limits, Mode, Touched, plan, rule
from projections.tables.payments import PAYMENTS

NAMED = ("claim_no", "bank_ref", "project_no", "contract_no", "payee_uscc", "id_no", "invoice_no")


def disbursements(voucher: ColumnElement[str], touched: Touched) -> FromClause:
    """What was paid on each voucher, a row a claim or bank payment, in the order of their days.

    A claim's instalments rest on one paper, and lines of one bank payment are one.
    """
    p = PAYMENTS.c
    payment = func.coalesce(p.claim_key, p.bank_ref, p.stream)
    one = (voucher.label("voucher"), payment.label("disbursement"))
    d = (
        select(*one, func.sum(p.net_fen).label("fen"), func.min(p.paid_on).label("paid_on"))
        .add_columns(func.max(p.invoice_total_fen).label("total_fen"), func.max(p.evidence_sha256).label("paper"))
        .add_columns(func.max(p.voucher).label("invoice"), every(p.position).label("positions"))
        .add_columns(*(every(p[name]).label(name) for name in NAMED))
        .where(p.quarantined.is_(False), p.net_fen > 0, voucher.is_not(None), touched(voucher))
        .group_by(voucher, payment)
        .subquery("disbursed")
        .c
    )
    in_turn, of = (d.paid_on, d.disbursement), (d.voucher,)
    return (
        select(*d, nth(*in_turn, of=of).label("nth"), so_far(d.fen, *in_turn, of=of).label("fen_so_far"))
        .add_columns(func.max(d.total_fen).over(partition_by=of).label("invoiced_fen"))
        .subquery("in_turn")
    )


def invoices_paid_again(touched: Touched) -> Select[Any]:
    """Invoices on which an amount, or a scan, recurs, and more was paid than they come to."""
    d = disbursements(PAYMENTS.c.voucher, touched).c
    invoiced_fen = func.coalesce(func.max(d.invoiced_fen), func.max(d.fen))
    recurs = or_(func.count() > func.count(d.fen.distinct()), func.count(d.paper) > func.count(d.paper.distinct()))
    too_much = and_(d.nth > 1, d.fen_so_far > func.coalesce(d.invoiced_fen, 0))
    beyond = and_(func.count() > 1, recurs, func.sum(d.fen) > func.coalesce(func.max(d.invoiced_fen), 0))
    return _used_again(d, func.sum(d.fen) - invoiced_fen, func.min(case((too_much, d.paid_on)))).having(beyond)


def papers_used_again(touched: Touched) -> Select[Any]:
    """Scans that stand behind several payments which are not all on one invoice."""
    d = disbursements(PAYMENTS.c.evidence_sha256, touched).c
    invoices = func.count(func.coalesce(d.invoice, "").distinct())
    several = and_(func.count() > 1, or_(invoices > 1, func.max(d.invoice).is_(None)))
    beyond_fen = func.sum(d.fen) - func.max(d.fen)
    return _used_again(d, beyond_fen, func.min(case((d.nth > 1, d.paid_on)))).having(several)


def _used_again(d: Any, at_risk_fen: ColumnElement[int], since: ColumnElement[int]) -> Select[Any]:
    of_kind = ("claim", "payment", "project", "contract", "org", "person", "invoice")
    return (
        select(d.voucher, *(every(d[name]).label(kind) for kind, name in zip(of_kind, NAMED, strict=True)))
        .add_columns(evidence(d.positions), at_risk_fen.label("at_risk_fen"), since.label("holds_from"))
        .add_columns(func.count().label("payments"), func.sum(d.fen).label("paid_fen"))
        .group_by(d.voucher)
    )


@rule(
    "DUP-07",
    zh="凭证重复",
    en="evidence reused",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(24, "严肃查处……弄虚作假问题"),
    needs=(PAYMENTS,),
    anchor=("voucher",),
    subjects=("invoice", "person", "org", "claim", "project", "contract", "payment"),
    keyed_by="voucher",
    why_zh="同一发票或同一附件用于{payments}笔支付，共{paid_yuan}，超出{at_risk_yuan}。",
    why_en="One invoice or one scanned paper stands behind {payments} payments of {paid_yuan} in all; {at_risk_yuan} "
    "is beyond it.",
)
def one_voucher_for_several_payments(touched: Touched, limits: Limits) -> Any:
    """Punish falsified papers: an invoice is paid once.

    Projects may share an invoice as long as all lines together do not exceed what it comes to (发票总额). At risk is
    what was paid beyond that, or beyond the largest payment.
    """
    return union_all(invoices_paid_again(touched), papers_used_again(touched))
