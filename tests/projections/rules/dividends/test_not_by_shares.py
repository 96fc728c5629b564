"""DIV-03 to the fen, and for each lawful case that resembles it (DOMAIN §4 L)."""

from datetime import date

import pytest

from tests.projections.history import person
from tests.projections.rules.facts_told import CONTRACT, contract, dividend, found, live, returned, share
from tests.projections.rules.town import Town

THIRDS = {"H-1": 10_000_00, "H-2": 10_000_00, "H-3": 10_000_00}


def shared(town: Town, paid_fen: dict[str, int], shares: dict[str, str] | None = None, total: str = "6") -> Town:
    """A contract in six shares of which each of three households holds two, and what each was paid of 30 000 yuan."""
    contract(town, total_shares=total)
    for household, held in (shares or dict.fromkeys(THIRDS, "2")).items():
        share(town, household, held)
    for household, fen in paid_fen.items():
        dividend(town, household, fen)
    return town


def test_a_household_paid_beyond_its_quota_at_the_cost_of_another_is_one_alert_about_both(town: Town) -> None:
    shared(town, {"H-1": 10_500_00, "H-2": 9_500_00, "H-3": 10_000_00})

    [alert] = found(town, "DIV-03")

    assert alert["anchor"] == (f"contract:{CONTRACT}", "2020")
    assert alert["subjects"] == (
        f"contract:{CONTRACT}",
        "household:H-1",
        "household:H-2",
        *sorted(f"person:{person(name)}" for name in ("H-1", "H-2")),
        "payment:FH-HT-01-H-1",
        "payment:FH-HT-01-H-2",
    )
    assert alert["event_refs"] == (5, 6)
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (500_00, date(2020, 12, 20))
    assert alert["severity"] == "R"


@pytest.mark.parametrize(("fen", "alerts"), [(4_285_71, 0), (4_285_72, 0), (4_285_70, 1), (4_285_73, 1)])
def test_either_neighbour_of_an_exact_quota_is_right_and_one_fen_further_is_not(
    town: Town, fen: int, alerts: int
) -> None:
    """Two of fourteen shares in 30 000 yuan are 4 285.714…; within one fen of it are 4 285.71 and 4 285.72."""
    contract(town, total_shares="14")
    share(town, "H-1", "2")
    share(town, "H-2", "12")
    dividend(town, "H-1", fen)
    dividend(town, "H-2", 25_714_29)

    assert len(found(town, "DIV-03")) == alerts


def test_a_payee_who_holds_no_share_and_the_shareholder_who_was_left_out_are_both_named(town: Town) -> None:
    shared(town, {"H-1": 10_000_00, "H-2": 10_000_00, "H-9": 10_000_00})

    [alert] = found(town, "DIV-03")

    assert {"household:H-3", "household:H-9"} <= set(alert["subjects"])
    assert alert["amount_at_risk_fen"] == 10_000_00


def test_a_shareholder_is_left_out_only_once_the_day_is_over_or_the_pool_is_spent(town: Town) -> None:
    shared(town, {"H-1": 10_000_00, "H-2": 10_000_00})
    town.as_of = date(2020, 12, 20)
    on_the_day = found(town, "DIV-03")
    town.as_of = date(2020, 12, 21)

    [alert] = found(town, "DIV-03")

    assert on_the_day == []
    assert "household:H-3" in alert["subjects"]


def test_shares_reallocated_by_a_resolution_after_an_exit_are_the_shares_that_count(town: Town) -> None:
    shared(town, {"H-1": 15_000_00, "H-2": 15_000_00})
    raised = live(town, "DIV-03")
    share(town, "H-3", "2", until=date(2020, 9, 30))
    for household in ("H-1", "H-2"):
        share(town, household, "2", until=date(2020, 9, 30))
        share(town, household, "3", starts_on=date(2020, 10, 1), resolution="村决〔2020〕3号")

    outcome = live(town, "DIV-03")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_shares_that_changed_after_the_period_leave_its_dividend_as_it_was(town: Town) -> None:
    shared(town, {}, total="6")
    for household, fen in THIRDS.items():
        dividend(town, household, fen, paid_on=date(2021, 1, 20))
    share(town, "H-3", "2", until=date(2021, 1, 10))
    share(town, "H-1", "4", starts_on=date(2021, 1, 11))

    assert found(town, "DIV-03") == []


def test_a_dividend_that_the_bank_returned_was_shared_out_rightly(town: Town) -> None:
    shared(town, THIRDS)
    returned(town, "FH-HT-01-H-3", date(2020, 12, 28), 10_000_00)

    assert found(town, "DIV-03") == []


def test_a_household_paid_in_two_rounds_gets_its_quota_of_both(town: Town) -> None:
    shared(town, {})
    for number, day in enumerate((date(2020, 6, 20), date(2020, 12, 20))):
        for household in THIRDS:
            ref = f"FH-{household}-{number}"
            dividend(town, household, 5_000_00, pool_due_fen=15_000_00, paid_on=day, bank_ref=ref)

    assert found(town, "DIV-03") == []


def test_without_a_register_the_shares_that_the_lines_state_count(town: Town) -> None:
    contract(town, total_shares="6")
    for household, fen in THIRDS.items():
        dividend(town, household, fen, shares="2" if household != "H-3" else "1")

    [alert] = found(town, "DIV-03")

    assert alert["amount_at_risk_fen"] == 5_000_00


def test_a_correction_of_a_line_withdraws_it(town: Town) -> None:
    shared(town, {"H-1": 10_500_00, "H-2": 10_000_00, "H-3": 10_000_00})
    raised = live(town, "DIV-03")
    town.history.correct("dividend FH-HT-01-H-1", paid_fen=10_000_00)

    outcome = live(town, "DIV-03")

    assert len(raised.raised) == len(outcome.withdrawn) == 1
