"""A project is proposed, entered, approved, accepted and settled, by its own rows and by what a workbook states."""

from datetime import date
from typing import Any

import pytest
from msgspec import structs

from domain.event import Event, Kind, Source
from domain.project import (
    STEPS,
    Project,
    ProjectAccepted,
    ProjectAmended,
    ProjectApproved,
    ProjectClosed,
    ProjectEntered,
    ProjectProposed,
    ProjectStage,
    ProjectStep,
)
from domain.refusal import Refused

DAY = date(2020, 1, 15)


def envelope(actor: str = "G-0001") -> dict[str, Any]:
    """What a row of the project says beside its own steps."""
    return {
        "salt": "3d771f144987ef1fc943130fb48d70b7",
        "kind": Kind.FACT,
        "occurred_on": DAY,
        "recorded_at": "2026-11-24T03:39:18.123456Z",
        "actor": actor,
        "source": Source(channel="api"),
        "project_no": "XM-1",
    }


PROPOSED = ProjectProposed(**envelope(), status="申报")
ENTERED = ProjectEntered(**envelope("G-0002"), entered_on=DAY, status="入库")
APPROVED = ProjectApproved(**envelope("G-0003"), entered_on=DAY, approved_on=DAY, status="立项")
AMENDED = ProjectAmended(**envelope(), entered_on=DAY, approved_on=DAY, status="立项", approver="G-0003")
ACCEPTED = ProjectAccepted(**envelope("G-0004"), entered_on=DAY, approved_on=DAY, accepted_on=DAY, status="验收")
CLOSED = ProjectClosed(**envelope("G-0005"), entered_on=DAY, approved_on=DAY, accepted_on=DAY, status="决算")


@pytest.mark.parametrize(
    ("rows", "stage"),
    [
        ([PROPOSED], ProjectStage.PROPOSED),
        ([PROPOSED, ENTERED], ProjectStage.ENTERED),
        ([PROPOSED, ENTERED, APPROVED], ProjectStage.APPROVED),
        ([PROPOSED, ENTERED, APPROVED, AMENDED], ProjectStage.APPROVED),
        ([PROPOSED, ENTERED, APPROVED, ACCEPTED], ProjectStage.ACCEPTED),
        ([PROPOSED, ENTERED, APPROVED, ACCEPTED, CLOSED], ProjectStage.CLOSED),
    ],
)
def test_a_project_stands_where_its_rows_have_brought_it(rows: list[Event], stage: ProjectStage) -> None:
    project = Project.told_by(rows, version=len(rows))

    assert (project.stage, project.version, project.proposer) == (stage, len(rows), "G-0001")


@pytest.mark.parametrize(
    ("stated", "stage"),
    [
        ({}, ProjectStage.PROPOSED),
        ({"status": "在建"}, ProjectStage.PROPOSED),
        ({"entered_on": DAY}, ProjectStage.ENTERED),
        ({"entered_on": DAY, "status": "立项"}, ProjectStage.APPROVED),
        ({"entered_on": DAY, "status": "在建"}, ProjectStage.APPROVED),
        ({"approved_on": DAY}, ProjectStage.APPROVED),
        ({"status": "验收"}, ProjectStage.ACCEPTED),
        ({"accepted_on": DAY}, ProjectStage.ACCEPTED),
        ({"accepted_on": DAY, "status": "决算"}, ProjectStage.CLOSED),
    ],
)
def test_what_one_row_of_a_workbook_states_says_how_far_a_project_has_come(
    stated: dict[str, Any], stage: ProjectStage
) -> None:
    assert Project.told_by([ProjectProposed(**envelope(), **stated)], version=1).stage is stage


def by_hand(row: ProjectProposed | ProjectEntered | ProjectApproved) -> Event:
    """A step that was taken here."""
    return structs.replace(row, kind=Kind.INTENT)


@pytest.mark.parametrize(
    ("rows", "stage", "status"),
    [
        ([PROPOSED, by_hand(ENTERED), PROPOSED], ProjectStage.ENTERED, "入库"),
        ([PROPOSED, by_hand(ENTERED), by_hand(APPROVED), PROPOSED, PROPOSED], ProjectStage.APPROVED, "立项"),
        ([PROPOSED, by_hand(ENTERED), ACCEPTED], ProjectStage.ACCEPTED, "验收"),
        ([PROPOSED, ENTERED, PROPOSED], ProjectStage.PROPOSED, "申报"),
        ([PROPOSED, by_hand(ENTERED), ProjectProposed(**envelope())], ProjectStage.ENTERED, "入库"),
    ],
)
def test_a_list_that_does_not_know_of_a_step_taken_here_takes_none_back_and_one_of_a_list_it_does(
    rows: list[Event], stage: ProjectStage, status: str
) -> None:
    project = Project.told_by(rows, version=len(rows))

    assert (project.stage, project.row.status) == (stage, status)


def test_who_took_each_step_is_known_by_what_he_did() -> None:
    project = Project.told_by([PROPOSED, ENTERED, APPROVED, ACCEPTED, CLOSED], version=5)

    assert project.hands == {
        "enterer": "G-0002",
        "approver": "G-0003",
        "acceptor": "G-0004",
        "closer": "G-0005",
    }


@pytest.mark.parametrize("step", ProjectStep)
@pytest.mark.parametrize("stage", ProjectStage)
def test_each_step_with_a_project_is_taken_only_in_the_stages_that_allow_it(
    stage: ProjectStage, step: ProjectStep
) -> None:
    project, allowed = Project(PROPOSED, stage, "G-0001", {}, 1), STEPS.get(stage, ())
    if step in allowed:
        project.refuse_unless(step)
        return

    with pytest.raises(Refused, match=f"Project XM-1 is {stage.value}; it cannot {step.value}") as refusal:
        project.refuse_unless(step)

    assert refusal.value.code == "E-STATE"
    assert refusal.value.remedy == f"Possible now: {', '.join(allowed) or 'nothing'}."


def test_a_project_without_a_row_is_refused() -> None:
    with pytest.raises(Refused, match="A project begins with its proposal"):
        Project.told_by([], version=0)
