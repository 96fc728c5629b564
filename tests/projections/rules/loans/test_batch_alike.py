"""LNM-11 at its thresholds, one below, and what it leaves alone (DOMAIN §4 B)."""

from datetime import timedelta
from typing import Any

from tests.projections.rules.loans.lending import ISSUED, moves, of_household
from tests.projections.rules.town import Town

BANK = "测试农商行"


def issue(town: Town, *days: int, purpose: str = "pigs", **stated: Any) -> None:
    """A loan of 40 000 yuan on each of these days after the first, to households of villages of their own."""
    for number, day in enumerate(days):
        of_household(town, f"借款人{number}", f"H-{number}", village=f"测试{number}村")
        told = {"bank": BANK, "purpose_token": purpose} | stated
        issued_on = ISSUED + timedelta(days=day)
        town.lend(f"JJ-{number}", f"借款人{number}", f"H-{number}", f"card {number}", issued_on, **told)


def test_five_loans_alike_within_two_days_of_the_middle_are_raised(town: Town) -> None:
    issue(town, 0, 1, 2, 3, 4)

    [alert] = town.found("LNM-11")

    assert alert["anchor"] == (f"org:{BANK}", "2020-03-10", "¥40,000.00")
    assert (alert["severity"], alert["amount_at_risk_fen"]) == ("O", 200_000_00)
    assert alert["holds_from"] == ISSUED + timedelta(days=4)
    assert {f"loan:JJ-{number}" for number in range(5)} <= set(alert["subjects"])
    assert "其中用途相同5笔" in alert["why_zh"]


def test_four_loans_alike_are_no_batch(town: Town) -> None:
    issue(town, 0, 1, 2, 3)

    assert town.found("LNM-11") == []


def test_a_fifth_loan_a_day_too_late_is_no_part_of_the_batch(town: Town) -> None:
    issue(town, 0, 1, 2, 3, 5)

    assert town.found("LNM-11") == []


def test_another_amount_or_branch_is_another_batch(town: Town) -> None:
    issue(town, 0, 1, 2, 3, 4)
    town.lend("JJ-3", "借款人3", "H-3", "card 3", ISSUED, bank=BANK, purpose_token="pigs", principal_fen=39_999_99)
    town.lend("JJ-4", "借款人4", "H-4", "card 4", ISSUED, bank="测试信用社", purpose_token="pigs")

    assert town.found("LNM-11") == []


def test_four_of_five_with_one_purpose_are_enough_and_three_are_not(town: Town) -> None:
    issue(town, 0, 0, 0, 0, 0)
    told = {"bank": BANK, "purpose_token": "cattle"}
    town.lend("JJ-3", "借款人3", "H-3", "card 3", ISSUED, **told)
    four = town.found("LNM-11")
    town.lend("JJ-4", "借款人4", "H-4", "card 4", ISSUED, bank=BANK, purpose_token="hens")

    three = town.found("LNM-11")

    assert len(four) == 1
    assert three == []


def test_money_that_went_to_one_account_makes_a_batch_of_other_purposes(town: Town) -> None:
    issue(town, 0, 0, 0, 0, 0)
    for number in range(5):
        told = {"bank": BANK, "purpose_token": f"purpose {number}"}
        town.lend(f"JJ-{number}", f"借款人{number}", f"H-{number}", f"card {number}", ISSUED, **told)
    for number in range(4):
        moves(town, f"LX{number}", f"JJ-{number}", "firm", 1_000_00, ISSUED)

    [alert] = town.found("LNM-11")

    assert "流向同一账户4笔" in alert["why_zh"]


def test_a_day_of_promotion_in_one_village_is_yellow(town: Town) -> None:
    issue(town, 0, 0, 0, 0, 0)
    for number in range(5):
        of_household(town, f"借款人{number}", f"H-{number}", village="测试一村")

    [alert] = town.found("LNM-11")

    assert alert["severity"] == "Y"


def test_a_batch_in_one_village_whose_money_went_one_way_is_orange(town: Town) -> None:
    issue(town, 0, 0, 0, 0, 0)
    for number in range(5):
        of_household(town, f"借款人{number}", f"H-{number}", village="测试一村")
        moves(town, f"LX{number}", f"JJ-{number}", "firm", 1_000_00, ISSUED)

    [alert] = town.found("LNM-11")

    assert alert["severity"] == "O"


def test_two_batches_a_season_apart_are_two_alerts(town: Town) -> None:
    issue(town, 0, 0, 0, 0, 0, 90, 90, 90, 90, 91)

    assert [alert["anchor"][1] for alert in town.found("LNM-11")] == ["2020-03-10", "2020-06-08"]
