"""MIS-06: most of a contract was paid before the work was accepted."""

from typing import Any

from sqlalchemy import Select, case, cast, func, literal, or_, select

from projections.dialect import BIGINT
from projections.rules.misappropriation.more_than_approved import contract_fen
from projections.rules.phrases import every, evidence, so_far
from projections.rules.rule import ORANGE, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.contracts import CONTRACTS
from projections.tables.payments import PAYMENTS
from projections.tables.projects import PROJECTS

ACCEPTED = ("验收", "决算")
"""状态 of a project that was accepted, be the day stated or not."""

EMPLOYMENT, WAGES = "就业", "S06"
"""以工代赈: whoever works is paid for the work while it goes on."""


def contracts_of_projects(keys: Select[Any]) -> Select[Any]:
    """The contracts of these projects."""
    return select(CONTRACTS.c.contract_no).where(CONTRACTS.c.project_no.in_(keys))


@rule(
    "MIS-06",
    zh="未验先付",
    en="paid before acceptance",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "验收前净支付不超过合同金额的80%"),
    needs=(PAYMENTS, CONTRACTS, PROJECTS),
    parameters={"percent": Parameter(80, "percent", "验收前可支付的合同金额比例", most=100)},
    anchor=("contract",),
    subjects=("contract", "project", "payment", "org"),
    keyed_by="contract",
    reached_by={"project": contracts_of_projects},
    why_zh="验收（{accepted_on}）前已付{paid_yuan}，合同金额{contract_yuan}，其{percent}%以外的{at_risk_yuan}付早了。",
    why_en="{paid_yuan} was paid before acceptance ({accepted_on}); of the contract over {contract_yuan} {percent}% "
    "may be: {at_risk_yuan} too early.",
)
def most_paid_before_acceptance(touched: Touched, limits: Limits) -> Select[Any]:
    """A part of the price is held until the work is accepted; an amendment of it counts from its date.

    A monthly supply is paid as it comes, and wages of 以工代赈 as they are earned. Where 状态 says 验收 and no day is
    stated, what came before it is not known.
    """
    p, k, j = PAYMENTS.c, CONTRACTS.c, PROJECTS.c
    running_fen = cast(so_far(p.net_fen, p.paid_on, p.position, p.line_no, of=(p.contract_no,)), BIGINT)
    held_back = contract_fen(p.paid_on)
    too_early_fen = (running_fen * 100 - held_back * limits.percent) // 100
    t = (
        select(p.contract_no, p.project_no, p.bank_ref, p.payee_uscc, p.paid_on, p.net_fen, p.position)
        .add_columns(k.last_position.label("contract_at"), j.last_position.label("project_at"), j.accepted_on)
        .add_columns(held_back.label("contract_fen"), too_early_fen.label("early_fen"))
        .join(CONTRACTS.table, k.contract_no == p.contract_no)
        .join(PROJECTS.table, j.project_no == k.project_no)
        .where(p.net_fen > 0, touched(p.contract_no), k.recurring.is_not(True))
        .where(or_(p.purpose_code.is_(None), p.purpose_code != WAGES))
        .where(or_(j.project_class.is_(None), j.project_class != EMPLOYMENT))
        .where(or_(p.paid_on < j.accepted_on, j.accepted_on.is_(None) & func.coalesce(j.status, "").not_in(ACCEPTED)))
        .subquery("in_turn")
        .c
    )
    return (
        select(
            t.contract_no.label("contract"), every(t.project_no).label("project"), every(t.bank_ref).label("payment")
        )
        .add_columns(every(t.payee_uscc).label("org"), evidence(t.position, t.contract_at, t.project_at))
        .add_columns(func.sum(t.net_fen).label("paid_fen"), func.max(t.contract_fen).label("contract_fen"))
        .add_columns(func.max(t.accepted_on).label("accepted_on"), func.max(t.early_fen).label("at_risk_fen"))
        .add_columns(func.min(case((t.early_fen > 0, t.paid_on))).label("holds_from"))
        .add_columns(literal(limits.percent).label("percent"))
        .group_by(t.contract_no)
        .having(func.max(t.early_fen) > 0)
    )
