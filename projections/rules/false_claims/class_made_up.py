"""FAL-07: a training class looks made up: too many heads for the room, nobody ever absent, one device, denials."""

from typing import Any

from sqlalchemy import FromClause, Select, and_, case, cast, func, or_, select

from projections.dialect import TEXT
from projections.rules.false_claims.training import TIME_FROM, paid_for_classes
from projections.rules.phrases import SEPARATOR, every, nth
from projections.rules.rule import ORANGE, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.fact_table import MILLION
from projections.tables.payments import PAYMENTS
from projections.tables.receipts import RECEIPTS
from projections.tables.training import TRAINING, TRAINING_CLASSES

PASSED, BY_SIGNATURE = "合格", "签字"
NOON, DAY_DIGITS, HOUR_DIGITS = "12", 10, 2


def classes_of_payments(payments: Select[Any]) -> Select[Any]:
    """The classes for which `payments` were made."""
    return select(PAYMENTS.c.class_id).where(PAYMENTS.c.bank_ref.in_(payments))


def heads_paid(touched: Touched, limits: Limits) -> FromClause:
    """Of each class the heads paid, what they got, what those beyond the room's capacity got, and since when."""
    paid, k = paid_for_classes(lambda of: touched(of.class_id)), TRAINING_CLASSES.c
    p = paid.c
    turn = nth(p.paid_on, p.id_no, of=(p.class_id,)).label("turn")
    n = select(*p, k.capacity, turn).join(TRAINING_CLASSES.table, k.class_id == p.class_id).subquery("heads").c
    too_many = n.turn > n.capacity
    return (
        select(n.class_id, func.count().label("paid"), func.sum(n.fen).label("paid_fen"))
        .add_columns(func.sum(case((too_many, n.fen), else_=0)).label("beyond_fen"))
        .add_columns(func.min(case((too_many, n.paid_on))).label("crowded_on"), every(n.id_no).label("person"))
        .add_columns(every(n.claim).label("claim"), every(n.payment).label("payment"))
        .add_columns(every(n.positions).label("positions"))
        .group_by(n.class_id)
        .subquery("heads_paid")
    )


def sign_ins(touched: Touched) -> FromClause:
    """Of each class how many signed in, how many missed no half-day, how many passed, and on how many devices."""
    t = TRAINING.c
    afternoon = case((func.substr(t.start_at, TIME_FROM, HOUR_DIGITS) < NOON, "am"), else_="pm")
    half_day = func.substr(t.start_at, 1, DAY_DIGITS) + afternoon
    here = and_(t.quarantined.is_(False), touched(t.class_id))
    held = select(t.class_id, func.count(half_day.distinct()).label("half_days")).where(here).group_by(t.class_id)
    h = held.subquery("held")
    each = (
        select(t.class_id, t.id_no, func.count(half_day.distinct()).label("half_days"), func.count().label("rows"))
        .add_columns(func.min(case((t.result == PASSED, 1), else_=0)).label("passed"))
        .add_columns(func.min(t.device).label("device"), func.max(t.device).label("last_device"))
        .add_columns(func.count(t.device).label("on_device"), func.max(t.attended_on).label("last_on"))
        .where(here)
        .group_by(t.class_id, t.id_no)
        .subquery("each")
        .c
    )
    one_device = and_(
        func.min(each.device) == func.max(each.last_device), func.sum(each.on_device) == func.sum(each.rows)
    )
    return (
        select(each.class_id, func.count().label("heads"), func.sum(each.passed).label("passed"))
        .add_columns(func.sum(case((each.half_days == h.c.half_days, 1), else_=0)).label("always_there"))
        .add_columns(case((one_device, 1), else_=0).label("one_device"), func.max(each.last_on).label("last_on"))
        .join(h, h.c.class_id == each.class_id)
        .group_by(each.class_id)
        .subquery("sign_ins")
    )


def call_backs(touched: Touched) -> FromClause:
    """Of each class how many were asked afterwards, how many of them denied, and when the last was asked."""
    p, r = PAYMENTS.c, RECEIPTS.c
    denied = case((r.stated_amount_fen == 0, r.id_no))
    return (
        select(p.class_id, func.count(r.id_no.distinct()).label("asked"), func.count(denied.distinct()).label("denied"))
        .add_columns(func.max(r.stated_on).label("asked_on"), every(r.position).label("positions"))
        .join(RECEIPTS.table, r.bank_ref == p.bank_ref)
        .where(p.class_id.is_not(None), touched(p.class_id), r.quarantined.is_(False), r.method != BY_SIGNATURE)
        .group_by(p.class_id)
        .subquery("call_backs")
    )


@rule(
    "FAL-07",
    zh="整班造假",
    en="class-level anomaly",
    severity=ORANGE,
    mode=Mode.PERIODIC,
    clause=plan(24, "严肃查处……弄虚作假问题"),
    needs=(PAYMENTS, TRAINING, TRAINING_CLASSES),
    parameters={
        "heads": Parameter(20, "heads", "全勤且全部合格的人数", least=1),
        "heads_of_one_device": Parameter(10, "heads", "全部由同一设备签到的人数", least=1),
        "denied_ppm": Parameter(300_000, "ppm", "回访否认的比例", most=MILLION),
        "asked": Parameter(5, "heads", "回访人数", least=1),
    },
    anchor=("class",),
    subjects=("class", "person", "claim", "payment"),
    keyed_by="class",
    reached_by={"payment": classes_of_payments},
    why_zh="容量{capacity}人的培训班付了{paid}人；签到{heads}人，其中全勤{always_there}人、合格{passed}人，"
    "单一设备签到：{one_device}；回访{asked}人，否认{denied}人。所涉补贴{at_risk_yuan}。",
    why_en="A class in a room for {capacity} was paid for {paid} heads; of {heads} who signed in {always_there} missed "
    "nothing and {passed} passed, all on one device: {one_device}; of {asked} asked afterwards {denied} denied. "
    "Subsidies concerned: {at_risk_yuan}.",
)
def class_that_looks_made_up(touched: Touched, limits: Limits) -> Select[Any]:
    """Punish falsified papers: a class of real people has absences, failures, several devices, and fits its room.

    Small classes may well be good throughout. At risk is the whole class, or, if only the room is too small, what was
    paid for heads beyond its capacity.
    """
    k = TRAINING_CLASSES.c
    paid, there, called = heads_paid(touched, limits), sign_ins(touched), call_backs(touched)
    heads, asked, denied = (func.coalesce(n, 0) for n in (there.c.heads, called.c.asked, called.c.denied))
    perfect = and_(heads >= limits.heads, there.c.always_there == heads, there.c.passed == heads)
    one_hand = and_(heads >= limits.heads_of_one_device, there.c.one_device == 1)
    denials = and_(asked >= limits.asked, denied * MILLION >= asked * limits.denied_ppm)
    seen = or_(perfect, one_hand)
    since = case((seen, there.c.last_on), (paid.c.crowded_on.is_not(None), paid.c.crowded_on), else_=called.c.asked_on)
    whole = or_(seen, denials)
    position = cast(k.position, TEXT)
    evidence_of = (
        position
        + SEPARATOR
        + func.coalesce(paid.c.positions, position)
        + SEPARATOR
        + func.coalesce(called.c.positions, position)
    )
    return (
        select(k.class_id.label("class"), k.capacity, func.coalesce(paid.c.paid, 0).label("paid"), heads.label("heads"))
        .add_columns(func.coalesce(there.c.always_there, 0).label("always_there"))
        .add_columns(func.coalesce(there.c.passed, 0).label("passed"))
        .add_columns(case((there.c.one_device == 1, "是/yes"), else_="否/no").label("one_device"))
        .add_columns(asked.label("asked"), denied.label("denied"), since.label("holds_from"))
        .add_columns(case((whole, func.coalesce(paid.c.paid_fen, 0)), else_=paid.c.beyond_fen).label("at_risk_fen"))
        .add_columns(paid.c.person, paid.c.claim, paid.c.payment, evidence_of.label("evidence"))
        .outerjoin(paid, paid.c.class_id == k.class_id)
        .outerjoin(there, there.c.class_id == k.class_id)
        .outerjoin(called, called.c.class_id == k.class_id)
        .where(touched(k.class_id), or_(whole, paid.c.crowded_on.is_not(None)))
    )
