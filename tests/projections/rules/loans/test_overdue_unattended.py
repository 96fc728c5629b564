"""LNM-16: ninety days and one more, and the township's rate at one percent (DOMAIN §4 B)."""

from datetime import date, timedelta
from typing import Any

import pytest

from projections.rules.engine import Scope
from tests.projections.history import person
from tests.projections.rules.loans.lending import ISSUED, named
from tests.projections.rules.town import AS_OF, Town


def lend(town: Town, number: int, days_overdue: int, **stated: Any) -> int:
    """A loan of 40 000 yuan to 甲 that is overdue by so many days at the evaluation date."""
    told = {"due_on": AS_OF - timedelta(days=days_overdue), "status": "逾期"} | stated
    return town.lend(f"JJ-{number}", "甲", "H-1", "card", ISSUED, **told)


def of_days(town: Town) -> list[str]:
    """The loans that are long overdue."""
    return [alert["anchor"][1] for alert in town.found("LNM-16") if alert["anchor"][0] == "days"]


@pytest.mark.parametrize(("days", "loans"), [(90, []), (91, ["loan:JJ-1"])])
def test_a_loan_is_attended_to_within_ninety_days(town: Town, days: int, loans: list[str]) -> None:
    lend(town, 1, days)

    assert of_days(town) == loans


def test_the_alert_of_a_loan_says_what_is_owed_and_since_when(town: Town) -> None:
    position = lend(town, 1, 120, repaid_on=date(2020, 10, 1), repaid_fen=10_000_00)

    [alert] = [alert for alert in town.found("LNM-16") if alert["anchor"][0] == "days"]

    assert alert["subjects"] == ("loan:JJ-1", f"person:{person('甲')}", "household:H-1")
    assert (alert["severity"], alert["amount_at_risk_fen"]) == ("Y", 30_000_00)
    assert alert["holds_from"] == AS_OF - timedelta(days=29)
    assert alert["event_refs"] == (position,)
    assert alert["why_zh"].startswith("逾期超过90天未还的余额¥30,000.00，最晚2020-12-01到期")


@pytest.mark.parametrize("status", ["正常", "结清", "续贷", "展期", "核销"])
def test_what_the_bank_does_not_call_overdue_is_let_pass(town: Town, status: str) -> None:
    lend(town, 1, 120, status=status)

    assert town.found("LNM-16") == []


@pytest.mark.parametrize(("others_fen", "severities"), [(3_960_000_00, []), (3_959_999_99, ["B"])])
def test_a_township_with_more_than_one_percent_overdue_is_told(
    town: Town, others_fen: int, severities: list[str]
) -> None:
    lend(town, 1, 10)
    lend(town, 2, 0, status="正常", principal_fen=others_fen)

    found = town.found("LNM-16")

    assert [alert["severity"] for alert in found] == severities
    assert [alert["amount_at_risk_fen"] for alert in found] == [40_000_00] * len(severities)


def test_a_settlement_withdraws_both_at_the_next_import(town: Town) -> None:
    lend(town, 1, 120)
    town.run(Scope.DAY_TURNED)
    lend(town, 1, 120, status="结清", settled_on=AS_OF)

    outcome = town.run(Scope.IMPORTED)

    assert len(named(outcome.withdrawn, "LNM-16")) == 2
