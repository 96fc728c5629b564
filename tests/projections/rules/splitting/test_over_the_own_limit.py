"""SOD-03: the limit of the post on the day, and who else could have decided (DOMAIN §4 F)."""

from datetime import date

from tests.projections.rules.town import Town
from tests.projections.rules.works import limit, pay, staff

LIMIT_FEN = 50_000_00
PAID = date(2020, 3, 16)


def two_levels(town: Town) -> None:
    """A leader below 50 000 yuan, and a department above."""
    staff(town, "G-2", "领导")
    staff(town, "G-8", "局长", role="dept")
    limit(town, LIMIT_FEN)
    limit(town, 200_000_00, role="dept")


def test_an_amount_of_the_own_limit_is_for_the_next_level(town: Town) -> None:
    two_levels(town)
    pay(town, "ZF-1", PAID, LIMIT_FEN)
    pay(town, "ZF-2", date(2020, 4, 16), 60_000_00)

    [alert] = town.found("SOD-03")

    assert alert["anchor"] == ("staff:G-2", "5000000")
    assert alert["subjects"] == ("staff:G-2", "payment:ZF-1", "payment:ZF-2", "project:XM-1")
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (110_000_00, PAID, "O")
    assert alert["why_zh"] == "审批2笔，每笔达到或超过本人限额¥50,000.00，合计¥110,000.00；当时有上级审批人在册。"


def test_one_fen_below_the_own_limit_is_for_oneself(town: Town) -> None:
    two_levels(town)
    pay(town, "ZF-1", PAID, LIMIT_FEN - 1)

    assert town.found("SOD-03") == []


def test_the_next_level_may_approve_what_is_below_its_own_limit(town: Town) -> None:
    two_levels(town)
    pay(town, "ZF-1", PAID, 100_000_00, approver="G-8")

    assert town.found("SOD-03") == []


def test_where_the_register_has_no_next_level_it_is_yellow(town: Town) -> None:
    staff(town, "G-2", "领导")
    limit(town, LIMIT_FEN)
    limit(town, 200_000_00, role="dept")
    pay(town, "ZF-1", PAID, 60_000_00)

    assert [alert["severity"] for alert in town.found("SOD-03")] == ["Y"]


def test_the_highest_limit_counts_of_several_posts_and_none_is_no_limit(town: Town) -> None:
    two_levels(town)
    staff(town, "G-2", "领导", role="dept")
    staff(town, "G-7", "县财政", role="county_finance")
    pay(town, "ZF-1", PAID, 60_000_00)
    pay(town, "ZF-2", PAID, 900_000_00, approver="G-7")

    assert town.found("SOD-03") == []


def test_a_post_and_a_limit_count_only_while_they_are_in_force(town: Town) -> None:
    two_levels(town)
    limit(town, 80_000_00, starts_on=date(2020, 3, 1))
    pay(town, "ZF-1", PAID, 60_000_00)
    pay(town, "ZF-2", date(2020, 2, 16), 60_000_00)
    pay(town, "ZF-3", date(2016, 2, 16), 60_000_00)

    [alert] = town.found("SOD-03")

    assert alert["subjects"][1:2] == ("payment:ZF-2",)


def test_a_claim_is_approved_whole_whatever_its_instalments(town: Town) -> None:
    two_levels(town)
    for day in (PAID, date(2020, 6, 16)):
        half = {"amount_fen": 30_000_00, "approved_amount_fen": 60_000_00, "approved_on": PAID}
        town.pay("甲", "2020", day, claim_no="SQ-1", approver="G-2", **half)

    [alert] = town.found("SOD-03")

    assert alert["subjects"][-1] == "claim:SQ-1"
    assert alert["amount_at_risk_fen"] == 60_000_00
    assert alert["why_en"].startswith("1 approvals")


def test_lines_of_one_payment_are_approved_together(town: Town) -> None:
    two_levels(town)
    for number in (1, 2):
        pay(town, "ZF-1", PAID, 25_000_00, line_no=number)

    assert len(town.found("SOD-03")) == 1
