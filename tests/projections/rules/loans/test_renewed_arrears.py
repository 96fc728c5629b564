"""LNM-12: overdue by a day, renewed twice, and the deferral of the epidemic (DOMAIN §4 B)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.projections.history import person
from tests.projections.rules.loans.lending import named
from tests.projections.rules.town import Town

DUE = date(2019, 6, 11)
A_YEAR = timedelta(days=365)


def lend(town: Town, number: int, issued_on: date, due_on: date, **stated: Any) -> int:
    """A loan of that number to 甲, which renews the one before."""
    renews = {"renews": f"JJ-{number - 1}"} if number > 1 else {}
    told = {"due_on": due_on} | renews | stated
    return town.lend(f"JJ-{number}", "甲", "H-1", "card", issued_on, **told)


def test_a_loan_renewed_a_day_after_it_was_due_is_raised(town: Town) -> None:
    first = lend(town, 1, DUE - A_YEAR, DUE, settled_on=DUE + timedelta(days=1), status="续贷")
    second = lend(town, 2, DUE + timedelta(days=1), DUE + A_YEAR)

    [alert] = town.found("LNM-12")

    assert alert["anchor"] == ("loan:JJ-2",)
    assert alert["subjects"] == ("loan:JJ-2", f"person:{person('甲')}", "household:H-1")
    assert (alert["severity"], alert["amount_at_risk_fen"]) == ("O", 40_000_00)
    assert alert["holds_from"] == DUE + timedelta(days=1)
    assert alert["event_refs"] == (first, second)
    assert "逾期1天时续贷；这是第1次续贷（最多1次）" in alert["why_zh"]


def test_a_loan_renewed_on_the_day_it_is_due_is_not_overdue(town: Town) -> None:
    lend(town, 1, DUE - A_YEAR, DUE, settled_on=DUE, status="续贷")
    lend(town, 2, DUE, DUE + A_YEAR)

    assert town.found("LNM-12") == []


def test_a_loan_that_was_settled_before_the_new_one_was_not_overdue_then(town: Town) -> None:
    lend(town, 1, DUE - A_YEAR, DUE, settled_on=DUE + timedelta(days=1), status="结清")
    lend(town, 2, DUE + timedelta(days=30), DUE + A_YEAR)

    assert town.found("LNM-12") == []


def test_a_second_renewal_in_time_is_one_too_many(town: Town) -> None:
    lend(town, 1, DUE - 2 * A_YEAR, DUE - A_YEAR, settled_on=DUE - A_YEAR)
    lend(town, 2, DUE - A_YEAR, DUE, settled_on=DUE)
    once = town.found("LNM-12")
    lend(town, 3, DUE, DUE + A_YEAR)

    [alert] = town.found("LNM-12")

    assert once == []
    assert alert["anchor"] == ("loan:JJ-3",)
    assert "renewal number 2" in alert["why_en"]


@pytest.mark.parametrize(("until", "alerts"), [(date(2021, 3, 31), 0), (date(2021, 4, 1), 1)])
def test_what_fell_due_in_the_epidemic_may_be_put_off_to_march_2021(town: Town, until: date, alerts: int) -> None:
    due_on = date(2020, 6, 11)
    lend(town, 1, due_on - A_YEAR, due_on, settled_on=date(2020, 7, 1), status="续贷")
    lend(town, 2, date(2020, 7, 1), until)

    assert len(town.found("LNM-12")) == alerts


def test_what_was_due_before_the_epidemic_is_no_deferral(town: Town) -> None:
    due_on = date(2019, 12, 31)
    lend(town, 1, due_on - A_YEAR, due_on, settled_on=date(2020, 2, 1), status="续贷")
    lend(town, 2, date(2020, 2, 1), date(2021, 1, 31))

    assert len(town.found("LNM-12")) == 1


def test_an_older_renewal_that_is_told_later_reaches_the_newest_loan(town: Town) -> None:
    lend(town, 1, DUE - 2 * A_YEAR, DUE - A_YEAR, settled_on=DUE - A_YEAR)
    lend(town, 2, DUE - A_YEAR, DUE, settled_on=DUE, renews=None)
    lend(town, 3, DUE, DUE + A_YEAR)
    town.run()
    lend(town, 2, DUE - A_YEAR, DUE, settled_on=DUE)

    outcome = town.live_is_whole()

    [raised] = named(outcome.raised, "LNM-12")
    assert raised["anchor"] == ("loan:JJ-3",)


def test_a_due_date_that_was_extended_withdraws_the_alert(town: Town) -> None:
    lend(town, 1, DUE - A_YEAR, DUE, settled_on=DUE + timedelta(days=9), status="续贷")
    lend(town, 2, DUE + timedelta(days=9), DUE + A_YEAR)
    town.run()
    lend(town, 1, DUE - A_YEAR, DUE + timedelta(days=9), settled_on=DUE + timedelta(days=9), status="续贷")

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-12")) == 1


def test_loans_that_renew_each_other_do_not_run_for_ever(town: Town) -> None:
    lend(town, 1, DUE - A_YEAR, DUE, renews="JJ-2", settled_on=DUE)
    lend(town, 2, DUE, DUE + A_YEAR, settled_on=DUE + A_YEAR)

    [alert] = town.found("LNM-12")

    assert alert["anchor"] == ("loan:JJ-2",)
