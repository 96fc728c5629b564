"""DIV-05: three equal payments and no report, and two, or with one (DOMAIN §4 L)."""

from datetime import date

from tests.projections.rules.facts_told import (
    CONTRACT,
    USCC,
    contract,
    dividend,
    dividend_received,
    found,
    live,
    profit,
)
from tests.projections.rules.town import Town


def receive(town: Town, year: int, fen: int = 30_000_00) -> int:
    """The operator pays the village for a year."""
    day = date(year, 12, 12)
    return dividend_received(town, f"DS{year}", fen, period=f"{year}", received_on=day)


def test_three_equal_payments_without_a_profit_report_look_like_a_loan(town: Town) -> None:
    contract(town)
    received = [receive(town, year) for year in (2018, 2019)]
    two = found(town, "DIV-05")
    received.append(receive(town, 2020))

    [alert] = found(town, "DIV-05")

    assert two == []
    assert alert["anchor"] == (f"contract:{CONTRACT}",)
    assert alert["subjects"] == (
        f"contract:{CONTRACT}",
        f"org:{USCC}",
        *(f"payment:DS{year}" for year in (2018, 2019, 2020)),
    )
    assert alert["event_refs"] == tuple(received)
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (500_000_00, date(2020, 12, 12))
    assert alert["severity"] == "B"


def test_payments_that_vary_are_no_series(town: Town) -> None:
    contract(town)
    for year, fen in ((2018, 30_000_00), (2019, 30_000_00), (2020, 30_000_01)):
        receive(town, year, fen)

    assert found(town, "DIV-05") == []


def test_a_profit_report_withdraws_it(town: Town) -> None:
    contract(town)
    for year in (2018, 2019, 2020):
        receive(town, year)
    raised = live(town, "DIV-05")
    profit(town)

    outcome = live(town, "DIV-05")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_without_receipts_what_households_got_in_each_period_is_the_series(town: Town) -> None:
    contract(town)
    for year in (2018, 2019, 2020):
        for household in ("H-1", "H-2"):
            day, ref = date(year, 12, 20), f"FH-{year}-{household}"
            dividend(town, household, 15_000_00, period=f"{year}", paid_on=day, bank_ref=ref)

    [alert] = found(town, "DIV-05")

    assert alert["why_en"].count("¥30,000.00") == 1
