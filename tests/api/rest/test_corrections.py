"""Corrections and reversals over the wire: nothing is rubbed out, a second person mends it, both lines are shown."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.corrections import Reversal, reverse
from api.ledger import Ledger
from api.projecting import rebuild
from domain.refusal import Refused
from tests.api.offices import (
    CLERK,
    DOCUMENT,
    FINANCE,
    INSPECTOR,
    LEADER,
    NAME,
    OFFICE,
    OTHER_FINANCE,
    PAYEE,
    born,
    enter_row,
    furnish,
    paid,
)

REASON = "录入时看错了行"


@pytest.fixture
def office(empty_ledger: Ledger, clerk: TestClient) -> TestClient:
    """A client of a furnished township's ledger."""
    furnish(empty_ledger)
    return clerk


@pytest.fixture
def position(office: TestClient, empty_ledger: Ledger) -> int:
    """Of a payment of 30 yuan, out of the document."""
    entered = enter_row(empty_ledger, "subsidy_payments", FINANCE, **paid("B1", quota_doc_no=DOCUMENT))
    assert entered.position is not None
    return entered.position


def correct(office: TestClient, position: int, actor: str = OTHER_FINANCE, **fields: Any) -> Any:
    """The answer to a correction."""
    wanted = {"actor": actor, "fields": fields, "reason": REASON}
    return office.post(f"/api/v1/events/{position}/correct", json=wanted)


def take_back(office: TestClient, position: int, actor: str = OTHER_FINANCE, **more: Any) -> Any:
    """The answer to a reversal."""
    return office.post(f"/api/v1/events/{position}/reverse", json={"actor": actor, "reason": REASON, **more})


def payments(office: TestClient) -> list[dict[str, Any]]:
    """The rows of the payments."""
    items: list[dict[str, Any]] = office.get("/api/v1/facts/payments").json()["items"]
    return items


def test_a_corrected_row_is_shown_as_corrected_at_its_old_position_and_its_money_stands(
    office: TestClient, position: int
) -> None:
    answer = correct(office, position, village="测试二村", household_no="H-0007")

    [row] = payments(office)
    sealed = office.get(answer.headers["location"]).json()
    assert (answer.status_code, answer.json()["version"]) == (201, 2)
    assert (row["position"], row["village"], row["household_no"]) == (position, "测试二村", "H-0007")
    assert (row["amount_fen"], row["net_fen"], row["quota_doc_no"]) == (30_00, 30_00, DOCUMENT)
    assert sealed["state"]["corrected"] == ["household_no", "village"]
    assert sealed["state"]["before"]["village"] == "测试一村"
    assert sealed["state"]["fields"]["village"] == "测试二村"
    assert sealed["state"]["target_position"] == position


def test_the_history_of_a_corrected_payment_shows_both_lines_and_its_money_once(
    office: TestClient, position: int
) -> None:
    correct(office, position, village="测试二村")

    told = office.get("/api/v1/replay/payment:B1").json()

    assert [(line["topic"], line["amount_fen"]) for line in told["timeline"]] == [
        ("payment-made/v1", 30_00),
        ("event-corrected/v1", None),
    ]
    assert told["state"]["net_fen"] == 30_00


def test_a_name_is_corrected_without_standing_in_clear_and_a_second_correction_builds_on_the_first(
    office: TestClient, empty_ledger: Ledger, position: int
) -> None:
    correct(office, position, name="测试某某", holder_name="测试某某", id_no=born(77))
    second = correct(office, position, village="测试二村")

    states = b"".join(sealed.state for sealed in empty_ledger.money.read()).decode()
    [row] = payments(office)
    [person] = {entry["id_no"] for entry in payments(office)}
    history = office.get(f"/api/v1/replay/person:{born(77)}").json()
    assert second.json()["version"] == 3
    assert row["village"] == "测试二村"
    assert person.startswith("P-")
    assert not [word for word in ("测试某某", NAME, PAYEE, REASON) if word in states]
    assert history["state"] is not None


def test_a_correction_leaves_the_views_as_a_rebuild_would_make_them(
    office: TestClient, empty_ledger: Ledger, position: int
) -> None:
    enter_row(empty_ledger, "subsidy_payments", FINANCE, **paid("B2", claim_no="SQ-9"))
    correct(office, position, village="测试二村", claim_no="SQ-9", id_no=born(77), name="测试乙")
    take_back(office, position)
    office.get("/api/v1/facts/payments")

    assert [table for table in rebuild(empty_ledger) if table.differing] == []


def test_the_list_that_an_office_sends_again_is_known_before_and_after_its_correction(
    office: TestClient, empty_ledger: Ledger, position: int
) -> None:
    correct(office, position, village="测试二村")

    as_it_was = enter_row(empty_ledger, "subsidy_payments", FINANCE, **paid("B1", quota_doc_no=DOCUMENT))
    as_corrected = enter_row(
        empty_ledger, "subsidy_payments", FINANCE, **paid("B1", quota_doc_no=DOCUMENT, village="测试二村")
    )

    assert (as_it_was.unchanged, as_corrected.unchanged) == (True, True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"amount": "31.00"}, "never corrected"),
        ({"paid_on": "2020-06-21"}, "never corrected"),
        ({"bank_ref": "B9"}, "never corrected"),
        ({"nickname": "x"}, "no column nickname"),
        ({"village": "测试一村"}, "Nothing is stated otherwise"),
        ({"village": None}, "village"),
    ],
)
def test_money_days_keys_and_what_changes_nothing_are_never_corrected(
    office: TestClient, empty_ledger: Ledger, position: int, fields: dict[str, Any], said: str
) -> None:
    before = empty_ledger.money.head.position

    answer = correct(office, position, **fields)

    assert (answer.status_code, answer.json()["code"]) == (422, "E-SCHEMA")
    assert said in answer.json()["detail"]
    assert empty_ledger.money.head.position == before


@pytest.mark.parametrize(("actor", "code"), [(FINANCE, "E-SOD"), (INSPECTOR, "E-AUTH"), (CLERK, "E-AUTH")])
def test_only_a_second_person_who_may_mends_what_is_recorded(
    office: TestClient, position: int, actor: str, code: str
) -> None:
    answers = correct(office, position, actor, village="测试二村"), take_back(office, position, actor)

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (403 if code == "E-AUTH" else 422, code)
    ] * 2


def test_a_register_row_is_shown_as_corrected_and_its_first_statement_is_known_as_old(
    office: TestClient, empty_ledger: Ledger
) -> None:
    death = {"name": NAME, "id_no": PAYEE, "death_on": "2020-05-06", "known_on": "2020-05-20", "source": "民政"}
    first = enter_row(empty_ledger, "deaths", CLERK, **death).position or 0

    corrected = correct(office, first, OFFICE, source="公安")
    later = enter_row(empty_ledger, "deaths", CLERK, **death | {"source": "医院", "known_on": "2020-05-21"})
    stale = correct(office, first, OFFICE, source="公安")

    assert corrected.status_code == 201
    assert (later.version, later.topic) == (3, "person-died/v1")
    assert (stale.status_code, stale.json()["code"]) == (409, "E-STATE")
    assert f"position {later.position}" in stale.json()["detail"]


def test_a_reversal_takes_the_whole_payment_back_and_stands_behind_it(
    office: TestClient, empty_ledger: Ledger, position: int
) -> None:
    answer = take_back(office, position, amount_fen=30_00)

    [row] = payments(office)
    assert (answer.status_code, answer.json()["topic"], answer.json()["version"]) == (201, "event-reversed/v1", 2)
    assert (row["reversed_fen"], row["net_fen"], row["returned_fen"]) == (30_00, 0, 0)
    assert office.get("/api/v1/replay/payment:B1").json()["state"]["state"] == "reversed"


@pytest.mark.parametrize("fen", [29_99, 30_01])
def test_a_part_of_a_payment_is_never_reversed(office: TestClient, position: int, fen: int) -> None:
    answer = take_back(office, position, amount_fen=fen)

    assert (answer.status_code, answer.json()["code"]) == (422, "E-BALANCE")
    assert "¥30.00" in answer.json()["detail"]


def test_a_payment_is_reversed_once_whoever_tries_again(office: TestClient, position: int) -> None:
    take_back(office, position)

    answers = take_back(office, position, LEADER), take_back(office, position, LEADER, return_ref="CZ-OTHER")

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(422, "E-BALANCE")] * 2


def test_of_eight_reversals_at_once_one_is_recorded(office: TestClient, empty_ledger: Ledger, position: int) -> None:
    def attempt(number: int) -> str:
        try:
            reverse(empty_ledger, position, Reversal(OTHER_FINANCE, REASON, f"CZ-{number}"))
        except Refused as refused:
            return refused.code
        return "new"

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(attempt, range(8)))

    assert told == ["E-BALANCE"] * 7 + ["new"]
    assert payments(office)[0]["net_fen"] == 0


@pytest.mark.parametrize(("at", "code", "status"), [(1, "E-STATE", 409), (99_999, "E-REF", 404)])
def test_what_is_no_row_is_neither_corrected_nor_reversed(
    office: TestClient, position: int, at: int, code: str, status: int
) -> None:
    answers = correct(office, at, village="测试二村"), take_back(office, at)

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(status, code)] * 2


def test_a_correction_and_a_post_are_not_reversed_since_no_money_moved(office: TestClient, position: int) -> None:
    corrected = correct(office, position, village="测试二村").json()["position"]

    answers = take_back(office, corrected), take_back(office, 2)

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "E-STATE")] * 2
