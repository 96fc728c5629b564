"""SOD-02: whoever handled the payment is the payee, or of the payee's family or household."""

from typing import Any, Final

from sqlalchemy import CTE, Select, and_, case, func, literal, or_, select, union, union_all

from projections.rules.paid import ON_BEHALF
from projections.rules.phrases import every, evidence
from projections.rules.rule import ORANGE, RED, Clause, Limits, Mode, Touched, rule
from projections.tables.organisations import STAFF
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.relations import RELATIONS
from projections.tables.roster import ROSTER_SPANS

FIRST_DAY, LAST_DAY = 0, 10**9

RELATED: Final = {
    "related_zh": {"self": "本人", "relative": "备案亲属", "household": "同户成员"},
    "related_en": {"self": "one and the same", "relative": "a declared relative", "household": "of one household"},
}
"""What the payee is to the hand, in the words of both sentences."""


def family_of_staff(keys: Select[Any]) -> Select[Any]:
    """The declared relatives of these cadres, and the members of their households."""
    s, r = STAFF.c, RELATIONS.c
    own = select(s.id_no).where(s.staff_no.in_(keys))
    relatives = select(r.relative_id).where(r.staff_no.in_(keys))
    members = _members(select(ROSTER_SPANS.c.household_no).where(ROSTER_SPANS.c.id_no.in_(own)))
    reached = union(relatives, members).subquery()
    return select(reached.c[0])


def household_of_staff(keys: Select[Any]) -> Select[Any]:
    """The members of these households, in which a cadre was listed."""
    m = ROSTER_SPANS.c
    with_staff = select(m.household_no).join(STAFF.table, STAFF.c.id_no == m.id_no).where(m.household_no.in_(keys))
    return _members(with_staff)


def _members(households: Select[Any]) -> Select[Any]:
    return select(ROSTER_SPANS.c.id_no).where(ROSTER_SPANS.c.household_no.in_(households))


def near_staff(touched: Touched) -> CTE:
    """Cadres with themselves, those whom they declared, and those who lived with them, from when to when.

    By the numbers of the persons only, never by name.
    """
    s, r = STAFF.c, RELATIONS.c
    theirs, member = ROSTER_SPANS.table.alias("theirs"), ROSTER_SPANS.table.alias("member")
    ours = (~s.quarantined, s.id_no.is_not(None))
    himself = select(
        s.staff_no, s.id_no.label("person"), literal("self").label("how"), literal(FIRST_DAY).label("since"),
        literal(LAST_DAY).label("until"), s.last_position.label("basis"), literal(0).label("recused"),
    ).where(*ours, touched(s.id_no))  # fmt: skip
    declared = select(
        r.staff_no, r.relative_id, literal("relative"), literal(FIRST_DAY), literal(LAST_DAY), r.last_position,
        case((r.recused, 1), else_=0),
    ).where(~r.quarantined, touched(r.relative_id))  # fmt: skip
    ends = tuple(func.coalesce(span.c.exited_on, LAST_DAY) for span in (theirs, member))
    household = (
        select(
            s.staff_no, member.c.id_no, literal("household"),
            case((theirs.c.included_on > member.c.included_on, theirs.c.included_on), else_=member.c.included_on),
            case((ends[0] < ends[1], ends[0]), else_=ends[1]), member.c.last_position, literal(0),
        )
        .join(theirs, theirs.c.id_no == s.id_no)
        .join(member, and_(member.c.household_no == theirs.c.household_no, member.c.id_no != s.id_no))
        .where(*ours, ~theirs.c.quarantined, ~member.c.quarantined, touched(member.c.id_no))
    )  # fmt: skip
    return union_all(himself, declared, household).cte("near_staff")


@rule(
    "SOD-02",
    zh="自批自领",
    en="self-dealing",
    severity=RED,
    mode=Mode.STREAMING,
    clause=Clause(
        "参数（待客户确认）/ parameter to be confirmed", "actor, or actor's declared relative/household, is payee"
    ),
    needs=(PAYMENTS, STAFF),
    anchor=("person", "staff"),
    subjects=("person", "claim", "payment", "staff"),
    keyed_by="person",
    reached_by={"staff": family_of_staff, "household": household_of_staff},
    why_zh="受领人是经办、审批或出纳人员的{related_zh}：{payments}笔共{at_risk_yuan}，首笔{first_on}。",
    why_en="{payments} payments, {at_risk_yuan} in all, from {first_on} on: whoever prepared, approved or paid them is "
    "near to the payee ({related_en}).",
)
def handled_the_money_of_the_own_family(touched: Touched, limits: Limits) -> Select[Any]:
    """Nobody decides on money for himself, for relatives whom he declared, or for his household.

    The hands are those on the payment's row. Whoever keeps out of it is on no row, and raises nothing; a cadre who
    declared that he would, and is on the row all the same, is orange. Premiums paid on behalf (代缴) go to the body
    that collects them, and to nobody's family.
    """
    p = PAYMENTS.c
    near = near_staff(touched)
    n = near.c
    handled = or_(*(hand == n.staff_no for hand in (p.preparer, p.approver, p.cashier)))
    r = (
        select(
            p.id_no, n.staff_no, p.claim_no, p.bank_ref, p.position, p.net_fen, p.paid_on, every(n.basis).label("basis")
        )
        .add_columns(func.max(n.how).label("how"), func.min(n.recused).label("recused"))
        .join(near, and_(n.person == p.id_no, p.paid_on >= n.since, p.paid_on < n.until))
        .where(p.kind == SUBSIDY, ~p.quarantined, p.net_fen > 0, p.channel != ON_BEHALF, touched(p.id_no), handled)
        .where(p.id_no.in_(select(n.person)))
        .group_by(p.id_no, n.staff_no, p.claim_no, p.bank_ref, p.position, p.line_no, p.net_fen, p.paid_on)
        .subquery("rows_handled")
        .c
    )
    how = func.max(r.how)
    return (
        select(r.id_no.label("person"), r.staff_no.label("staff"), every(r.claim_no).label("claim"))
        .add_columns(every(r.bank_ref).label("payment"), evidence(r.position, r.basis))
        .add_columns(*(case(words, value=how).label(name) for name, words in RELATED.items()))
        .add_columns(func.sum(r.net_fen).label("at_risk_fen"), func.count(r.position.distinct()).label("payments"))
        .add_columns(func.min(r.paid_on).label("holds_from"), func.min(r.paid_on).label("first_on"))
        .add_columns(case((func.min(r.recused) == 1, ORANGE), else_=RED).label("severity"))
        .group_by(r.id_no, r.staff_no)
    )
