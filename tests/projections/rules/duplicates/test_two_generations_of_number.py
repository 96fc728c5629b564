"""DUP-02: both numbers in one period or on the roster at once, one day or one period beside it, and what is lawful."""

from datetime import date

from domain.disbursement import PaymentReturned
from projections.tables.persons import NEAR_ID, TWIN
from tests.projections.rules.duplicates.doubles import BOTH, NEW, OLD, distribute, may_be_one, of_rule, register
from tests.projections.rules.town import Town

JANUARY_21, JANUARY_24, FEBRUARY_21 = date(2020, 1, 21), date(2020, 1, 24), date(2020, 2, 21)


def test_twins_paid_for_one_period_are_raised_from_the_day_on_which_the_second_was_paid(town: Town) -> None:
    town.programme()
    paid = [town.pay(OLD, "2020-01", JANUARY_21), town.pay(NEW, "2020-01", JANUARY_24, amount_fen=83_00)]
    told = may_be_one(town, TWIN)

    [alert] = town.found("DUP-02")

    assert alert["anchor"] == BOTH
    assert alert["subjects"] == (*BOTH, "claim:SQ-1", "claim:SQ-2", "payment:REF1", "payment:REF2")
    assert alert["event_refs"] == (*paid, told)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (83_00, JANUARY_24, "R")
    assert alert["why_zh"] == (
        "同一人以15位和18位两个证号登记为两人：两个证号同项同期均有发放的有1期，重复¥83.00；花名册中两个证号同时在册0次。"
    )
    assert alert["why_en"] == (
        "One person is registered twice, under 15 and under 18 digits: both numbers were paid under one programme for "
        "one period 1 times, ¥83.00 of it twice; the roster holds both at once 0 times."
    )


def test_what_is_at_risk_is_the_smaller_sum_of_each_period_and_of_several_claims_together(town: Town) -> None:
    may_be_one(town, TWIN)
    for period, old_fen, new_fen in (("2020-01", 83_00, 90_00), ("2020-02", 90_00, 83_00), ("2020-02", 10_00, 1_00)):
        town.pay(OLD, period, FEBRUARY_21, amount_fen=old_fen)
        town.pay(NEW, period, FEBRUARY_21, amount_fen=new_fen)

    [alert] = town.found("DUP-02")

    assert alert["amount_at_risk_fen"] == 83_00 + 84_00
    assert "有2期" in alert["why_zh"]


def test_twins_paid_for_different_periods_or_under_different_programmes_raise_nothing(town: Town) -> None:
    may_be_one(town, TWIN)
    town.pay(OLD, "2020-01", JANUARY_21)
    town.pay(NEW, "2020-02", FEBRUARY_21)
    town.pay(NEW, "2020-01", JANUARY_21, programme="高龄津贴")

    assert town.found("DUP-02") == []


def test_dividends_of_one_contract_and_period_to_both_are_pay_as_subsidies_are(town: Town) -> None:
    may_be_one(town, TWIN)
    town.pay("别人", "2020-01", JANUARY_21)
    distribute(town, OLD, "2020", JANUARY_21)
    distribute(town, NEW, "2020", JANUARY_24)
    distribute(town, NEW, "2020", JANUARY_24, contract_no="HT-02")

    [alert] = town.found("DUP-02")

    assert alert["amount_at_risk_fen"] == 572_00
    assert set(alert["subjects"]) == {*BOTH, f"payment:FH-{OLD}-HT-01-2020", f"payment:FH-{NEW}-HT-01-2020"}


def test_twins_on_the_roster_at_once_are_raised_without_any_payment_to_them(town: Town) -> None:
    may_be_one(town, TWIN)
    town.pay("别人", "2020-01", JANUARY_21)
    register(town, OLD, date(2014, 9, 1))
    register(town, NEW, date(2017, 12, 1))

    [alert] = town.found("DUP-02")

    assert alert["subjects"] == (*BOTH, *sorted((f"household:H-{OLD}", f"household:H-{NEW}")))
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (0, date(2017, 12, 1))


def test_a_number_that_was_renewed_on_the_roster_is_no_duplicate_and_one_day_of_both_is(town: Town) -> None:
    may_be_one(town, TWIN)
    town.pay("别人", "2020-01", JANUARY_21)
    register(town, OLD, date(2014, 9, 1), exited_on=date(2017, 12, 1))
    register(town, NEW, date(2017, 12, 1))
    renewed = town.found("DUP-02")
    register(town, OLD, date(2014, 9, 1), exited_on=date(2017, 12, 2))

    assert renewed == []
    assert len(town.found("DUP-02")) == 1


def test_quarantined_rows_are_neither_pay_nor_a_place_on_the_roster(town: Town) -> None:
    may_be_one(town, TWIN)
    for who, quarantine in ((OLD, ()), (NEW, ("E-ID:id_no",))):
        town.pay(who, "2020-01", JANUARY_21, quarantine=quarantine)
        register(town, who, date(2014, 9, 1), quarantine=quarantine)
        distribute(town, who, "2020", JANUARY_21, quarantine=quarantine)

    assert town.found("DUP-02") == []


def test_people_who_are_alike_in_another_way_are_no_twins(town: Town) -> None:
    may_be_one(town, NEAR_ID)
    may_be_one(town, "same_account")
    town.pay(OLD, "2020-01", JANUARY_21)
    town.pay(NEW, "2020-01", JANUARY_21)

    assert town.found("DUP-02") == []


def test_the_alert_comes_and_goes_live_with_whatever_is_learnt_about_either_of_the_two(town: Town) -> None:
    town.pay(OLD, "2020-01", JANUARY_21)
    town.pay(NEW, "2020-01", JANUARY_24)
    alone = of_rule("DUP-02", town.live_is_whole())
    may_be_one(town, TWIN)
    found = of_rule("DUP-02", town.live_is_whole())
    back = {"return_ref": "TP-1", "target_ref": "REF2", "returned_on": FEBRUARY_21, "amount_fen": 181_00}
    town.history.tell(PaymentReturned, "payment 2", return_kind="退票", **back)
    returned = of_rule("DUP-02", town.live_is_whole())
    register(town, NEW, date(2014, 9, 1))
    register(town, OLD, date(2014, 9, 1))
    listed = of_rule("DUP-02", town.live_is_whole())
    distribute(town, OLD, "2020", JANUARY_21)
    town.live_is_whole()
    distribute(town, NEW, "2020", JANUARY_21)
    grown = of_rule("DUP-02", town.live_is_whole())

    assert alone.raised == []
    [first], [again], [changed] = found.raised, listed.raised, grown.changed
    assert [gone["alert_id"] for gone in returned.withdrawn] == [first["alert_id"]] == [again["alert_id"]]
    assert (first["amount_at_risk_fen"], again["amount_at_risk_fen"], changed["amount_at_risk_fen"]) == (
        181_00,
        0,
        572_00,
    )
