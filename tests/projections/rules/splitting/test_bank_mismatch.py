"""LED-01: month by month the bank's statement and the ledger agree, by account and reference (DOMAIN §4 F)."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from domain.dividend import PrincipalReturned
from projections.rules.engine import Scope
from tests.projections.history import account
from tests.projections.rules.facts_told import (
    TOWNSHIP,
    VILLAGE,
    allocation,
    dividend_received,
    line,
    org,
    returned,
)
from tests.projections.rules.town import AN_AMOUNT_FEN, Town
from tests.projections.rules.works import count

FIRST, DAY, LAST = date(2020, 5, 1), date(2020, 5, 12), date(2020, 6, 30)
A_DAY = timedelta(days=1)


@pytest.fixture
def reconciled(town: Town) -> Town:
    """A town whose fiscal account has a statement from 1 May until 30 June 2020, which the ledger has."""
    org(town, TOWNSHIP, "镇财政")
    for ref, day in (("REF-A", FIRST), ("REF-Z", LAST)):
        pays(town, ref, day)
        books(town, ref, day)
    return town


def pays(town: Town, ref: str, day: date = DAY, fen: int = AN_AMOUNT_FEN, by: str = TOWNSHIP, **stated: Any) -> int:
    """A payment from one of the town's accounts."""
    told = {"bank_ref": ref, "amount_fen": fen, "paid_from": account(by)} | stated
    return town.pay("甲", f"{day:%Y-%m}", day, **told)


def books(town: Town, ref: str, day: date = DAY, fen: int = AN_AMOUNT_FEN, **sides: str) -> int:
    """A line of the statement of the fiscal account: what went out, unless the sides say otherwise."""
    told = {"sender": TOWNSHIP, "to": "甲", "of": TOWNSHIP} | sides
    return line(town, ref, day, fen, **told)


def kinds(alerts: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong by each alert."""
    words = ("the ledger does not have it", "the bank does not have it", "the amounts differ")
    return [word for alert in alerts for word in words if word in alert["why_en"]]


def test_what_bank_and_ledger_both_have_is_in_order(reconciled: Town) -> None:
    pays(reconciled, "REF-1")
    books(reconciled, "REF-1", DAY + A_DAY)

    assert reconciled.found("LED-01") == []


def test_a_fen_of_difference_is_raised_with_both_sides(reconciled: Town) -> None:
    paid = pays(reconciled, "REF-1")
    booked = books(reconciled, "REF-1", fen=AN_AMOUNT_FEN - 1)

    [alert] = reconciled.found("LED-01")

    assert alert["anchor"] == (f"account:{account(TOWNSHIP)}", "payment:REF-1")
    assert (alert["event_refs"], alert["amount_at_risk_fen"], alert["severity"]) == ((paid, booked), 1, "R")
    assert alert["holds_from"] == date(2020, 5, 31)
    assert alert["why_zh"] == "2020-05-12，银行¥180.99，账上¥181.00：金额不同，相差¥0.01。"


def test_a_line_that_the_ledger_does_not_have_is_raised(reconciled: Town) -> None:
    books(reconciled, "REF-1")

    [alert] = reconciled.found("LED-01")

    assert (kinds([alert]), alert["amount_at_risk_fen"]) == (["the ledger does not have it"], AN_AMOUNT_FEN)


def test_a_payment_that_the_statement_does_not_have_is_raised(reconciled: Town) -> None:
    pays(reconciled, "REF-1")

    [alert] = reconciled.found("LED-01")

    assert (kinds([alert]), alert["amount_at_risk_fen"]) == (["the bank does not have it"], AN_AMOUNT_FEN)


@pytest.mark.parametrize(("day", "expected"), [(FIRST - A_DAY, 0), (FIRST, 1), (LAST - A_DAY, 1), (LAST, 0)])
def test_the_bank_is_asked_for_the_days_of_its_statement_and_not_beyond_the_last(
    reconciled: Town, day: date, expected: int
) -> None:
    pays(reconciled, "REF-1", day)

    assert len(reconciled.found("LED-01")) == expected


def test_a_month_that_is_not_over_at_the_evaluation_date_holds_from_that_date(reconciled: Town) -> None:
    reconciled.as_of = DAY + A_DAY
    books(reconciled, "REF-1")

    [alert] = reconciled.found("LED-01")

    assert alert["holds_from"] == DAY + A_DAY


@pytest.mark.parametrize(
    ("paid_on", "booked_on", "expected"),
    [
        (date(2020, 5, 31), date(2020, 6, 1), 0),
        (date(2020, 6, 1), date(2020, 5, 31), 0),
        (date(2020, 5, 31), date(2020, 6, 2), 2),
        (date(2020, 5, 30), date(2020, 5, 31), 2),
    ],
)
def test_one_amount_a_day_apart_across_a_month_end_is_cut_off(
    reconciled: Town, paid_on: date, booked_on: date, expected: int
) -> None:
    pays(reconciled, "REF-1", paid_on)
    books(reconciled, "BANK-1", booked_on)

    assert len(reconciled.found("LED-01")) == expected


def test_another_amount_across_a_month_end_is_no_cut_off(reconciled: Town) -> None:
    pays(reconciled, "REF-1", date(2020, 5, 31))
    books(reconciled, "BANK-1", date(2020, 6, 1), AN_AMOUNT_FEN + 1)

    assert len(reconciled.found("LED-01")) == 2


def test_an_account_that_is_not_to_be_reconciled_is_not_asked_about(town: Town) -> None:
    org(town, TOWNSHIP, "镇财政", reconciled=False)
    books(town, "REF-1")
    books(town, "REF-2", LAST)
    pays(town, "REF-3")

    assert town.found("LED-01") == []


def test_what_the_bank_sent_back_and_what_was_reversed_is_in_order(reconciled: Town) -> None:
    pays(reconciled, "REF-1")
    books(reconciled, "REF-1")
    returned(reconciled, "REF-1", DAY + A_DAY, AN_AMOUNT_FEN)
    books(reconciled, "TP-REF-1", DAY + A_DAY, sender="甲", to=TOWNSHIP)

    assert reconciled.found("LED-01") == []


def test_what_came_in_agrees_with_allocations_dividends_and_returned_principal(reconciled: Town) -> None:
    into = {"to_account": account(TOWNSHIP)}
    allocation(reconciled, "到达", "ZB-1", DAY, 500_00, bank_ref="IN-1", **into)
    dividend_received(reconciled, "IN-2", 600_00, received_on=DAY, **into)
    principal = {"contract_no": "HT-01", "amount_fen": 700_00, "returned_on": DAY, "bank_ref": "IN-3"}
    reconciled.history.tell(PrincipalReturned, "principal HT-01", **principal)
    for ref, fen in (("IN-1", 500_00), ("IN-2", 600_00), ("IN-3", 700_00)):
        books(reconciled, ref, fen=fen, sender="县财政", to=TOWNSHIP)

    assert reconciled.found("LED-01") == []


def test_money_that_never_came_in_is_raised(reconciled: Town) -> None:
    allocation(reconciled, "到达", "ZB-1", DAY, 500_00, bank_ref="IN-1", to_account=account(TOWNSHIP))
    dividend_received(reconciled, "IN-2", 600_00, received_on=DAY, to_account=account(TOWNSHIP))

    assert kinds(reconciled.found("LED-01")) == ["the bank does not have it"] * 2


def test_a_transfer_between_two_accounts_stands_on_both_statements(reconciled: Town) -> None:
    org(reconciled, VILLAGE)
    allocation(reconciled, "拨付", "ZB-1", DAY, 500_00, bank_ref="IN-1", to_account=account(VILLAGE))
    for of in (TOWNSHIP, VILLAGE):
        books(reconciled, "IN-1", fen=500_00, to=VILLAGE, of=of)

    assert reconciled.found("LED-01") == []


def test_one_reference_from_another_account_is_not_the_same_payment(reconciled: Town) -> None:
    pays(reconciled, "REF-1", by=VILLAGE)
    books(reconciled, "REF-1")

    [alert] = reconciled.found("LED-01")

    assert kinds([alert]) == ["the ledger does not have it"]


def test_a_payment_of_several_funding_lines_is_one_line_at_the_bank(reconciled: Town) -> None:
    for number in (1, 2):
        pays(reconciled, "REF-1", fen=100_00, line_no=number)
    books(reconciled, "REF-1", fen=200_00)

    assert reconciled.found("LED-01") == []


def test_lines_payments_and_accounts_that_change_raise_and_withdraw(reconciled: Town) -> None:
    pays(reconciled, "REF-1", fen=AN_AMOUNT_FEN + 1)
    stream = "payment 3"

    assert count("LED-01", reconciled.run(Scope.IMPORTED).raised) == 1
    books(reconciled, "REF-1")
    assert count("LED-01", reconciled.run(Scope.IMPORTED).changed) == 1
    reconciled.history.correct(stream, amount_fen=AN_AMOUNT_FEN)
    assert count("LED-01", reconciled.run(Scope.IMPORTED).withdrawn) == 1
    books(reconciled, "REF-2")
    assert count("LED-01", reconciled.run(Scope.IMPORTED).raised) == 1
    org(reconciled, TOWNSHIP, "镇财政", reconciled=False)
    assert count("LED-01", reconciled.run(Scope.IMPORTED).withdrawn) == 1
