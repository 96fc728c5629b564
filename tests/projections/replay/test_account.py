"""A bank account's history: OUTPUTS §7, the row of accounts."""

from datetime import date

from domain.loan import LoanRepaid
from tests.projections.history import account
from tests.projections.replay.story import TOWNSHIP, Story

PAID = date(2020, 6, 20)
VILLAGER = f"account:{account('测试甲')}"


def test_the_state_of_an_account_is_what_came_in_less_what_went_out(story: Story) -> None:
    story.pay("TEST1", "测试甲", 60_000, PAID, paid_from=account(TOWNSHIP))
    story.distribute("FH1", "测试甲", 144_928, PAID)
    story.lend("JJ-0001", "测试甲")

    assert story.state(VILLAGER) == {
        "received_fen": 204_928,
        "sent_fen": 0,
        "loans": [{"loan_no": "JJ-0001"}],
        "balance_fen": 204_928,
    }
    assert story.state(f"account:{account(TOWNSHIP)}")["balance_fen"] == -60_000


def test_a_quarantined_payment_counts_in_the_account_because_the_money_went_there(story: Story) -> None:
    story.pay("TEST1", "测试甲", 60_000, PAID, quarantine=("E-ID:id_no",))

    assert story.state(VILLAGER)["received_fen"] == 60_000


def test_a_loan_is_paid_out_into_its_account_once_and_its_repayments_go_elsewhere(story: Story) -> None:
    story.lend("JJ-0001", "测试甲", interest_subsidy_fen=500)
    repaid = date(2020, 9, 10)
    story.lend("JJ-0001", "测试甲", LoanRepaid, repaid_on=repaid, repaid_fen=500_000, occurred_on=repaid)

    asked = story.ask(VILLAGER)

    assert [(line["topic"], line["amount_fen"], line["balance_fen"]) for line in asked["timeline"]] == [
        ("loan-issued/v1", 5_000_000, 0),
        ("loan-repaid/v1", None, 0),
    ]


def test_an_account_counts_by_the_day_by_what_was_known_and_by_what_was_recorded(story: Story) -> None:
    keyed = date(2020, 7, 1)
    first = story.pay("TEST1", "测试甲", 60_000, PAID, known_on=keyed, keyed_on=keyed)
    story.pay("TEST2", "测试甲", 1_000, PAID)

    def received(as_of: date = PAID, known_on: date | None = None, known_at: int | None = None) -> int:
        received_fen: int = story.state(VILLAGER, as_of, known_on=known_on, known_at=known_at)["received_fen"]
        return received_fen

    assert received(date(2020, 6, 19)) == 0
    assert received(known_on=PAID) == 1_000
    assert received(known_at=first) == 60_000
    assert received() == 61_000
