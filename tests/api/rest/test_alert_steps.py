"""An alert over the wire from hand to hand: decided by who checks, never by who is named; on both engines."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.alert_lives import life
from api.app import create_app
from api.ledger import Ledger
from domain.alert_case import AlertStep
from tests.api.offices import (
    CLERK,
    FINANCE,
    INSPECTOR,
    LEADER,
    NAME,
    OFFICE,
    PAYEE,
    enter_row,
    furnish,
    paid,
    post,
)

AUDITOR, OTHER_LEADER, COUNTY_FINANCE, OTHER_CLERK = "G-0011", "G-0012", "G-0013", "G-0014"
WORDS = "已与本人核对，确属重复发放"


ON_BOTH = pytest.mark.parametrize(
    "ledger", ["empty_ledger", pytest.param("ledger_in_a_database", marks=pytest.mark.postgresql)], indirect=True
)
LISTING = {
    "authority": "测试县乡村振兴局",
    "decision_no": "SX-2021-01",
    "legal_basis": "国办发〔2020〕49号",
    "appeal_until": "2021-06-01",
    "expires_on": "2023-06-01",
    "repair": "全额退还",
}


@pytest.fixture
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """A township that paid one person twice for one period, by hand; in files, unless a test says otherwise."""
    made: Ledger = request.getfixturevalue(getattr(request, "param", "empty_ledger"))
    furnish(made)
    for staff_no, serial, role in ((AUDITOR, 11, "auditor"), (OTHER_LEADER, 12, "township_leader")):
        post(made, staff_no, serial, role)
    post(made, COUNTY_FINANCE, 13, "county_finance")
    post(made, OTHER_CLERK, 14, "village_clerk", org="测试一村")
    for number in ("TEST1", "TEST2"):
        enter_row(made, "subsidy_payments", FINANCE, **paid(number))
    return made


@pytest.fixture
def office(ledger: Ledger) -> Iterator[TestClient]:
    """A client of it."""
    with TestClient(create_app(ledger), headers={"Authorization": f"Bearer {ledger.keeper_token}"}) as client:
        yield client


@pytest.fixture
def alert_id(office: TestClient) -> str:
    """The id of the one alert of rule DUP-01 there."""
    [told] = office.get("/api/v1/alerts", params={"rule": "DUP-01"}).json()["items"]
    return str(told["alert_id"])


def step(office: TestClient, alert_id: str, name: str, actor: str = INSPECTOR, **more: Any) -> Any:
    """The answer to one step."""
    return office.post(f"/api/v1/alerts/{alert_id}/steps/{name}", json={"actor": actor, **more})


def prove(office: TestClient, alert_id: str) -> None:
    """Assign and confirm it."""
    assert step(office, alert_id, "assign", assignee=AUDITOR).status_code == 200
    assert step(office, alert_id, "confirm", words=WORDS).status_code == 200


@ON_BOTH
def test_an_alert_goes_its_whole_way_and_its_life_names_each_hand(office: TestClient, alert_id: str) -> None:
    person = office.get(f"/api/v1/alerts/{alert_id}").json()["subjects"][0]
    way: tuple[tuple[str, str, dict[str, Any], str], ...] = (
        ("assign", OTHER_LEADER, {"assignee": INSPECTOR}, "assigned"),
        ("comment", COUNTY_FINANCE, {"words": "请尽快核实此事"}, "assigned"),
        ("confirm", INSPECTOR, {"words": WORDS}, "confirmed"),
        ("transfer", INSPECTOR, {"to_authority": "测试县纪委监委"}, "transferred"),
        ("open-case", INSPECTOR, {"case_no": "LA-2021-01"}, "opened"),
        ("order-recovery", INSPECTOR, {"amount_fen": 30_00}, "recovery_ordered"),
        ("dispose", AUDITOR, {"disposal": "disciplined", "words": "诫勉谈话一次"}, "recovery_ordered"),
        ("recover", AUDITOR, {"amount_fen": 10_00, "voucher_no": "JK-1"}, "recovery_partial"),
        ("recover", AUDITOR, {"amount_fen": 20_00}, "recovered"),
        ("list-dishonest", INSPECTOR, {**LISTING, "subject": person}, "recovered"),
        ("close", INSPECTOR, {}, "closed"),
        (
            "lift-dishonest",
            INSPECTOR,
            {"subject": person, "authority": "测试县乡村振兴局", "lifted_for": "repaired"},
            "closed",
        ),
    )

    states = [step(office, alert_id, name, actor, **more).json().get("state") for name, actor, more, _ in way]

    told = office.get(f"/api/v1/alerts/{alert_id}/life").json()
    assert states == [state for _, _, _, state in way]
    assert [entry["actor"] for entry in told["life"]] == ["system", *(actor for _, actor, _, _ in way)]
    assert [entry["version"] for entry in told["life"]] == list(range(1, len(way) + 2))
    assert (told["version"], told["allowed"], told["dishonest"]) == (len(way) + 1, ["comment"], [])
    assert told["life"][8]["details"] == {"amount_fen": 10_00, "voucher_no": "JK-1"}
    assert (told["ordered_fen"], told["recovered_fen"], told["outstanding_fen"]) == (30_00, 30_00, 0)


def test_no_word_of_a_step_and_no_name_or_number_stands_in_the_book_or_in_an_answer(
    office: TestClient, alert_id: str, ledger: Ledger
) -> None:
    step(office, alert_id, "assign", assignee=AUDITOR)
    answer = step(office, alert_id, "dismiss", reason_code="supplementary_pay", words=f"{NAME}的补发，已查")

    states = b"".join(sealed.state for sealed in ledger.supervision.read()).decode()
    told = answer.text + office.get(f"/api/v1/alerts/{alert_id}/life").text
    assert answer.json()["state"] == "dismissed"
    assert not [word for word in (NAME, PAYEE, "补发，已查") if word in states + told]
    assert answer.json()["life"][-1]["has_words"]


def test_sealed_words_are_read_by_a_reveal_which_leaves_a_trace(
    office: TestClient, alert_id: str, ledger: Ledger
) -> None:
    prove(office, alert_id)

    told = life(ledger, alert_id, actor=AUDITOR, reveal=True, why="复核")

    [trace] = [entry for entry in ledger.supervision.read() if entry.topic == "personal-data-revealed/v1"]
    assert told["life"][-1]["words"] == WORDS
    assert told["subjects"][0] == f"person:{PAYEE}"
    assert (b'"actor":"G-0011"' in trace.state, alert_id.encode() in trace.state) == (True, True)


def test_whoever_approved_what_it_rests_on_takes_no_step_under_any_number(
    office: TestClient, alert_id: str, ledger: Ledger
) -> None:
    third_number = "G-0099"
    post(ledger, third_number, 6, "inspector")
    step(office, alert_id, "assign", assignee=AUDITOR)

    answers = [step(office, alert_id, "comment", actor, words="这没有什么问题") for actor in (LEADER, third_number)]
    answers.append(step(office, alert_id, "confirm", third_number, words=WORDS))
    answers += [step(office, alert_id, "assign", assignee=assignee) for assignee in (LEADER, third_number)]

    assert [answer.json()["code"] for answer in answers] == ["E-SOD"] * 5
    assert len(office.get(f"/api/v1/alerts/{alert_id}/life").json()["life"]) == 2


def test_whoever_entered_the_evidence_by_hand_decides_nothing_as_an_inspector_either(
    office: TestClient, alert_id: str, ledger: Ledger
) -> None:
    post(ledger, "G-0098", 4, "inspector")  # the second number of who entered the payments
    step(office, alert_id, "assign", assignee=AUDITOR)

    answer = step(office, alert_id, "dismiss", "G-0098", reason_code="other", words=WORDS)

    assert answer.json()["code"] == "E-SOD"


def test_only_an_inspector_or_an_auditor_decides_and_never_the_rules(office: TestClient, alert_id: str) -> None:
    step(office, alert_id, "assign", assignee=AUDITOR)

    answers = [
        step(office, alert_id, name, actor, words=WORDS, **more)
        for actor in ("keeper", OTHER_LEADER, COUNTY_FINANCE, OFFICE, "system", "G-9999")
        for name, more in (("confirm", {}), ("dismiss", {"reason_code": "other"}))
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "E-AUTH")}
    assert office.get(f"/api/v1/alerts/{alert_id}").json()["state"] == "assigned"


def test_a_step_out_of_turn_is_refused_with_what_is_possible(office: TestClient, alert_id: str) -> None:
    answer = step(office, alert_id, "confirm", words=WORDS)

    assert (answer.status_code, answer.json()["code"]) == (409, "E-STATE")
    assert answer.json()["detail"] == f"Alert {alert_id} is raised; it cannot confirm."


def test_a_step_on_another_version_than_the_one_that_stands_is_refused(office: TestClient, alert_id: str) -> None:
    step(office, alert_id, "assign", assignee=AUDITOR, version=1)

    stale = step(office, alert_id, "confirm", words=WORDS, version=1)

    assert (stale.status_code, stale.json()["code"]) == (409, "E-CONFLICT")
    assert step(office, alert_id, "confirm", words=WORDS, version=2).status_code == 200


def test_the_same_request_sent_twice_is_one_step(office: TestClient, alert_id: str) -> None:
    wanted = {"actor": INSPECTOR, "words": "请经办人说明情况"}
    path, key = f"/api/v1/alerts/{alert_id}/steps/comment", {"Idempotency-Key": "one"}

    first, again = (office.post(path, json=wanted, headers=key) for _ in range(2))

    assert (first.status_code, again.json()) == (200, first.json())
    assert len(office.get(f"/api/v1/alerts/{alert_id}/life").json()["life"]) == 2


def test_a_step_that_does_not_say_what_it_must_is_refused(office: TestClient, alert_id: str) -> None:
    step(office, alert_id, "assign", assignee=AUDITOR)
    unfit: tuple[tuple[str, dict[str, Any]], ...] = (
        ("dismiss", {"words": WORDS}),  # no reason code
        ("dismiss", {"reason_code": "other"}),  # no words
        ("dismiss", {"reason_code": "because", "words": WORDS}),
        ("confirm", {"words": WORDS, "case_no": "LA-1"}),  # not of this step
        ("confirm", {"words": WORDS, "colour": "red"}),
        ("forgive", {}),
    )

    answers = [step(office, alert_id, name, **more) for name, more in unfit]

    assert [answer.json()["code"] for answer in answers] == ["E-SCHEMA"] * len(unfit)
    assert {answer.status_code for answer in answers} <= {400, 422}


def test_money_and_listings_that_do_not_add_up_are_refused(office: TestClient, alert_id: str) -> None:
    prove(office, alert_id)
    step(office, alert_id, "order-recovery", amount_fen=30_00)
    step(office, alert_id, "recover", amount_fen=10_00)
    person = office.get(f"/api/v1/alerts/{alert_id}").json()["subjects"][0]
    unfit: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("recover", {"amount_fen": 20_01}, "E-BALANCE"),
        ("order-recovery", {"amount_fen": 9_99}, "E-BALANCE"),
        ("close", {}, "E-STATE"),
        ("list-dishonest", {**LISTING, "subject": "person:P-somebodyelse234567"}, "E-REF"),
        ("list-dishonest", {**LISTING, "subject": "payment:TEST1"}, "E-REF"),
        ("list-dishonest", {**LISTING, "subject": person, "expires_on": "2021-06-01"}, "E-DATE"),
    )

    codes = [step(office, alert_id, name, **more).json()["code"] for name, more, _ in unfit]

    assert codes == [code for _, _, code in unfit]


def test_nobody_is_listed_twice_by_one_alert_nor_lifted_who_is_not(office: TestClient, alert_id: str) -> None:
    prove(office, alert_id)
    person = office.get(f"/api/v1/alerts/{alert_id}").json()["subjects"][0]
    listing = {**LISTING, "subject": person}
    lift = {"authority": "测试县乡村振兴局", "lifted_for": "revoked"}

    listed, again = (step(office, alert_id, "list-dishonest", **listing) for _ in range(2))
    other = step(office, alert_id, "lift-dishonest", subject="org:93440899MA9999902H", **lift)
    lifted = step(office, alert_id, "lift-dishonest", subject=person, **lift)

    assert (listed.json()["dishonest"], again.json()["code"]) == ([person], "E-DUP")
    assert (other.json()["code"], lifted.json()["dishonest"]) == ("E-REF", [])


def test_a_step_with_an_alert_that_there_is_not_is_refused(office: TestClient) -> None:
    answer = step(office, "0" * 32, "comment", words="没有这样的疑点")

    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")


@ON_BOTH
def test_whoever_is_named_sees_it_in_no_list_page_stream_or_lead(office: TestClient, alert_id: str) -> None:
    for reader in (LEADER, FINANCE, CLERK, OTHER_CLERK):
        as_reader = {"actor": reader}

        listed = office.get("/api/v1/alerts", params=as_reader).text
        exported = office.get("/api/v1/alerts", params={**as_reader, "format": "jsonl"}).text
        alone = office.get(f"/api/v1/alerts/{alert_id}", params=as_reader)
        lived = office.get(f"/api/v1/alerts/{alert_id}/life", params=as_reader)
        led = office.get("/api/v1/leads", params=as_reader).text
        streamed = office.get("/api/v1/alerts/stream", params={**as_reader, "after": 0, "seconds": 1}).text

        assert (alone.status_code, lived.status_code) == (404, 404), reader
        assert not [told for told in (listed, exported, led, streamed) if alert_id in told], reader


def test_whoever_is_not_named_and_the_keeper_of_the_machine_see_it(office: TestClient, alert_id: str) -> None:
    for as_reader in ({"actor": INSPECTOR}, {"actor": OTHER_LEADER}, {"actor": "keeper"}, {}):
        listed = office.get("/api/v1/alerts", params=as_reader).text
        led = office.get("/api/v1/leads", params=as_reader).text
        streamed = office.get("/api/v1/alerts/stream", params={**as_reader, "after": 0, "seconds": 1}).text

        assert not [told for told in (listed, led, streamed) if alert_id not in told], as_reader
        assert office.get(f"/api/v1/alerts/{alert_id}", params=as_reader).status_code == 200


def test_a_reader_who_does_not_serve_sees_nothing_at_all(office: TestClient, alert_id: str) -> None:
    answers = [
        office.get(path, params={"actor": "G-9999"})
        for path in ("/api/v1/alerts", f"/api/v1/alerts/{alert_id}", "/api/v1/leads")
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "E-AUTH")}


def test_a_lead_goes_with_the_alert_that_made_it_and_the_rule_learns_its_precision(
    office: TestClient, alert_id: str
) -> None:
    before = office.get("/api/v1/leads", params={"kind": "person"}).json()
    step(office, alert_id, "assign", assignee=AUDITOR)
    step(office, alert_id, "dismiss", reason_code="supplementary_pay", words=WORDS)
    after = office.get("/api/v1/leads", params={"kind": "person"}).json()

    [rule] = [rule for rule in office.get("/api/v1/rules").json()["items"] if rule["rule_id"] == "DUP-01"]
    [lead] = [lead for lead in before["items"] if alert_id in lead["alert_ids"]]
    assert lead["score_ppm"] >= 600_000
    assert not [led for led in after["items"] if alert_id in led["alert_ids"]]
    assert (rule["dismissed"], rule["precision"]) == (1, 0.0)


def test_leads_come_page_by_page_with_a_place_to_go_on_from(office: TestClient, alert_id: str) -> None:
    whole = office.get("/api/v1/leads").json()["items"]
    paged: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        page = office.get("/api/v1/leads", params={"limit": 1, **after}).json()
        paged += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}

    assert paged == whole
    assert office.get("/api/v1/leads", params={"after": "nowhere"}).status_code == 422


def test_a_life_that_has_not_changed_is_not_sent_again(office: TestClient, alert_id: str) -> None:
    path = f"/api/v1/alerts/{alert_id}/life"
    tag = office.get(path).headers["etag"]

    assert office.get(path, headers={"If-None-Match": tag}).status_code == 304
    step(office, alert_id, "comment", words="请经办人说明情况")
    assert office.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_every_step_is_described_with_its_fields(office: TestClient) -> None:
    described = office.get("/api/v1/openapi.json").json()

    [path] = [path for path in described["paths"] if path.endswith("/steps/{step}") and "/alerts/" in path]
    text = str(described["paths"][path])
    assert [name for name in AlertStep if f"'{name.value}'" not in text + str(described["components"])] == []
