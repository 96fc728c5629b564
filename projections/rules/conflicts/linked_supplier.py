"""COI-03: whoever supplies belongs to a cadre, or to a relative whom a cadre declared."""

from typing import Any, Final

from sqlalchemy import CTE, Select, and_, case, func, literal, select, union, union_all

from domain.roles import BANK, OPERATOR
from projections.rules.misappropriation.obligations import PROJECT
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Clause, Limits, Mode, Touched, rule
from projections.tables.contracts import CONTRACTS
from projections.tables.loans import LOANS
from projections.tables.organisations import ACCOUNTS, STAFF
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.relations import RELATIONS

PUBLIC: Final = ("县财政", "镇财政", "村集体", "承办银行", "代缴机构", "养老机构")
"""Bodies that a cadre is in charge of by his post."""

NO_CADRES = (BANK, OPERATOR)

NEVER = 10**9


def suppliers_of_persons(keys: Select[Any]) -> Select[Any]:
    """Organisations that these persons are in charge of, and suppliers paid into accounts of theirs."""
    p, own, loan = PAYMENTS.c, PAYMENTS.table.alias("own").c, LOANS.c
    led = select(ACCOUNTS.c.uscc).where(ACCOUNTS.c.legal_person_id.in_(keys), ACCOUNTS.c.uscc.is_not(None))
    theirs = union(
        select(own.account_no).where(own.id_no.in_(keys), own.account_no.is_not(None)),
        select(loan.disbursement_account).where(loan.id_no.in_(keys), loan.disbursement_account.is_not(None)),
    ).subquery()
    into = select(p.payee_uscc).where(p.account_no.in_(select(theirs.c[0])), p.payee_uscc.is_not(None))
    reached = union(led, into).subquery()
    return select(reached.c[0])


def suppliers_near_staff(keys: Select[Any]) -> Select[Any]:
    """The same of these cadres, and of the relatives whom they declared."""
    near = union(
        select(STAFF.c.id_no).where(STAFF.c.staff_no.in_(keys)),
        select(RELATIONS.c.relative_id).where(RELATIONS.c.staff_no.in_(keys)),
    ).subquery()
    return suppliers_of_persons(select(near.c[0]))


def suppliers_of_accounts(keys: Select[Any]) -> Select[Any]:
    """Whoever supplies and was paid into these accounts, or has one of them registered."""
    paid = select(PAYMENTS.c.payee_uscc).where(PAYMENTS.c.account_no.in_(keys), PAYMENTS.c.payee_uscc.is_not(None))
    registered = select(ACCOUNTS.c.uscc).where(ACCOUNTS.c.account_no.in_(keys), ACCOUNTS.c.uscc.is_not(None))
    reached = union(paid, registered).subquery()
    return select(reached.c[0])


def _near_cadres() -> CTE:
    """Cadres and the relatives whom they declared, while the cadre serves."""
    s, r = STAFF.c, RELATIONS.c
    post = (s.staff_no, s.serving_from.label("since"), func.coalesce(s.serving_until, NEVER).label("until"))
    cadres = select(s.id_no.label("person"), *post, s.last_position.label("basis"))
    declared = select(r.relative_id, *post, r.last_position).join(STAFF.table, s.staff_no == r.staff_no)
    ours = (~s.quarantined, s.role.not_in(NO_CADRES))
    return union_all(cadres.where(*ours), declared.where(*ours, ~r.quarantined)).cte("near_cadres")


def _held_by(touched: Touched) -> CTE:
    """Suppliers by whose they are: of who is in charge of them, or who else is paid into their account."""
    a, p, own, loan = ACCOUNTS.c, PAYMENTS.c, PAYMENTS.table.alias("own"), LOANS.c
    led = select(a.uscc.label("org"), a.legal_person_id.label("person"), a.last_position.label("link_at")).where(
        ~a.quarantined, a.uscc.is_not(None), a.legal_person_id.is_not(None), a.org_kind.not_in(PUBLIC), touched(a.uscc)
    )
    ours = and_(p.kind == PROJECT, p.payee_uscc.is_not(None), p.net_fen > 0, touched(p.payee_uscc))
    paid_too = (
        select(p.payee_uscc, own.c.id_no, own.c.position)
        .join(own, and_(own.c.account_no == p.account_no, own.c.kind == SUBSIDY, ~own.c.quarantined))
        .where(ours, own.c.id_no.is_not(None))
    )
    lent_too = (
        select(p.payee_uscc, loan.id_no, loan.position)
        .join(LOANS.table, and_(loan.disbursement_account == p.account_no, ~loan.quarantined))
        .where(ours, loan.id_no.is_not(None))
    )
    return union(led, paid_too, lent_too).cte("held_by")


def _deals(touched: Touched) -> CTE:
    """Contracts and payments for projects, by supplier."""
    k, p = CONTRACTS.c, PAYMENTS.c
    contracts = select(
        *(k.supplier_uscc.label("org"), k.signed_on.label("day"), k.last_position.label("position")),
        *(k.amount_fen.label("contract_fen"), literal(0).label("paid_fen"), k.contract_no, k.project_no),
        k.contract_no.label("deal"),
    ).where(k.supplier_uscc.is_not(None), touched(k.supplier_uscc))
    payments = select(
        *(p.payee_uscc, p.paid_on, p.position, literal(0), p.net_fen, p.contract_no, p.project_no, p.bank_ref),
    ).where(p.kind == PROJECT, p.net_fen > 0, p.payee_uscc.is_not(None), touched(p.payee_uscc))
    return union_all(contracts, payments).cte("deals")


@rule(
    "COI-03",
    zh="关联供应商",
    en="linked supplier",
    severity=RED,
    mode=Mode.STREAMING,
    clause=Clause("ARACHNE / OCP", "supplier legal person/holder/phone/address/account = cadre, approver, relative"),
    needs=(STAFF,),
    anchor=("org", "person"),
    subjects=("org", "person", "staff", "contract", "project", "payment"),
    keyed_by="org",
    reached_by={"person": suppliers_of_persons, "staff": suppliers_near_staff, "account": suppliers_of_accounts},
    waits_for="电话、地址 / telephones and addresses of suppliers",
    why_zh="供应商的负责人或收款账户属于在职人员或其备案亲属：合同{contracts}份，已付{paid_yuan}。",
    why_en="A serving cadre, or a relative declared by one, is in charge of the supplier or shares its account: "
    "{contracts} contracts, {paid_yuan} paid.",
)
def supplier_of_a_cadre(touched: Touched, limits: Limits) -> Select[Any]:
    """Nobody who decides on public money supplies for it, nor do relatives: known by ID number, account, credit code.

    Never by name. A public body that a cadre is in charge of by his post is no such supplier; and only what was signed
    or paid while the cadre served counts.
    """
    held, near, deals = _held_by(touched), _near_cadres(), _deals(touched)
    n, d = near.c, deals.c
    t = (
        select(d.org, n.person, d.position, d.day, d.contract_fen, d.paid_fen, d.contract_no, d.project_no, d.deal)
        .add_columns(every(n.staff_no).label("staff"), every(n.basis, held.c.link_at).label("links"))
        .join(held, held.c.org == d.org)
        .join(near, and_(n.person == held.c.person, d.day >= n.since, d.day <= n.until))
        .group_by(d.org, n.person, d.position, d.day, d.contract_fen, d.paid_fen, d.contract_no, d.project_no, d.deal)
        .subquery("linked_deals")
        .c
    )
    paid_fen, contract_fen = func.sum(t.paid_fen), func.sum(t.contract_fen)
    is_paid = t.paid_fen > 0
    return (
        select(t.org, t.person, every(t.staff).label("staff"), every(t.contract_no).label("contract"))
        .add_columns(every(t.project_no).label("project"), every(case((is_paid, t.deal))).label("payment"))
        .add_columns(evidence(t.position, t.links), paid_fen.label("paid_fen"))
        .add_columns(case((paid_fen > 0, paid_fen), else_=contract_fen).label("at_risk_fen"))
        .add_columns(func.count(t.contract_no.distinct()).label("contracts"), func.min(t.day).label("holds_from"))
        .group_by(t.org, t.person)
    )
