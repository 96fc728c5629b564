"""Known facts that speak against an intent (DOMAIN §2, SOFT STOP): each a question to the fact tables about one payee.

Quarantined rows are not joined to people and speak against nobody.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, exists, or_, select

from projections.period import first_day
from projections.tables.contracts import CONTRACTS
from projections.tables.entitlements import ENTITLEMENTS
from projections.tables.notices import NOTICE_LINES, NOTICES
from projections.tables.objections import OBJECTIONS
from projections.tables.programmes import PROGRAMMES
from projections.tables.projects import PROJECTS
from projections.tables.roster import DEATHS, ROSTER_SPANS

OUT_OF_POVERTY = "脱贫"
PRE_NOTICE = "公示"


class Contradiction(NamedTuple):
    """A fact that speaks against an intent: its word, which never changes, and what it is."""

    code: str
    why: str


class Payee(NamedTuple):
    """Who is to be paid, for what.

    person:     reference; None where the vault does not know the number.
    household_no: as stated.
    """

    person: str | None
    household_no: str | None
    programme: str
    period: str


def against_payee(connection: Connection, payee: Payee, *, today: date, noticed: bool) -> list[Contradiction]:
    """What speaks against paying `payee` on `today`; with `noticed` also the want of a matured notice."""
    asked = select(PROGRAMMES.table).where(PROGRAMMES.c.programme == payee.programme).limit(1)
    terms = dict(connection.execute(asked).mappings().first() or {})
    day = today.toordinal()
    found = [*_dead(connection, payee, terms, day), *_roster(connection, payee, terms, day)]
    found += _entitlement(connection, payee, terms, day)
    if noticed:
        found += _notice(connection, payee, terms, day)
    return found


def against_person(connection: Connection, person: str | None, *, today: date) -> list[Contradiction]:
    """What speaks against lending to somebody: dead, removed from the roster, or never on it.

    Who left because he is out of poverty may still borrow: 脱贫人口小额信贷 (银保监发〔2021〕6号).
    """
    terms = {"requires_roster": True, "carry_over_after_exit": True}
    borrower = Payee(person, None, "", "")
    day = today.toordinal()
    return [*_dead(connection, borrower, terms, day), *_roster(connection, borrower, terms, day)]


def against_contract(connection: Connection, contract_no: str) -> list[Contradiction]:
    """What speaks against paying under a contract: its project never entered the library."""
    projects, contracts = PROJECTS.c, CONTRACTS.c
    entered = exists().where(projects.project_no == contracts.project_no, projects.entered_on.is_not(None))
    asked = select(contracts.project_no).where(contracts.contract_no == contract_no, ~entered)
    project_no = connection.execute(asked).scalar()
    if project_no is None:
        return []
    return [Contradiction("off-library-project", f"项目 {project_no} 未入库 / Project {project_no} is in no library.")]


def _dead(connection: Connection, payee: Payee, terms: dict[str, Any], day: int) -> Iterator[Contradiction]:
    deaths = DEATHS.c
    asked = select(deaths.death_on).where(
        deaths.id_no == payee.person, deaths.death_on <= day, deaths.quarantined.is_(False)
    )
    died = connection.execute(asked).scalar()
    if died is not None and not terms.get("posthumous"):
        yield Contradiction("payee-dead", f"{_on(died)} 已死亡 / The payee died on {_on(died)}.")


def _roster(connection: Connection, payee: Payee, terms: dict[str, Any], day: int) -> Iterator[Contradiction]:
    spans = ROSTER_SPANS.c
    asked = (
        select(spans.exited_on, spans.exit_kind)
        .where(spans.id_no == payee.person, spans.quarantined.is_(False), spans.included_on <= day)
        .order_by(spans.exited_on.is_(None).desc(), spans.exited_on.desc())
        .limit(1)
    )
    last = connection.execute(asked).first()
    if last is None:
        if terms.get("requires_roster"):
            yield Contradiction("not-on-roster", "不在花名册 / The payee is not on the roster.")
        return
    if last.exited_on is None or last.exited_on > day:
        return
    if last.exit_kind == OUT_OF_POVERTY and terms.get("carry_over_after_exit"):
        return
    left = _on(last.exited_on)
    yield Contradiction("payee-exited", f"{left} 已退出（{last.exit_kind}） / The payee left the roster on {left}.")


def _entitlement(connection: Connection, payee: Payee, terms: dict[str, Any], day: int) -> Iterator[Contradiction]:
    if not terms.get("requires_entitlement"):
        return
    rows = ENTITLEMENTS.c
    begins = first_day(payee.period)
    from_day = begins.toordinal() if begins else day
    whose = or_(rows.id_no == payee.person, and_(rows.household_no == payee.household_no))
    granted = select(rows.position).where(
        rows.programme == payee.programme,
        whose,
        rows.quarantined.is_(False),
        rows.starts_on <= day,
        or_(rows.ends_on.is_(None), rows.ends_on >= from_day),
        or_(rows.declined_on.is_(None), rows.declined_on > from_day),
    )
    if connection.execute(granted.limit(1)).first() is None:
        yield Contradiction("no-entitlement", "未在应享名单 / The payee is not on the list of those entitled.")


def _notice(connection: Connection, payee: Payee, terms: dict[str, Any], day: int) -> Iterator[Contradiction]:
    if not terms.get("needs_notice"):
        return
    notices = NOTICES.c
    still_open = exists().where(
        OBJECTIONS.c.notice_no == notices.notice_no,
        or_(OBJECTIONS.c.resolved_on.is_(None), OBJECTIONS.c.resolved_on > day),
    )
    standing = _naming(payee).where(
        notices.until < day, or_(notices.withdrawn_on.is_(None), notices.withdrawn_on > day)
    )
    if connection.execute(standing.where(~still_open).limit(1)).first() is not None:
        return
    objected = connection.execute(_naming(payee).where(still_open).limit(1)).scalar()
    if objected is not None:
        yield Contradiction("open-objection", f"公示 {objected} 有未结异议 / Notice {objected} has an open objection.")
    else:
        yield Contradiction("no-matured-notice", "公示未满期 / No matured notice names the payee for this period.")


def _naming(payee: Payee) -> Select[tuple[str]]:
    """The notices before the fact that name the payee for the programme and period."""
    notices, lines = NOTICES.c, NOTICE_LINES.c
    return (
        select(notices.notice_no)
        .join(NOTICE_LINES.table, lines.notice_no == notices.notice_no)
        .where(
            notices.notice_kind == PRE_NOTICE,
            notices.programme == payee.programme,
            lines.id_no == payee.person,
            or_(lines.period_from.is_(None), lines.period_from <= payee.period),
            or_(lines.period_to.is_(None), lines.period_to >= payee.period),
        )
    )


def _on(ordinal: int) -> date:
    return date.fromordinal(ordinal)
