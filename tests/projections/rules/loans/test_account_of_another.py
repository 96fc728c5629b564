"""LNM-08 with and without the holder's number, and what it leaves alone (DOMAIN §4 B)."""

from typing import Any

import pytest

from tests.projections.history import person
from tests.projections.rules.loans.lending import ISSUED, named, of_household
from tests.projections.rules.town import Town


def lend(town: Town, **stated: Any) -> int:
    """A loan of 40 000 yuan to 甲 of H-1."""
    return town.lend("JJ-1", "甲", "H-1", "card", ISSUED, **stated)


def test_a_loan_into_the_account_of_another_person_is_raised(town: Town) -> None:
    position = lend(town, holder_id=person("乙"), holder_matches=False)

    [alert] = town.found("LNM-08")

    assert alert["anchor"] == ("loan:JJ-1",)
    assert set(alert["subjects"]) == {
        "loan:JJ-1",
        f"person:{person('甲')}",
        f"person:{person('乙')}",
        "household:H-1",
    }
    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("R", 40_000_00, ISSUED)
    assert alert["event_refs"] == (position,)
    assert "（他人）" in alert["why_zh"]


def test_the_borrowers_own_account_is_let_pass_whatever_the_name(town: Town) -> None:
    lend(town, holder_id=person("甲"), holder_matches=False)

    assert town.found("LNM-08") == []


@pytest.mark.parametrize(("matches", "alerts"), [(False, 1), (True, 0), (None, 0)])
def test_the_name_decides_where_the_bank_gives_no_number(town: Town, *, matches: bool | None, alerts: int) -> None:
    lend(town, holder_matches=matches)

    assert len(town.found("LNM-08")) == alerts


@pytest.mark.parametrize(("his", "hers"), [("户主", "配偶"), ("配偶", "户主"), ("父母", "父母")])
def test_the_account_of_the_spouse_is_yellow(town: Town, his: str, hers: str) -> None:
    of_household(town, "甲", "H-1", relation=his)
    of_household(town, "乙", "H-1", relation=hers)
    lend(town, holder_id=person("乙"), holder_matches=False)

    [alert] = town.found("LNM-08")

    assert alert["severity"] == "Y"
    assert "(spouse)" in alert["why_en"]


def test_the_account_of_a_child_of_the_household_is_red(town: Town) -> None:
    of_household(town, "甲", "H-1")
    of_household(town, "乙", "H-1", relation="子女")
    lend(town, holder_id=person("乙"), holder_matches=False)

    [alert] = town.found("LNM-08")

    assert alert["severity"] == "R"


def test_a_spouse_whom_the_roster_names_later_makes_it_yellow(town: Town) -> None:
    of_household(town, "甲", "H-1")
    lend(town, holder_id=person("乙"), holder_matches=False)
    town.run()
    of_household(town, "乙", "H-1", relation="配偶")

    outcome = town.live_is_whole()

    [changed] = named(outcome.changed, "LNM-08")
    assert changed["severity"] == "Y"


def test_a_quarantined_loan_says_nothing_of_its_holder(town: Town) -> None:
    lend(town, holder_id=person("乙"), quarantine=("E-ID:id_no",))

    assert town.found("LNM-08") == []
