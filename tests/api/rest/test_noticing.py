"""Notices and objections over the wire: what hangs is never changed, and matures only once nobody objects."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.ledger import Ledger
from tests.api.hanging import (
    CONTENT,
    NUMBER,
    OBJECTION,
    OTHER,
    REASON,
    draft,
    object_to,
    publish,
    resolve,
    state,
    step,
    still_hangs,
)
from tests.api.offices import (
    CLERK,
    FINANCE,
    INSPECTOR,
    LEADER,
    NAME,
    OFFICE,
    PAYEE,
    PROGRAMME,
    SUPERVISOR,
    born,
    enter_row,
    furnish,
    paid,
    post,
)
from tests.journeys.inventing import identity_number, spoiled


@pytest.fixture
def office(empty_ledger: Ledger, clerk: TestClient) -> TestClient:
    """A client of a furnished township's ledger."""
    furnish(empty_ledger)
    return clerk


def test_a_notice_by_hand_hangs_with_its_lines_as_its_header_seals_them(
    office: TestClient, empty_ledger: Ledger
) -> None:
    answer = publish(office, empty_ledger)

    shown = office.get(answer.headers["location"]).json()
    [header] = office.get("/api/v1/facts/notices").json()["items"]
    lines = office.get("/api/v1/facts/notice_lines").json()["items"]
    topics = [sealed.topic for sealed in empty_ledger.money.read()][-3:]
    assert (answer.status_code, answer.json()["stage"], answer.json()["allowed"]) == (
        201,
        "matured",
        ["close", "withdraw"],
    )
    assert (answer.json()["line_count"], answer.json()["total_fen"]) == (2, 50_00)
    assert topics == ["notice-published/v1", "notice-line-posted/v1", "notice-line-posted/v1"]
    assert (shown["state"], shown["total_fen"], shown["line_count"]) == ("matured", 50_00, 2)
    assert [line["name"] for line in shown["lines"]] == [NAME, "测试乙"]
    assert (header["lines"], header["total_fen"], header["state"]) == (2, 50_00, "matured")
    assert [line["amount_fen"] for line in lines] == [30_00, 10_00]
    states = b"".join(sealed.state for sealed in empty_ledger.money.read()).decode()
    assert not [word for word in (NAME, PAYEE, born(102)) if word in states + answer.text]


def test_the_same_notice_sent_twice_is_one_and_another_of_its_number_is_refused(
    office: TestClient, empty_ledger: Ledger
) -> None:
    first, again = publish(office, empty_ledger), publish(office, empty_ledger)
    fewer = publish(office, empty_ledger, lines=draft(empty_ledger)["lines"][:1])
    later = publish(office, empty_ledger, **still_hangs(empty_ledger))

    assert (first.status_code, again.status_code) == (201, 200)
    assert [(answer.status_code, answer.json()["code"]) for answer in (fewer, later)] == [(409, "E-DUP")] * 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"programme": "没有的项目"}, "E-REF"),
        ({"programme": None}, "E-SCHEMA"),
        ({"actor": INSPECTOR}, "E-AUTH"),
        ({"until": "2019-01-01"}, "E-DATE"),
        ({"place": f"村务公开栏 {PAYEE}"}, "E-PRIVACY"),
    ],
)
def test_a_notice_of_a_wrong_hand_or_of_what_there_is_not_is_refused_and_nothing_hangs(
    office: TestClient, empty_ledger: Ledger, changes: dict[str, Any], code: str
) -> None:
    before = empty_ledger.money.head.position

    answer = publish(office, empty_ledger, **changes)

    assert answer.json()["code"] == code, answer.json()
    assert empty_ledger.money.head.position == before
    assert PAYEE not in answer.text


def test_a_line_with_a_bad_number_or_a_number_in_the_name_is_refused(office: TestClient, empty_ledger: Ledger) -> None:
    [line, _] = draft(empty_ledger)["lines"]

    bad = publish(office, empty_ledger, lines=[{**line, "id_no": spoiled(PAYEE)}])
    telling = publish(office, empty_ledger, lines=[{**line, "name": f"{NAME}{PAYEE}"}])

    assert (bad.status_code, bad.json()["code"]) == (422, "E-ID")
    assert (telling.status_code, telling.json()["code"]) == (422, "E-PRIVACY")
    assert PAYEE not in telling.text


def test_a_minor_is_named_by_surname_on_a_notice_by_hand(office: TestClient, empty_ledger: Ledger) -> None:
    child = identity_number(born=empty_ledger.today - timedelta(days=3_000), serial=7)
    publish(
        office,
        empty_ledger,
        lines=[{"name": "测小童", "id_no": child, "period_from": "2020Q2", "amount_fen": 1}],
    )

    [line] = office.get(f"/api/v1/notices/{NUMBER}").json()["lines"]
    assert line["name"] == "测某某"


def test_only_a_matured_notice_without_an_open_objection_is_closed(office: TestClient, empty_ledger: Ledger) -> None:
    publish(office, empty_ledger)
    publish(office, empty_ledger, OTHER, **still_hangs(empty_ledger))
    object_to(office)
    objected, hanging = step(office, "close", OFFICE), step(office, "close", OFFICE, OTHER)
    open_state = state(office)
    resolve(office, LEADER)
    matured = state(office)
    closed = step(office, "close", OFFICE, version=1)
    again = step(office, "close", OFFICE)

    assert [(answer.status_code, answer.json()["code"]) for answer in (objected, hanging)] == [(409, "E-STATE")] * 2
    assert (open_state, matured) == ("objection_open", "matured")
    assert (closed.status_code, closed.json()["stage"], closed.json()["allowed"]) == (200, "closed", [])
    assert (again.status_code, again.json()["remedy"]) == (409, "Possible now: nothing.")
    assert (state(office), state(office, OTHER)) == ("closed", "published")


def test_an_objection_that_is_opened_again_opens_a_closed_notice(office: TestClient, empty_ledger: Ledger) -> None:
    publish(office, empty_ledger)
    object_to(office)
    resolve(office, LEADER)
    step(office, "close", OFFICE)

    reopened = office.post(f"/api/v1/objections/{OBJECTION}/reopen", json={"actor": OFFICE, "reason": "本人补充了证据"})

    assert (reopened.status_code, reopened.json()["stage"], reopened.json()["outcome"]) == (200, "open", None)
    assert state(office) == "objection_open"
    assert office.get(f"/api/v1/notices/{NUMBER}/steps").json()["open_objections"] == [OBJECTION]
    assert [line["topic"] for line in reopened.json()["timeline"]] == [
        "objection-filed/v1",
        "objection-resolved/v1",
        "objection-filed/v1",
    ]


def test_a_notice_is_withdrawn_only_for_another_that_hangs_and_tells_of_the_same(
    office: TestClient, empty_ledger: Ledger
) -> None:
    publish(office, empty_ledger)
    publish(office, empty_ledger, "GS-3", subject_kind="贷款", programme=None)
    wanted = {"reason": REASON}
    absent = step(office, "withdraw", CLERK, replaced_by=OTHER, **wanted)
    itself = step(office, "withdraw", CLERK, replaced_by=NUMBER, **wanted)
    of_something_else = step(office, "withdraw", CLERK, replaced_by="GS-3", **wanted)
    publish(office, empty_ledger, OTHER)
    withdrawn = step(office, "withdraw", CLERK, replaced_by=OTHER, **wanted)
    again = step(office, "withdraw", CLERK, replaced_by=OTHER, **wanted)
    for_one_withdrawn = step(office, "withdraw", CLERK, OTHER, replaced_by=NUMBER, **wanted)

    answers = (absent, itself, of_something_else, for_one_withdrawn)
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "E-REF")] * 4
    assert (withdrawn.status_code, withdrawn.json()["stage"], withdrawn.json()["replaced_by"]) == (
        200,
        "withdrawn",
        OTHER,
    )
    assert (again.status_code, again.json()["code"]) == (409, "E-STATE")
    assert (state(office), state(office, OTHER)) == ("withdrawn", "matured")
    assert REASON not in b"".join(sealed.state for sealed in empty_ledger.money.read()).decode()


def test_a_withdrawal_may_publish_what_hangs_instead_in_the_same_append_or_neither_is_sealed(
    office: TestClient, empty_ledger: Ledger
) -> None:
    publish(office, empty_ledger)
    bad = draft(empty_ledger, OTHER, programme="没有的项目")
    before = empty_ledger.money.head.position
    refused = step(office, "withdraw", CLERK, replaced_by=OTHER, replacement=bad, reason=REASON)
    unchanged = empty_ledger.money.head.position

    withdrawn = step(
        office, "withdraw", CLERK, replaced_by=OTHER, replacement=draft(empty_ledger, OTHER), reason=REASON
    )

    assert (refused.json()["code"], unchanged) == ("E-REF", before)
    assert (withdrawn.status_code, withdrawn.json()["stage"]) == (200, "withdrawn")
    assert (state(office), state(office, OTHER)) == ("withdrawn", "matured")


def test_a_replacement_of_another_number_than_the_withdrawal_names_is_refused(
    office: TestClient, empty_ledger: Ledger
) -> None:
    publish(office, empty_ledger)

    answer = step(office, "withdraw", CLERK, replaced_by="GS-9", replacement=draft(empty_ledger, OTHER), reason=REASON)

    assert (answer.status_code, answer.json()["code"]) == (404, "E-REF")


def test_an_old_list_sent_again_takes_neither_a_closing_nor_a_resolution_back(
    office: TestClient, empty_ledger: Ledger
) -> None:
    today = empty_ledger.today
    row = {"notice_no": NUMBER, "level": "村", "kind": "公示", "subject_kind": "补贴", "programme": PROGRAMME}
    row |= {"place": "村务公开栏", "from": str(today - timedelta(days=11)), "until": str(today - timedelta(days=1))}
    objection = {"objection_no": OBJECTION, "ref_kind": "公示", "ref_no": NUMBER, "filed_on": str(today)}
    enter_row(empty_ledger, "notices", OFFICE, **row)
    enter_row(empty_ledger, "objections", SUPERVISOR, **objection, content=CONTENT)
    resolve(office, LEADER)
    step(office, "close", CLERK)

    again = [
        enter_row(empty_ledger, "notices", OFFICE, **row),
        enter_row(empty_ledger, "objections", SUPERVISOR, **objection, content=CONTENT),
    ]
    restated = enter_row(empty_ledger, "notices", OFFICE, **row, responsible=OFFICE)

    assert [entered.unchanged for entered in again] == [True, True]
    assert not restated.unchanged
    assert state(office) == "closed"


def test_a_list_that_states_a_withdrawn_notice_anew_does_not_hang_it_again(
    office: TestClient, empty_ledger: Ledger
) -> None:
    today = empty_ledger.today
    row = {"notice_no": NUMBER, "level": "村", "kind": "公示", "subject_kind": "补贴", "programme": PROGRAMME}
    row |= {"place": "村务公开栏", "from": str(today - timedelta(days=11)), "until": str(today - timedelta(days=1))}
    enter_row(empty_ledger, "notices", OFFICE, **row)
    publish(office, empty_ledger, OTHER)
    step(office, "withdraw", CLERK, replaced_by=OTHER, reason=REASON)

    restated = enter_row(empty_ledger, "notices", OFFICE, **row, responsible=OFFICE)

    assert not restated.unchanged
    assert office.get(f"/api/v1/notices/{NUMBER}/steps").json()["stage"] == "withdrawn"
    assert state(office) == "withdrawn"
    told = office.get(f"/api/v1/replay/notice:{NUMBER}", params={"as_of": str(today)}).json()
    assert told["state"]["state"] == "withdrawn"


def test_nobody_resolves_an_objection_to_what_he_published_or_where_he_is_named(
    office: TestClient, empty_ledger: Ledger
) -> None:
    post(empty_ledger, "G-0101", 1, "township_leader")  # the clerk's second post
    post(empty_ledger, "G-0102", 2, "township_leader")  # of the supervisor, who is named in line 1
    [line, _] = draft(empty_ledger)["lines"]
    publish(office, empty_ledger, responsible=OFFICE, lines=[{**line, "id_no": born(2)}])
    object_to(office, f"{NUMBER}#1")

    answers = [resolve(office, actor) for actor in ("G-0101", OFFICE, "G-0102")]
    powerless, done = resolve(office, FINANCE), resolve(office, LEADER, version=1)

    assert [answer.json()["code"] for answer in answers] == ["E-SOD"] * 3
    assert (powerless.status_code, powerless.json()["code"]) == (403, "E-AUTH")
    assert (done.status_code, done.json()["stage"], done.json()["resolver"]) == (200, "resolved", LEADER)
    assert done.json()["allowed"] == ["reopen"]


def test_the_hands_of_a_payment_do_not_resolve_an_objection_to_it(office: TestClient, empty_ledger: Ledger) -> None:
    enter_row(empty_ledger, "subsidy_payments", FINANCE, **paid("B1"))  # approved by the leader
    object_to(office, "B1", ref_kind="支付", denial=True)

    own, other = resolve(office, LEADER), resolve(office, OFFICE, outcome="成立")

    assert own.json()["code"] == "E-SOD"
    assert (other.status_code, other.json()["outcome"]) == (200, "成立")


def test_an_objection_sent_twice_is_one_and_one_about_what_there_is_not_is_refused(
    office: TestClient, empty_ledger: Ledger
) -> None:
    publish(office, empty_ledger)
    first, again = object_to(office), object_to(office)
    other = object_to(office, content="另有说明，不是同一件事")
    about_nothing = object_to(office, "GS-404#1", "YY-2")
    wrong_hand = object_to(office, number="YY-3", actor=FINANCE)
    resolve(office, LEADER)
    after = object_to(office)

    assert (first.status_code, again.status_code, after.status_code) == (201, 200, 200)
    assert (other.status_code, other.json()["code"]) == (409, "E-DUP")
    assert (about_nothing.status_code, about_nothing.json()["code"]) == (404, "E-REF")
    assert (wrong_hand.status_code, wrong_hand.json()["code"]) == (403, "E-AUTH")
    assert after.json()["stage"] == "resolved"
    assert CONTENT not in b"".join(sealed.state for sealed in empty_ledger.money.read()).decode()


def test_a_command_on_an_old_version_conflicts_and_what_there_is_not_is_not_found(
    office: TestClient, empty_ledger: Ledger
) -> None:
    publish(office, empty_ledger)
    object_to(office)
    resolve(office, LEADER)

    stale = office.post(
        f"/api/v1/objections/{OBJECTION}/reopen", json={"actor": OFFICE, "reason": REASON, "version": 1}
    )

    assert (stale.status_code, stale.json()["code"]) == (409, "E-CONFLICT")
    assert step(office, "close", OFFICE, version=9).json()["code"] == "E-CONFLICT"
    assert step(office, "close", OFFICE, "GS-404").status_code == 404
    assert office.get("/api/v1/notices/GS-404/steps").status_code == 404
    assert office.get("/api/v1/objections/YY-404").status_code == 404
    assert resolve(office, LEADER, "YY-404").status_code == 404


def test_of_two_who_close_and_withdraw_one_notice_at_once_one_is_refused(
    office: TestClient, empty_ledger: Ledger
) -> None:
    publish(office, empty_ledger, OTHER)
    numbers = [f"GS-1{number}" for number in range(4)]
    for number in numbers:
        publish(office, empty_ledger, number)

    with ThreadPoolExecutor(2) as pool:
        told = [
            (
                pool.submit(step, office, "close", OFFICE, number),
                pool.submit(step, office, "withdraw", CLERK, number, replaced_by=OTHER, reason=REASON),
            )
            for number in numbers
        ]
        outcomes = [(closed.result(), withdrawn.result()) for closed, withdrawn in told]

    for pair in outcomes:
        assert sorted(answer.status_code for answer in pair) == [200, 409]
        assert {answer.json().get("code") for answer in pair} == {None, "E-STATE"}


def test_of_two_who_resolve_one_objection_at_once_one_is_refused(office: TestClient, empty_ledger: Ledger) -> None:
    publish(office, empty_ledger)
    object_to(office)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda actor: resolve(office, actor), (LEADER, OFFICE)))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "E-STATE"}


@pytest.mark.postgresql
def test_a_notice_is_objected_to_and_closed_in_a_database_as_in_files(ledger_in_a_database: Ledger) -> None:
    ledger = ledger_in_a_database
    furnish(ledger)
    with TestClient(create_app(ledger), headers={"Authorization": f"Bearer {ledger.keeper_token}"}) as office:
        publish(office, ledger)
        object_to(office)
        objected = state(office)
        resolve(office, LEADER)
        closed = step(office, "close", OFFICE)
        told = state(office)

    assert (objected, closed.status_code, told) == ("objection_open", 200, "closed")
