"""STA-05: a village outside the funnel of its programme, and when it says nothing (DOMAIN §4 K)."""

from datetime import date

from domain.person import PersonRegistered
from tests.projections.history import person
from tests.projections.rules.statistics.grants import ALLOWANCE, PAID_ON, grant, programme
from tests.projections.rules.town import Town


def settle(town: Town, village: str, *, people: int, paid: int) -> None:
    """A village of so many people on the roster, of whom so many receive the allowance of 100 yuan."""
    programme(town, ALLOWANCE, "定额")
    for number in range(people):
        who = f"{village}{number}"
        row = {"village": village, "household_no": who, "relation": "户主", "category": "一般贫困户"}
        told = row | {"id_no": person(who), "included_on": date(2016, 5, 1)}
        town.history.tell(PersonRegistered, f"roster {who}", **told)
    for number in range(paid):
        grant(town, f"{village}{number}", 100_00, ALLOWANCE, village)


def test_a_village_far_above_the_others_is_raised(town: Town) -> None:
    settle(town, "测试一村", people=40, paid=20)
    settle(town, "测试二村", people=60, paid=4)
    settle(town, "测试三村", people=60, paid=6)

    [alert] = [alert for alert in town.found("STA-05") if "place:测试一村" in alert["anchor"]]

    assert alert["anchor"] == (f"programme:{ALLOWANCE}", "place:测试一村")
    assert (alert["severity"], alert["holds_from"]) == ("Y", PAID_ON)
    assert alert["amount_at_risk_fen"] == 20 * 100_00 - 30 * 40 * 100_00 // 160
    assert "有20人受领，占花名册40人的50%；各村合计为18.75%" in alert["why_zh"]


def test_villages_alike_for_their_size_are_let_pass(town: Town) -> None:
    settle(town, "测试一村", people=40, paid=6)
    settle(town, "测试二村", people=60, paid=8)
    settle(town, "测试三村", people=30, paid=3)

    assert town.found("STA-05") == []


def test_a_village_of_twenty_nine_people_is_too_small(town: Town) -> None:
    settle(town, "测试一村", people=29, paid=29)
    settle(town, "测试二村", people=60, paid=4)
    settle(town, "测试三村", people=60, paid=6)

    assert [alert for alert in town.found("STA-05") if "place:测试一村" in alert["anchor"]] == []


def test_two_villages_are_too_few_for_a_funnel(town: Town) -> None:
    settle(town, "测试一村", people=40, paid=30)
    settle(town, "测试二村", people=60, paid=4)

    assert town.found("STA-05") == []


def test_a_village_far_below_has_nothing_at_risk(town: Town) -> None:
    settle(town, "测试一村", people=60, paid=1)
    settle(town, "测试二村", people=40, paid=25)
    settle(town, "测试三村", people=40, paid=25)

    [alert] = [alert for alert in town.found("STA-05") if "place:测试一村" in alert["anchor"]]

    assert alert["amount_at_risk_fen"] == 0


def test_four_people_without_what_all_others_have_are_no_village_apart(town: Town) -> None:
    settle(town, "测试一村", people=40, paid=36)
    settle(town, "测试二村", people=100, paid=100)
    settle(town, "测试三村", people=100, paid=100)
    four = town.found("STA-05")
    settle(town, "测试四村", people=40, paid=35)

    five = town.found("STA-05")

    assert four == []
    assert ["place:测试四村" in alert["anchor"] for alert in five] == [True]
