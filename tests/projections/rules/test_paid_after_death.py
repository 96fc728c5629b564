"""FAL-01 on the last lawful day, one day late, and for each lawful case that resembles it (DOMAIN §4 C)."""

from datetime import date, timedelta

import pytest

from projections.rules.pack import Pack
from tests.projections.history import person
from tests.projections.rules.town import FEW, Town

OLD_AGE = "高龄津贴"
DIED = date(2020, 4, 9)
KNOWN = date(2020, 4, 21)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """A few rules, whatever others would say."""
    return FEW


@pytest.fixture
def bereaved(town: Town) -> Town:
    """A town with an old-age allowance of which a recipient died on 2020-04-09, known on 04-21."""
    town.programme(OLD_AGE)
    town.death("苏", DIED, KNOWN)
    return town


def test_three_months_paid_after_a_death_are_one_alert_that_says_when_the_office_could_know(bereaved: Town) -> None:
    paid = [
        bereaved.pay("苏", period, day, programme=OLD_AGE, amount_fen=83_00)
        for period, day in (
            ("2020-05", date(2020, 5, 22)),
            ("2020-06", date(2020, 6, 23)),
            ("2020-07", date(2020, 7, 18)),
        )
    ]

    [alert] = bereaved.found("FAL-01")

    assert alert["anchor"] == (f"person:{person('苏')}", f"programme:{OLD_AGE}")
    assert alert["subjects"][:2] == (f"person:{person('苏')}", "claim:SQ-1")
    assert alert["subjects"][-1] == "payment:REF3"
    assert alert["event_refs"] == (2, *paid)
    assert alert["amount_at_risk_fen"] == 249_00
    assert alert["holds_from"] == date(2020, 5, 22)
    assert alert["why_zh"] == (
        "“高龄津贴”的受领人2020-04-09死亡（单位2020-04-21知悉），死亡后仍发放3笔共¥249.00，其中知悉之后3笔。"
    )
    assert alert["why_en"] == (
        "高龄津贴: the payee died on 2020-04-09, which the office could know on 2020-04-21; 3 payments, ¥249.00 in "
        "all, followed, 3 of them after it could know."
    )


def test_a_period_that_begins_the_day_after_the_death_is_after_it_even_if_paid_at_once(town: Town) -> None:
    town.programme(OLD_AGE)
    town.death("苏", date(2020, 4, 30), date(2020, 6, 1))
    town.pay("苏", "2020-05", date(2020, 5, 2), programme=OLD_AGE)

    [alert] = town.found("FAL-01")

    assert alert["why_en"].endswith("followed, 0 of them after it could know.")


def test_a_death_on_the_first_day_of_the_period_paid_on_the_thirtieth_day_after_is_lawful(town: Town) -> None:
    town.programme(OLD_AGE)
    town.death("叶", date(2020, 4, 1), date(2020, 4, 12))
    town.pay("叶", "2020-04", date(2020, 5, 1), programme=OLD_AGE)

    assert town.found("FAL-01") == []


def test_a_living_month_paid_on_the_thirty_first_day_after_the_death_is_late(town: Town) -> None:
    town.programme(OLD_AGE)
    town.death("叶", date(2020, 4, 1), date(2020, 4, 12))
    town.pay("叶", "2020-04", date(2020, 5, 2), programme=OLD_AGE)

    assert len(town.found("FAL-01")) == 1


def test_arrears_of_a_living_month_are_lawful_however_late_they_come(bereaved: Town) -> None:
    bereaved.pay("苏", "2020-04", DIED + timedelta(days=45), programme=OLD_AGE, pay_kind="补发")

    assert bereaved.found("FAL-01") == []


def test_arrears_of_a_month_that_began_after_the_death_are_not_lawful(bereaved: Town) -> None:
    bereaved.pay("苏", "2020-05", date(2020, 7, 1), programme=OLD_AGE, pay_kind="补发")

    assert len(bereaved.found("FAL-01")) == 1


def test_a_funeral_grant_and_a_posthumous_programme_are_paid_to_the_dead_lawfully(bereaved: Town) -> None:
    bereaved.programme("丧葬补助", posthumous=True)
    bereaved.pay("苏", "2021", date(2021, 2, 1), programme="丧葬补助")
    bereaved.pay("苏", "2021", date(2021, 2, 1), programme=OLD_AGE, pay_kind="丧葬")

    assert bereaved.found("FAL-01") == []


def test_payments_to_the_living_and_before_the_death_raise_nothing(bereaved: Town) -> None:
    bereaved.pay("苏", "2020-04", date(2020, 4, 8), programme=OLD_AGE)
    bereaved.pay("方", "2020-09", date(2020, 9, 8), programme=OLD_AGE)

    assert bereaved.found("FAL-01") == []


def test_two_programmes_paid_to_one_dead_person_are_two_alerts(bereaved: Town) -> None:
    bereaved.programme()
    bereaved.pay("苏", "2020-06", date(2020, 6, 8), programme=OLD_AGE)
    bereaved.pay("苏", "2020-06", date(2020, 6, 8))

    assert len({alert["alert_id"] for alert in bereaved.found("FAL-01")}) == 2


@pytest.mark.parametrize(("period", "expected"), [("2020", 0), ("2020Q2", 0), ("2020Q3", 1), ("2021", 1)])
def test_a_year_and_a_quarter_begin_on_their_first_day(bereaved: Town, period: str, expected: int) -> None:
    bereaved.pay("苏", period, DIED + timedelta(days=30), programme=OLD_AGE)

    assert len(bereaved.found("FAL-01")) == expected


def test_a_payment_whose_period_cannot_be_read_is_judged_by_its_day_alone(bereaved: Town) -> None:
    bereaved.pay("苏", "春季", DIED + timedelta(days=30), programme=OLD_AGE)
    in_time = bereaved.found("FAL-01")
    bereaved.pay("苏", "春季", DIED + timedelta(days=31), programme=OLD_AGE, pay_kind="补发")

    late = bereaved.found("FAL-01")

    assert in_time == []
    assert len(late) == 1


def test_a_quarantined_payment_or_death_is_not_joined_to_the_person(bereaved: Town) -> None:
    unread = ("E-ID:id_no",)
    bereaved.death("方", DIED, KNOWN, quarantine=unread)
    bereaved.pay("苏", "2020-06", date(2020, 6, 8), programme=OLD_AGE, quarantine=unread)
    bereaved.pay("方", "2020-06", date(2020, 6, 8), programme=OLD_AGE)

    assert bereaved.found("FAL-01") == []


def test_a_death_list_loaded_late_raises_what_was_paid_meanwhile(town: Town) -> None:
    town.programme(OLD_AGE)
    town.pay("苏", "2020-06", date(2020, 6, 8), programme=OLD_AGE)
    before = town.run()
    town.death("苏", DIED, KNOWN)

    after = town.run()

    assert before.raised == []
    assert [alert["rule_id"] for alert in after.raised] == ["FAL-01"]


def test_another_day_of_knowing_changes_the_alert_and_its_evidence(bereaved: Town) -> None:
    bereaved.pay("苏", "2020-06", date(2020, 6, 8), programme=OLD_AGE)
    [raised] = bereaved.run().raised
    newly_stated = bereaved.death("苏", DIED, date(2020, 7, 1))

    [changed] = bereaved.run().changed

    assert changed["alert_id"] == raised["alert_id"]
    assert newly_stated in changed["event_refs"]
    assert changed["why_en"].endswith("followed, 0 of them after it could know.")


def test_a_programme_that_turns_out_to_pay_posthumously_withdraws_the_alert(bereaved: Town) -> None:
    bereaved.pay("苏", "2020-06", date(2020, 6, 8), programme=OLD_AGE)
    [raised] = bereaved.run().raised
    clearing = bereaved.programme(OLD_AGE, posthumous=True)

    [gone] = bereaved.run().withdrawn

    assert gone == {"alert_id": raised["alert_id"], "rule_id": "FAL-01", "clearing_position": clearing}


def test_a_pack_may_give_fewer_days_for_a_payment_to_arrive(bereaved: Town) -> None:
    bereaved.pack = Pack.read('version = "2"\n[FAL-01]\ndays_after_death = 10')
    bereaved.pay("苏", "2020-04", DIED + timedelta(days=10), programme=OLD_AGE)
    in_time = bereaved.found("FAL-01")
    bereaved.pay("苏", "2020-04", DIED + timedelta(days=11), programme=OLD_AGE)

    late = bereaved.found("FAL-01")

    assert in_time == []
    assert len(late) == 1
