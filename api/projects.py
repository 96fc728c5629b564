"""Projects by hand: proposed, entered into the library, approved by a second person, changed, accepted, settled.

Each step states the project's row anew on its stream, so 项目台账 shows it; a workbook states the same as facts.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from api.acting import acting, approval_limits, person_of
from api.by_hand import Hand, decided, refuse_set_aside, seal
from api.ledger import Ledger, Placed
from api.stepping import Command, Papers, first_stated, papers_there, row_after, take, timeline
from domain.event import Event
from domain.project import (
    PROPOSED_STATUS,
    STANDS_AT,
    Project,
    ProjectAccepted,
    ProjectAmended,
    ProjectApproved,
    ProjectClosed,
    ProjectEntered,
    ProjectRow,
    ProjectStage,
    ProjectStep,
)
from domain.refusal import Refused
from domain.roles import Actor, Deed
from intake.entry import Stated
from intake.sheets.projects import PROJECTS as PROJECTS_SHEET

PROJECT = PROJECTS_SHEET.stream_kind
NOTHING_YET = {"received": "0.00", "paid": "0.00", "status": PROPOSED_STATUS}
"""What a row of 项目台账 must state, and a proposal has none of."""

PERSONS = {
    ProjectStep.ENTER: ("proposer",),
    ProjectStep.APPROVE: ("proposer", "enterer"),
    ProjectStep.CHANGE: (),
    ProjectStep.ACCEPT: ("proposer",),
    ProjectStep.CLOSE: ("proposer", "acceptor"),
}
"""Whose hands a step must not be in, by what they did before (SOD)."""


class Change(NamedTuple):
    """What of a project is stated otherwise, by its event's fields, and who approves it (工号): a second person."""

    fields: Mapping[str, Any]
    approver: str


def propose(ledger: Ledger, actor: str, stated: Mapping[str, Stated]) -> tuple[dict[str, Any], bool]:
    """Propose a project; gives it, and whether it is new.

    Raises:
        Refused: the first error's code with all `problems`; `E-AUTH`, `E-DUP` for a number in use.
    """

    def decide() -> tuple[dict[str, Any], bool]:
        who = acting(ledger, actor)
        who.refuse_unless_may(Deed.PROPOSE_PROJECT)
        hand = Hand(ledger, PROJECTS_SHEET, who, recorded=lambda sheet, keys: first_stated(ledger, sheet, keys))
        fate = hand.fate_of({**NOTHING_YET, **stated})
        if not fate.to_record:
            return project(ledger, fate.unchanged[0].get("project_no")), False
        [(row, before)] = fate.to_record
        if before is not None:
            _refuse_number_in_use(row.get("project_no"))
        refuse_set_aside(PROJECTS_SHEET, fate.problems)
        seal(ledger, hand.placed(hand.written(fate)))
        return project(ledger, row.get("project_no")), True

    return decided(ledger, decide)


def enter(ledger: Ledger, command: Command) -> dict[str, Any]:
    """入库, by somebody else than who proposed it; a project without a performance target does not enter.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-SOD`, `E-STATE`, `E-SCHEMA` without a target, `E-CONFLICT` for a stale version.
    """

    def make(told: Project, actor: Actor) -> Event:
        actor.refuse_unless_may(Deed.ENTER_PROJECT)
        _refuse_without_target(told.row)
        return _after(ledger, told, ProjectEntered, actor, ProjectStage.ENTERED, entered_on=ledger.today)

    return _take(ledger, command, ProjectStep.ENTER, make)


def approve(ledger: Ledger, command: Command) -> dict[str, Any]:
    """立项, by a person who neither proposed nor entered it, below whose limit the budget is.

    Raises:
        Refused: as `enter`; `E-AUTH` for a budget of the limit or more.
    """

    def make(told: Project, actor: Actor) -> Event:
        actor.refuse_unless_may(Deed.APPROVE_PROJECT)
        actor.refuse_from_limit(Deed.APPROVE_PROJECT, told.row.budget_fen or 0, approval_limits(ledger))
        return _after(ledger, told, ProjectApproved, actor, ProjectStage.APPROVED, approved_on=ledger.today)

    return _take(ledger, command, ProjectStep.APPROVE, make)


def change(ledger: Ledger, command: Command, wanted: Change) -> dict[str, Any]:
    """变更: place, budget, implementer or target are stated otherwise, with a second person's approval (MIS-07).

    Raises:
        Refused: as `approve`; `E-SCHEMA` where nothing is stated otherwise, or a target is taken away.
    """

    def make(told: Project, actor: Actor) -> Event:
        actor.refuse_unless_may(Deed.PROPOSE_PROJECT)
        approver = acting(ledger, wanted.approver)
        approver.refuse_same_hand(actor.person, as_what="prepares the change")
        approver.refuse_unless_may(Deed.APPROVE_PROJECT)
        budget_fen = wanted.fields.get("budget_fen", told.row.budget_fen) or 0
        approver.refuse_from_limit(Deed.APPROVE_PROJECT, budget_fen, approval_limits(ledger))
        _refuse_no_change(told.row, wanted.fields)
        changes = {**wanted.fields, "reason": command.reason, "approver": approver.staff_no}
        return row_after(ledger, PROJECTS_SHEET, told.row, ProjectAmended, actor, **changes)

    return _take(ledger, command, ProjectStep.CHANGE, make)


def accept(ledger: Ledger, command: Command) -> dict[str, Any]:
    """验收, by somebody else than who proposed it.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-SOD`, `E-STATE`, `E-CONFLICT` for a stale version.
    """

    def make(told: Project, actor: Actor) -> Event:
        actor.refuse_unless_may(Deed.ACCEPT_PROJECT)
        return _after(ledger, told, ProjectAccepted, actor, ProjectStage.ACCEPTED, accepted_on=ledger.today)

    return _take(ledger, command, ProjectStep.ACCEPT, make)


def close(ledger: Ledger, command: Command) -> dict[str, Any]:
    """决算, by somebody else than who proposed or accepted it.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-SOD`, `E-STATE`, `E-CONFLICT` for a stale version.
    """

    def make(told: Project, actor: Actor) -> Event:
        actor.refuse_unless_may(Deed.CLOSE_PROJECT)
        return _after(ledger, told, ProjectClosed, actor, ProjectStage.CLOSED)

    return _take(ledger, command, ProjectStep.CLOSE, make)


def project(ledger: Ledger, project_no: str) -> dict[str, Any]:
    """A project as it stands: stage, version, budget, hands, what is possible, and its timeline.

    Raises:
        Refused: `E-REF` when there is none.
    """
    ledger.project()
    found = _papers(ledger, project_no)
    told = Project.told_by(found.told, version=found.version)
    row = told.row
    return {
        "project_no": project_no,
        "stage": told.stage.value,
        "version": told.version,
        "project_class": row.project_class,
        "location": row.location,
        "budget_fen": row.budget_fen,
        "performance_target": row.performance_target,
        "status": row.status,
        **{name: _day(getattr(row, name)) for name in ("entered_on", "approved_on", "accepted_on")},
        "proposer": told.proposer,
        **{name: told.hands.get(name) for name in ("enterer", "approver", "acceptor", "closer")},
        "allowed": [step.value for step in told.allowed],
        "timeline": timeline(found.events),
    }


def _take(
    ledger: Ledger, command: Command, step: ProjectStep, make: Callable[[Project, Actor], Event]
) -> dict[str, Any]:
    """Take one step with a project, by another hand than those before, at its next version."""

    def read() -> Project:
        found = _papers(ledger, command.number)
        return Project.told_by(found.told, version=found.version)

    def place(told: Project, actor: Actor) -> list[Placed]:
        hands = {"proposer": told.proposer, **told.hands}
        for name in PERSONS[step]:
            actor.refuse_same_hand(person_of(ledger, hands.get(name)), as_what=f"is the project's {name}")
        event = make(told, actor)
        return [Placed(ledger.stream(PROJECT, command.number), told.version + 1, event)]

    take(ledger, command, step, read, place)
    return project(ledger, command.number)


def _after(
    ledger: Ledger, told: Project, event_class: type[ProjectRow], actor: Actor, stage: ProjectStage, **days: Any
) -> Event:
    return row_after(ledger, PROJECTS_SHEET, told.row, event_class, actor, status=STANDS_AT[stage], **days)


def _papers(ledger: Ledger, project_no: str) -> Papers:
    remedy = "Propose it first, or check the number: mingzhang facts projects."
    return papers_there(ledger, PROJECT, project_no, field="project_no", remedy=remedy)


def _refuse_number_in_use(project_no: str) -> None:
    raise Refused(
        "E-DUP",
        field="project_no",
        value=project_no,
        why=f"Project {project_no} was proposed already, and states otherwise.",
        remedy="Give the new project another number, or change the first.",
    )


def _refuse_without_target(row: ProjectRow) -> None:
    if row.performance_target is None:
        raise Refused(
            "E-SCHEMA",
            field="performance_target",
            why=f"Project {row.project_no} has no performance target.",
            remedy="Without a performance target no project enters the library: change it first (绩效目标).",
        )


def _refuse_no_change(row: ProjectRow, fields: Mapping[str, Any]) -> None:
    if all(getattr(row, name) == value for name, value in fields.items()):
        raise Refused(
            "E-SCHEMA",
            field="fields",
            why="Nothing is stated otherwise than it stands.",
            remedy="State what is to be changed.",
        )


def _day(day: Any) -> str | None:
    return None if day is None else str(day)
