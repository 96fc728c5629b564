"""FAL-06: one person's training for a skill is subsidised twice, or more often in a year than the programme allows."""

from typing import Any

from sqlalchemy import CTE, Select, and_, case, cast, func, literal, null, select, union

from projections.dialect import BIGINT, TEXT
from projections.rules.duplicates.same_person_programme_period import SUPPLEMENTS, persons_paid_under
from projections.rules.phrases import counted, every, evidence, nth
from projections.rules.rule import ORANGE, Clause, Limits, Mode, Parameter, Touched, rule
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES
from projections.tables.training import TRAINING, TRAINING_CLASSES

YEAR_DIGITS = 4


def persons_in(classes: Select[Any]) -> Select[Any]:
    """Whoever signed in to `classes`."""
    return select(TRAINING.c.id_no).where(TRAINING.c.class_id.in_(classes))


def subsidised_classes(touched: Touched) -> CTE:
    """The subsidised classes of each person, numbered among those of one skill and level by their days."""
    t, k = TRAINING.c, TRAINING_CLASSES.c
    first_on = func.min(t.attended_on)
    of_skill = (t.id_no, k.skill, k.level)
    return (
        select(*of_skill, t.class_id, first_on.label("first_on"), func.min(t.position).label("position"))
        .add_columns(nth(first_on, t.class_id, of=of_skill).label("nth"))
        .join(TRAINING_CLASSES.table, k.class_id == t.class_id)
        .where(t.subsidised, t.quarantined.is_(False), touched(t.id_no))
        .group_by(*of_skill, t.class_id)
        .cte("subsidised")
    )


def classes_beyond(subsidised: CTE, limits: Limits) -> Select[Any]:
    """A row for each class of a skill that was subsidised too often; the lawful ones have no day."""
    again, c = subsidised.alias("again").c, subsidised.c
    same = and_(again.id_no == c.id_no, again.skill == c.skill, again.level == c.level, again.nth > limits.per_skill)
    day = case((c.nth > limits.per_skill, c.first_on))
    return (
        select(c.id_no, c.class_id, c.position, literal(0).label("line_no"), literal(0).label("fen"))
        .add_columns(
            cast(null(), TEXT).label("claim_no"),
            cast(null(), TEXT).label("bank_ref"),
            cast(null(), BIGINT).label("paid_on"),
            day.label("attended_on"),
        )
        .join(again.id_no.table, same)
    )


def payments_beyond(subsidised: CTE, limits: Limits) -> Select[Any]:
    """The payments for those classes."""
    s, p = subsidised.c, PAYMENTS.c
    theirs = and_(p.id_no == s.id_no, p.class_id == s.class_id)
    return _line().join(subsidised, and_(theirs, s.nth > limits.per_skill)).where(counted(p))


def claims_beyond_the_year(touched: Touched) -> Select[Any]:
    """The payments on claims beyond those that the programme allows in a year (年度限次)."""
    p, g = PAYMENTS.c, PROGRAMMES.c
    year, first_on = func.substr(p.period, 1, YEAR_DIGITS), func.min(p.paid_on)
    counts = and_(counted(p), p.period.is_not(None), p.pay_kind.not_in(SUPPLEMENTS), touched(p.id_no))
    claims = (
        select(p.id_no, p.programme, p.claim_key, g.max_per_year)
        .add_columns(nth(first_on, p.claim_key, of=(p.id_no, p.programme, year)).label("nth"))
        .join(PROGRAMMES.table, g.programme == p.programme)
        .where(counts, g.max_per_year.is_not(None))
        .group_by(p.id_no, p.programme, year, p.claim_key, g.max_per_year)
        .subquery("claims_of_years")
    )
    c = claims.c
    beyond = and_(c.id_no == p.id_no, c.programme == p.programme, c.claim_key == p.claim_key, c.nth > c.max_per_year)
    return _line().join(claims, beyond).where(counts)


def _line() -> Select[Any]:
    p = PAYMENTS.c
    columns = (p.id_no, p.class_id, p.position, p.line_no, p.net_fen, p.claim_no, p.bank_ref, p.paid_on)
    return select(*columns, cast(null(), BIGINT).label("attended_on"))


@rule(
    "FAL-06",
    zh="重复培训",
    en="repeat training",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=Clause("参数（待客户确认）/ parameter to be confirmed", "同一工种等级补贴一次；补贴目录“年度限次”"),
    needs=(TRAINING, TRAINING_CLASSES),
    parameters={"per_skill": Parameter(1, "classes", "同一工种同一等级可享受补贴的班数", least=1)},
    anchor=("person",),
    subjects=("person", "class", "claim", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_paid_under, "class": persons_in},
    why_zh="同一人同一工种等级重复享受培训补贴，或超过年度限次；超出部分{at_risk_yuan}。",
    why_en="One person's training was subsidised more than once for one skill and level, or more often in a year than "
    "allowed. Beyond that: {at_risk_yuan}.",
)
def trained_again_for_one_skill(touched: Touched, limits: Limits) -> Select[Any]:
    """A skill is taught at public cost once; who fails and sits the examination again draws no second subsidy.

    At risk is what was paid for the later classes, and for claims beyond the yearly limit, each payment once.
    """
    subsidised = subsidised_classes(touched)
    beyond = union(
        classes_beyond(subsidised, limits), payments_beyond(subsidised, limits), claims_beyond_the_year(touched)
    ).subquery("beyond")
    n = beyond.c
    return (
        select(n.id_no.label("person"), every(n.class_id).label("class"), every(n.claim_no).label("claim"))
        .add_columns(every(n.bank_ref).label("payment"), evidence(n.position), func.sum(n.fen).label("at_risk_fen"))
        .add_columns(func.coalesce(func.min(n.paid_on), func.min(n.attended_on)).label("holds_from"))
        .group_by(n.id_no)
    )
