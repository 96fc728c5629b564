"""The table of alerts follows their lives, however the book is batched."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from domain.disbursement import PaymentMade
from projections.alerts import Asked, listed
from projections.tables.alerts import ALERT_EVIDENCE, ALERT_SUBJECTS, ALERTS
from projections.tables.hands import HANDS
from tests.projections.alerting import Docket, alert_id
from tests.projections.history import History, person

WHOM = f"person:{person('甲')}"


def rows(views: Engine) -> list[dict[str, Any]]:
    """The whole table."""
    with views.connect() as connection:
        return [dict(row) for row in connection.execute(select(ALERTS.table).order_by(ALERTS.c.alert_id)).mappings()]


def a_whole_life(history: History) -> None:
    """Alerts in many states, told through one another."""
    docket = Docket(history)
    for name in ("dismissed", "confirmed", "withdrawn", "again"):
        docket.raised(name, (WHOM,))
    docket.taken("dismissed", "assign", "comment", "dismiss")
    docket.taken("confirmed", "assign", "confirm", "order-recovery")
    docket.gone("withdrawn")
    docket.changed("dismissed", (WHOM, "payment:TEST1"), amount_at_risk_fen=90_000)
    docket.taken("confirmed", "recover", "list-dishonest")
    docket.taken("again", "assign")
    docket.gone("again")
    docket.gone("confirmed", decided=True)
    docket.raised("again", (WHOM,))


def test_each_alert_stands_where_its_life_has_brought_it(history: History) -> None:
    a_whole_life(history)

    with history.project().connect() as connection:
        told = {line["alert_id"]: line for line in listed(connection)}

    dismissed, confirmed = told[alert_id("dismissed")], told[alert_id("confirmed")]
    assert (dismissed["state"], dismissed["reason_code"]) == ("dismissed", "supplementary_pay")
    assert (dismissed["grounds_changed"], dismissed["amount_at_risk_fen"]) == (True, 90_000)
    assert (confirmed["state"], confirmed["assignee"]) == ("recovery_partial", "G-0009")
    assert (confirmed["ordered_fen"], confirmed["recovered_fen"], confirmed["grounds_gone"]) == (60_000, 20_000, True)
    assert told[alert_id("withdrawn")]["state"] == "withdrawn"
    assert (told[alert_id("again")]["state"], told[alert_id("again")]["assignee"]) == ("raised", None)


@pytest.mark.parametrize("batch", [1, 2, 3, 7])
def test_a_life_is_the_same_however_it_is_batched(history: History, batch: int) -> None:
    a_whole_life(history)

    whole, piecemeal = rows(history.project()), rows(history.project(batch=batch, anew=True))

    assert piecemeal == whole


def test_what_cleared_an_alert_stands_beside_it_until_its_grounds_are_back(history: History) -> None:
    docket = Docket(history)
    docket.raised("a", (WHOM,))
    docket.taken("a", "assign", "confirm")
    docket.gone("a", decided=True)
    [gone] = rows(history.project())
    docket.changed("a", (WHOM,))

    [back] = rows(history.project())

    assert (gone["clearing_position"], gone["withdrawn_at"], gone["grounds_gone"]) == (9, None, True)
    assert (back["clearing_position"], back["grounds_gone"], back["grounds_changed"]) == (None, False, True)
    assert (back["last_position"], back["last_version"]) == (5, 5)


def test_an_alert_withdrawn_while_somebody_decided_is_not_withdrawn(history: History) -> None:
    docket = Docket(history)
    docket.raised("a", (WHOM,))
    docket.taken("a", "assign", "dismiss")
    docket.gone("a")

    [told] = rows(history.project())

    assert (told["state"], told["grounds_gone"], told["withdrawn_at"]) == ("dismissed", True, None)


def test_the_subjects_and_the_evidence_of_an_alert_are_those_of_its_newest_statement(history: History) -> None:
    docket = Docket(history)
    docket.raised("a", (WHOM, "payment:TEST1", "payment:TEST2"), event_refs=(1, 2))
    history.project()
    docket.changed("a", (WHOM, "payment:TEST2"), event_refs=(2, 3))

    with history.project().connect() as connection:
        subjects = connection.execute(select(ALERT_SUBJECTS.c.subject)).scalars().all()
        evidence = connection.execute(select(ALERT_EVIDENCE.c.position)).scalars().all()

    assert sorted(subjects) == ["payment:TEST2", WHOM]
    assert sorted(evidence) == [2, 3]


def test_an_anchor_is_a_subject_and_its_period_is_none(history: History) -> None:
    Docket(history).raised("a", (WHOM,), anchor=("programme:职业培训补贴", "2020Q2"))

    with history.project().connect() as connection:
        kinds = connection.execute(select(ALERT_SUBJECTS.c.kind)).scalars().all()

    assert sorted(kinds) == ["person", "programme"]


def test_alerts_are_asked_for_by_state_and_by_id(history: History) -> None:
    a_whole_life(history)

    with history.project().connect() as connection:
        by_state = [line["alert_id"] for line in listed(connection, Asked(state="dismissed"))]
        by_id = [line["alert_id"] for line in listed(connection, Asked(alert_id=alert_id("again")))]

    assert (by_state, by_id) == ([alert_id("dismissed")], [alert_id("again")])


def test_an_entry_by_hand_is_in_the_hands_of_who_entered_it_and_of_who_corrected_it(history: History) -> None:
    row = {"period": "2020-04", "amount_fen": 100, "programme": "低保", "paid_on": date(2020, 4, 22)}
    paid = {**row, "id_no": person("甲")}
    history.tell(PaymentMade, "payment 1", actor="G-0004", **paid)
    history.tell(PaymentMade, "payment 2", **paid)
    history.correct("payment 2", actor="G-0005", amount_fen=200)

    with history.project().connect() as connection:
        hands = connection.execute(select(HANDS.c.position, HANDS.c.staff_no).order_by(HANDS.c.position)).all()

    assert [tuple(hand) for hand in hands] == [(1, "G-0004"), (2, "G-0005"), (3, "G-0005")]
