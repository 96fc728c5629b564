"""LNM-05 at its thresholds, one below, and what it leaves alone (DOMAIN §4 B)."""

from datetime import date, timedelta

from tests.projections.history import account, person
from tests.projections.rules.loans.lending import ISSUED, moves, named, of_household
from tests.projections.rules.town import Town

FIRM = "91440899MB00070262"


def lend_to(town: Town, *borrowers: str) -> None:
    """A loan of 40 000 yuan to each, of a household of his own, on one day."""
    for number, borrower in enumerate(borrowers, start=1):
        town.lend(f"JJ-{number}", borrower, f"H-{number}", f"card {number}", ISSUED)


def after(days: int) -> date:
    """So many days after the loans were issued."""
    return ISSUED + timedelta(days=days)


def test_four_fifths_of_a_loan_to_one_firm_within_a_month_is_raised(town: Town) -> None:
    lend_to(town, "甲")
    moves(town, "LX1", "JJ-1", "firm", 20_000_00, after(4), to_id=FIRM)
    moves(town, "LX2", "JJ-1", "firm", 12_000_00, after(30), to_id=FIRM)

    [alert] = town.found("LNM-05")

    assert alert["anchor"] == (f"account:{account('firm')}",)
    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("R", 32_000_00, after(30))
    assert {f"org:{FIRM}", "loan:JJ-1", "payment:LX1", "payment:LX2"} <= set(alert["subjects"])


def test_a_fen_less_than_four_fifths_is_let_pass(town: Town) -> None:
    lend_to(town, "甲")
    moves(town, "LX1", "JJ-1", "firm", 32_000_00 - 1, after(4), to_id=FIRM)

    assert town.found("LNM-05") == []


def test_what_moves_a_day_after_the_month_does_not_count(town: Town) -> None:
    lend_to(town, "甲")
    moves(town, "LX1", "JJ-1", "firm", 20_000_00, after(4), to_id=FIRM)
    moves(town, "LX2", "JJ-1", "firm", 20_000_00, after(31), to_id=FIRM)

    assert town.found("LNM-05") == []


def test_money_that_goes_to_many_sellers_is_let_pass(town: Town) -> None:
    lend_to(town, "甲")
    for number, share in enumerate((16_000_00, 14_000_00, 8_000_00)):
        moves(town, f"LX{number}", "JJ-1", f"seller {number}", share, after(6 * number))

    assert town.found("LNM-05") == []


def test_two_accounts_of_one_firm_are_one_counterparty(town: Town) -> None:
    lend_to(town, "甲")
    moves(town, "LX1", "JJ-1", "firm", 16_000_00, after(1), to_id=FIRM)
    moves(town, "LX2", "JJ-1", "firm too", 16_000_00, after(2), to_id=FIRM)

    [alert] = town.found("LNM-05")

    assert alert["anchor"] == (f"account:{min(account('firm'), account('firm too'))}",)
    assert alert["amount_at_risk_fen"] == 32_000_00


def test_small_sums_of_three_borrowers_that_reach_one_account_are_raised(town: Town) -> None:
    lend_to(town, "甲", "乙", "丙")
    for number, days in enumerate((0, 45, 90), start=1):
        moves(town, f"LX{number}", f"JJ-{number}", "firm", 100_00, after(days))

    [alert] = town.found("LNM-05")

    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("R", 300_00, after(90))


def test_three_borrowers_in_ninety_one_days_are_let_pass(town: Town) -> None:
    lend_to(town, "甲", "乙", "丙")
    for number, days in enumerate((0, 45, 91), start=1):
        moves(town, f"LX{number}", f"JJ-{number}", "firm", 100_00, after(days))

    assert town.found("LNM-05") == []


def test_a_loan_and_the_fan_in_that_follows_are_one_alert_from_the_first(town: Town) -> None:
    lend_to(town, "甲", "乙", "丙")
    moves(town, "LX1", "JJ-1", "firm", 40_000_00, after(1), to_id=FIRM)
    moves(town, "LX2", "JJ-2", "firm", 1_00, after(8), to_id=FIRM)
    moves(town, "LX3", "JJ-3", "firm", 1_00, after(9), to_id=FIRM)

    [alert] = town.found("LNM-05")

    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (40_002_00, after(1))


def test_invoices_for_every_transfer_make_it_yellow(town: Town) -> None:
    lend_to(town, "甲")
    moves(town, "LX1", "JJ-1", "coop", 20_000_00, after(1), to_id=FIRM, invoice_no="FP1")
    moves(town, "LX2", "JJ-1", "coop", 20_000_00, after(2), to_id=FIRM, invoice_no="FP2")
    invoiced = town.found("LNM-05")
    moves(town, "LX3", "JJ-1", "coop", 1_00, after(3), to_id=FIRM)

    [alert] = town.found("LNM-05")

    assert [alert["severity"] for alert in invoiced] == ["Y"]
    assert alert["severity"] == "R"


def test_what_stays_with_the_household_is_no_use_by_another(town: Town) -> None:
    lend_to(town, "甲", "乙", "丙", "丁")
    of_household(town, "家人", "H-2", relation="配偶")
    town.pay("丙家", "2020-04", after(1), account_no=account("card of 丙家"), household_no="H-3")
    town.lend("JJ-9", "丁家", "H-4", "card of 丁家", after(-90))
    moves(town, "LX1", "JJ-1", "card 1", 40_000_00, after(1))
    moves(town, "LX2", "JJ-2", "card of 家人", 40_000_00, after(1), to_id=person("家人"))
    moves(town, "LX3", "JJ-3", "card of 丙家", 40_000_00, after(1))
    moves(town, "LX4", "JJ-4", "card of 丁家", 40_000_00, after(1))

    assert town.found("LNM-05") == []


def test_a_person_of_another_household_is_a_counterparty(town: Town) -> None:
    lend_to(town, "甲")
    moves(town, "LX1", "JJ-1", "card of 他人", 40_000_00, after(1), to_id=person("他人"))

    [alert] = town.found("LNM-05")

    assert f"person:{person('他人')}" in alert["subjects"]


def test_a_receiver_who_proves_to_be_of_the_household_withdraws_the_alert(town: Town) -> None:
    lend_to(town, "甲")
    moves(town, "LX1", "JJ-1", "card of 他人", 40_000_00, after(1), to_id=person("他人"))
    town.run()
    of_household(town, "他人", "H-1", relation="子女")

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-05")) == 1


def test_a_transfer_to_a_further_account_of_the_firm_joins_it_live(town: Town) -> None:
    lend_to(town, "甲", "乙", "丙")
    moves(town, "LX1", "JJ-1", "firm", 40_000_00, after(1), to_id=FIRM)
    town.run()
    moves(town, "LX2", "JJ-2", "firm too", 1_00, after(2), to_id=FIRM)
    town.live_is_whole()
    moves(town, "LX3", "JJ-3", "firm three", 1_00, after(3), to_id=FIRM)

    outcome = town.live_is_whole()

    [alert] = [*named(outcome.raised, "LNM-05"), *named(outcome.changed, "LNM-05")]
    assert alert["amount_at_risk_fen"] == 40_002_00


def test_a_loan_and_a_payment_that_are_known_later_are_judged_live(town: Town) -> None:
    moves(town, "LX1", "JJ-1", "card of 某人", 40_000_00, after(1))
    town.run()
    lend_to(town, "甲")
    lent = town.live_is_whole()
    town.pay("某人", "2020-04", after(1), account_no=account("card of 某人"), household_no="H-1")

    paid = town.live_is_whole()

    assert len(named(lent.raised, "LNM-05")) == 1
    assert len(named(paid.withdrawn, "LNM-05")) == 1
