"""SPL-02: twenty approvals around a limit, and chance to one part in a hundred (DOMAIN §4 F)."""

from datetime import date

from tests.projections.rules.facts_told import programme
from tests.projections.rules.town import Town
from tests.projections.rules.works import limit, pay, staff

LIMIT_FEN = 50_000_00
PAID = date(2020, 3, 16)
BELOW_FEN, ABOVE_FEN = 49_000_00, 51_000_00


def approve(town: Town, below: int, above: int, approver: str = "G-2") -> None:
    """So many payments for projects on either side of the limit, approved by one hand."""
    for number, fen in enumerate([BELOW_FEN] * below + [ABOVE_FEN] * above):
        pay(town, f"ZF-{approver}-{number:02}", PAID, fen, approver=approver)


def test_amounts_that_gather_just_below_the_own_limit_are_raised(town: Town) -> None:
    staff(town, "G-2", "领导")
    limit(town, LIMIT_FEN)
    approve(town, below=17, above=3)

    [alert] = town.found("SPL-02")

    assert alert["anchor"] == ("staff:G-2", "5000000")
    assert alert["subjects"] == ("staff:G-2", *(f"payment:ZF-G-2-{number:02}" for number in range(17)))
    assert (alert["severity"], alert["holds_from"]) == ("Y", PAID)
    assert alert["amount_at_risk_fen"] == 17 * BELOW_FEN
    assert alert["why_zh"] == "限额¥50,000.00之下10%以内审批17笔，之上10%以内3笔，难以用偶然解释。"


def test_what_one_in_a_hundred_would_bring_by_chance_is_not_raised(town: Town) -> None:
    staff(town, "G-2", "领导")
    limit(town, LIMIT_FEN)
    approve(town, below=15, above=5)

    assert town.found("SPL-02") == []


def test_fewer_than_twenty_approvals_say_nothing(town: Town) -> None:
    staff(town, "G-2", "领导")
    limit(town, LIMIT_FEN)
    approve(town, below=19, above=0)

    assert town.found("SPL-02") == []


def test_the_bands_reach_from_nine_tenths_to_eleven_tenths_of_the_limit(town: Town) -> None:
    staff(town, "G-2", "领导")
    limit(town, LIMIT_FEN)
    approve(town, below=18, above=0)
    for number, fen in enumerate((44_999_99, 55_000_00, 45_000_00, 54_999_99)):
        pay(town, f"ZF-edge-{number}", PAID, fen)

    [alert] = town.found("SPL-02")

    assert alert["why_en"].startswith("19 approvals within 10% below the limit of ¥50,000.00, 1 within as much above")


def test_a_limit_of_another_role_or_of_another_time_is_not_the_own(town: Town) -> None:
    staff(town, "G-2", "领导")
    limit(town, LIMIT_FEN, role="dept")
    limit(town, LIMIT_FEN, until=date(2020, 3, 15))
    approve(town, below=20, above=0)

    assert town.found("SPL-02") == []


def test_standard_rates_that_lie_below_a_limit_are_nobodys_choice(town: Town) -> None:
    staff(town, "G-2", "领导")
    limit(town, LIMIT_FEN)
    programme(town, "定额项目", amount_rule="定额")
    programme(town, "据实项目", amount_rule="据实")
    for number in range(20):
        town.pay(str(number), "2020", PAID, programme="定额项目", amount_fen=BELOW_FEN, approver="G-2")
    standard = town.found("SPL-02")
    for number in range(20):
        town.pay(str(number), "2020", PAID, programme="据实项目", amount_fen=BELOW_FEN, approver="G-2")

    assert standard == []
    assert len(town.found("SPL-02")) == 1
