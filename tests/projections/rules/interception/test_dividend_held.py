"""INT-06 on the thirtieth day and the thirty-first, to the yuan, and with an agreed 公益金 (DOMAIN §4 D)."""

from datetime import date

import pytest

from tests.projections.history import account
from tests.projections.rules.facts_told import (
    CONTRACT,
    VILLAGE,
    contract,
    dividend,
    dividend_received,
    found,
    live,
    returned,
)
from tests.projections.rules.town import Town


def test_what_the_village_received_and_did_not_pay_on_is_held_after_thirty_days(town: Town) -> None:
    contract(town)
    came = dividend_received(town, "DS", 24_000_00)
    paid = dividend(town, "H-1", 15_000_00)
    town.as_of = date(2021, 1, 11)
    on_the_thirtieth_day = found(town, "INT-06")
    town.as_of = date(2021, 1, 12)

    [alert] = found(town, "INT-06")

    assert on_the_thirtieth_day == []
    assert alert["anchor"] == (f"contract:{CONTRACT}", "2020")
    assert alert["subjects"] == (f"contract:{CONTRACT}", "payment:DS", f"account:{account(VILLAGE)}")
    assert alert["event_refs"] == (came, paid)
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (9_000_00, date(2021, 1, 12))
    assert alert["severity"] == "R"


@pytest.mark.parametrize(("paid_fen", "alerts"), [(23_999_00, 0), (23_998_99, 1)])
def test_a_yuan_may_remain_and_a_fen_more_may_not(town: Town, paid_fen: int, alerts: int) -> None:
    contract(town)
    dividend_received(town, "DS", 24_000_00)
    dividend(town, "H-1", paid_fen)

    assert len(found(town, "INT-06")) == alerts


def test_the_agreed_reserve_stays_in_the_village_and_one_that_is_not_agreed_does_not(town: Town) -> None:
    contract(town)
    dividend_received(town, "DS", 48_000_00)
    dividend(town, "H-1", 43_200_00)
    not_agreed = live(town, "INT-06")
    contract(town, reserve_ppm=100_000)

    agreed = live(town, "INT-06")

    assert len(not_agreed.raised) == len(agreed.withdrawn) == 1


def test_a_dividend_that_came_back_is_still_held(town: Town) -> None:
    contract(town)
    dividend_received(town, "DS", 24_000_00)
    dividend(town, "H-1", 24_000_00)
    paid = live(town, "INT-06")
    returned(town, f"FH-{CONTRACT}-H-1", date(2020, 12, 28), 24_000_00)

    outcome = live(town, "INT-06")

    assert paid.raised == []
    assert outcome.raised[0]["amount_at_risk_fen"] == 24_000_00


def test_of_two_receipts_only_the_older_is_due_and_the_day_is_that_of_the_one_not_covered(town: Town) -> None:
    contract(town)
    dividend_received(town, "DS1", 10_000_00, received_on=date(2020, 6, 1))
    dividend_received(town, "DS2", 10_000_00, received_on=date(2020, 12, 1))
    dividend_received(town, "DS3", 10_000_00, received_on=date(2021, 3, 20))
    dividend(town, "H-1", 12_000_00)

    [alert] = found(town, "INT-06")

    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (8_000_00, date(2021, 1, 1))


def test_what_is_paid_for_another_period_does_not_cover_this_one(town: Town) -> None:
    contract(town)
    dividend_received(town, "DS", 5_000_00)
    dividend(town, "H-1", 5_000_00, period="2019")

    assert len(found(town, "INT-06")) == 1
