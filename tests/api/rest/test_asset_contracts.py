"""Asset contracts over the wire: what is paid out of a period is what is due, whoever is quicker."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.ledger import Ledger
from tests.api.investing import REASON, line, pay_out, sign, step
from tests.api.offices import CARD, FINANCE, INSPECTOR, LEADER, NAME, OFFICE, PAYEE, born, furnish, post
from tests.journeys.inventing import card_number, spoiled


@pytest.fixture
def office(empty_ledger: Ledger, clerk: TestClient) -> TestClient:
    """A client of a furnished township's ledger."""
    furnish(empty_ledger)
    return clerk


def test_a_contract_is_signed_pays_out_is_renewed_and_gives_its_principal_back(
    office: TestClient, empty_ledger: Ledger
) -> None:
    signed = sign(office)
    paid = pay_out(office, line(1, 20_00), line(2, 10_00))
    renewed = step(office, "renew", LEADER, until="2100-12-31", version=2)
    part = step(office, "return-principal", FINANCE, amount_fen=400_00, returned_on="2021-01-05")
    whole = step(office, "return-principal", FINANCE, amount_fen=600_00, returned_on="2021-06-05", bank_ref="BJ-1")

    [contract] = office.get("/api/v1/facts/asset_contracts").json()["items"]
    dividends = office.get("/api/v1/facts/dividends").json()["items"]
    assert (signed.status_code, signed.json()["stage"]) == (201, "active")
    assert signed.json()["allowed"] == ["distribute", "renew", "return_principal", "default"]
    assert (paid.status_code, paid.json()["distributed"]) == (
        200,
        [{"period": "2020", "pool_due_fen": 30_00, "amount_fen": 30_00}],
    )
    assert [(row["paid_fen"], row["village"], row["pool_due_fen"]) for row in dividends] == [
        (20_00, "测试一村", 30_00),
        (10_00, "测试一村", 30_00),
    ]
    assert (renewed.json()["stage"], contract["until"]) == ("renewed", "2100-12-31")
    assert (part.json()["stage"], part.json()["returned_fen"]) == ("renewed", 400_00)
    assert (whole.json()["stage"], whole.json()["allowed"]) == ("principal_returned", ["distribute"])
    assert [told["topic"] for told in whole.json()["timeline"]] == [
        "asset-contract-signed/v1",
        "dividends-distributed/v1",
        "asset-contract-signed/v1",
        "principal-returned/v1",
        "principal-returned/v1",
    ]
    states = b"".join(sealed.state for sealed in empty_ledger.money.read()).decode()
    assert not [word for word in (NAME, born(101), card_number(101)) if word in states]


def test_lines_that_are_not_what_is_due_are_refused_with_both_numbers_and_nothing_is_paid(
    office: TestClient, empty_ledger: Ledger
) -> None:
    sign(office)
    before = empty_ledger.money.head.position

    short, beyond = pay_out(office, line(1, 29_99)), pay_out(office, line(1, 20_00), line(2, 10_01))
    unmoved = empty_ledger.money.head.position
    exact = pay_out(office, line(1, 30_00))

    assert [(answer.status_code, answer.json()["code"]) for answer in (short, beyond)] == [(422, "E-BALANCE")] * 2
    assert "¥29.99; ¥30.00 are due" in short.json()["detail"]
    assert (unmoved, exact.status_code) == (before, 200)


def test_lines_sent_again_are_not_paid_again_and_a_period_is_not_paid_beyond_what_is_due(
    office: TestClient, empty_ledger: Ledger
) -> None:
    sign(office)
    pay_out(office, line(1, 20_00), line(2, 10_00))
    head = empty_ledger.money.head.position

    again = pay_out(office, line(1, 20_00), line(2, 10_00))
    beyond = pay_out(office, line(3, 30_00))

    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert empty_ledger.money.head.position == head
    assert (beyond.status_code, beyond.json()["code"]) == (422, "E-BALANCE")
    assert "come to ¥60.00" in beyond.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"id_no": spoiled(PAYEE)}, "E-ID"), ({"shares": "一"}, "E-SCHEMA")],
)
def test_a_line_that_a_workbook_would_be_set_aside_for_is_refused_by_hand(
    office: TestClient, changes: dict[str, Any], code: str
) -> None:
    sign(office)

    answer = pay_out(office, line(1, 30_00, **changes))

    assert answer.json()["code"] == code, answer.json()
    assert CARD not in answer.text


def test_principal_comes_back_no_further_than_it_went_and_on_no_day_to_come(
    office: TestClient, empty_ledger: Ledger
) -> None:
    sign(office)
    tomorrow = str(empty_ledger.today + timedelta(days=1))

    too_much = step(office, "return-principal", FINANCE, amount_fen=1_000_01, returned_on="2021-01-05")
    to_come = step(office, "return-principal", FINANCE, amount_fen=1, returned_on=tomorrow)

    assert (too_much.status_code, too_much.json()["code"]) == (422, "E-BALANCE")
    assert (to_come.status_code, to_come.json()["code"]) == (422, "E-DATE")


def test_a_contract_in_default_is_not_renewed_but_its_principal_may_still_come_back(
    office: TestClient, empty_ledger: Ledger
) -> None:
    sign(office)
    defaulted = step(office, "default", OFFICE, reason=REASON)
    renewed = step(office, "renew", LEADER, until="2100-12-31")
    back = step(office, "return-principal", FINANCE, amount_fen=1_000_00, returned_on="2021-01-05")
    again = step(office, "return-principal", FINANCE, amount_fen=1, returned_on="2021-01-05")

    assert (defaulted.json()["stage"], defaulted.json()["allowed"]) == ("defaulted", ["distribute", "return_principal"])
    assert [(answer.status_code, answer.json()["code"]) for answer in (renewed, again)] == [(409, "E-STATE")] * 2
    assert back.json()["stage"] == "principal_returned"
    assert REASON not in b"".join(sealed.state for sealed in empty_ledger.money.read()).decode()


def test_who_signed_a_contract_does_not_renew_it_and_no_earlier_day_renews_it(
    office: TestClient, empty_ledger: Ledger
) -> None:
    post(empty_ledger, "G-0101", 1, "township_leader")  # the clerk's second post
    sign(office)

    own = step(office, "renew", "G-0101", until="2100-12-31")
    no_later = step(office, "renew", LEADER, until="2099-12-31")
    wrong_hand = step(office, "renew", FINANCE, until="2100-12-31")
    stale = step(office, "renew", LEADER, until="2100-12-31", version=9)

    assert [answer.json()["code"] for answer in (own, no_later, wrong_hand, stale)] == [
        "E-SOD",
        "E-DATE",
        "E-AUTH",
        "E-CONFLICT",
    ]


def test_the_same_contract_sent_twice_is_one_and_a_wrong_one_is_refused(office: TestClient) -> None:
    first, again, other = sign(office), sign(office), sign(office, principal_fen=2_000_00)
    bad_code = sign(office, "HT-2", operator_uscc="93440899MA9999902X")
    wrong_hand = sign(office, "HT-2", actor=INSPECTOR)

    assert (first.status_code, again.status_code) == (201, 200)
    assert [answer.json()["code"] for answer in (other, bad_code, wrong_hand)] == ["E-DUP", "E-ID", "E-AUTH"]


def test_a_contract_that_there_is_not_is_not_found(office: TestClient) -> None:
    assert office.get("/api/v1/asset-contracts/HT-404").status_code == 404
    assert step(office, "default", OFFICE, "HT-404", reason=REASON).json()["code"] == "E-REF"


def test_of_two_who_pay_out_one_period_at_once_to_others_one_is_refused(office: TestClient) -> None:
    sign(office)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda serial: pay_out(office, line(serial, 30_00)), (1, 2)))

    assert sorted(answer.status_code for answer in answers) == [200, 422]
    assert {answer.json().get("code") for answer in answers} == {None, "E-BALANCE"}


@pytest.mark.postgresql
def test_a_contract_pays_out_in_a_database_as_in_files(ledger_in_a_database: Ledger) -> None:
    ledger = ledger_in_a_database
    furnish(ledger)
    with TestClient(create_app(ledger), headers={"Authorization": f"Bearer {ledger.keeper_token}"}) as office:
        sign(office)
        paid = pay_out(office, line(1, 20_00), line(2, 10_00))
        beyond = pay_out(office, line(3, 1))

    assert (paid.status_code, beyond.json()["code"]) == (200, "E-BALANCE")
