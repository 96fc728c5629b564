"""INT-02: money came to an account that only passes it on, and part of it has not gone out."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, cast, func, literal, or_, select, union_all

from projections.balances import ARRIVED, PPM
from projections.dialect import BIGINT
from projections.rules.phrases import every, evidence, so_far
from projections.rules.rule import RED, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.allocations import ALLOCATIONS
from projections.tables.bank import BANK_LINES
from projections.tables.dividends import ASSET_CONTRACTS, DIVIDEND_RECEIPTS, DIVIDENDS
from projections.tables.organisations import ACCOUNTS
from projections.tables.payments import PAYMENTS
from projections.tables.returns import PAYMENT_RETURNS

PASSES_ON = ("村集体", "合作社", "培训机构", "养老机构")
WORKS = ("I01", "I02", "H01")
"""用途 of which a part is kept until the works have proved good."""

UNATTRIBUTED = "未注明来源"


def accounts_showing(payments: Select[Any]) -> Select[Any]:
    """The accounts whose statements show payments that changed, or that they came back."""
    b, back = BANK_LINES.c, PAYMENT_RETURNS.c
    returns = select(back.return_ref).where(back.target_ref.in_(payments))
    return _accounts_in(b.bank_ref.in_(payments), b.bank_ref.in_(returns))


def accounts_with(documents: Select[Any]) -> Select[Any]:
    """The accounts through which money of documents went, as their statements or the payments say."""
    b, p = BANK_LINES.c, PAYMENTS.c
    paid = select(p.bank_ref).where(p.quota_doc_no.in_(documents))
    return _accounts_in(b.quota_doc_no.in_(documents), b.bank_ref.in_(paid))


def _accounts_in(*lines: ColumnElement[bool]) -> Select[Any]:
    """The accounts that pass money on whose statements have any of these lines, each found by its own index."""
    b, a = BANK_LINES.c, ACCOUNTS.c
    of_account = (a.account_no == b.statement_account) & a.org_kind.in_(PASSES_ON)
    some = union_all(*(select(b.statement_account).join(ACCOUNTS.table, of_account).where(one) for one in lines))
    return select(some.subquery().c[0]).distinct()


def accounts_receiving(contracts: Select[Any]) -> Select[Any]:
    """The accounts at which dividends of contracts came in."""
    b, r = BANK_LINES.c, DIVIDEND_RECEIPTS.c
    return select(b.statement_account).where(b.bank_ref.in_(select(r.bank_ref).where(r.contract_no.in_(contracts))))


@rule(
    "INT-02",
    zh="过手滞留",
    en="pass-through gap",
    severity=RED,
    mode=Mode.PERIODIC,
    clause=plan(24, "严肃查处……贪污挪用、截留私分、虚报冒领、强占掠夺等行为"),
    needs=(BANK_LINES, ACCOUNTS),
    parameters={
        "days": Parameter(30, "days", "过手账户应转付的天数"),
        "tolerated_fen": Parameter(100, "fen", "可容忍的差额"),
        "retention_ppm": Parameter(50_000, "ppm", "工程类资金可留存的质保金比例", most=PPM),
    },
    anchor=("account", "source"),
    subjects=("account", "org", "fund", "contract", "payment"),
    keyed_by="account",
    reached_by={
        "payment": accounts_showing,
        "returned": accounts_showing,
        "document": accounts_with,
        "contract": accounts_receiving,
    },
    why_zh="“{org_name}”账户收到“{source}”{came_yuan}，转出{went_yuan}；自{opened_on}起有{at_risk_yuan}超过{days}天未转出。",
    why_en="The account of {org_name} received {came_yuan} from {source} and passed {went_yuan} on; {at_risk_yuan} has "
    "stayed in it since {opened_on}, more than {days} days.",
)
def came_in_and_did_not_go_out(touched: Touched, limits: Limits) -> Select[Any]:
    """Nobody keeps back what is for others: what comes to an account that passes money on goes out again, by source.

    Money that came first goes out first, so that what came before the last month and exceeds all that went out has
    lain longer than a month. The source of a line is its quota document, else its dividend contract, net of the
    公益金 that stays in the village; else it is unattributed. A part of works money may stay as retention.
    """
    as_of = limits.as_of.toordinal()
    t = _in_turn(touched, as_of).subquery("in_turn").c
    old = t.booked_on + limits.days < as_of
    came_old = func.sum(case((old, t.in_fen), else_=0))
    gap = came_old - func.max(t.went_fen)
    retained = case((func.max(t.works) == 1, cast(func.max(t.came_fen), BIGINT) // PPM * limits.retention_ppm), else_=0)
    opened = func.min(case((and_(t.in_fen > 0, t.in_so_far > t.went_fen), t.booked_on)))
    return (
        select(t.account, t.source, func.max(t.org_name).label("org_name"), every(t.uscc).label("org"))
        .add_columns(every(t.document).label("fund"), every(t.contract).label("contract"))
        .add_columns(every(t.bank_ref).label("payment"), evidence(t.position))
        .add_columns(func.max(t.came_fen).label("came_fen"), func.max(t.went_fen).label("went_fen"))
        .add_columns(gap.label("at_risk_fen"), opened.label("opened_on"), literal(limits.days).label("days"))
        .add_columns((opened + limits.days + 1).label("holds_from"))
        .group_by(t.account, t.source)
        .having(gap > limits.tolerated_fen, gap > retained)
    )


def _in_turn(touched: Touched, as_of: int) -> Select[Any]:
    """The lines of each account and source by day, with what had come by then, and all that came and went."""
    f = _lines(touched, as_of).subquery("lines").c
    one = (f.account, f.source)
    return select(
        *f,
        so_far(f.in_fen, f.booked_on, f.position, of=one).label("in_so_far"),
        func.sum(f.in_fen).over(partition_by=one).label("came_fen"),
        func.sum(f.out_fen).over(partition_by=one).label("went_fen"),
    )


def _lines(touched: Touched, as_of: int) -> Select[Any]:
    """The lines of the accounts that pass money on, each with its source."""
    b, a, k = BANK_LINES.c, ACCOUNTS.c, ASSET_CONTRACTS.c
    r, d, p, back = DIVIDEND_RECEIPTS.c, DIVIDENDS.c, PAYMENTS.c, PAYMENT_RETURNS.c
    paid_as = func.coalesce(back.target_ref, b.bank_ref)
    document = func.coalesce(b.quota_doc_no, p.quota_doc_no)
    contract = case((document.is_(None), func.coalesce(r.contract_no, d.contract_no)))
    share = func.coalesce(k.reserve_ppm, 0)
    reserve = case((r.contract_no.is_(None), 0), else_=b.amount_fen // PPM * share + b.amount_fen % PPM * share // PPM)
    comes, goes = b.to_account == b.statement_account, b.from_account == b.statement_account
    return (
        select(b.statement_account.label("account"), b.booked_on, b.bank_ref, b.position, a.org_name, a.uscc)
        .add_columns(document.label("document"), contract.label("contract"), _is_for_works(document).label("works"))
        .add_columns(func.coalesce(document, contract, literal(UNATTRIBUTED)).label("source"))
        .add_columns(case((and_(comes, ~goes), b.amount_fen - reserve), else_=0).label("in_fen"))
        .add_columns(case((and_(goes, ~comes), b.amount_fen), else_=0).label("out_fen"))
        .join(ACCOUNTS.table, and_(a.account_no == b.statement_account, a.org_kind.in_(PASSES_ON)))
        .outerjoin(PAYMENT_RETURNS.table, and_(back.return_ref == b.bank_ref, ~back.quarantined))
        .outerjoin(DIVIDEND_RECEIPTS.table, and_(r.bank_ref == paid_as, comes))
        .outerjoin(DIVIDENDS.table, d.bank_ref == paid_as)
        .outerjoin(PAYMENTS.table, and_(p.bank_ref == paid_as, p.line_no == 1))
        .outerjoin(ASSET_CONTRACTS.table, k.contract_no == r.contract_no)
        .where(b.booked_on <= as_of, touched(b.statement_account))
    )


def _is_for_works(document: ColumnElement[str]) -> ColumnElement[int]:
    """1 where the document came for works, of which a part may be retained."""
    rows = ALLOCATIONS.c
    works = or_(*(rows.purpose_codes.contains(code) for code in WORKS))
    came = select(rows.position).where(rows.quota_doc_no == document, rows.entry_kind == ARRIVED, works)
    return case((came.exists(), 1), else_=0)
