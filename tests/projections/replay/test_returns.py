"""What came back, in the histories of all whom its payment touched (OUTPUTS §7)."""

from datetime import date
from typing import Any

import pytest

from tests.projections.history import account, person
from tests.projections.replay.story import DOCUMENT, FAR, TOWNSHIP, VILLAGE, Story

PAID, BACK = date(2020, 6, 20), date(2020, 6, 25)
HOUSEHOLD = "household:H-0001"


def lines(asked: dict[str, Any]) -> list[tuple[str, str, int | None, int]]:
    """Topic, reference, amount and balance of each line."""
    return [(told["topic"], told["ref"], told["amount_fen"], told["balance_fen"]) for told in asked["timeline"]]


@pytest.mark.parametrize(
    "subject",
    [HOUSEHOLD, f"person:{person('测试甲')}", f"account:{account('测试甲')}", "payment:T1", f"place:{VILLAGE}"],
)
def test_a_return_is_a_line_of_its_own_in_the_history_of_everybody_it_touches(story: Story, subject: str) -> None:
    story.pay("T1", "测试甲", 60_000, PAID, household_no="H-0001")
    story.give_back("T1", 60_000, BACK)

    asked = story.ask(subject)

    assert lines(asked) == [
        ("payment-made/v1", "T1", 60_000, 60_000),
        ("payment-returned/v1", "TP-T1", 60_000, 0),
    ]


def test_a_document_gets_back_what_a_reversal_took_back(story: Story) -> None:
    story.finances()
    story.allocate("ZB-1", "到达", 100_000, date(2020, 1, 10))
    story.pay("T1", "测试甲", 60_000, PAID, quota_doc_no=DOCUMENT)
    story.give_back("T1", 60_000, BACK, return_kind="冲正")

    told = [story.state(f"fund:{DOCUMENT}", day) for day in (PAID, BACK)]

    assert [state["unspent_fen"] for state in told] == [40_000, 100_000]
    assert told[1]["documents"][0] | {"org": TOWNSHIP, "reversed_fen": 60_000} == told[1]["documents"][0]


def test_a_quarantined_return_takes_nothing_back_and_is_told_without_money(story: Story) -> None:
    story.pay("T1", "测试甲", 60_000, PAID, household_no="H-0001")
    story.give_back("T1", 60_001, BACK, quarantine=("E-AMOUNT:amount_fen",))

    assert story.state(HOUSEHOLD)["received_fen"] == 60_000
    assert lines(story.ask("payment:T1"))[1] == ("payment-returned/v1", "TP-T1", None, 60_000)


def test_a_return_counts_with_its_payment_and_never_before_it_was_known(story: Story) -> None:
    keyed = date(2020, 7, 1)
    story.pay("T1", "测试甲", 60_000, PAID, household_no="H-0001", keyed_on=keyed, known_on=keyed)
    story.give_back("T1", 60_000, BACK)

    assert story.ask(HOUSEHOLD, FAR, known_on=BACK)["timeline"] == []
    assert len(story.ask(HOUSEHOLD, FAR, known_on=keyed)["timeline"]) == 2


def test_the_lines_of_a_payment_are_taken_anew_from_what_was_there_at_the_moment(story: Story) -> None:
    story.finances()
    story.instruct("ZL-1", "SQ-1", "甲号", 60, date(2020, 6, 1))
    early = story.pay("T1", "测试甲", 100, PAID, claim_no="SQ-1")
    story.instruct("ZL-2", "SQ-1", "乙号", 100, date(2020, 6, 2))

    def documents(known_at: int | None = None) -> list[tuple[str | None, int]]:
        found = story.state("payment:T1", known_at=known_at)["lines"]
        return [(line["quota_doc_no"], line["amount_fen"]) for line in found]

    assert documents(early) == [(None, 40), ("甲号", 60)]
    assert documents() == [("乙号", 40), ("甲号", 60)]
    assert lines(story.ask("fund:乙号"))[-1] == ("payment-made/v1", "T1", 40, -40)


def test_a_loan_with_repayments_of_their_own_has_none_of_its_row_and_a_reversal_undoes_one(story: Story) -> None:
    story.lend("JJ-0001", "测试甲", repaid_on=PAID, repaid_fen=700_000)
    story.repay("HK1", "JJ-0001", 500_000, 3_000, PAID)
    story.give_back("HK1", 503_000, BACK, return_kind="冲正")

    assert lines(story.ask("loan:JJ-0001")) == [
        ("loan-issued/v1", "JJ-0001", 5_000_000, 5_000_000),
        ("loan-repaid/v1", "HK1", 503_000, 4_500_000),
        ("event-reversed/v1", "TP-HK1", 503_000, 5_000_000),
    ]
    assert story.state(HOUSEHOLD, PAID)["loans"][0]["interest_repaid_fen"] == 3_000
