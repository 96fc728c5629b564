"""Loans over the wire: two persons grant one, the bank lends it, and nobody prolongs it unseen or overdue."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.ledger import Ledger
from tests.api.borrowers import (
    BANK,
    BORROWER,
    HOUSEHOLD,
    LOAN,
    REASON,
    TEAM,
    application,
    days_from,
    enrol,
    furnish_a_bank,
    lend,
    looked_after,
    step,
)
from tests.api.offices import CARD, CLERK, COUNTY, FINANCE, INSPECTOR, LEADER, NAME, OFFICE, born, enter_row, post
from tests.journeys.inventing import identity_number, spoiled


@pytest.fixture
def office(empty_ledger: Ledger, clerk: TestClient) -> TestClient:
    """A client of a township with a bank and a borrower."""
    furnish_a_bank(empty_ledger)
    return clerk


@pytest.fixture
def apply(office: TestClient, empty_ledger: Ledger) -> Any:
    """Applies for a loan, and gives the answer."""

    def wanted(loan_no: str = LOAN, **changes: Any) -> Any:
        return office.post("/api/v1/loans", json=application(empty_ledger, loan_no, **changes))

    return wanted


def stops(answer: Any) -> list[str]:
    """The words of what speaks against it."""
    return [stop["code"] for stop in answer.json()["soft_stops"]]


def test_a_loan_is_applied_for_credited_lent_repaid_and_settled(
    office: TestClient, empty_ledger: Ledger, apply: Any
) -> None:
    applied = apply(evidence=["0" * 64])
    credited = step(office, "credit", LEADER, amount_fen=2_000_000, version=1)
    lend(empty_ledger, principal="20000.00", balance="20000.00")
    issued = office.get(applied.headers["location"]).json()
    enter_row(
        empty_ledger,
        "loan_repayments",
        BANK,
        repay_ref="HK-1",
        loan_no=LOAN,
        repaid_on=days_from(empty_ledger, -1),
        principal="5000.00",
        interest="10.00",
        payer_name=NAME,
    )
    repaying = office.get(f"/api/v1/loans/{LOAN}").json()
    lend(
        empty_ledger,
        principal="20000.00",
        balance="0.00",
        status="结清",
        settled_on=days_from(empty_ledger, 0),
    )
    settled = office.get(f"/api/v1/loans/{LOAN}").json()

    assert (applied.status_code, applied.json()["stage"], applied.json()["allowed"]) == (
        201,
        "applied",
        ["credit", "decline", "withdraw"],
    )
    assert (credited.status_code, credited.json()["stage"]) == (200, "credited")
    assert (issued["stage"], issued["allowed"], issued["outstanding_fen"]) == ("issued", ["check"], 2_000_000)
    assert (issued["preparer"], issued["creditor"], issued["credited_fen"]) == (CLERK, LEADER, 2_000_000)
    assert (repaying["stage"], repaying["outstanding_fen"]) == ("repaying", 1_500_000)
    assert (settled["stage"], settled["allowed"], settled["outstanding_fen"]) == ("settled", [], 0)
    assert [line["topic"] for line in settled["timeline"]] == [
        "loan-applied/v1",
        "loan-credited/v1",
        "loan-issued/v1",
        "loan-repaid/v1",
    ]


def test_no_name_number_card_or_purpose_of_an_application_stands_in_the_book_or_in_an_answer(
    office: TestClient, empty_ledger: Ledger, apply: Any
) -> None:
    told = apply(agent="测试代办", agent_id=born(77)).text
    step(office, "decline", LEADER, reason=REASON)

    states = b"".join(sealed.state for sealed in empty_ledger.money.read()).decode()
    assert not [word for word in (NAME, BORROWER, CARD, "养牛", "测试代办", REASON) if word in states + told]


def test_the_same_application_sent_twice_is_one_and_another_of_its_number_is_refused(apply: Any) -> None:
    first, again, other = apply(), apply(), apply(amount_fen=3_000_100)

    assert (first.status_code, again.status_code) == (201, 200)
    assert (other.status_code, other.json()["code"]) == (409, "E-DUP")


def test_nobody_applies_under_the_number_of_a_loan_that_the_bank_has_lent(empty_ledger: Ledger, apply: Any) -> None:
    lend(empty_ledger)

    answer = apply()

    assert (answer.status_code, answer.json()["code"]) == (409, "E-DUP")


def test_who_applied_for_a_loan_neither_credits_nor_declines_it_under_any_number(
    office: TestClient, empty_ledger: Ledger, apply: Any
) -> None:
    post(empty_ledger, "G-0101", 1, "township_leader")  # the clerk's second post
    apply()

    answers = [step(office, "credit", "G-0101"), step(office, "decline", "G-0101", reason=REASON)]

    assert [answer.json()["code"] for answer in answers] == ["E-SOD"] * 2


@pytest.mark.parametrize(
    ("name", "actor", "more"),
    [
        ("credit", OFFICE, {}),
        ("decline", FINANCE, {"reason": REASON}),
        ("withdraw", INSPECTOR, {"reason": REASON}),
    ],
)
def test_a_step_with_a_loan_is_refused_to_roles_that_it_is_not_for(
    office: TestClient, apply: Any, name: str, actor: str, more: dict[str, Any]
) -> None:
    apply()

    answer = step(office, name, actor, **more)

    assert (answer.status_code, answer.json()["code"]) == (403, "E-AUTH")


def test_a_credit_of_the_limit_or_more_needs_the_next_level(
    office: TestClient, empty_ledger: Ledger, apply: Any
) -> None:
    limit = {"limit_kind": "审批", "role": "township_leader", "amount": "30000.00", "from": "2020-01-01"}
    enter_row(empty_ledger, "approval_limits", COUNTY, **limit)
    apply()

    at_the_limit = step(office, "credit", LEADER)
    more_than_asked = step(office, "credit", COUNTY, amount_fen=3_000_001)
    below_it = step(office, "credit", LEADER, amount_fen=2_999_999)

    assert (at_the_limit.status_code, at_the_limit.json()["code"]) == (403, "E-AUTH")
    assert (more_than_asked.status_code, more_than_asked.json()["code"]) == (422, "E-BALANCE")
    assert below_it.json()["stage"] == "credited"


def test_a_bad_number_is_refused_when_a_loan_is_applied_for_by_hand(apply: Any) -> None:
    answer = apply(id_no=spoiled(BORROWER))

    assert (answer.status_code, answer.json()["code"]) == (422, "E-ID")


def test_a_loan_at_all_limits_goes_through_and_one_beyond_each_is_stopped(
    office: TestClient, empty_ledger: Ledger, apply: Any
) -> None:
    start = days_from(empty_ledger, 0)
    three_years = start.replace(start[:4], str(int(start[:4]) + 3), 1)
    beyond = apply("JJ-2", amount_fen=5_000_001)
    topped_up = apply("JJ-3", amount_fen=10_000_000, topup_approved=True)
    too_long = apply("JJ-4", due_on=days_from(empty_ledger, 3 * 365 + 3))
    at_the_limits = apply("JJ-5", amount_fen=5_000_000, due_on=three_years)

    assert stops(beyond) == ["loan-above-limit"]
    assert "¥50,000.01" in beyond.json()["detail"]
    assert stops(too_long) == ["loan-too-long"]
    assert (topped_up.status_code, at_the_limits.status_code) == (201, 201)


def test_a_household_with_an_open_loan_is_stopped_by_number_and_by_sum(empty_ledger: Ledger, apply: Any) -> None:
    lend(empty_ledger, "JJ-9")

    answer = apply()

    assert stops(answer) == ["loan-above-limit", "too-many-loans"]


@pytest.mark.parametrize(("years", "stopped"), [(17, True), (18, False), (65, False), (66, True)])
def test_a_borrower_is_of_eighteen_to_sixty_five_years_on_the_first_day(
    empty_ledger: Ledger, apply: Any, years: int, *, stopped: bool
) -> None:
    today = empty_ledger.today
    number = identity_number(born=today.replace(year=today.year - years), serial=years)
    enrol(empty_ledger, number, "H-0009")

    answer = apply(id_no=number, household_no="H-0009")

    assert (answer.status_code == 409) is stopped
    assert not stopped or stops(answer) == ["borrower-age"]


def test_a_borrower_who_is_dead_removed_or_unlisted_stops_a_loan_until_two_people_answer_for_it(
    office: TestClient, empty_ledger: Ledger, apply: Any
) -> None:
    unlisted = apply("JJ-2", id_no=born(202), household_no="H-0009")
    enrol(empty_ledger, born(203), "H-0010", exited_on="2020-09-01", exit_kind="清退")
    removed = apply("JJ-3", id_no=born(203), household_no="H-0010")
    enrol(empty_ledger, born(204), "H-0011", exited_on="2020-09-01", exit_kind="脱贫")
    out_of_poverty = apply("JJ-4", id_no=born(204), household_no="H-0011")
    death = {"name": NAME, "id_no": BORROWER, "death_on": "2020-05-06", "known_on": "2020-05-20", "source": "民政"}
    enter_row(empty_ledger, "deaths", OFFICE, **death)
    dead = apply()
    alone = apply(override_reason=REASON, override_approver=CLERK)
    overridden = apply(override_reason=REASON, override_approver=LEADER)
    stopped_again = step(office, "credit", LEADER)
    credited = step(office, "credit", LEADER, override_reason=REASON, override_approver=COUNTY)

    assert [stops(answer) for answer in (unlisted, removed, dead)] == [
        ["not-on-roster"],
        ["payee-exited"],
        ["payee-dead"],
    ]
    assert out_of_poverty.status_code == 201
    assert alone.json()["code"] in ("E-AUTH", "E-SOD")
    assert (overridden.status_code, overridden.json()["soft_stops"]) == (201, ["payee-dead"])
    assert stopped_again.json()["code"] == "E-OVERRIDE"
    assert (credited.status_code, credited.json()["soft_stops"]) == (200, ["payee-dead"])


def test_steps_out_of_order_and_on_a_version_that_is_gone_are_refused(office: TestClient, apply: Any) -> None:
    apply()
    early = looked_after(office, "2020-01-01")
    step(office, "credit", LEADER)
    stale = step(office, "withdraw", CLERK, reason=REASON, version=1)
    withdrawn = step(office, "withdraw", CLERK, reason=REASON, version=2)
    late = step(office, "credit", LEADER)

    assert (early.status_code, early.json()["code"]) == (409, "E-STATE")
    assert (stale.status_code, stale.json()["code"]) == (409, "E-CONFLICT")
    assert (withdrawn.status_code, withdrawn.json()["stage"]) == (200, "withdrawn")
    assert (late.status_code, late.json()["code"]) == (409, "E-STATE")


def test_a_loan_is_renewed_only_after_a_fresh_check_and_by_one_application_at_a_time(
    office: TestClient, empty_ledger: Ledger, apply: Any
) -> None:
    lend(empty_ledger)
    unseen = apply("JJ-2", renews=LOAN)
    looked_after(office, days_from(empty_ledger, -61))
    stale_check = apply("JJ-2", renews=LOAN)
    fresh = looked_after(office, days_from(empty_ledger, -60))
    sought = apply("JJ-2", renews=LOAN)
    twice = apply("JJ-3", renews=LOAN)
    old = office.get(f"/api/v1/loans/{LOAN}").json()
    step(office, "decline", LEADER, "JJ-2", reason=REASON)
    again = apply("JJ-3", renews=LOAN)

    assert [answer.json()["code"] for answer in (unseen, stale_check, twice)] == ["E-STATE"] * 3
    assert fresh.json()["allowed"] == ["check", "extend", "renew"]
    assert (sought.status_code, sought.json()["renews"]) == (201, LOAN)
    assert (old["sought_by"], old["allowed"]) == ("JJ-2", ["check"])
    assert again.status_code == 201


def test_a_loan_that_another_renews_is_renewed_and_its_place_counts_once_in_the_households_debt(
    office: TestClient, empty_ledger: Ledger, apply: Any
) -> None:
    lend(empty_ledger, principal="50000.00", balance="50000.00")
    looked_after(office, days_from(empty_ledger, -1))
    renewal = apply("JJ-2", renews=LOAN, amount_fen=5_000_000)
    credited = step(office, "credit", LEADER, "JJ-2")
    lend(empty_ledger, "JJ-2", renews=LOAN, principal="50000.00", balance="50000.00")

    old = office.get(f"/api/v1/loans/{LOAN}").json()
    assert (renewal.status_code, credited.status_code) == (201, 200)
    assert (old["stage"], old["allowed"]) == ("renewed", [])


@pytest.mark.parametrize("overdue", ["status", "day"])
def test_an_overdue_loan_is_neither_renewed_nor_extended(
    office: TestClient, empty_ledger: Ledger, apply: Any, overdue: str
) -> None:
    late = {"status": "逾期"} if overdue == "status" else {"due_on": days_from(empty_ledger, -1)}
    lend(empty_ledger, **late)
    checked = looked_after(office, days_from(empty_ledger, -1), actor=BANK)

    renewed = apply("JJ-2", renews=LOAN)
    extended = step(office, "extend", OFFICE, approver=LEADER, due_on=days_from(empty_ledger, 500))

    assert (checked.json()["stage"], checked.json()["allowed"]) == ("overdue", ["check"])
    assert [answer.json()["code"] for answer in (renewed, extended)] == ["E-STATE"] * 2


def test_a_loan_that_goes_back_on_two_others_is_renewed_no_more(
    office: TestClient, empty_ledger: Ledger, apply: Any
) -> None:
    lend(empty_ledger, "JJ-0", balance="0.00", status="续贷", settled_on=days_from(empty_ledger, -150))
    lend(empty_ledger, "JJ-00", renews="JJ-0", balance="0.00", status="续贷", settled_on=days_from(empty_ledger, -100))
    lend(empty_ledger, renews="JJ-00")
    looked_after(office, days_from(empty_ledger, 0))

    answer = apply("JJ-2", renews=LOAN)

    assert answer.json()["code"] == "E-STATE"
    assert "renewed 2 times before; 1 is the most" in answer.json()["detail"]


def test_an_extension_by_two_persons_stands_among_the_facts_and_an_old_list_sent_again_takes_nothing_back(
    office: TestClient, empty_ledger: Ledger
) -> None:
    lend(empty_ledger)
    looked_after(office, days_from(empty_ledger, -1))
    later, wanted = days_from(empty_ledger, 500), {"approver": LEADER, "due_on": days_from(empty_ledger, 500)}
    alone = step(office, "extend", OFFICE, approver=OFFICE, due_on=later)
    no_later = step(office, "extend", OFFICE, approver=LEADER, due_on=days_from(empty_ledger, 365))
    too_long = step(office, "extend", OFFICE, approver=LEADER, due_on=days_from(empty_ledger, 1_000))
    extended = step(office, "extend", OFFICE, **wanted)
    twice = step(office, "extend", OFFICE, approver=LEADER, due_on=days_from(empty_ledger, 600))
    again = lend(empty_ledger)

    [row] = office.get("/api/v1/facts/loans").json()["items"]
    assert [answer.json()["code"] for answer in (alone, no_later, too_long, twice)] == [
        "E-SOD",
        "E-DATE",
        "E-OVERRIDE",
        "E-STATE",
    ]
    assert (extended.status_code, extended.json()["stage"], extended.json()["due_on"]) == (200, "extended", later)
    assert (row["status"], row["due_on"], row["outstanding_fen"]) == ("展期", later, 3_000_000)
    assert again.unchanged


def test_an_extension_beyond_the_longest_term_is_recorded_with_who_answers_for_it(
    office: TestClient, empty_ledger: Ledger
) -> None:
    lend(empty_ledger)
    looked_after(office, days_from(empty_ledger, -1))
    answers_for_it = {"override_reason": REASON, "override_approver": COUNTY}

    extended = step(office, "extend", OFFICE, approver=LEADER, due_on=days_from(empty_ledger, 1_000), **answers_for_it)

    assert (extended.status_code, extended.json()["soft_stops"]) == (200, ["loan-too-long"])
    assert REASON not in b"".join(sealed.state for sealed in empty_ledger.money.read()).decode()


def test_a_borrower_who_objects_that_he_borrowed_denies_the_loan_and_his_banker_does_not_answer_him(
    office: TestClient, empty_ledger: Ledger
) -> None:
    agent = born(3)  # who applied for him works in the office
    lend(empty_ledger, agent="测试代办", agent_id=agent)
    wanted = {"actor": TEAM, "objection_no": "YY-1", "ref_kind": "贷款", "ref_no": LOAN, "denial": True}
    filed = office.post("/api/v1/objections", json={**wanted, "content": "本人从未借款"})
    answer = {"outcome": "成立", "reason": "经查属实，冒名贷款"}

    own = office.post("/api/v1/objections/YY-1/resolve", json={"actor": OFFICE, **answer})
    resolved = office.post("/api/v1/objections/YY-1/resolve", json={"actor": LEADER, **answer})

    [row] = office.get("/api/v1/facts/loans").json()["items"]
    assert (filed.status_code, row["identity"]) == (201, "denied")
    assert (own.status_code, own.json()["code"]) == (422, "E-SOD")
    assert (resolved.status_code, resolved.json()["stage"]) == (200, "resolved")


def test_a_check_of_a_day_to_come_or_by_a_wrong_hand_is_refused(office: TestClient, empty_ledger: Ledger) -> None:
    lend(empty_ledger)

    to_come = looked_after(office, days_from(empty_ledger, 1))
    wrong_hand = looked_after(office, days_from(empty_ledger, 0), actor=CLERK)

    assert (to_come.status_code, to_come.json()["code"]) == (422, "E-DATE")
    assert (wrong_hand.status_code, wrong_hand.json()["code"]) == (403, "E-AUTH")


def test_a_loan_that_there_is_not_is_not_found(office: TestClient) -> None:
    assert office.get("/api/v1/loans/JJ-404").status_code == 404
    assert step(office, "credit", LEADER, "JJ-404").json()["code"] == "E-REF"
    assert looked_after(office, "2020-01-01", "JJ-404", TEAM).status_code == 404


def test_of_two_who_credit_and_withdraw_one_loan_at_once_one_is_refused(office: TestClient, apply: Any) -> None:
    numbers = [f"JJ-{number}" for number in range(4)]
    for number in numbers:
        assert apply(number).status_code == 201

    with ThreadPoolExecutor(2) as pool:
        told = [
            (
                pool.submit(step, office, "decline", LEADER, number, reason=REASON),
                pool.submit(step, office, "withdraw", CLERK, number, reason=REASON),
            )
            for number in numbers
        ]
        outcomes = [(declined.result(), withdrawn.result()) for declined, withdrawn in told]

    for pair in outcomes:
        assert sorted(answer.status_code for answer in pair) == [200, 409]
        assert {answer.json().get("code") for answer in pair} == {None, "E-STATE"}


def test_of_two_applications_that_renew_one_loan_at_once_one_is_refused(
    office: TestClient, empty_ledger: Ledger, apply: Any
) -> None:
    lend(empty_ledger)
    looked_after(office, days_from(empty_ledger, -1))

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda number: apply(number, renews=LOAN), ("JJ-2", "JJ-3")))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "E-STATE"}


@pytest.mark.postgresql
def test_a_loan_goes_its_way_in_a_database_as_in_files(ledger_in_a_database: Ledger) -> None:
    ledger = ledger_in_a_database
    furnish_a_bank(ledger)
    with TestClient(create_app(ledger), headers={"Authorization": f"Bearer {ledger.keeper_token}"}) as office:
        office.post("/api/v1/loans", json=application(ledger))
        step(office, "credit", LEADER)
        lend(ledger)
        looked_after(office, days_from(ledger, 0))
        extended = step(office, "extend", OFFICE, approver=LEADER, due_on=days_from(ledger, 500))

        [row] = office.get("/api/v1/facts/loans").json()["items"]

    assert (extended.status_code, extended.json()["stage"]) == (200, "extended")
    assert (row["loan_no"], row["household_no"], row["status"]) == (LOAN, HOUSEHOLD, "展期")
