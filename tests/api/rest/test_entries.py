"""Facts by hand over the wire: the checks and codes of a workbook's row, one row at a time."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.ledger import Ledger
from domain.roles import MAY_RECORD
from intake.sheets import SHEETS
from tests.api.offices import (
    CARD,
    CLERK,
    FINANCE,
    INSPECTOR,
    LEADER,
    NAME,
    OFFICE,
    PAYEE,
    RETIRED,
    born,
    furnish,
    paid,
)
from tests.journeys.inventing import card_number, spoiled

BY_HAND = [key for key in SHEETS if key != "manifest"]


@pytest.fixture
def office(empty_ledger: Ledger, clerk: TestClient) -> TestClient:
    """A client of a township's ledger that has staff, an account, a document and a programme."""
    furnish(empty_ledger)
    return clerk


def enter(office: TestClient, sheet: str, actor: str, row: dict[str, Any]) -> Any:
    """The answer to one row."""
    return office.post(f"/api/v1/entries/{sheet}", json={"actor": actor, "row": row})


def hand_for(ledger: Ledger, sheet: str) -> str:
    """Somebody of the office who may record the sheet."""
    with ledger.engine.connect() as connection:
        posts = connection.exec_driver_sql("SELECT role, staff_no FROM staff ORDER BY position").fetchall()
    return next(str(staff_no) for role, staff_no in posts if role in MAY_RECORD[sheet] and staff_no != RETIRED)


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """The paper's example of every sheet in its order, so that each finds what it refers to."""
    for key in BY_HAND:
        row = {column.alias: column.example for column in SHEETS[key].columns if column.example}
        if key == "places":
            yield key, {"place_code": "440899", "place_name": "测试县", "level": "县"}
            yield key, {"place_code": "440899101", "place_name": "测试镇", "level": "镇", "parent_code": "440899"}
        if key == "programmes":
            yield key, row | {"programme": "困难残疾人生活补贴", "excludes": ""}
        yield key, row | CHANGED.get(key, {})


CHANGED: dict[str, dict[str, Any]] = {
    "orgs": {"account_no": card_number(77)},
    "staff": {"staff_no": "G-0077", "id_no": born(77)},
    "programmes": {"programme": "另一培训补贴", "excludes": ""},
}
"""What of the paper's examples the office has otherwise already."""


def test_the_papers_example_of_every_sheet_goes_in_by_hand_once(office: TestClient, empty_ledger: Ledger) -> None:
    entered = set()
    for key, row in examples():
        actor = hand_for(empty_ledger, key)

        first = enter(office, key, actor, row)
        again = enter(office, key, actor, row)

        assert first.status_code == 201, (key, first.json())
        assert again.status_code == 200, (key, again.json())
        assert again.json()["unchanged"], key
        sealed = office.get(first.headers["location"]).json()
        assert sealed["source"] == {"channel": "api", "sheet": SHEETS[key].title}
        assert sealed["state"]["actor"] == actor
        assert sealed["state"]["correlation_id"].startswith("HAND-")
        entered.add(key)
    assert entered == set(BY_HAND)
    assert len(entered) == 36


def arrival(document: str) -> dict[str, Any]:
    """A document's money, with a number of its own."""
    return {
        "entry_no": "ZB-2020-0001",
        "entry_kind": "到达",
        "quota_doc_no": document,
        "parent_doc_no": "粤测财农〔2020〕9号",
        "fund_source": "省级",
        "from_org": "测试县财政局",
        "to_org": "测试镇财政所",
        "to_account": "6299990000000000046",
        "amount": "100000.00",
        "purpose_codes": "I01、I02",
        "target": "XM-2020-01",
        "occurred_on": "2020-01-10",
        "year": "2020",
        "bank_ref": "TEST20200110001",
    }


def test_numbers_truth_values_and_lists_are_what_a_cell_would_state(office: TestClient) -> None:
    stated = arrival("测试财农〔2020〕7号") | {"amount": 100000.5, "year": 2020, "purpose_codes": ["I01", "I02"]}

    answer = enter(office, "allocations", FINANCE, stated)

    state = office.get(answer.headers["location"]).json()["state"]
    assert (state["amount_fen"], state["year"], state["purpose_codes"]) == (10_000_050, 2020, ["I01", "I02"])


def test_a_second_row_of_one_number_with_another_amount_is_refused_with_both(office: TestClient) -> None:
    enter(office, "subsidy_payments", FINANCE, paid("B1"))

    answer = enter(office, "subsidy_payments", FINANCE, paid("B1", amount="31.00"))

    assert (answer.status_code, answer.json()["code"]) == (409, "E-DUP")
    assert "31.00 ≠ 30.00" in answer.json()["detail"]


def test_everything_that_is_wrong_with_a_row_is_told_at_once_and_masked(office: TestClient) -> None:
    row = paid("B1", amount="30.001", paid_on="2020-02-30", nickname="x")
    del row["village"]

    answer = enter(office, "subsidy_payments", FINANCE, row)

    told = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {problem["column"] for problem in told["problems"]} >= {"amount", "paid_on", "nickname", "village"}
    assert told["code"] == told["problems"][0]["code"]
    assert PAYEE not in answer.text
    assert CARD not in answer.text
    assert NAME not in answer.text


def test_a_bad_number_is_refused_by_hand_where_a_workbook_would_set_it_aside(office: TestClient) -> None:
    row = {
        "name": NAME,
        "id_no": spoiled(PAYEE),
        "death_on": "2020-05-06",
        "known_on": "2020-05-20",
        "source": "民政",
    }

    answer = enter(office, "deaths", CLERK, row)

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "E-ID", "id_no")
    assert spoiled(PAYEE) not in answer.text


def test_a_payment_that_the_bank_has_made_is_recorded_though_its_number_is_bad(office: TestClient) -> None:
    answer = enter(office, "subsidy_payments", FINANCE, paid("B1", id_no=spoiled(PAYEE)))

    assert answer.status_code == 201
    assert [problem["severity"] for problem in answer.json()["problems"]] == ["quarantine"]


@pytest.mark.parametrize(
    ("actor", "why"),
    [
        (INSPECTOR, "has the roles inspector"),
        (CLERK, "has the roles village_clerk"),
        (RETIRED, "in force"),
        ("G-9999", "There is no G-9999"),
        ("keeper", "has the roles keeper"),
    ],
)
def test_whoever_may_not_record_a_payment_is_told_why_and_nothing_is_sealed(
    office: TestClient, empty_ledger: Ledger, actor: str, why: str
) -> None:
    before = empty_ledger.money.head.position

    answer = enter(office, "subsidy_payments", actor, paid("B1"))

    assert (answer.status_code, answer.json()["code"]) == (403, "E-AUTH")
    assert why in answer.json()["detail"]
    assert answer.json()["remedy"]
    assert empty_ledger.money.head.position == before


def test_a_register_row_that_is_stated_again_follows_the_first_on_its_stream(office: TestClient) -> None:
    row = {"staff_no": "G-0050", "name": "测试干部", "id_no": born(50), "org": "测试镇", "post": "干部"}
    row |= {"role": "village_clerk", "serving_from": "2019-01-01"}

    first = enter(office, "staff", LEADER, row).json()
    later = enter(office, "staff", LEADER, row | {"serving_until": "2021-12-31"}).json()
    moved = enter(office, "staff", LEADER, row | {"name": "另一人"})

    assert (first["version"], later["version"]) == (1, 2)
    assert later["stream"] == first["stream"]
    assert moved.status_code == 409


@pytest.mark.parametrize("sheet", ["manifest", "nothing", "claims"])
def test_a_sheet_that_there_is_not_is_not_found(office: TestClient, sheet: str) -> None:
    answer = enter(office, sheet, FINANCE, {"a": "b"})

    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")


@pytest.mark.parametrize(
    "row",
    [
        {"village": "合计", "amount": "1"},
        {"remark": " "},
        {"programme": None},
        {"remark": "a\u0001b"},
        {"remark": "字" * 32_767, "agent": "字" * 32_767},
    ],
)
def test_a_row_of_which_nothing_could_be_recorded_is_refused_and_never_a_fault_of_ours(
    office: TestClient, row: dict[str, Any]
) -> None:
    answer = enter(office, "subsidy_payments", FINANCE, row)

    assert answer.status_code == 422
    assert answer.json()["code"].startswith("E-")


def test_a_confirmation_that_reached_nobody_is_taken_and_nothing_is_sealed(
    office: TestClient, empty_ledger: Ledger
) -> None:
    for key in ("loans", "loan_confirmations"):
        row = {column.alias: column.example for column in SHEETS[key].columns if column.example}
        before = empty_ledger.money.head.position
        answer = enter(office, key, OFFICE, row | ({"result": "未联系上"} if key == "loan_confirmations" else {}))

    assert (answer.status_code, answer.json()["position"]) == (200, None)
    assert empty_ledger.money.head.position == before


def test_an_instruction_entered_by_hand_takes_of_its_document_like_any_other(office: TestClient) -> None:
    sheet = SHEETS["payment_instructions"]
    row = {column.alias: column.example for column in sheet.columns if column.example}
    row |= {"quota_doc_no": "测试财社〔2020〕1号", "amount": "100.01"}

    answer = enter(office, "payment_instructions", FINANCE, row)

    assert (answer.status_code, answer.json()["code"]) == (422, "E-FUNDS")
    assert "¥100.01 exceeds the ¥100.00" in answer.json()["detail"]
    assert enter(office, "payment_instructions", FINANCE, row | {"amount": "100.00"}).status_code == 201
