"""What the supervision book tells: alerts through their life, and the things that stand as they were written."""

from datetime import date
from typing import Any

from sqlalchemy import Engine, select

from domain.alert import AlertChanged, AlertRaised, AlertWithdrawn
from domain.supervision import PersonalDataRevealed
from projections.tables.alerts import ALERT_ANCHORS, ALERTS
from projections.tables.supervision import REVEALS
from tests.projections.history import History, person

ANCHOR = (f"person:{person('测试甲')}", "programme:职业培训补贴", "2020Q2")


def alert(history: History, becomes: type[AlertRaised | AlertChanged], amount_fen: int, recorded_at: str) -> int:
    return history.tell(
        becomes,
        "alert a",
        alert_id="a" * 32,
        rule_id="DUP-01",
        rule_version=1,
        pack_hash="0" * 64,
        severity="R",
        anchor=ANCHOR,
        subjects=(*ANCHOR[:1], "payment:TEST1"),
        event_refs=(1, 2),
        amount_at_risk_fen=amount_fen,
        holds_from=date(2020, 6, 25),
        why_zh="…",
        why_en="…",
        recorded_at=recorded_at,
    )


def withdraw(history: History) -> int:
    return history.tell(
        AlertWithdrawn,
        "alert a",
        alert_id="a" * 32,
        rule_id="DUP-01",
        clearing_position=9,
        recorded_at="2021-04-03T00:00:00.000000Z",
    )


def alerts(views: Engine) -> list[dict[str, Any]]:
    with views.connect() as connection:
        return [dict(row) for row in connection.execute(select(ALERTS.table)).mappings()]


def test_an_alert_that_changes_keeps_the_instant_at_which_it_was_raised(history: History) -> None:
    alert(history, AlertRaised, 100, "2021-04-01T00:00:00.000000Z")
    alert(history, AlertChanged, 300, "2021-04-02T00:00:00.000000Z")

    [told] = alerts(history.project())

    assert (told["amount_at_risk_fen"], told["state"]) == (300, "raised")
    assert (told["raised_at"], told["last_version"]) == ("2021-04-01T00:00:00.000000Z", 2)
    assert told["holds_from"] == date(2020, 6, 25).toordinal()


def test_an_alert_is_found_by_each_part_of_its_anchor(history: History) -> None:
    alert(history, AlertRaised, 100, "2021-04-01T00:00:00.000000Z")

    with history.project().connect() as connection:
        values = connection.execute(select(ALERT_ANCHORS.c.anchor_value)).scalars().all()

    assert sorted(values) == sorted(ANCHOR)


def test_an_alert_withdrawn_and_raised_again_stands_however_its_life_is_batched(history: History) -> None:
    alert(history, AlertRaised, 100, "2021-04-01T00:00:00.000000Z")
    withdraw(history)
    one_by_one = alerts(history.project(batch=1))
    assert (one_by_one[0]["state"], one_by_one[0]["clearing_position"]) == ("withdrawn", 9)

    alert(history, AlertRaised, 200, "2021-04-04T00:00:00.000000Z")

    one_by_one = alerts(history.project(batch=1))
    assert (one_by_one[0]["state"], one_by_one[0]["withdrawn_at"]) == ("raised", None)
    assert alerts(history.project(anew=True)) == one_by_one


def test_a_reveal_is_kept_with_who_saw_what_and_why(history: History) -> None:
    history.tell(
        PersonalDataRevealed, "reveal 1", where="facts payments", why="核查", subject="table:payments", references=3
    )

    with history.project().connect() as connection:
        [told] = connection.execute(select(REVEALS.table)).mappings()

    assert (told["actor"], told["where"], told["why"], told["references"]) == ("keeper", "facts payments", "核查", 3)
