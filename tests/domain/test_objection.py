"""An objection is open until it is resolved, and may be opened again."""

from datetime import date
from typing import Any

import pytest

from domain.event import Event, Kind, Source
from domain.objection import STEPS, Objection, ObjectionFiled, ObjectionResolved, ObjectionStage, ObjectionStep
from domain.refusal import Refused

ENVELOPE: dict[str, Any] = {
    "salt": "3d771f144987ef1fc943130fb48d70b7",
    "kind": Kind.FACT,
    "occurred_on": date(2020, 5, 25),
    "recorded_at": "2026-11-24T03:39:18.123456Z",
    "actor": "G-0002",
    "source": Source(channel="api"),
    "objection_no": "YY-1",
    "ref_kind": "公示",
    "ref_no": "GS-1#1",
    "filed_on": date(2020, 5, 25),
}
FILED = ObjectionFiled(**ENVELOPE)
RESOLVED = ObjectionResolved(**ENVELOPE, resolved_on=date(2020, 5, 29), outcome="不成立", resolver="G-0004")


@pytest.mark.parametrize(
    ("rows", "stage"),
    [
        ([FILED], ObjectionStage.OPEN),
        ([FILED, RESOLVED], ObjectionStage.RESOLVED),
        ([FILED, RESOLVED, FILED], ObjectionStage.OPEN),
    ],
)
def test_an_objection_stands_as_its_last_row_says(rows: list[Event], stage: ObjectionStage) -> None:
    objection = Objection.told_by(rows, version=7)

    assert (objection.stage, objection.row, objection.version) == (stage, rows[-1], 7)


@pytest.mark.parametrize("step", ObjectionStep)
@pytest.mark.parametrize("stage", ObjectionStage)
def test_each_step_is_taken_only_in_the_stage_that_allows_it(stage: ObjectionStage, step: ObjectionStep) -> None:
    objection = Objection(FILED, stage, 1)
    if step in STEPS[stage]:
        objection.refuse_unless(step)
        return

    with pytest.raises(Refused, match=f"Objection YY-1 is {stage.value}; it cannot {step.value}") as refusal:
        objection.refuse_unless(step)

    assert refusal.value.code == "E-STATE"


def test_an_objection_without_its_filing_is_refused() -> None:
    with pytest.raises(Refused, match="An objection begins with its filing"):
        Objection.told_by([], version=0)
