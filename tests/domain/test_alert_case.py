"""An alert stands where rules and people have brought it; whatever people decided the rules do not undo."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.alert_case import (
    DECIDERS,
    EVENT_OF,
    STEPS,
    WHO_MAY,
    Alert,
    AlertStage,
    AlertState,
    AlertStep,
    details_of,
)
from domain.alert_steps import STEPS_TAKEN
from domain.event import SYSTEM, Event
from domain.refusal import Refused
from tests.domain.alert_lives import NUMBER, PERSON, RAISED, taken, walked

PROVEN = "raise assign confirm"

NEXT: dict[tuple[str, str], str] = {
    ("raised", "assign"): "assigned",
    ("assigned", "dismiss"): "dismissed",
    ("assigned", "confirm"): "confirmed",
    ("dismissed", "reopen"): "assigned",
    ("confirmed", "rectify"): "rectified",
    ("confirmed", "transfer"): "transferred",
    ("rectified", "transfer"): "transferred",
    ("transferred", "open-case"): "opened",
    ("opened", "dispose"): "disposed",
    ("rectified", "close"): "closed",
    ("disposed", "close"): "closed",
}
"""DOMAIN §3 as a table: what leads on, from where; everything else that is possible leaves the case where it is."""

KEEPS = {
    "raised": {"assign", "comment"},
    "assigned": {"assign", "comment"},
    "dismissed": {"comment"},
    "confirmed": {"assign", "comment", "order-recovery", "list-dishonest"},
    "rectified": {"assign", "comment", "order-recovery", "list-dishonest"},
    "transferred": {"assign", "comment", "order-recovery", "list-dishonest"},
    "opened": {"assign", "comment", "order-recovery", "list-dishonest"},
    "disposed": {"assign", "comment", "order-recovery", "list-dishonest"},
    "closed": {"comment"},
}


@pytest.mark.parametrize(
    ("life", "state"),
    [
        ("raise", "raised"),
        ("raise change", "raised"),
        ("raise withdraw", "withdrawn"),
        ("raise withdraw raise", "raised"),
        ("raise assign", "assigned"),
        ("raise assign assign", "assigned"),
        ("raise assign withdraw", "withdrawn"),
        ("raise assign withdraw raise", "raised"),
        ("raise assign dismiss", "dismissed"),
        ("raise assign dismiss reopen", "assigned"),
        ("raise assign dismiss reopen confirm", "confirmed"),
        (f"{PROVEN} rectify", "rectified"),
        (f"{PROVEN} rectify transfer", "transferred"),
        (f"{PROVEN} transfer open-case", "opened"),
        (f"{PROVEN} transfer open-case dispose", "disposed"),
        (f"{PROVEN} transfer open-case dispose close", "closed"),
        (f"{PROVEN} order-recovery", "recovery_ordered"),
        (f"{PROVEN} order-recovery recover", "recovery_partial"),
        (f"{PROVEN} order-recovery recover recover recover", "recovered"),
        (f"{PROVEN} order-recovery recover recover recover close", "closed"),
        (f"{PROVEN} order-recovery transfer", "recovery_ordered"),
    ],
)
def test_an_alert_stands_where_its_events_have_brought_it(life: str, state: str) -> None:
    events = walked(life)

    alert = Alert.told_by(events)

    assert alert.state == AlertState(state)
    assert alert.version == len(events)


@given(st.lists(st.sampled_from(sorted(AlertStep)), max_size=14))
def test_whatever_people_try_an_alert_goes_only_where_the_table_leads(tried: list[AlertStep]) -> None:
    events: list[Event] = [RAISED]
    stage, ordered_fen, recovered_fen, listed = "raised", 0, 0, 0

    for step in tried:
        alert = Alert.told_by(events)
        possible = (stage, step.value) in NEXT or step.value in KEEPS[stage]
        if step is AlertStep.RECOVER:
            possible = ordered_fen > recovered_fen
        elif step is AlertStep.LIFT_DISHONEST:
            possible = listed > 0
        elif step is AlertStep.CLOSE and ordered_fen:
            settled = ordered_fen == recovered_fen
            possible = settled and stage in ("confirmed", "rectified", "transferred", "disposed")

        assert (step in alert.allowed) == possible, (stage, step)

        if not possible:
            with pytest.raises(Refused, match="E-STATE"):
                alert.refuse_unless(step)
            continue
        alert.refuse_unless(step)
        events.append(taken(step))
        ordered_fen = 60_000 if step is AlertStep.ORDER_RECOVERY else ordered_fen
        recovered_fen += 20_000 if step is AlertStep.RECOVER else 0
        listed = {AlertStep.LIST_DISHONEST: listed + 1, AlertStep.LIFT_DISHONEST: 0}.get(step, listed)
        stage = "closed" if step is AlertStep.CLOSE else NEXT.get((stage, step.value), stage)
        assert Alert.told_by(events).stage.value == stage


def test_a_step_that_is_not_possible_is_refused_with_the_state_and_with_what_is() -> None:
    with pytest.raises(Refused) as refusal:
        Alert.told_by([RAISED]).refuse_unless(AlertStep.CONFIRM)

    assert refusal.value.code == "E-STATE"
    assert refusal.value.value == NUMBER
    assert refusal.value.why == f"Alert {NUMBER} is raised; it cannot confirm."
    assert refusal.value.remedy == "Possible now: assign, comment."


def test_a_withdrawn_alert_allows_nothing_until_the_rules_raise_it_again() -> None:
    withdrawn = Alert.told_by(walked("raise assign withdraw"))
    again = Alert.told_by(walked("raise assign withdraw raise"))

    assert withdrawn.allowed == ()
    assert (again.assignee, again.allowed) == (None, (AlertStep.ASSIGN, AlertStep.COMMENT))


@pytest.mark.parametrize("life", ["raise assign dismiss", PROVEN, f"{PROVEN} rectify close"])
@pytest.mark.parametrize("said", ["gone", "withdraw"])
def test_what_was_decided_is_never_withdrawn_but_marked(life: str, said: str) -> None:
    before = Alert.told_by(walked(life))

    after = Alert.told_by(walked(f"{life} {said}"))

    assert after.state == before.state
    assert (before.grounds_changed, before.grounds_gone) == (False, False)
    assert (after.grounds_changed, after.grounds_gone) == (True, True)


@pytest.mark.parametrize("said", ["change", "raise"])
def test_evidence_that_changes_after_a_decision_marks_it_and_brings_gone_grounds_back(said: str) -> None:
    changed = Alert.told_by(walked(f"raise assign dismiss {said}"))
    back = Alert.told_by(walked(f"raise assign dismiss gone {said}"))

    assert (changed.state, changed.grounds_changed, changed.grounds_gone) == (AlertState.DISMISSED, True, False)
    assert (back.state, back.grounds_changed, back.grounds_gone) == (AlertState.DISMISSED, True, False)


def test_evidence_that_changes_before_a_decision_marks_nothing() -> None:
    assert not Alert.told_by(walked("raise assign change")).grounds_changed


def test_a_new_decision_is_one_on_the_evidence_as_it_is() -> None:
    alert = Alert.told_by(walked("raise assign dismiss change reopen confirm"))

    assert (alert.grounds_changed, alert.reason_code) == (False, None)


def test_the_reason_of_a_dismissal_stands_while_it_is_dismissed() -> None:
    assert Alert.told_by(walked("raise assign dismiss")).reason_code == "supplementary_pay"
    assert Alert.told_by(walked("raise assign dismiss reopen")).reason_code is None


def test_whoever_is_assigned_last_has_the_alert_and_a_confirmed_one_stays_confirmed() -> None:
    events = [*walked(PROVEN), taken("assign", assignee="G-0010")]

    alert = Alert.told_by(events)

    assert (alert.assignee, alert.stage) == ("G-0010", AlertStage.CONFIRMED)


def test_money_that_comes_back_is_never_more_than_is_to_come_and_an_order_never_less_than_came() -> None:
    alert = Alert.told_by(walked(f"{PROVEN} order-recovery recover"))

    alert.refuse_recovery_of(40_000)
    alert.refuse_recovery_order_of(20_000)
    with pytest.raises(Refused, match=r"E-BALANCE: ¥400\.01 came back, and ¥400\.00 is still to come"):
        alert.refuse_recovery_of(40_001)
    with pytest.raises(Refused, match=r"E-BALANCE: ¥199\.99 would be ordered in all, and ¥200\.00 has come back"):
        alert.refuse_recovery_order_of(19_999)


def test_a_later_order_takes_the_place_of_the_one_before() -> None:
    events = [*walked(f"{PROVEN} order-recovery recover"), taken("order-recovery", amount_fen=20_000)]

    alert = Alert.told_by(events)

    assert (alert.state, alert.outstanding_fen) == (AlertState.RECOVERED, 0)


@pytest.mark.parametrize(("life", "ordered_fen"), [("order-recovery", None), ("order-recovery recover", 20_000)])
def test_of_a_case_that_came_to_nothing_no_more_money_is_to_come(life: str, ordered_fen: int | None) -> None:
    events = [*walked(f"{PROVEN} {life} transfer open-case"), taken("dispose", disposal="unfounded")]

    alert = Alert.told_by(events)

    assert (alert.unfounded, alert.ordered_fen, alert.outstanding_fen) == (True, ordered_fen, 0)
    assert AlertStep.CLOSE in alert.allowed


def test_no_alert_is_closed_while_money_is_still_to_come() -> None:
    owed = Alert.told_by(walked(f"{PROVEN} rectify order-recovery recover"))
    settled = Alert.told_by(walked(f"{PROVEN} rectify order-recovery recover recover recover"))

    assert AlertStep.CLOSE not in owed.allowed
    assert AlertStep.CLOSE in settled.allowed


def test_a_confirmed_alert_is_closed_by_its_money_coming_back_and_not_before() -> None:
    proven = Alert.told_by(walked(PROVEN))
    settled = Alert.told_by(walked(f"{PROVEN} order-recovery recover recover recover"))

    assert AlertStep.CLOSE not in proven.allowed
    assert AlertStep.CLOSE in settled.allowed


def test_a_listing_can_be_lifted_even_after_the_alert_is_closed() -> None:
    listed = Alert.told_by(walked(f"{PROVEN} rectify list-dishonest close"))
    lifted = Alert.told_by(walked(f"{PROVEN} rectify list-dishonest close lift-dishonest"))

    assert (listed.listed, AlertStep.LIFT_DISHONEST in listed.allowed) == ((PERSON,), True)
    assert (lifted.listed, lifted.allowed) == ((), (AlertStep.COMMENT,))


def test_a_comment_changes_the_version_and_nothing_else() -> None:
    before, after = Alert.told_by(walked("raise")), Alert.told_by(walked("raise comment"))

    assert (after.stage, after.version) == (before.stage, before.version + 1)


@pytest.mark.parametrize("events", [[], [taken("assign")]])
def test_an_alert_that_nobody_raised_is_refused(events: list[Event]) -> None:
    with pytest.raises(Refused, match="An alert begins with its being raised"):
        Alert.told_by(events)


@pytest.mark.parametrize("step", [AlertStep.CONFIRM, AlertStep.DISMISS, AlertStep.CLOSE])
def test_only_those_who_check_the_books_decide_and_never_the_rules_or_the_keeper(step: AlertStep) -> None:
    assert WHO_MAY[step] == DECIDERS == {"inspector", "auditor"}
    assert not [roles for roles in WHO_MAY.values() if SYSTEM in roles]


def test_every_step_has_its_event_and_its_place_in_the_table() -> None:
    assert tuple(EVENT_OF.values()) == STEPS_TAKEN
    assert STEPS.keys() == set(AlertStage)
    assert {*details_of(AlertStep.RECOVER)} == {"amount_fen", "voucher_no"}
    assert details_of(AlertStep.CONFIRM) == {}
