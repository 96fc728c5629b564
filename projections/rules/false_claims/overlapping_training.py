"""FAL-05: one person signed in to two classes at the same time."""

from typing import Any

from sqlalchemy import CTE, Select, and_, case, func, select, union

from projections.rules.false_claims.training import paid_for_classes, told_as_a_whole_day
from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Limits, Mode, Touched, plan, rule
from projections.tables.training import TRAINING


def overlapping_sessions(touched: Touched) -> CTE:
    """Pairs of sessions in two classes that share a time; the greater class number gives the case its name."""
    mine, other = TRAINING.table.alias("mine"), TRAINING.table.alias("other")
    m, o = mine.c, other.c
    at_once = and_(m.start_at < o.end_at, o.start_at < m.end_at)
    told = and_(m.quarantined.is_(False), o.quarantined.is_(False), ~told_as_a_whole_day(m), ~told_as_a_whole_day(o))
    return (
        select(m.id_no, m.class_id, o.class_id.label("other_class"), m.position, o.position.label("other_position"))
        .add_columns(case((o.attended_on > m.attended_on, o.attended_on), else_=m.attended_on).label("day"))
        .join_from(mine, other, and_(o.id_no == m.id_no, o.class_id < m.class_id, at_once))
        .where(told, touched(m.id_no))
        .cte("overlaps")
    )


@rule(
    "FAL-05",
    zh="培训时间重叠",
    en="overlapping training",
    severity=RED,
    mode=Mode.STREAMING,
    clause=plan(6, "按规定对所有参加培训的贫困人员给予职业培训补贴和技能鉴定补贴"),
    needs=(TRAINING,),
    anchor=("person", "at_class"),
    subjects=("person", "class", "claim", "payment"),
    keyed_by="person",
    why_zh="同一人同一时间在{classes}个培训班签到，重叠{days}天；所涉补贴{at_risk_yuan}。",
    why_en="One person signed in to {classes} classes at the same time, on {days} days; the subsidy for one of them, "
    "{at_risk_yuan}, cannot be due.",
    waits_for="住院、全日制岗位记录 / records of hospital stays and full-time posts",
)
def signed_in_to_two_classes_at_once(touched: Touched, limits: Limits) -> Select[Any]:
    """Training is subsidised for whoever takes part in it, and nobody sits in two classes at once.

    Sessions that meet but do not overlap are lawful; those that state a whole day say nothing of its halves. At risk
    is the subsidy of one of the classes, the larger.
    """
    overlaps = overlapping_sessions(touched)
    o, paid = overlaps.c, paid_for_classes(lambda of: of.id_no.in_(select(overlaps.c.id_no)))
    case_of = (o.id_no, o.class_id.label("of_class"))
    classes = union(select(*case_of, o.class_id), select(*case_of, o.other_class)).subquery("classes").c
    theirs = and_(paid.c.id_no == classes.id_no, paid.c.class_id == classes.class_id)
    money = (
        select(classes.id_no, classes.of_class, every(classes.class_id).label("class"), func.count().label("classes"))
        .add_columns(func.coalesce(func.max(paid.c.fen), 0).label("fen"), every(paid.c.positions).label("positions"))
        .add_columns(every(paid.c.claim).label("claim"), every(paid.c.payment).label("payment"))
        .outerjoin(paid, theirs)
        .group_by(classes.id_no, classes.of_class)
        .subquery("money")
    )
    m = money.c
    positions = every(o.position, o.other_position)
    seen = (
        select(*case_of, func.min(o.day).label("day"), func.count(o.day.distinct()).label("days"))
        .add_columns(positions.label("positions"))
        .group_by(o.id_no, o.class_id)
        .subquery("seen")
        .c
    )
    return (
        select(
            seen.id_no.label("person"),
            seen.of_class.label("at_class"),
            m["class"],
            m.claim,
            m.payment,
            m.fen.label("at_risk_fen"),
            m.classes,
        )
        .add_columns(seen.day.label("holds_from"), seen.days)
        .add_columns(evidence(seen.positions, func.coalesce(m.positions, seen.positions)))
        .join(money, and_(m.id_no == seen.id_no, m.of_class == seen.of_class))
        .group_by(seen.id_no, seen.of_class, m["class"], m.claim, m.payment, m.fen, m.classes, seen.day, seen.days)
    )
