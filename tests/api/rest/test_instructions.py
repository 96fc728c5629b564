"""Instructions over the wire: out of what a document still has, for what was approved, by two hands."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import claims
from api.ledger import Ledger
from api.stepping import Command
from tests.api.offices import (
    CARD,
    CLERK,
    COUNTY,
    DOCUMENT,
    FINANCE,
    INSPECTOR,
    LEADER,
    LEADERS_SECOND_POST,
    NAME,
    OFFICE,
    OTHER_FINANCE,
    PAYEE,
    PROGRAMME,
    TREASURY,
    arrive,
    born,
    contract,
    enter_row,
    furnish,
    paid,
)
from tests.journeys.inventing import credit_code

CLAIM, OTHER_DOCUMENT = "SQ-1", "测试财社〔2020〕2号"
REASON = "合同已解除，不再支付"


@pytest.fixture
def office(empty_ledger: Ledger, clerk: TestClient) -> TestClient:
    """A client of a furnished ledger with 100 yuan of one document, and an approved claim of 30."""
    furnish(empty_ledger)
    approved_claim(empty_ledger, CLAIM)
    return clerk


def approved_claim(ledger: Ledger, number: str, amount: str = "30.00") -> None:
    """A claim that three people have passed."""
    row = {"claim_no": number, "programme": PROGRAMME, "period": "2020Q2", "name": NAME, "id_no": PAYEE}
    claims.submit(ledger, CLERK, {**row, "amount": amount, "account_no": CARD})
    claims.review(ledger, Command(number, OFFICE))
    claims.approve(ledger, Command(number, LEADER))


def order(number: str = "ZL-1", *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
    """An instruction to pay the claim of 30 yuan."""
    return {
        "actor": FINANCE,
        "approver": LEADER,
        "instruction_no": number,
        "ref_kind": "补贴",
        "ref_no": CLAIM,
        "payee_name": NAME,
        "payee_id": PAYEE,
        "account_no": CARD,
        "lines": [
            {"quota_doc_no": document, "amount_fen": fen, "purpose_code": "S05"}
            for document, fen in (lines or ((DOCUMENT, 30_00),))
        ],
    } | changes


def for_contract(number: str, fen: int, contract_no: str = "GC-1", **changes: Any) -> dict[str, Any]:
    """An instalment of a contract."""
    builder = {"payee_name": "测试建筑公司", "payee_id": credit_code(1), "instalment_plan": "2020-06-20:7.00"}
    return order(number, (DOCUMENT, fen), ref_kind="项目", ref_no=contract_no, **builder | changes)


def give(office: TestClient, wanted: dict[str, Any]) -> Any:
    """The answer to an instruction."""
    return office.post("/api/v1/instructions", json=wanted)


def test_an_instruction_stands_among_the_facts_with_what_it_takes_beside_it(
    office: TestClient, empty_ledger: Ledger
) -> None:
    answer = give(office, order())

    told = office.get(answer.headers["location"]).json()
    [row] = office.get("/api/v1/facts/instructions").json()["items"]
    topics = [sealed.topic for sealed in empty_ledger.money.read(start=told["timeline"][0]["position"])]
    assert (answer.status_code, told["state"], told["amount_fen"]) == (201, "instructed", 30_00)
    assert topics == ["payment-instructed/v1", "funds-committed/v1", "amount-instructed/v1"]
    assert (row["instruction_no"], row["ref_no"], row["line_no"]) == ("ZL-1", CLAIM, 1)
    assert (row["quota_doc_no"], row["amount_fen"], row["approver"]) == (DOCUMENT, 30_00, LEADER)
    assert claims.claim(empty_ledger, CLAIM)["stage"] == "instructed"


def test_the_same_instruction_sent_twice_is_one_and_other_lines_under_its_number_are_refused(
    office: TestClient, empty_ledger: Ledger
) -> None:
    arrive(empty_ledger, OTHER_DOCUMENT, "50.00")
    first, again = give(office, order()), give(office, order())

    other = give(office, order("ZL-1", (DOCUMENT, 20_00), (OTHER_DOCUMENT, 10_00)))

    assert (first.status_code, again.status_code) == (201, 200)
    assert (other.status_code, other.json()["code"]) == (409, "E-DUP")


def test_one_fen_more_than_is_left_of_a_document_is_refused_with_both_numbers_and_nothing_is_sealed(
    office: TestClient, empty_ledger: Ledger
) -> None:
    contract(empty_ledger, "GC-1", "500.00")
    give(office, order())
    before = empty_ledger.money.head.position

    answer = give(office, for_contract("ZL-2", 70_01))

    assert (answer.status_code, answer.json()["code"]) == (422, "E-FUNDS")
    assert "¥70.01 exceeds the ¥70.00 still unspent" in answer.json()["detail"]
    assert empty_ledger.money.head.position == before
    assert give(office, for_contract("ZL-2", 70_00)).status_code == 201


def test_what_the_bank_paid_outside_instructions_is_not_there_any_more(
    office: TestClient, empty_ledger: Ledger
) -> None:
    enter_row(
        empty_ledger, "subsidy_payments", FINANCE, **paid("B1", amount="80.00", quota_doc_no=DOCUMENT, claim_no="X")
    )

    answer = give(office, order())

    assert answer.json()["code"] == "E-FUNDS"
    assert "¥30.00 exceeds the ¥20.00" in answer.json()["detail"]


def test_what_is_paid_as_instructed_is_counted_once_and_what_came_back_may_be_paid_again(
    office: TestClient, empty_ledger: Ledger
) -> None:
    contract(empty_ledger, "GC-1", "500.00")
    give(office, order())
    enter_row(empty_ledger, "subsidy_payments", FINANCE, **paid("B1", claim_no=CLAIM, quota_doc_no=DOCUMENT))

    beyond = give(office, for_contract("ZL-2", 70_01))
    all_of_it = give(office, for_contract("ZL-2", 70_00))

    assert "the ¥70.00 still unspent" in beyond.json()["detail"]
    assert all_of_it.status_code == 201


def test_lines_on_two_documents_take_of_each_and_must_come_to_what_was_approved(
    office: TestClient, empty_ledger: Ledger
) -> None:
    arrive(empty_ledger, OTHER_DOCUMENT, "5.00")
    short = give(office, order("ZL-1", (DOCUMENT, 10_00), (OTHER_DOCUMENT, 5_00)))
    beyond = give(office, order("ZL-1", (DOCUMENT, 24_00), (OTHER_DOCUMENT, 6_00)))

    both = give(office, order("ZL-1", (DOCUMENT, 25_00), (OTHER_DOCUMENT, 5_00)))

    assert (short.status_code, short.json()["code"]) == (422, "E-BALANCE")
    assert (beyond.json()["code"], both.status_code) == ("E-FUNDS", 201)
    assert [line["line_no"] for line in both.json()["lines"]] == [1, 2]


def test_a_claim_is_instructed_once_and_not_before_it_is_approved(office: TestClient, empty_ledger: Ledger) -> None:
    row = {"claim_no": "SQ-2", "programme": PROGRAMME, "period": "2020Q2", "name": NAME, "id_no": PAYEE}
    claims.submit(empty_ledger, CLERK, {**row, "amount": "30.00"})
    give(office, order())

    twice = give(office, order("ZL-2"))
    too_early = give(office, order("ZL-3", ref_no="SQ-2"))

    assert [(answer.status_code, answer.json()["code"]) for answer in (twice, too_early)] == [(409, "E-STATE")] * 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"approver": FINANCE}, "E-SOD"),
        ({"actor": LEADERS_SECOND_POST}, "E-SOD"),
        ({"approver": OTHER_FINANCE}, "E-AUTH"),
        ({"actor": INSPECTOR}, "E-AUTH"),
        ({"ref_no": "SQ-0"}, "E-REF"),
        ({"ref_kind": "项目", "ref_no": "GC-0"}, "E-REF"),
        ({"payee_id": born(55)}, "E-REF"),
        ({"org": "没有的单位"}, "E-REF"),
        ({"lines": [{"quota_doc_no": "没有的文号", "amount_fen": 30_00, "purpose_code": "S05"}]}, "E-REF"),
    ],
)
def test_an_instruction_of_wrong_hands_or_for_what_there_is_not_is_refused(
    office: TestClient, empty_ledger: Ledger, changes: dict[str, Any], code: str
) -> None:
    before = empty_ledger.money.head.position

    answer = give(office, order(**changes))

    assert answer.json()["code"] == code, answer.json()
    assert empty_ledger.money.head.position == before
    assert PAYEE not in answer.text


def test_an_amount_of_the_approvers_limit_needs_the_next_level(office: TestClient, empty_ledger: Ledger) -> None:
    limit = {"limit_kind": "审批", "role": "township_leader", "amount": "30.00", "from": "2020-01-01"}
    enter_row(empty_ledger, "approval_limits", COUNTY, **limit)

    refused, passed = give(office, order()), give(office, order(approver=COUNTY))

    assert (refused.status_code, refused.json()["code"]) == (403, "E-AUTH")
    assert passed.status_code == 201


def test_a_contract_of_a_project_outside_the_library_is_a_soft_stop(office: TestClient, empty_ledger: Ledger) -> None:
    contract(empty_ledger, "GC-2", "50.00", entered_on=None)
    reason = {"override_reason": "应急抢险工程", "override_approver": COUNTY}

    stopped = give(office, for_contract("ZL-2", 50_00, "GC-2"))
    overridden = give(office, for_contract("ZL-2", 50_00, "GC-2", **reason))

    assert [stop["code"] for stop in stopped.json()["soft_stops"]] == ["off-library-project"]
    assert (overridden.status_code, overridden.json()["soft_stops"]) == (201, ["off-library-project"])


def test_a_withdrawn_instruction_gives_back_what_it_took_and_its_claim_can_be_instructed_anew(
    office: TestClient, empty_ledger: Ledger
) -> None:
    contract(empty_ledger, "GC-1", "500.00")
    give(office, order())
    withdrawn = office.post("/api/v1/instructions/ZL-1/withdraw", json={"actor": FINANCE, "reason": REASON})
    again = office.post("/api/v1/instructions/ZL-1/withdraw", json={"actor": FINANCE, "reason": REASON})
    everything = give(office, for_contract("ZL-2", 100_00))

    assert (withdrawn.status_code, withdrawn.json()["state"], withdrawn.json()["allowed"]) == (200, "withdrawn", [])
    assert (again.status_code, again.json()["code"]) == (409, "E-STATE")
    assert everything.status_code == 201
    assert claims.claim(empty_ledger, CLAIM)["allowed"] == ["instruct", "withdraw"]
    assert REASON not in b"".join(sealed.state for sealed in empty_ledger.money.read()).decode()


def test_what_the_bank_has_paid_is_not_withdrawn(office: TestClient, empty_ledger: Ledger) -> None:
    give(office, order())
    enter_row(empty_ledger, "subsidy_payments", FINANCE, **paid("B1", claim_no=CLAIM))

    answer = office.post("/api/v1/instructions/ZL-1/withdraw", json={"actor": FINANCE, "reason": REASON})

    assert (answer.status_code, answer.json()["code"]) == (409, "E-STATE")
    assert "reversed in full" in answer.json()["remedy"]


def test_a_payment_after_a_withdrawal_is_shared_out_to_the_instruction_that_stands(
    office: TestClient, empty_ledger: Ledger
) -> None:
    arrive(empty_ledger, OTHER_DOCUMENT, "50.00")
    give(office, order())
    office.post("/api/v1/instructions/ZL-1/withdraw", json={"actor": FINANCE, "reason": REASON})
    give(office, order("ZL-2", (OTHER_DOCUMENT, 30_00)))

    enter_row(empty_ledger, "subsidy_payments", FINANCE, **paid("B1", claim_no=CLAIM))

    balances = office.get("/api/v1/balances").json()["documents"]
    spent = {line["quota_doc_no"]: line["paid_fen"] for line in balances if line["org"] == TREASURY}
    assert spent == {DOCUMENT: 0, OTHER_DOCUMENT: 30_00}


def test_an_instruction_that_there_is_not_is_not_found(office: TestClient) -> None:
    assert office.get("/api/v1/instructions/ZL-0").status_code == 404
    answer = office.post("/api/v1/instructions/ZL-0/withdraw", json={"actor": FINANCE, "reason": REASON})
    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")


def test_a_claim_that_is_withdrawn_while_it_is_instructed_is_one_of_the_two(
    office: TestClient, empty_ledger: Ledger
) -> None:
    numbers = [f"SQ-{number}" for number in range(2, 5)]
    for number in numbers:
        approved_claim(empty_ledger, number, "1.00")

    with ThreadPoolExecutor(2) as pool:
        told = [
            (
                pool.submit(give, office, order(f"ZL-{number}", (DOCUMENT, 1_00), ref_no=number)),
                pool.submit(office.post, f"/api/v1/claims/{number}/withdraw", json={"actor": CLERK, "reason": REASON}),
            )
            for number in numbers
        ]
        outcomes = [(given.result(), withdrawn.result()) for given, withdrawn in told]

    for given, withdrawn in outcomes:
        assert sorted((given.status_code, withdrawn.status_code)) in ([200, 409], [201, 409])
        assert {given.status_code, withdrawn.status_code} - {200, 201} == {409}
        refused = given if given.status_code == 409 else withdrawn
        assert refused.json()["code"] == "E-STATE"
