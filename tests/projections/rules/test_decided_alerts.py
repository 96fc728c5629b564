"""What people decided the rules do not undo: a decided alert is never withdrawn, raised again, or forgotten."""

from typing import Any

import pytest

from domain.alert_case import EVENT_OF, AlertStep
from projections.alerts import Asked, listed
from projections.rules.engine import Outcome, Scope
from projections.rules.pack import Pack
from tests.domain.alert_lives import DETAILS
from tests.projections.rules.test_engine import APRIL_22, pay_twice
from tests.projections.rules.town import FEW, Town

TWICE, TO_ONE_ACCOUNT = "DUP-01", "LNM-01"
TWO_ARE_ALLOWED = 2
DECIDED = [("assign", "dismiss"), ("assign", "confirm"), ("assign", "confirm", "rectify", "close")]
NOTHING: dict[str, list[Any]] = {"raised": [], "changed": [], "withdrawn": [], "marked": []}


@pytest.fixture
def rules() -> tuple[str, ...]:
    """A few rules, whatever others would say."""
    return FEW


def steps(town: Town, alert_id: str, *names: str) -> None:
    """Steps that people took with an alert."""
    for name in names:
        step = AlertStep(name)
        told = {"alert_id": alert_id, "actor": "G-0008", **DETAILS.get(step, {})}
        town.history.tell(EVENT_OF[step], f"alert {alert_id}", **told)


def paid_twice(town: Town, *names: str) -> str:
    """The id of an alert that was raised, and with which those steps were taken."""
    town.programme()
    pay_twice(town)
    [raised] = ours(town.run())["raised"]
    steps(town, raised["alert_id"], *names)
    return str(raised["alert_id"])


def ours(outcome: Outcome, rule_id: str = TWICE) -> dict[str, list[Any]]:
    """What a round found by one rule: others may have their own opinion of the town."""
    found = {"raised": outcome.raised, "changed": outcome.changed}
    gone = {"withdrawn": outcome.withdrawn, "marked": outcome.marked}
    return {name: [told for told in (found | gone)[name] if told["rule_id"] == rule_id] for name in NOTHING}


def ran(town: Town, scope: Scope = Scope.TOUCHED, rule_id: str = TWICE) -> dict[str, list[Any]]:
    """What a round found by one rule."""
    return ours(town.run(scope), rule_id)


def state(town: Town, rule_id: str = TWICE) -> tuple[str, bool, bool]:
    """(state, grounds_changed, grounds_gone) of the one alert of a rule."""
    with town.views.connect() as connection:
        [told] = listed(connection, Asked(rule_id=rule_id))
    return told["state"], told["grounds_changed"], told["grounds_gone"]


@pytest.mark.parametrize("names", DECIDED)
def test_evidence_that_grows_changes_a_decided_alert_marks_it_and_leaves_its_state(
    town: Town, names: tuple[str, ...]
) -> None:
    alert_id = paid_twice(town, *names)
    before, _, _ = state(town)
    third = town.pay("甲", "2020-04", APRIL_22)

    [changed] = ours(town.live_is_whole())["changed"]

    assert (changed["alert_id"], third in changed["event_refs"]) == (alert_id, True)
    assert state(town) == (before, True, False)


@pytest.mark.parametrize("names", DECIDED)
def test_grounds_that_go_are_said_once_of_a_decided_alert_and_it_stands(town: Town, names: tuple[str, ...]) -> None:
    alert_id = paid_twice(town, *names)
    before, _, _ = state(town)
    clearing = town.programme(max_per_period=TWO_ARE_ALLOWED)

    first, again = ran(town), ran(town)
    whole = ran(town, Scope.EVERYTHING)

    marked = [{"alert_id": alert_id, "rule_id": "DUP-01", "clearing_position": clearing}]
    assert first == {**NOTHING, "marked": marked}
    assert (again, whole) == (NOTHING, NOTHING)
    assert state(town) == (before, True, True)


@pytest.mark.parametrize("names", DECIDED)
def test_grounds_that_come_back_are_a_change_and_raise_nothing(town: Town, names: tuple[str, ...]) -> None:
    alert_id = paid_twice(town, *names)
    before, _, _ = state(town)
    town.programme(max_per_period=TWO_ARE_ALLOWED)
    town.run()
    town.programme(max_per_period=1)

    found = ours(town.live_is_whole())

    assert (found["raised"], [alert["alert_id"] for alert in found["changed"]]) == ([], [alert_id])
    assert state(town) == (before, True, False)


def test_a_changed_threshold_raises_nothing_again_that_was_dismissed(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card", APRIL_22)
    town.lend("JJ-2", "乙", "H-2", "card", APRIL_22)
    [raised] = ran(town, rule_id=TO_ONE_ACCOUNT)["raised"]
    steps(town, raised["alert_id"], "assign", "dismiss")
    usual = town.pack

    town.pack = Pack.read(f'version = "three"\n[{TO_ONE_ACCOUNT}]\nborrowers = 3\n')
    stricter = ran(town, Scope.EVERYTHING, TO_ONE_ACCOUNT)
    town.pack = usual
    usual_again = ran(town, Scope.EVERYTHING, TO_ONE_ACCOUNT)

    assert (stricter["raised"], stricter["withdrawn"], len(stricter["marked"])) == ([], [], 1)
    assert (usual_again["raised"], len(usual_again["changed"])) == ([], 1)
    assert state(town, TO_ONE_ACCOUNT) == ("dismissed", True, False)


def test_an_alert_that_is_only_assigned_is_withdrawn_and_raised_again_without_its_assignee(town: Town) -> None:
    alert_id = paid_twice(town, "assign")
    town.programme(max_per_period=TWO_ARE_ALLOWED)
    [gone] = ours(town.live_is_whole())["withdrawn"]
    withdrawn = state(town)
    town.programme(max_per_period=1)

    [again] = ours(town.live_is_whole())["raised"]

    assert gone["alert_id"] == again["alert_id"] == alert_id
    assert (withdrawn[0], state(town)[0]) == ("withdrawn", "raised")


def test_a_dismissed_alert_that_was_reopened_without_its_grounds_stays_with_whoever_looks_into_it(town: Town) -> None:
    alert_id = paid_twice(town, "assign", "dismiss")
    town.programme(max_per_period=TWO_ARE_ALLOWED)
    town.run()
    steps(town, alert_id, "reopen")

    live, whole = ran(town), ran(town, Scope.EVERYTHING)

    assert (live, whole) == (NOTHING, NOTHING)
    assert state(town)[0] == "assigned"


def test_views_made_anew_leave_every_decision_as_it_was(town: Town) -> None:
    paid_twice(town, "assign", "confirm")
    town.programme(max_per_period=TWO_ARE_ALLOWED)
    town.run()
    before = state(town)
    town.history.project(anew=True)

    assert ran(town, Scope.EVERYTHING) == NOTHING
    assert state(town) == before == ("confirmed", True, True)
