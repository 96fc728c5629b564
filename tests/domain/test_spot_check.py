"""A spot check is planned before anybody knows the randomness, and drawn once."""

from datetime import date
from typing import Any

import pytest

from domain.event import Event, Kind, Source
from domain.refusal import Refused
from domain.spot_check import RandomnessCommitted, SampleDrawn, SpotCheck, SpotCheckPlanned, Stage

DICE, OTHER_DICE = "DICE:4,1,6,2,2,5,3,6,1,4", "DICE:1,1,1,1,1,1,1,1,1,1"
ROOT = "9597b93f9cdc4f74af658961b64abad8c4c35163b6b6a69a8ac67576641d4569"
SEED = "3d771f144987ef1fc943130fb48d70b7b180ba4b5d436509e8f7223cefc90f07"
ENVELOPE: dict[str, Any] = {
    "salt": "3d771f144987ef1fc943130fb48d70b7",
    "kind": Kind.CONTROL,
    "occurred_on": date(2021, 3, 31),
    "recorded_at": "2026-11-24T03:39:18.123456Z",
    "actor": "auditor",
    "source": Source(channel="api"),
}
PLAN = SpotCheckPlanned(
    **ENVELOPE,
    plan_id="SC-2021-001",
    population_kind="payments",
    size_position=30_412,
    population=10,
    root=ROOT,
    method="srs",
    n=3,
    book_value_fen=600_000,
    randomness_from="dice thrown in public",
)
COMMITTED = RandomnessCommitted(**ENVELOPE, plan_id="SC-2021-001", randomness=DICE, seed=SEED)
DRAWN = SampleDrawn(**ENVELOPE, plan_id="SC-2021-001", seed=SEED, n=3, items=("SP-0010", "SP-0006", "SP-0007"))


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ([PLAN], Stage.PLANNED),
        ([PLAN, COMMITTED], Stage.RANDOMNESS_COMMITTED),
        ([PLAN, COMMITTED, DRAWN], Stage.DRAWN),
        ([PLAN, DRAWN], Stage.DRAWN),
    ],
)
def test_a_spot_check_stands_where_its_events_have_brought_it(events: list[Event], stage: Stage) -> None:
    assert SpotCheck.told_by(events).stage is stage


@pytest.mark.parametrize("events", [[], [COMMITTED], [COMMITTED, PLAN]])
def test_randomness_that_was_known_before_the_plan_is_refused(events: list[Event]) -> None:
    with pytest.raises(Refused) as refusal:
        SpotCheck.told_by(events)

    assert refusal.value.code == "E-STATE"
    assert refusal.value.remedy == "Plan it first."


def test_whatever_is_written_behind_the_first_randomness_and_the_first_draw_changes_nothing() -> None:
    other_randomness = RandomnessCommitted(**ENVELOPE, plan_id="SC-2021-001", randomness=OTHER_DICE, seed=ROOT)
    other_draw = SampleDrawn(**ENVELOPE, plan_id="SC-2021-001", seed=ROOT, n=1, items=("SP-0001",))

    check = SpotCheck.told_by([PLAN, COMMITTED, other_randomness, DRAWN, other_draw, other_randomness])

    assert check == SpotCheck(PLAN, Stage.DRAWN, COMMITTED, DRAWN)


def test_a_second_draw_from_one_plan_is_refused_even_with_the_same_randomness() -> None:
    check = SpotCheck.told_by([PLAN, COMMITTED, DRAWN])

    with pytest.raises(Refused, match=r"The sample of SC-2021-001 has been drawn already") as refusal:
        check.refuse_second_draw(DICE)

    assert refusal.value.code == "E-STATE"


def test_a_draw_with_other_randomness_than_was_committed_is_refused_naming_both() -> None:
    check = SpotCheck.told_by([PLAN, COMMITTED])

    with pytest.raises(Refused) as refusal:
        check.refuse_second_draw(OTHER_DICE)

    assert DICE in refusal.value.why
    assert OTHER_DICE in refusal.value.why


@pytest.mark.parametrize("events", [[PLAN], [PLAN, COMMITTED]])
def test_the_first_draw_with_the_committed_randomness_goes_ahead(events: list[Event]) -> None:
    SpotCheck.told_by(events).refuse_second_draw(DICE)
