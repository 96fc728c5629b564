"""The figures behind the five questions."""

from datetime import date
from typing import Any

from hypothesis import given, settings

from domain.alert import AlertRaised, AlertWithdrawn
from projections.overview import overview
from tests.projections.history import account
from tests.projections.replay.random_rows import RandomRow, rows, told
from tests.projections.replay.story import COUNTY, DOCUMENT, TOWNSHIP, TRAINING, VILLAGE, Story

PAID, CUT_OFF = date(2020, 6, 20), date(2021, 3, 31)


def read(story: Story) -> dict[str, Any]:
    with story.history.project().connect() as connection:
        return overview(connection)


def raise_alert(story: Story, alert_id: str, severity: str) -> None:
    story.history.tell(
        AlertRaised,
        f"alert {alert_id}",
        alert_id=alert_id,
        rule_id="DUP-01",
        rule_version=1,
        pack_hash="0" * 64,
        severity=severity,
        anchor=(alert_id,),
        subjects=(),
        event_refs=(1,),
        amount_at_risk_fen=1,
        holds_from=PAID,
        why_zh="因为",
        why_en="because",
    )


def test_an_empty_ledger_answers_every_question_with_nothing(story: Story) -> None:
    assert read(story) == {
        "arrived_fen": 0,
        "unspent_fen": 0,
        "paid_fen": 0,
        "payments": 0,
        "payees": 0,
        "households": 0,
        "persons": 0,
        "programmes": [],
        "villages": [],
        "dividends_received_fen": 0,
        "dividends_paid_fen": 0,
        "loans": 0,
        "loans_outstanding_fen": 0,
        "alerts": {"R": 0, "O": 0, "Y": 0, "B": 0},
        "quarantined": 0,
        "as_of": None,
    }


def test_money_that_was_handed_down_within_these_books_arrived_once(story: Story) -> None:
    above = "粤测财农〔2020〕9号"
    story.finances()
    story.allocate("ZB-1", "到达", 10_000_000, PAID, quota_doc_no=above, from_org="省财政厅", to_org=COUNTY)
    story.allocate("ZB-2", "到达", 3_000_000, PAID, parent_doc_no=above)
    story.pay("TEST1", "测试甲", 60_000, PAID, quota_doc_no=DOCUMENT, paid_from=account(TOWNSHIP))

    told_of = read(story)

    assert (told_of["arrived_fen"], told_of["paid_fen"], told_of["unspent_fen"]) == (10_000_000, 60_000, 9_940_000)


def test_payments_are_counted_by_payee_programme_and_village(story: Story) -> None:
    story.pay("TEST1", "测试甲", 60_000, PAID)
    story.pay("TEST2", "测试甲", 1_000, PAID, programme="临时救助")
    story.pay("TEST3", "测试乙", 500, PAID, village=None, quarantine=("E-SCHEMA:village",))

    told_of = read(story)

    assert (told_of["payments"], told_of["payees"], told_of["quarantined"]) == (3, 1, 1)
    assert told_of["programmes"] == [
        {"programme": "临时救助", "paid_fen": 1_000, "payments": 1},
        {"programme": TRAINING, "paid_fen": 60_500, "payments": 2},
    ]
    assert told_of["villages"] == [
        {"village": None, "paid_fen": 500, "persons": 1},
        {"village": VILLAGE, "paid_fen": 61_000, "persons": 1},
    ]


def test_the_roster_is_counted_on_the_evaluation_date(story: Story) -> None:
    story.stand("测试甲", exited_on=date(2021, 4, 1), exit_kind="脱贫")
    story.stand("测试乙", "H-0002", exited_on=CUT_OFF, exit_kind="脱贫")
    story.stand("测试丙", "H-0003", included_on=date(2021, 4, 1))
    story.package("PKG-1", CUT_OFF)

    told_of = read(story)

    assert (told_of["households"], told_of["persons"], told_of["as_of"]) == (1, 1, "2021-03-31")


def test_dividends_loans_and_standing_alerts_have_figures_of_their_own(story: Story) -> None:
    story.receive("DS1", 5_000_000, PAID)
    story.distribute("FH1", "测试甲", 144_928, PAID)
    story.lend("JJ-0001", "测试甲", repaid_on=PAID, repaid_fen=1_000_000)
    raise_alert(story, "a" * 32, "R")
    raise_alert(story, "b" * 32, "R")
    raise_alert(story, "c" * 32, "O")
    story.history.tell(AlertWithdrawn, f"alert {'b' * 32}", alert_id="b" * 32, rule_id="DUP-01", clearing_position=3)

    told_of = read(story)

    assert (told_of["dividends_received_fen"], told_of["dividends_paid_fen"]) == (5_000_000, 144_928)
    assert (told_of["loans"], told_of["loans_outstanding_fen"]) == (1, 4_000_000)
    assert told_of["alerts"] == {"R": 1, "O": 1, "Y": 0, "B": 0}


@settings(max_examples=25, deadline=None)
@given(some=rows)
def test_what_arrived_was_paid_or_is_unspent_whatever_happened(some: list[RandomRow]) -> None:
    with told(some) as story:
        told_of = read(story)

        assert told_of["arrived_fen"] == told_of["paid_fen"] + told_of["unspent_fen"]
        assert sum(row["paid_fen"] for row in told_of["programmes"]) == told_of["paid_fen"]
        assert sum(row["paid_fen"] for row in told_of["villages"]) == told_of["paid_fen"]
