"""DIV-04: an operator that fails, that is silent, or that keeps the principal after the term (DOMAIN §4 L)."""

from datetime import date
from typing import Any

import pytest

from domain.dividend import OperatorStatusReported, PrincipalReturned
from tests.projections.rules.facts_told import (
    CONTRACT,
    USCC,
    VILLAGE,
    contract,
    dividend,
    found,
    line,
    live,
    org,
    profit,
)
from tests.projections.rules.town import Town

ENDED: dict[str, Any] = {"starts_on": date(2018, 1, 1), "until": date(2020, 12, 31)}
MARCH_1, MARCH_2 = date(2021, 3, 1), date(2021, 3, 2)


@pytest.mark.parametrize(("status", "word"), [("异常", "abnormal"), ("注销", "deregistered")])
def test_an_operator_reported_as_failing_puts_the_principal_at_risk_until_it_is_sound_again(
    town: Town, status: str, word: str
) -> None:
    contract(town)
    dividend(town, "H-1", 30_000_00)
    told = {"contract_no": CONTRACT, "period": "2020", "profit_fen": 0, "reported_on": date(2020, 12, 10)}
    town.history.tell(OperatorStatusReported, "report HT-01 2020", status=status, **told)
    [alert] = live(town, "DIV-04").raised
    town.history.tell(OperatorStatusReported, "report HT-01 2020", status="正常", **told)

    sound_again = live(town, "DIV-04")

    assert alert["anchor"] == (f"contract:{CONTRACT}",)
    assert alert["subjects"] == (f"contract:{CONTRACT}", f"org:{USCC}")
    assert alert["event_refs"] == (1, 3)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (
        500_000_00,
        date(2020, 12, 10),
        "R",
    )
    assert word in alert["why_en"]
    assert len(sound_again.withdrawn) == 1


def test_the_newest_report_says_how_the_operator_stands(town: Town) -> None:
    contract(town)
    profit(town, "2020", status="异常")
    profit(town, "2021", reported_on=date(2021, 3, 1))

    assert found(town, "DIV-04") == []


def test_a_term_that_passed_sixty_days_ago_without_the_principal_back_is_a_risk(town: Town) -> None:
    contract(town, **ENDED)
    town.as_of = MARCH_1
    on_the_sixtieth_day = found(town, "DIV-04")
    town.as_of = MARCH_2

    [alert] = found(town, "DIV-04")

    assert on_the_sixtieth_day == []
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (500_000_00, MARCH_2)


def test_principal_that_came_back_in_part_leaves_the_rest_at_risk_and_in_whole_nothing(town: Town) -> None:
    contract(town, **ENDED)
    raised = live(town, "DIV-04")
    parts = {"contract_no": CONTRACT, "returned_on": date(2021, 1, 5)}
    town.history.tell(PrincipalReturned, "principal 1", amount_fen=200_000_00, **parts)
    [in_part] = live(town, "DIV-04").changed
    town.history.tell(PrincipalReturned, "principal 2", amount_fen=300_000_00, **parts)

    in_whole = live(town, "DIV-04")

    assert len(raised.raised) == len(in_whole.withdrawn) == 1
    assert in_part["amount_at_risk_fen"] == 300_000_00


def test_principal_that_the_villages_statement_shows_came_back(town: Town) -> None:
    contract(town, **ENDED)
    raised = live(town, "DIV-04")
    line(town, "BJ", date(2021, 1, 5), 500_000_00, sender="合作社", to=VILLAGE, of=VILLAGE)
    unknown_sender = live(town, "DIV-04")
    org(town, "合作社", "合作社", uscc=USCC)

    outcome = live(town, "DIV-04")

    assert unknown_sender.withdrawn == []
    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_a_longer_term_or_a_contract_in_its_place_is_a_renewal(town: Town) -> None:
    contract(town, **ENDED)
    contract(town, "HT-02", **ENDED)
    raised = live(town, "DIV-04")
    contract(town, until=date(2022, 12, 31))
    contract(town, "HT-03", starts_on=date(2021, 1, 1))

    outcome = live(town, "DIV-04")

    assert len(raised.raised) == len(outcome.withdrawn) == 2


def test_two_years_without_a_report_from_an_operator_that_owes_them_are_a_risk_and_one_is_not(town: Town) -> None:
    contract(town, starts_on=date(2018, 1, 1), share_ppm=100_000)
    for year in (2018, 2019, 2020):
        dividend(town, "H-1", 30_000_00, period=f"{year}", paid_on=date(year, 12, 20), bank_ref=f"FH-{year}")
    profit(town, "2018", reported_on=date(2018, 12, 10))
    town.as_of = date(2021, 3, 31)
    two_missing = live(town, "DIV-04")
    town.as_of = date(2021, 4, 1)
    profit(town, "2020")

    outcome = live(town, "DIV-04")

    assert two_missing.raised == []
    assert outcome.raised == []


def test_two_reports_overdue_are_raised_on_the_first_day_on_which_the_second_is(town: Town) -> None:
    contract(town, starts_on=date(2018, 1, 1))
    profit(town, "2018", reported_on=date(2018, 12, 10))
    town.as_of = date(2021, 3, 31)
    one = found(town, "DIV-04")
    town.as_of = date(2021, 4, 1)

    [two] = found(town, "DIV-04")

    assert one == []
    assert two["holds_from"] == date(2021, 4, 1)


def test_an_operator_that_owes_no_share_of_profit_and_never_reported_is_not_silent(town: Town) -> None:
    contract(town, starts_on=date(2017, 1, 1))
    dividend(town, "H-1", 30_000_00, period="2017", paid_on=date(2017, 12, 20))

    assert found(town, "DIV-04") == []
