"""Who acts: until accounts exist, a 工号 of 干部名册 whose post is in force today stands behind each command."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Select, func, or_, select

from api.ledger import Ledger
from domain.event import KEEPER
from domain.refusal import Refused
from domain.roles import CLERK, Actor
from projections.readers import Reader
from projections.tables.limits import APPROVAL_LIMITS
from projections.tables.organisations import STAFF

APPROVAL = "审批"


def acting(ledger: Ledger, staff_no: str) -> Actor:
    """The person who serves under `staff_no` today; `keeper` is whoever holds the ledger's token.

    The views must be up to date (`ledger.catch_up`).

    Raises:
        Refused: `E-AUTH` when there is no such number, or its posts have ended or not begun.
    """
    if staff_no == KEEPER:
        return Actor(KEEPER, None, frozenset({KEEPER}))
    posts = STAFF.c
    today = ledger.today.toordinal()
    asked = select(posts.id_no, posts.role, posts.org, posts.serving_from, posts.serving_until).where(
        posts.staff_no == staff_no
    )
    with ledger.engine.connect() as connection:
        found = connection.execute(asked.order_by(posts.position)).all()
    serving = [post for post in found if _in_force(post.serving_from, post.serving_until, today)]
    if serving:
        return Actor(
            staff_no,
            str(serving[-1].id_no),
            frozenset(str(post.role) for post in serving),
            frozenset(str(post.org) for post in serving),
        )
    if not found:
        why, remedy = f"There is no {staff_no} in 干部名册.", "Register the post first: 干部名册."
    else:
        why, remedy = f"No post of {staff_no} is in force on {ledger.today}.", "Let somebody act who serves today."
    raise Refused("E-AUTH", field="actor", value=staff_no, why=why, remedy=remedy)


def reader_of(ledger: Ledger, staff_no: str | None) -> Reader | None:
    """Who reads alerts under a 工号: whoever is named in one does not see it. None for the keeper, who sees them all.

    The keeper owns the machine, its files and its keys: nothing on it could be kept from the keeper.

    Raises:
        Refused: `E-AUTH` as `acting`.
    """
    if staff_no is None or staff_no == KEEPER:
        return None
    return reading_as(ledger, acting(ledger, staff_no))


def reading_as(ledger: Ledger, actor: Actor) -> Reader:
    """`actor` as a reader of alerts, under all numbers that the person ever had."""
    posts = STAFF.c
    asked = select(posts.staff_no).where(posts.id_no == actor.person).distinct().order_by(posts.staff_no)
    with ledger.engine.connect() as connection:
        numbers = [str(number) for number in connection.execute(asked).scalars()]
    villages = tuple(sorted(actor.orgs)) if CLERK in actor.roles else ()
    return Reader(tuple(numbers) or (actor.staff_no,), actor.person, villages)


def person_of(ledger: Ledger, staff_no: str | None) -> str | None:
    """The reference of the person under a 工号, serving or not; the number itself where it is nobody's."""
    if staff_no is None:
        return None
    asked = select(STAFF.c.id_no).where(STAFF.c.staff_no == staff_no).order_by(STAFF.c.position.desc()).limit(1)
    with ledger.engine.connect() as connection:
        found = connection.execute(asked).scalar()
    return str(found) if found is not None else staff_no


def approval_limits(ledger: Ledger) -> Mapping[str, int]:
    """The limits of 审批限额 in force today, by role: an amount of as much or more needs the next level."""
    with ledger.engine.connect() as connection:
        found = connection.execute(_limits(ledger.today)).mappings()
        return {str(row["role"]): int(row["amount_fen"]) for row in found}


def _limits(today: date) -> Select[tuple[str, int]]:
    limits = APPROVAL_LIMITS.c
    day = today.toordinal()
    latest = (
        select(limits.role, func.max(limits.starts_on).label("starts_on"))
        .where(
            limits.limit_kind == APPROVAL,
            limits.starts_on <= day,
            or_(limits.until.is_(None), limits.until >= day),
        )
        .group_by(limits.role)
        .subquery()
    )
    return select(limits.role, limits.amount_fen).join(
        latest,
        (latest.c.role == limits.role) & (latest.c.starts_on == limits.starts_on) & (limits.limit_kind == APPROVAL),
    )


def _in_force(starts_on: int, until: int | None, day: int) -> bool:
    return starts_on <= day and (until is None or day <= until)
