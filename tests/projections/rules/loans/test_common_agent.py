"""LNM-03 at its threshold, one below, and what it leaves alone (DOMAIN §4 B)."""

from datetime import date, timedelta
from typing import Any

from domain.organisation import StaffPostRegistered
from tests.projections.history import person
from tests.projections.rules.loans.lending import ISSUED, of_household, registers
from tests.projections.rules.town import Town

AGENT = {"agent_id": person("代办"), "borrower_present": True}


def by_agent(town: Town, number: int, **stated: Any) -> int:
    """One of the loans in which 代办 acts for borrowers of households of their own."""
    issued_on = ISSUED + timedelta(days=number)
    told = AGENT | stated
    return town.lend(f"JJ-{number}", f"借款人{number}", f"H-{number}", f"card {number}", issued_on, **told)


def post(town: Town, role: str, **stated: Any) -> int:
    """A row of 干部名册: what 代办 is."""
    row = {"staff_no": "G-1", "id_no": person("代办"), "org": "测试一村", "post": "村干部", "role": role}
    return town.history.tell(StaffPostRegistered, "staff G-1", **(row | {"serving_from": date(2018, 1, 1)} | stated))


def test_one_agent_in_three_loans_of_other_households_is_raised(town: Town) -> None:
    evidence = [by_agent(town, number) for number in range(3)]

    [alert] = town.found("LNM-03")

    assert alert["anchor"] == (f"person:{person('代办')}",)
    assert (alert["severity"], alert["amount_at_risk_fen"]) == ("O", 120_000_00)
    assert alert["holds_from"] == ISSUED + timedelta(days=2)
    assert alert["event_refs"] == tuple(evidence)
    assert {"loan:JJ-0", "loan:JJ-1", "loan:JJ-2"} <= set(alert["subjects"])


def test_an_agent_in_two_loans_is_let_pass(town: Town) -> None:
    by_agent(town, 0)
    by_agent(town, 1)

    assert town.found("LNM-03") == []


def test_a_member_of_the_household_may_act_for_it(town: Town) -> None:
    of_household(town, "代办", "H-2", relation="配偶")
    for number in range(3):
        by_agent(town, number)

    assert town.found("LNM-03") == []


def test_a_borrower_who_did_not_come_is_raised_with_any_agent(town: Town) -> None:
    by_agent(town, 0, borrower_present=False)
    by_agent(town, 1)

    [alert] = town.found("LNM-03")

    assert alert["anchor"] == (f"person:{person('代办')}",)
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (40_000_00, ISSUED)


def test_an_absent_borrower_without_an_agent_is_his_own_alert(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card", ISSUED, borrower_present=False)
    town.lend("JJ-2", "乙", "H-2", "card two", ISSUED, borrower_present=True)

    [alert] = town.found("LNM-03")

    assert alert["anchor"] == (f"person:{person('甲')}",)
    assert "借款人本人未到场1笔" in alert["why_zh"]


def test_a_cadre_as_agent_makes_the_alert_red(town: Town) -> None:
    post(town, "village_clerk")
    for number in range(3):
        by_agent(town, number)

    [alert] = town.found("LNM-03")

    assert alert["severity"] == "R"


def test_a_cadre_who_served_before_is_an_agent_like_another(town: Town) -> None:
    post(town, "village_clerk", serving_until=date(2019, 12, 31))
    for number in range(3):
        by_agent(town, number)

    [alert] = town.found("LNM-03")

    assert alert["severity"] == "O"


def test_the_head_of_an_operator_as_agent_makes_the_alert_red(town: Town) -> None:
    for number in range(3):
        by_agent(town, number)
    town.run()
    registers(town, "测试合作社", "coop", legal_person_id=person("代办"))

    outcome = town.live_is_whole()

    assert [alert["severity"] for alert in outcome.changed if alert["rule_id"] == "LNM-03"] == ["R"]


def test_the_work_team_may_help_the_elderly_who_come_themselves(town: Town) -> None:
    post(town, "work_team")
    for number in range(3):
        by_agent(town, number, borrower_age=60)
    elderly = town.found("LNM-03")
    by_agent(town, 3, borrower_age=59)

    [younger] = town.found("LNM-03")

    assert [alert["severity"] for alert in elderly] == ["Y"]
    assert younger["severity"] == "O"


def test_an_agent_who_proves_to_be_of_the_household_withdraws_the_alert(town: Town) -> None:
    for number in range(3):
        by_agent(town, number)
    town.run()
    of_household(town, "代办", "H-1", relation="子女")

    outcome = town.live_is_whole()

    assert [gone["rule_id"] for gone in outcome.withdrawn if gone["rule_id"] == "LNM-03"] == ["LNM-03"]


def test_the_alert_moves_from_an_agent_to_the_absent_borrower_of_his_household(town: Town) -> None:
    by_agent(town, 0, borrower_present=False)
    town.run()
    of_household(town, "代办", "H-0", relation="子女")

    outcome = town.live_is_whole()

    [raised] = [alert for alert in outcome.raised if alert["rule_id"] == "LNM-03"]
    assert raised["anchor"] == (f"person:{person('借款人0')}",)
