"""Projects over the wire: no target, no library; nobody approves what he proposed; the facts show each step."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.ledger import Ledger
from tests.api.offices import CLERK, COUNTY, DOCUMENT, FINANCE, LEADER, OFFICE, contract, enter_row, furnish, post
from tests.api.proposing import REASON, change, propose, row, step


@pytest.fixture
def office(empty_ledger: Ledger, clerk: TestClient) -> TestClient:
    """A client of a furnished township's ledger."""
    furnish(empty_ledger)
    return clerk


def test_a_project_goes_its_way_through_different_hands_and_the_facts_show_each_step(
    office: TestClient, empty_ledger: Ledger
) -> None:
    today = str(empty_ledger.today)
    proposed = propose(office)
    rows = [row(office)]
    for name, actor in (("enter", OFFICE), ("approve", LEADER)):
        step(office, name, actor)
        rows.append(row(office))
    changed = change(office, {"location": "测试二村", "budget_fen": 120_00})
    rows.append(row(office))
    for name, actor in (("accept", OFFICE), ("close", COUNTY)):
        closed = step(office, name, actor)
        rows.append(row(office))

    told = office.get(proposed.headers["location"]).json()
    assert (proposed.status_code, proposed.json()["stage"], proposed.json()["allowed"]) == (
        201,
        "proposed",
        ["enter", "change"],
    )
    assert [line["status"] for line in rows] == ["申报", "入库", "立项", "立项", "验收", "决算"]
    assert (rows[1]["entered_on"], rows[2]["approved_on"], rows[4]["accepted_on"]) == (today, today, today)
    assert (rows[3]["location"], rows[3]["budget_fen"]) == ("测试二村", 120_00)
    assert (changed.status_code, closed.status_code, told["stage"], told["allowed"]) == (200, 200, "closed", [])
    hands = {name: told[name] for name in ("proposer", "enterer", "approver", "acceptor", "closer")}
    assert list(hands.values()) == [CLERK, OFFICE, LEADER, OFFICE, COUNTY]
    assert [line["topic"] for line in told["timeline"]] == [
        "project-proposed/v1",
        "project-entered/v1",
        "project-approved/v1",
        "project-amended/v1",
        "project-accepted/v1",
        "project-closed/v1",
    ]
    assert REASON not in b"".join(sealed.state for sealed in empty_ledger.money.read()).decode()


def test_a_project_without_a_performance_target_does_not_enter_the_library(office: TestClient) -> None:
    propose(office, performance_target=None)

    refused = step(office, "enter", OFFICE)
    change(office, {"performance_target": "户均增收500元"})
    entered = step(office, "enter", OFFICE)

    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        422,
        "E-SCHEMA",
        "performance_target",
    )
    assert (entered.status_code, entered.json()["stage"]) == (200, "entered")


def test_nobody_takes_a_step_with_what_the_same_person_did_before_under_either_number(
    office: TestClient, empty_ledger: Ledger
) -> None:
    post(empty_ledger, "G-0101", 1, "dept")  # the clerk's second post
    post(empty_ledger, "G-0102", 3, "dept")  # of who enters it
    propose(office)
    own = step(office, "enter", "G-0101")
    step(office, "enter", OFFICE)
    proposed, entered = step(office, "approve", "G-0101"), step(office, "approve", "G-0102")
    alone = change(office, {"location": "测试二村"}, approver="G-0101")
    step(office, "approve", LEADER)
    accepted = step(office, "accept", "G-0101")
    step(office, "accept", "G-0102")
    closed = [step(office, "close", actor) for actor in ("G-0101", "G-0102")]

    answers = (own, proposed, entered, alone, accepted, *closed)
    assert [answer.json().get("code") for answer in answers] == ["E-SOD"] * 7


@pytest.mark.parametrize(("name", "actor"), [("enter", FINANCE), ("approve", OFFICE), ("accept", FINANCE)])
def test_a_step_with_a_project_is_refused_to_roles_that_it_is_not_for(
    office: TestClient, name: str, actor: str
) -> None:
    propose(office)
    for done, by in (("enter", COUNTY), ("approve", LEADER)):
        if done != name:
            step(office, done, by)
        else:
            break

    answer = step(office, name, actor)

    assert (answer.status_code, answer.json()["code"]) == (403, "E-AUTH")


def test_a_budget_of_the_approvers_limit_or_more_needs_the_next_level_in_a_change_as_well(
    office: TestClient, empty_ledger: Ledger
) -> None:
    limit = {"limit_kind": "审批", "role": "township_leader", "amount": "100.00", "from": "2020-01-01"}
    enter_row(empty_ledger, "approval_limits", COUNTY, **limit)
    propose(office, budget_fen=99_99)
    propose(office, "XM-2")
    step(office, "enter", OFFICE)
    step(office, "enter", OFFICE, "XM-2")

    at_the_limit, below_it = step(office, "approve", LEADER, "XM-2"), step(office, "approve", LEADER)
    raised = change(office, {"budget_fen": 100_00})
    by_the_county = change(office, {"budget_fen": 100_00}, approver=COUNTY)

    assert [(answer.status_code, answer.json()["code"]) for answer in (at_the_limit, raised)] == [(403, "E-AUTH")] * 2
    assert (below_it.json()["stage"], by_the_county.json()["budget_fen"]) == ("approved", 100_00)


def test_steps_out_of_order_or_that_change_nothing_or_on_an_old_version_are_refused(office: TestClient) -> None:
    propose(office)
    early = step(office, "approve", LEADER)
    step(office, "enter", OFFICE)
    twice, stale = step(office, "enter", OFFICE), step(office, "approve", LEADER, version=1)
    nothing = change(office, {"location": "测试一村"})
    step(office, "approve", LEADER, version=2)
    step(office, "accept", OFFICE)
    late = change(office, {"location": "测试二村"})

    assert [answer.json()["code"] for answer in (early, twice, late)] == ["E-STATE"] * 3
    assert early.json()["remedy"] == "Possible now: enter, change."
    assert (stale.json()["code"], nothing.json()["code"]) == ("E-CONFLICT", "E-SCHEMA")


def test_the_same_proposal_sent_twice_is_one_and_another_of_its_number_is_refused(office: TestClient) -> None:
    first, again, other = propose(office), propose(office), propose(office, location="测试二村")
    step(office, "enter", OFFICE)
    after = propose(office)

    assert (first.status_code, again.status_code, after.status_code) == (201, 200, 200)
    assert after.json()["stage"] == "entered"
    assert (other.status_code, other.json()["code"]) == (409, "E-DUP")


def test_what_a_workbook_stated_is_carried_on_and_its_old_list_takes_no_step_back(
    office: TestClient, empty_ledger: Ledger
) -> None:
    contract(empty_ledger, "GC-1", "50.00")  # its project stands 在建, entered 2020-01-15
    number = "XM-GC-1"
    told = office.get(f"/api/v1/projects/{number}").json()

    accepted = step(office, "accept", COUNTY, number)
    contract(empty_ledger, "GC-1", "50.00")

    assert (told["stage"], told["proposer"], told["entered_on"]) == ("approved", OFFICE, "2020-01-15")
    assert (accepted.status_code, row(office)["status"]) == (200, "验收")


def test_a_months_list_that_does_not_know_of_a_step_takes_no_step_back(
    office: TestClient, empty_ledger: Ledger
) -> None:
    propose(office)
    step(office, "enter", OFFICE)
    step(office, "approve", LEADER)
    stated = {
        "project_no": "XM-1",
        "project_name": "肉牛托养",
        "project_class": "产业扶贫",
        "location": "测试一村",
        "fund_source": "省级",
        "quota_doc_no": DOCUMENT,
        "budget": "100.00",
        "received": "100.00",
        "paid": "60.00",
        "implementer": "测试合作社",
        "status": "申报",
        "beneficiary_households": 26,
        "performance_target": "户均增收500元",
    }
    entered = enter_row(empty_ledger, "projects", OFFICE, **stated)
    known = office.get("/api/v1/projects/XM-1").json()
    behind = row(office)
    replayed = office.get("/api/v1/replay/project:XM-1", params={"as_of": str(empty_ledger.today)}).json()
    enter_row(empty_ledger, "projects", OFFICE, **stated | {"paid": "70.00", "status": "在建"})

    assert not entered.unchanged
    assert (known["stage"], replayed["state"]["state"]) == ("approved", "approved")
    assert (behind["status"], behind["paid_fen"]) == ("立项", 60_00)
    assert behind["approved_on"] == str(empty_ledger.today)
    assert (row(office)["status"], row(office)["entered_on"]) == ("在建", str(empty_ledger.today))


def test_a_project_that_there_is_not_is_not_found(office: TestClient) -> None:
    assert office.get("/api/v1/projects/XM-404").status_code == 404
    assert step(office, "enter", OFFICE, "XM-404").json()["code"] == "E-REF"


def test_of_two_who_approve_one_project_at_once_one_is_refused(office: TestClient) -> None:
    numbers = [f"XM-{number}" for number in range(3)]
    for number in numbers:
        propose(office, number)
        step(office, "enter", OFFICE, number)

    with ThreadPoolExecutor(2) as pool:
        told = [
            [pool.submit(step, office, "approve", actor, number) for actor in (LEADER, COUNTY)] for number in numbers
        ]
        outcomes = [[one.result() for one in pair] for pair in told]

    for pair in outcomes:
        assert sorted(answer.status_code for answer in pair) == [200, 409]
        assert {answer.json().get("code") for answer in pair} == {None, "E-STATE"}


@pytest.mark.postgresql
def test_a_project_goes_its_way_in_a_database_as_in_files(ledger_in_a_database: Ledger) -> None:
    ledger = ledger_in_a_database
    furnish(ledger)
    with TestClient(create_app(ledger), headers={"Authorization": f"Bearer {ledger.keeper_token}"}) as office:
        propose(office)
        step(office, "enter", OFFICE)
        approved = step(office, "approve", LEADER)
        told = row(office)

    assert (approved.status_code, told["status"]) == (200, "立项")
