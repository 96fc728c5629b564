"""Projects, contracts, instructions, payments and what came back of them, loans' details and bank lines, as sent."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.commanding import opened, tell
from tests.journeys.making_lists import MANIFEST, Changes, write_list

PAID = "TEST20200310001"
RETURN: Changes = {"target_ref": PAID, "amount": "54000.00"}
DETAILS = {"loan_flows": "flow_ref", "loan_repayments": "repay_ref", "interest_subsidies": "bank_ref"}
"""The sheets of a loan's details, each with its key."""

PROPOSED: Changes = {"entered_on": "", "approved_on": "", "accepted_on": "", "status": "申报"}


@pytest.fixture(scope="module")
def first_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with one project, contract, payment, asset contract and loan."""
    folder = tmp_path_factory.mktemp("first")
    ledger, package = opened(folder / "ledger"), folder / "package"
    write_list(package, "manifest", MANIFEST)
    write_list(package, "projects", PROPOSED)
    for key in ("contracts", "project_payments", "asset_contracts", "loan_flows"):
        write_list(package, key, {})
    write_list(package, "loans", {"renews": "", "status": "正常"})
    told = tell(ledger, "import", str(package), "--json")
    assert told.status == 0, told.out + told.err
    return ledger


@pytest.fixture
def ledger(first_year: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(first_year, tmp_path / "ledger"))


def size_of(ledger: Path) -> int:
    return len(tell(ledger, "events").lines)


def send(ledger: Path, folder: Path, **sheets: list[Changes]) -> dict[str, dict[str, Any]]:
    """Import these sheets as one package; gives what became of each file."""
    package = folder / f"sent-{size_of(ledger)}-{len(list(folder.iterdir()))}"
    for key, rows in sheets.items():
        write_list(package, key, *rows)
    return {file["key"]: file for file in tell(ledger, "import", str(package), "--json").json["files"]}


def told_by(ledger: Path, after: int) -> list[dict[str, Any]]:
    """What was recorded since, without the frame of each import."""
    lines = tell(ledger, "events", "--from", str(after + 1)).lines
    return [line for line in lines if not line["topic"].startswith(("import-", "package-"))]


def codes(file: Mapping[str, Any], severity: str) -> list[str]:
    return [problem["code"] for problem in file["problems"] if problem["severity"] == severity]


def facts(ledger: Path, table: str) -> list[dict[str, Any]]:
    return tell(ledger, "facts", table).lines


def test_a_return_stands_behind_its_payment_and_takes_the_whole_of_it_back(ledger: Path, tmp_path: Path) -> None:
    [payment] = [line for line in tell(ledger, "events").lines if line["topic"] == "payment-made/v1"]
    size = size_of(ledger)

    send(ledger, tmp_path, payment_returns=[RETURN])

    [came_back] = told_by(ledger, size)
    assert (came_back["stream"], came_back["version"]) == (payment["stream"], 2)
    [paid] = [row for row in facts(ledger, "payments") if row["bank_ref"] == PAID]
    assert (paid["amount_fen"], paid["returned_fen"], paid["net_fen"]) == (5_400_000, 5_400_000, 0)


def test_a_return_that_is_sent_again_is_recognised_by_its_own_number(ledger: Path, tmp_path: Path) -> None:
    send(ledger, tmp_path, payment_returns=[RETURN])
    size = size_of(ledger)

    again = send(ledger, tmp_path, payment_returns=[RETURN, {**RETURN, "return_ref": "TP-2", "target_ref": "NONE"}])
    other = send(ledger, tmp_path, payment_returns=[{**RETURN, "returned_on": "2020-06-26"}])

    assert again["payment_returns"]["rows_unchanged"] == 1
    assert codes(again["payment_returns"], "quarantine") == ["E-REF"]
    assert codes(other["payment_returns"], "error") == ["E-DUP"]
    assert [line["topic"] for line in told_by(ledger, size)] == ["payment-returned/v1"]


def test_a_payment_that_came_back_may_be_sent_again_and_is_still_the_same(ledger: Path, tmp_path: Path) -> None:
    send(ledger, tmp_path, payment_returns=[RETURN])
    size = size_of(ledger)

    again = send(ledger, tmp_path, project_payments=[{}, {"bank_ref": "T-2"}])
    other = send(ledger, tmp_path, project_payments=[{"amount": "1.00"}])

    assert (again["project_payments"]["rows_unchanged"], again["project_payments"]["rows_taken"]) == (1, 1)
    assert codes(other["project_payments"], "error") == ["E-DUP"]
    assert len(told_by(ledger, size)) == 1


def test_a_second_return_and_one_of_another_amount_are_set_off_against_nothing(ledger: Path, tmp_path: Path) -> None:
    second = {**RETURN, "return_ref": "TP-2", "return_kind": "冲正"}
    part = {**RETURN, "return_ref": "TP-3", "target_ref": "T-2", "amount": "1.00"}

    file = send(ledger, tmp_path, project_payments=[{"bank_ref": "T-2"}], payment_returns=[RETURN, second, part])

    assert codes(file["payment_returns"], "quarantine") == ["E-BALANCE", "E-BALANCE"]
    net = {row["bank_ref"]: row["net_fen"] for row in facts(ledger, "payments")}
    assert net == {PAID: 0, "T-2": 5_400_000}


def test_a_payment_of_several_rows_comes_back_whole_though_they_came_apart(ledger: Path, tmp_path: Path) -> None:
    line = {"line_no": "2", "amount": "6000.00"}
    whole = {**RETURN, "amount": "60000.00"}

    file = send(ledger, tmp_path, project_payments=[line], payment_returns=[whole])

    assert codes(file["payment_returns"], "quarantine") == []
    assert [row["net_fen"] for row in facts(ledger, "payments")] == [0, 0]


def test_one_bank_reference_in_two_payment_sheets_is_one_key_with_other_content(ledger: Path, tmp_path: Path) -> None:
    file = send(ledger, tmp_path, interest_subsidies=[{"bank_ref": PAID}])

    assert codes(file["interest_subsidies"], "error") == ["E-DUP"]


def test_a_project_sent_again_is_named_by_the_last_step_that_it_newly_states(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)

    for changes in (
        {**PROPOSED, "entered_on": "2020-01-15"},
        {**PROPOSED, "entered_on": "2020-01-15", "approved_on": "2020-01-28"},
        {**PROPOSED, "entered_on": "2020-01-15", "approved_on": "2020-01-28", "accepted_on": "2020-12-01"},
    ):
        send(ledger, tmp_path, projects=[changes])

    assert [(line["topic"], line["occurred_on"]) for line in told_by(ledger, size)] == [
        ("project-entered/v1", "2020-01-15"),
        ("project-approved/v1", "2020-01-28"),
        ("project-accepted/v1", "2020-12-01"),
    ]


def test_a_project_without_a_target_is_noted_and_one_without_units_is_refused(ledger: Path, tmp_path: Path) -> None:
    file = send(ledger, tmp_path, projects=[{"project_no": "XM-2", "performance_target": ""}])
    path = write_list(tmp_path / "bare", "projects", {"project_no": "XM-3"})
    path.write_text(path.read_text().replace("计划资金(元)", "计划资金"))

    bare = tell(ledger, "import", str(path), "--json").json["files"][0]

    assert codes(file["projects"], "warning") == ["W-TARGET"]
    assert (bare["outcome"], set(codes(bare, "error"))) == ("refused", {"E-UNIT"})


def test_an_amendment_that_arrives_later_changes_the_project_on_its_day(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)

    send(ledger, tmp_path, contracts=[{"amended_amount": "190000.00", "amended_on": "2020-05-01"}])
    unknown = send(ledger, tmp_path, contracts=[{"contract_no": "GC-2", "project_no": "XM-9"}])

    [changed] = told_by(ledger, size)
    assert (changed["topic"], changed["occurred_on"]) == ("project-changed/v1", "2020-05-01")
    assert codes(unknown["contracts"], "error") == ["E-REF"]


def test_a_report_of_which_only_the_operators_state_changed_says_so(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)

    for changes in ({"profit": "-1.00"}, {"profit": "-2.00"}, {"profit": "-2.00", "status": "异常"}):
        send(ledger, tmp_path, profit_reports=[changes])

    topics = ["profit-reported/v1", "profit-reported/v1", "operator-status-reported/v1"]
    assert [line["topic"] for line in told_by(ledger, size)] == topics


def test_a_borrower_who_was_not_reached_leaves_no_event_and_no_fact(ledger: Path, tmp_path: Path) -> None:
    size = size_of(ledger)
    answers = [("确认", "2020-08-01"), ("否认", "2020-08-02"), ("未联系上", "2020-08-03")]

    file = send(
        ledger,
        tmp_path,
        loan_confirmations=[{"result": result, "stated_on": stated_on} for result, stated_on in answers],
    )

    assert file["loan_confirmations"]["rows_taken"] == 3
    assert [line["topic"] for line in told_by(ledger, size)] == ["loan-confirmed/v1", "loan-denied/v1"]
    assert len(facts(ledger, "loan_confirmations")) == 2


def test_a_line_paid_in_cash_names_cash_and_a_statement_is_of_one_of_its_sides(ledger: Path, tmp_path: Path) -> None:
    strange = {"statement_account": "6299990000000000020"}

    file = send(ledger, tmp_path, bank_statement=[{"to": "现金"}])
    other = send(ledger, tmp_path, bank_statement=[strange])

    assert file["bank_statement"]["rows_taken"] == 1
    assert [row["to"] for row in facts(ledger, "bank_lines")] == ["现金"]
    assert codes(other["bank_statement"], "error") == ["E-SCHEMA"]


def test_details_of_an_unknown_loan_are_recorded_and_joined_to_nothing(ledger: Path, tmp_path: Path) -> None:
    sheets: dict[str, list[Changes]] = {key: [{"loan_no": "JJ-9", alias: "X-9"}] for key, alias in DETAILS.items()}

    files = send(ledger, tmp_path, **sheets)

    assert {key: file["rows_quarantined"] for key, file in files.items()} == dict.fromkeys(DETAILS, 1)
    assert all("E-REF" in codes(file, "quarantine") for file in files.values())


def test_the_repayment_with_which_more_came_back_than_was_lent_is_noted(ledger: Path, tmp_path: Path) -> None:
    first, second, third = ({"repay_ref": f"HK-{n}", "principal": f"{n}0000.00"} for n in (1, 2, 3))
    send(ledger, tmp_path, loan_repayments=[first])

    within = send(ledger, tmp_path, loan_repayments=[first, second])
    beyond = send(ledger, tmp_path, loan_repayments=[first, second, third])

    assert codes(within["loan_repayments"], "warning") == []
    told = [(problem["row"], problem["code"]) for problem in beyond["loan_repayments"]["problems"]]
    assert told == [(4, "W-BALANCE")]


def test_an_instruction_out_of_an_unknown_document_is_refused(ledger: Path, tmp_path: Path) -> None:
    file = send(ledger, tmp_path, payment_instructions=[{}])

    assert codes(file["payment_instructions"], "error") == ["E-REF"]


def test_an_interest_subsidy_may_go_to_the_bank_and_its_days_must_follow(ledger: Path, tmp_path: Path) -> None:
    to_the_bank = {"payee_id": "承办银行", "payee_name": "测试信用社"}
    backwards = {"bank_ref": "TX-2", "to": "2020-03-10"}

    file = send(ledger, tmp_path, interest_subsidies=[to_the_bank, backwards])

    assert codes(file["interest_subsidies"], "quarantine") == ["E-DATE"]
    assert facts(ledger, "interest_subsidies")[0]["payee_id"] == "承办银行"
