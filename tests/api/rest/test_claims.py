"""Claims over the wire: by different hands, past soft stops only with a reason and a second person."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.ledger import Ledger
from tests.api.offices import (
    CARD,
    CLERK,
    COUNTY,
    FINANCE,
    INSPECTOR,
    LEADER,
    NAME,
    OFFICE,
    PAYEE,
    PROGRAMME,
    SUPERVISOR,
    enter_row,
    furnish,
    paid,
    post,
    programme,
)
from tests.journeys.inventing import spoiled

NUMBER = "SQ-1"
REASON = "本人确属应发，已核实"


@pytest.fixture
def office(empty_ledger: Ledger, clerk: TestClient) -> TestClient:
    """A client of a furnished township's ledger."""
    furnish(empty_ledger)
    return clerk


def submit(office: TestClient, number: str = NUMBER, **changes: Any) -> Any:
    """The answer to a claim of 30 yuan by the village's clerk."""
    wanted = {
        "actor": CLERK,
        "claim_no": number,
        "programme": PROGRAMME,
        "period": "2020Q2",
        "name": NAME,
        "id_no": PAYEE,
        "amount_fen": 30_00,
        "account_no": CARD,
    }
    return office.post("/api/v1/claims", json=wanted | changes)


def step(office: TestClient, name: str, actor: str, number: str = NUMBER, **more: Any) -> Any:
    """The answer to one step."""
    return office.post(f"/api/v1/claims/{number}/{name}", json={"actor": actor, **more})


def test_a_claim_goes_from_hand_to_hand_and_its_papers_name_each(office: TestClient) -> None:
    submitted = submit(office, evidence=["0" * 64])
    reviewed = step(office, "review", SUPERVISOR)
    approved = step(office, "approve", LEADER, amount_fen=25_00)

    told = office.get(submitted.headers["location"]).json()
    assert (submitted.status_code, submitted.json()["stage"]) == (201, "submitted")
    assert (reviewed.status_code, reviewed.json()["stage"]) == (200, "reviewed")
    assert (approved.status_code, approved.json()["stage"]) == (200, "approved")
    assert (told["preparer"], told["reviewer"], told["approver"]) == (CLERK, SUPERVISOR, LEADER)
    assert (told["amount_fen"], told["approved_fen"], told["version"]) == (30_00, 25_00, 3)
    assert told["allowed"] == ["instruct", "withdraw"]
    assert [line["topic"] for line in told["timeline"]] == [
        "claim-submitted/v1",
        "claim-reviewed/v1",
        "claim-approved/v1",
    ]


def test_no_name_number_or_card_of_a_claim_stands_in_the_book_or_in_an_answer(
    office: TestClient, empty_ledger: Ledger
) -> None:
    submit(office, agent="测试代办", agent_id=PAYEE)

    states = b"".join(sealed.state for sealed in empty_ledger.money.read()).decode()
    told = office.get(f"/api/v1/claims/{NUMBER}").text
    assert not [word for word in (NAME, PAYEE, CARD, "测试代办") if word in states + told]


def test_the_same_claim_sent_twice_is_one_and_another_of_its_number_is_refused(office: TestClient) -> None:
    first, again, other = submit(office), submit(office), submit(office, amount_fen=31_00)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["version"] == 1
    assert (other.status_code, other.json()["code"]) == (409, "E-DUP")
    assert "31.00 ≠ 30.00" in other.json()["detail"]


def test_nobody_reviews_or_approves_what_the_same_person_did_under_either_number(
    office: TestClient, empty_ledger: Ledger
) -> None:
    post(empty_ledger, "G-0101", 1, "township_poverty_office")  # the clerk's second post
    post(empty_ledger, "G-0102", 3, "township_leader")  # the office's second post
    submit(office)

    own = step(office, "review", CLERK)
    other_number = step(office, "review", "G-0101")
    step(office, "review", OFFICE)
    as_leader = step(office, "approve", "G-0102")

    assert [answer.json()["code"] for answer in (own, other_number, as_leader)] == ["E-SOD"] * 3


@pytest.mark.parametrize(("name", "actor"), [("review", FINANCE), ("reject", OFFICE), ("withdraw", INSPECTOR)])
def test_a_step_is_refused_to_roles_that_it_is_not_for(office: TestClient, name: str, actor: str) -> None:
    submit(office)

    answer = step(office, name, actor, **({} if name == "review" else {"reason": REASON}))

    assert (answer.status_code, answer.json()["code"]) == (403, "E-AUTH")


def test_an_approval_of_the_limit_or_more_needs_the_next_level(office: TestClient, empty_ledger: Ledger) -> None:
    limit = {"limit_kind": "审批", "role": "township_leader", "amount": "30.00", "from": "2020-01-01"}
    enter_row(empty_ledger, "approval_limits", COUNTY, **limit)
    submit(office)
    step(office, "review", SUPERVISOR)

    at_the_limit = step(office, "approve", LEADER)
    below_it = step(office, "approve", LEADER, amount_fen=29_99)

    assert (at_the_limit.status_code, at_the_limit.json()["code"]) == (403, "E-AUTH")
    assert "¥30.00" in at_the_limit.json()["detail"]
    assert below_it.json()["stage"] == "approved"


def test_more_than_was_claimed_is_never_approved(office: TestClient) -> None:
    submit(office)
    step(office, "review", SUPERVISOR)

    answer = step(office, "approve", LEADER, amount_fen=30_01)

    assert (answer.status_code, answer.json()["code"]) == (422, "E-BALANCE")
    assert "¥30.01" in answer.json()["detail"]
    assert "¥30.00" in answer.json()["detail"]


def test_steps_out_of_order_are_refused_with_what_is_possible(office: TestClient) -> None:
    submit(office)

    too_early = step(office, "approve", LEADER)
    step(office, "reject", LEADER, reason=REASON)
    too_late = step(office, "review", SUPERVISOR)

    assert (too_early.status_code, too_early.json()["code"]) == (409, "E-STATE")
    assert too_early.json()["remedy"] == "Possible now: review, reject, withdraw."
    assert (too_late.status_code, too_late.json()["remedy"]) == (409, "Possible now: nothing.")


def test_a_command_on_a_version_that_is_gone_conflicts_with_both_versions(office: TestClient) -> None:
    submit(office)
    step(office, "review", SUPERVISOR, version=1)

    answer = step(office, "approve", LEADER, version=1)

    assert (answer.status_code, answer.json()["code"]) == (409, "E-CONFLICT")
    assert "stands at version 2" in answer.json()["detail"]


def test_a_payee_who_is_dead_stops_a_claim_until_two_people_answer_for_it(
    office: TestClient, empty_ledger: Ledger
) -> None:
    death = {"name": NAME, "id_no": PAYEE, "death_on": "2020-05-06", "known_on": "2020-05-20", "source": "民政"}
    enter_row(empty_ledger, "deaths", OFFICE, **death)

    stopped = submit(office)
    alone = submit(office, override_reason=REASON, override_approver=CLERK)
    powerless = submit(office, override_reason=REASON, override_approver=SUPERVISOR)
    overridden = submit(office, override_reason=REASON, override_approver=LEADER)

    assert (stopped.status_code, stopped.json()["code"]) == (409, "E-OVERRIDE")
    assert [stop["code"] for stop in stopped.json()["soft_stops"]] == ["payee-dead"]
    assert (alone.json()["code"], powerless.json()["code"]) == ("E-AUTH", "E-AUTH")
    assert (overridden.status_code, overridden.json()["soft_stops"]) == (201, ["payee-dead"])
    state = empty_ledger.money.entry(overridden.json()["timeline"][0]["position"])
    assert state is not None
    assert f'"override_approver":"{LEADER}"' in state.state.decode()
    assert REASON not in state.state.decode()


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"requires_roster": "是"}, "not-on-roster"),
        ({"requires_entitlement": "是"}, "no-entitlement"),
    ],
)
def test_what_a_programme_requires_and_the_lists_do_not_have_stops_a_claim(
    office: TestClient, empty_ledger: Ledger, terms: dict[str, str], code: str
) -> None:
    programme(empty_ledger, "另一补贴", programme_code="OTHER", **terms)

    answer = submit(office, programme="另一补贴")

    assert (answer.status_code, answer.json()["code"]) == (409, "E-OVERRIDE")
    assert [stop["code"] for stop in answer.json()["soft_stops"]] == [code]


def test_a_payee_who_left_the_roster_stops_a_claim(office: TestClient, empty_ledger: Ledger) -> None:
    span = {
        "row_no": 1,
        "village": "测试一村",
        "hamlet": "一组",
        "household_no": "H-0001",
        "head_name": NAME,
        "name": NAME,
        "relation": "户主",
        "id_no": PAYEE,
        "category": "一般贫困户",
        "included_on": "2016-05-01",
        "included_kind": "首次识别",
        "exited_on": "2019-12-31",
        "exit_kind": "清退",
    }
    enter_row(empty_ledger, "roster", OFFICE, **span)

    answer = submit(office)

    assert [stop["code"] for stop in answer.json()["soft_stops"]] == ["payee-exited"]


def test_an_approval_waits_for_a_matured_notice_where_the_programme_needs_one(
    office: TestClient, empty_ledger: Ledger
) -> None:
    programme(empty_ledger, "须公示补贴", programme_code="NOTICED", needs_notice="是")
    submit(office, programme="须公示补贴")
    step(office, "review", SUPERVISOR)

    stopped = step(office, "approve", LEADER)
    put_up(empty_ledger)
    approved = step(office, "approve", LEADER)

    assert [stop["code"] for stop in stopped.json()["soft_stops"]] == ["no-matured-notice"]
    assert (approved.status_code, approved.json()["soft_stops"]) == (200, [])


def test_an_open_objection_to_the_notice_stops_the_approval(office: TestClient, empty_ledger: Ledger) -> None:
    programme(empty_ledger, "须公示补贴", programme_code="NOTICED", needs_notice="是")
    submit(office, programme="须公示补贴")
    step(office, "review", SUPERVISOR)
    put_up(empty_ledger)
    objection = {"objection_no": "YY-1", "ref_kind": "公示", "ref_no": "GS-1#1", "filed_on": "2020-05-25"}
    enter_row(empty_ledger, "objections", OFFICE, **objection, content="不在村里住", denial=False)

    answer = step(office, "approve", LEADER)

    assert [stop["code"] for stop in answer.json()["soft_stops"]] == ["open-objection"]


def put_up(ledger: Ledger) -> None:
    """A notice that names the payee, and has matured long ago."""
    notice = {
        "notice_no": "GS-1",
        "level": "村",
        "kind": "公示",
        "subject_kind": "补贴",
        "programme": "须公示补贴",
        "village": "测试一村",
        "place": "村务公开栏",
        "from": "2020-05-20",
        "until": "2020-05-30",
        "responsible": OFFICE,
        "text": "公示",
    }
    enter_row(ledger, "notices", OFFICE, **notice)
    line = {
        "notice_no": "GS-1",
        "line_no": 1,
        "village": "测试一村",
        "household_no": "H-0001",
        "name": NAME,
        "id_no": PAYEE,
        "period_from": "2020Q2",
        "period_to": "2020Q2",
        "amount": "30.00",
        "printed_text": "测试甲 30.00",
    }
    enter_row(ledger, "notice_lines", OFFICE, **line)


def test_a_payment_that_carries_the_number_moves_the_claim_and_a_return_moves_it_back(
    office: TestClient, empty_ledger: Ledger
) -> None:
    submit(office)
    enter_row(empty_ledger, "subsidy_payments", FINANCE, **paid("B1", claim_no=NUMBER))
    after_payment = office.get(f"/api/v1/claims/{NUMBER}").json()["stage"]

    returned = {
        "return_ref": "TP-1",
        "return_kind": "退票",
        "target_ref": "B1",
        "amount": "30.00",
        "returned_on": "2020-06-25",
        "reason": "账号有误",
    }
    enter_row(empty_ledger, "payment_returns", FINANCE, **returned)

    assert after_payment == "paid"
    assert office.get(f"/api/v1/claims/{NUMBER}").json()["stage"] == "returned"


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"id_no": spoiled(PAYEE)}, "E-ID", 422),
        ({"period": "2020"}, "E-DATE", 422),
        ({"programme": "没有的补贴"}, "E-REF", 404),
        ({"amount_fen": 0}, "E-SCHEMA", 422),
        ({"actor": FINANCE}, "E-AUTH", 403),
    ],
)
def test_a_claim_that_cannot_be_is_refused_and_leaves_nothing(
    office: TestClient, empty_ledger: Ledger, changes: dict[str, Any], code: str, status: int
) -> None:
    before = empty_ledger.money.head.position

    answer = submit(office, **changes)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert empty_ledger.money.head.position == before
    assert PAYEE not in answer.text


def test_a_claim_that_there_is_not_is_not_found(office: TestClient) -> None:
    assert office.get("/api/v1/claims/SQ-0").status_code == 404
    assert step(office, "review", SUPERVISOR, "SQ-0").json()["code"] == "E-REF"


def test_an_idempotency_key_does_a_submission_once(office: TestClient) -> None:
    wanted = {
        "actor": CLERK,
        "claim_no": NUMBER,
        "programme": PROGRAMME,
        "period": "2020Q2",
        "name": NAME,
        "id_no": PAYEE,
        "amount_fen": 30_00,
    }
    told = [
        office.post("/api/v1/claims", json=wanted, headers={"Idempotency-Key": "one"}).status_code for _ in range(2)
    ]

    assert told == [201, 201]
