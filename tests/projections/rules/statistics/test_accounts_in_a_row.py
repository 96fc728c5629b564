"""STA-04: five accounts in a row, four, and what it leaves alone (DOMAIN §4 K)."""

from domain.subsidy import ProgrammeDefined
from tests.projections.history import account, person
from tests.projections.rules.statistics.grants import PAID_ON, RELIEF, grant
from tests.projections.rules.town import Town


def grant_in_a_row(town: Town, *places: int, fen: int = 800_00, villages: int = 2) -> None:
    """Equal amounts to accounts at these places of the numbering."""
    for number, place in enumerate(places):
        row = {"account_no": account(f"card {place}"), "account_place": f"place {place}"}
        told = row | {"next_place": f"place {place + 1}", "bank_ref": f"R{number}"}
        grant(town, f"甲{number}", fen, village=f"测试{number % villages}村", **told)


def test_equal_amounts_to_five_accounts_in_a_row_are_raised(town: Town) -> None:
    grant_in_a_row(town, 3, 1, 5, 2, 4)

    [alert] = town.found("STA-04")

    assert alert["anchor"] == (f"programme:{RELIEF}", "¥800.00", f"account:{account('card 1')}")
    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("Y", 4_000_00, PAID_ON)
    assert {"payment:R0", "payment:R4", f"person:{person('甲0')}"} <= set(alert["subjects"])
    assert "向5个连号账户各发放¥800.00" in alert["why_zh"]


def test_four_accounts_in_a_row_are_let_pass(town: Town) -> None:
    grant_in_a_row(town, 1, 2, 3, 4, 6)

    assert town.found("STA-04") == []


def test_five_payments_to_one_account_are_no_row_of_accounts(town: Town) -> None:
    grant_in_a_row(town, 1, 1, 1, 1, 1)

    assert town.found("STA-04") == []


def test_other_amounts_to_accounts_in_a_row_are_let_pass(town: Town) -> None:
    grant_in_a_row(town, 1, 2, 3, 4)
    grant_in_a_row(town, 5, fen=800_01)

    assert town.found("STA-04") == []


def test_cards_that_were_issued_to_one_village_at_once_are_blue(town: Town) -> None:
    grant_in_a_row(town, 1, 2, 3, 4, 5, villages=1)

    [alert] = town.found("STA-04")

    assert alert["severity"] == "B"


def test_a_standard_rate_of_the_programme_is_let_pass(town: Town) -> None:
    town.history.tell(ProgrammeDefined, "rate", programme=RELIEF, rate_fen=800_00)
    grant_in_a_row(town, 1, 2, 3, 4, 5)

    assert town.found("STA-04") == []
