"""DUP-03: two near numbers of one name in one programme and year, one year beside it, and the lawful look-alikes."""

from datetime import date

from projections.tables.persons import NEAR_ID, TWIN
from tests.projections.history import person
from tests.projections.rules.duplicates.doubles import BOTH, NEW, OLD, distribute, may_be_one, of_rule
from tests.projections.rules.town import Town

JANUARY_21, DECEMBER_24, NEXT_JANUARY_4 = date(2020, 1, 21), date(2020, 12, 24), date(2021, 1, 4)


THIRD = f"person:{person('第三人')}"


def test_near_numbers_paid_in_one_year_are_raised_with_the_smaller_of_both_sums(town: Town) -> None:
    told = may_be_one(town, NEAR_ID)
    town.pay(OLD, "2020-01", JANUARY_21, amount_fen=100_00)
    town.pay(OLD, "2020-02", JANUARY_21, amount_fen=100_00)
    town.pay(NEW, "2020-12", DECEMBER_24, amount_fen=150_00)

    [alert] = town.found("DUP-03")

    assert (alert["anchor"], alert["subjects"][:2], alert["severity"]) == (BOTH, BOTH, "O")
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (150_00, DECEMBER_24)
    assert alert["event_refs"] == (told, told + 1, told + 2, told + 3)
    assert alert["why_zh"] == (
        "两人同名、证号近似（错一位、邻位互换或出生日期数字换位），1个项目年度内均有发放，"
        "较少一方共¥150.00；账户、电话、户三项中有0项相同。"
    )
    assert alert["why_en"] == (
        "Two persons of one name, whose numbers differ by one slip or in the order of the birth date, were both paid "
        "in 1 programme years, the one who got less ¥150.00; of account, telephone and household they share 0."
    )


def test_what_both_share_beside_the_name_stands_in_the_sentence_and_among_the_evidence(town: Town) -> None:
    told = [may_be_one(town, likeness) for likeness in (NEAR_ID, "same_phone", "same_account")]
    town.pay(OLD, "2020-01", JANUARY_21)
    town.pay(NEW, "2020-01", JANUARY_21)

    [alert] = town.found("DUP-03")

    assert alert["event_refs"][:3] == tuple(told)
    assert "三项中有2项相同" in alert["why_zh"]
    assert alert["amount_at_risk_fen"] == 181_00


def test_the_year_is_that_of_the_period_and_the_one_after_it_is_another(town: Town) -> None:
    may_be_one(town, NEAR_ID)
    town.pay(OLD, "2020-12", DECEMBER_24)
    town.pay(NEW, "2021-01", NEXT_JANUARY_4)
    beside = town.found("DUP-03")
    town.pay(NEW, "2020Q4", NEXT_JANUARY_4)

    assert beside == []
    assert len(town.found("DUP-03")) == 1


def test_two_programmes_are_not_one_and_a_contract_is_one_of_its_own(town: Town) -> None:
    may_be_one(town, NEAR_ID)
    town.pay(OLD, "2020-01", JANUARY_21)
    town.pay(NEW, "2020-01", JANUARY_21, programme="高龄津贴")
    distribute(town, OLD, "2020", JANUARY_21)
    beside = town.found("DUP-03")
    distribute(town, NEW, "2020", DECEMBER_24)

    [alert] = town.found("DUP-03")

    assert beside == []
    assert alert["amount_at_risk_fen"] == 572_00


def test_cousins_who_share_name_and_household_and_twins_with_names_of_their_own_raise_nothing(town: Town) -> None:
    may_be_one(town, "same_household")
    may_be_one(town, TWIN, OLD, "第三人")
    for who in (OLD, NEW, "第三人", "双胞胎"):
        town.pay(who, "2020-01", JANUARY_21)

    assert town.found("DUP-03") == []


def test_a_payment_that_came_back_or_is_set_aside_is_no_pay(town: Town) -> None:
    may_be_one(town, NEAR_ID)
    town.pay(OLD, "2020-01", JANUARY_21)
    town.pay(NEW, "2020-01", JANUARY_21, quarantine=("E-REF:programme",))
    distribute(town, OLD, "2020", JANUARY_21)
    distribute(town, NEW, "2020", JANUARY_21, quarantine=("E-REF:contract_no",))

    assert town.found("DUP-03") == []


def test_one_person_in_two_pairs_has_an_alert_for_each_and_neither_disturbs_the_other(town: Town) -> None:
    may_be_one(town, NEAR_ID)
    may_be_one(town, NEAR_ID, NEW, "第三人")
    for who in (OLD, NEW, "第三人"):
        town.pay(who, "2020-01", JANUARY_21)
    both = of_rule("DUP-03", town.live_is_whole())
    town.pay("第三人", "2020-02", JANUARY_21, amount_fen=9_00)
    town.pay(NEW, "2020-02", JANUARY_21, amount_fen=9_00)
    one = of_rule("DUP-03", town.live_is_whole())
    may_be_one(town, "same_phone")
    other = of_rule("DUP-03", town.live_is_whole())

    assert len(both.raised) == 2
    assert both.withdrawn == one.withdrawn == other.withdrawn == []
    assert [alert["amount_at_risk_fen"] for alert in one.changed if THIRD in alert["anchor"]] == [190_00]
    assert [alert["anchor"] for alert in other.changed] == [BOTH]
