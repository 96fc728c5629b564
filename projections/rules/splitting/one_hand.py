"""SOD-01: one hand prepared, approved or paid what takes two."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, select, union_all

from projections.rules.misappropriation.obligations import OF_A_CLAIM, obligations_of_instructions, the_same
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Clause, Limits, Mode, Touched, rule
from projections.tables.commitments import stands
from projections.tables.instructions import INSTRUCTIONS
from projections.tables.payments import PAYMENTS

NOBODY: Final = null()


def _hand(preparer: Any, approver: Any, cashier: Any) -> ColumnElement[str | None]:
    """Who did two of the three; the first of them, should two pairs agree."""
    return case((preparer == approver, preparer), (preparer == cashier, preparer), (approver == cashier, approver))


def _deeds(preparer: Any, approver: Any, cashier: Any) -> ColumnElement[int]:
    """How many of the three the same hand did."""
    return case((and_(preparer == approver, approver == cashier), 3), else_=2)


def _on_payments(touched: Touched) -> tuple[Select[Any], Select[Any]]:
    """Payments by one hand. A payment for a project is of no claim, and stands for itself."""
    p = PAYMENTS.c
    hands = (p.preparer, p.approver, p.cashier)
    lines = select(
        func.coalesce(p.claim_key, p.bank_ref).label("claim"),
        *(p.claim_no.label("claim_no"), p.bank_ref.label("payment"), p.contract_no.label("contract")),
        *(p.project_no.label("project"), p.id_no.label("person"), p.position, p.paid_on.label("day")),
        *(p.net_fen.label("paid_fen"), literal(0).label("told_fen")),
        *(_hand(*hands).label("staff"), _deeds(*hands).label("deeds")),
    ).where(_hand(*hands).is_not(None), p.net_fen > 0)
    return (
        lines.where(p.claim_key.is_not(None), touched(p.claim_key)),
        lines.where(p.claim_key.is_(None), touched(p.bank_ref)),
    )


def _on_instructions(touched: Touched) -> Select[Any]:
    """Instructions that were prepared and approved by one hand."""
    i = INSTRUCTIONS.c
    claim = case((i.ref_kind == OF_A_CLAIM, i.ref_no))
    contract = case((i.ref_kind != OF_A_CLAIM, i.ref_no))
    return select(
        *(i.ref_no, claim, NOBODY, contract, NOBODY, NOBODY, i.position, i.instructed_on),
        *(literal(0), i.amount_fen, i.preparer, literal(2)),
    ).where(i.preparer == i.approver, stands(), touched(i.ref_no))


@rule(
    "SOD-01",
    zh="不相容岗位",
    en="one hand",
    severity=RED,
    mode=Mode.STREAMING,
    clause=Clause(
        "参数（待客户确认）/ parameter to be confirmed", "same user does ≥2 of prepare/approve/pay on a claim"
    ),
    needs=(PAYMENTS,),
    anchor=("claim",),
    subjects=("claim", "payment", "contract", "project", "person", "staff"),
    keyed_by="claim",
    reached_by={"payment": the_same, "instruction": obligations_of_instructions},
    why_zh="经办、审批、出纳三个岗位中有{deeds}个由同一人承担，涉及{rows}行共{at_risk_yuan}。",
    why_en="One hand did {deeds} of preparing, approving and paying, on {rows} rows over {at_risk_yuan}.",
)
def one_hand_did_two_duties(touched: Touched, limits: Limits) -> Select[Any]:
    """Whoever prepares does not approve, and neither of them pays: on a claim, or on a payment for a project.

    Hands are known by 工号. Two people who share a login are one hand here, which is a finding of its own.
    """
    t = union_all(*_on_payments(touched), _on_instructions(touched)).subquery("by_one_hand").c
    paid_fen, told_fen = func.sum(t.paid_fen), func.sum(t.told_fen)
    return (
        select(t.claim, every(t.claim_no).label("claims"), every(t.payment).label("payment"))
        .add_columns(every(t.contract).label("contract"), every(t.project).label("project"))
        .add_columns(every(t.person).label("person"), every(t.staff).label("staff"), evidence(t.position))
        .add_columns(case((paid_fen > 0, paid_fen), else_=told_fen).label("at_risk_fen"))
        .add_columns(func.max(t.deeds).label("deeds"), func.count().label("rows"), func.min(t.day).label("holds_from"))
        .group_by(t.claim)
    )
