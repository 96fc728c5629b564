"""A payment's history: OUTPUTS §7, the fifth row of its table."""

from datetime import date

from tests.projections.history import account
from tests.projections.replay.story import COOPERATIVE, DOCUMENT, TOWNSHIP, Story

PAID = date(2020, 6, 20)


def test_the_state_of_a_subsidy_payment_names_the_money_that_funded_it(story: Story) -> None:
    story.finances()
    story.pay("TEST1", "测试甲", 60_000, PAID, quota_doc_no=DOCUMENT, paid_from=account(COOPERATIVE))

    assert story.state("payment:TEST1") == {
        "kind": "subsidy",
        "amount_fen": 60_000,
        "returned_fen": 0,
        "reversed_fen": 0,
        "net_fen": 60_000,
        "lines": [{"quota_doc_no": DOCUMENT, "org": COOPERATIVE, "amount_fen": 60_000}],
        "state": "paid",
    }


def test_a_payment_without_a_paying_account_came_from_the_first_township_finance(story: Story) -> None:
    story.finances()
    story.pay("NONE", "测试甲", 60_000, PAID)
    story.pay("UNKNOWN", "测试甲", 60_000, PAID, paid_from=account("nobody's"))

    [by_default], [by_nobody] = (story.state(f"payment:{ref}")["lines"] for ref in ("NONE", "UNKNOWN"))

    assert (by_default["quota_doc_no"], by_default["org"]) == (None, TOWNSHIP)
    assert by_nobody["org"] == "未登记账户"


def test_a_dividend_is_a_payment_without_funding_lines(story: Story) -> None:
    story.distribute("DIV/HT-01/2020/H-0001", "测试甲", 144_928, PAID)

    state = story.state("payment:DIV/HT-01/2020/H-0001")

    assert (state["kind"], state["amount_fen"], state["lines"], state["state"]) == ("dividend", 144_928, [], "paid")


def test_an_interest_subsidy_in_a_loans_row_is_a_payment_of_its_own(story: Story) -> None:
    story.finances()
    story.package("PKG-1", date(2021, 3, 31))
    story.lend("JJ-0001", "测试丁", interest_subsidy_fen=66_370, correlation_id="PKG-1")

    asked = story.ask("payment:TX/JJ-0001")

    assert asked["state"] == {
        "kind": "interest_subsidy",
        "amount_fen": 66_370,
        "returned_fen": 0,
        "reversed_fen": 0,
        "net_fen": 66_370,
        "lines": [{"quota_doc_no": None, "org": TOWNSHIP, "amount_fen": 66_370}],
        "state": "paid",
    }
    assert [(line["occurred_on"], line["ref"]) for line in asked["timeline"]] == [("2021-03-31", "TX/JJ-0001")]


def test_before_its_day_a_payment_has_a_kind_and_nothing_else(story: Story) -> None:
    story.pay("TEST1", "测试甲", 60_000, PAID)

    assert story.state("payment:TEST1", date(2020, 6, 19)) == {
        "kind": "subsidy",
        "amount_fen": 0,
        "returned_fen": 0,
        "reversed_fen": 0,
        "net_fen": 0,
        "lines": [],
        "state": None,
    }


def test_a_payment_is_known_from_the_day_on_which_it_was_keyed_and_from_its_position(story: Story) -> None:
    keyed = date(2020, 7, 1)
    paid = story.pay("TEST1", "测试甲", 60_000, PAID, known_on=keyed, keyed_on=keyed)

    assert story.state("payment:TEST1", known_on=date(2020, 6, 30))["state"] is None
    assert story.state("payment:TEST1", known_on=keyed)["state"] == "paid"
    assert story.state("payment:TEST1", known_at=paid - 1)["kind"] is None
