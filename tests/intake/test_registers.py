"""What rows of the registers, lists and notices become, and the checks that are their own."""

from datetime import date
from typing import Any

from intake.problem import Problem, Severity
from intake.sheet import Row, Sheet
from intake.sheets import SHEETS
from tests.intake.making import csv_bytes, found, lines, read

END = date(2020, 10, 31)


def problems_of(key: str, row: Row) -> list[Problem]:
    """What the row checks of a sheet find that ask nothing of the ledger."""
    known: Any = None
    return [problem for check in SHEETS[key].row_checks for problem in check(SHEETS[key], row, known)]


def topic(sheet: Sheet, row: Row, before: dict[str, Any] | None) -> str | None:
    """The topic of the event that the row becomes."""
    event_class = sheet.becomes(row, before)
    return event_class.TOPIC if event_class else None


def test_an_entitlement_sent_again_with_an_end_that_has_passed_is_ended_on_that_day() -> None:
    entitlements = SHEETS["entitlements"]
    assert entitlements.when_changed is not None
    stated = {"to": END, "granted_on": date(2019, 12, 20)}
    passed, ahead = (Row(2, stated, as_of=day) for day in (END, date(2020, 10, 30)))

    assert topic(entitlements, passed, {}) == "entitlement-ended/v1"
    assert entitlements.when_changed(passed, {}) == (END, None)
    assert topic(entitlements, ahead, {}) == "entitlement-granted/v1"
    assert entitlements.when_changed(ahead, {}) == (date(2019, 12, 20), None)


def test_an_entitlement_is_a_grant_at_first_and_while_its_end_stays_what_it_was() -> None:
    entitlements = SHEETS["entitlements"]
    row = Row(2, {"to": END, "declined_on": date(2020, 11, 1)}, as_of=date(2021, 3, 31))

    assert topic(entitlements, row, None) == "entitlement-granted/v1"
    assert topic(entitlements, row, {"to": END}) == "entitlement-granted/v1"


def test_a_notice_whose_withdrawal_arrives_later_is_withdrawn_on_that_day() -> None:
    notices = SHEETS["notices"]
    assert notices.when_changed is not None
    row = Row(2, {"withdrawn_on": END, "from": date(2020, 10, 20)})

    assert topic(notices, row, None) == "notice-published/v1"
    assert topic(notices, row, {}) == "notice-withdrawn/v1"
    assert notices.when_changed(row, {}) == (END, None)
    assert topic(notices, row, {"withdrawn_on": END}) == "notice-published/v1"
    assert notices.when_changed(row, {"withdrawn_on": END}) == (date(2020, 10, 20), None)


def test_an_objection_whose_decision_arrives_later_is_resolved_on_that_day() -> None:
    objections = SHEETS["objections"]
    assert objections.when_changed is not None
    row = Row(2, {"resolved_on": END, "filed_on": date(2020, 10, 20)})

    assert topic(objections, row, None) == "objection-filed/v1"
    assert topic(objections, row, {}) == "objection-resolved/v1"
    assert objections.when_changed(row, {}) == (END, None)


def test_what_a_notice_tells_of_must_be_named_and_a_decision_needs_its_outcome() -> None:
    for kind, column in (("补贴", "programme"), ("项目", "project_no"), ("分红", "contract_no")):
        [problem] = problems_of("notices", Row(2, {"subject_kind": kind}))
        assert (problem.code, problem.column, problem.severity) == ("E-SCHEMA", column, Severity.ERROR)
    assert problems_of("notices", Row(2, {"subject_kind": "指标"})) == []
    [problem] = problems_of("objections", Row(2, {"resolved_on": END}))
    assert (problem.code, problem.column) == ("E-SCHEMA", "outcome")


def test_nobody_is_his_own_guardian_and_no_number_stands_in_the_message() -> None:
    number = "440899196803051173"

    [problem] = problems_of("guardians", Row(2, {"ward_id": number, "guardian_id": number}))

    assert (problem.code, problem.column, problem.severity) == ("E-SCHEMA", "guardian_id", Severity.ERROR)
    assert number not in str(problem.as_dict())


def test_a_class_ends_after_it_starts_and_one_of_a_whole_day_does() -> None:
    classes = SHEETS["training_classes"]
    backwards = {"start_at": "2020-05-11 08:30", "end_at": "2020-05-11 08:30"}

    table = read("training_classes.csv", csv_bytes(lines(classes, {"start_at": "2020-05-11", "end_at": "2020-05-11"})))

    assert found(table) == []
    assert problems_of("training_classes", table.rows[0]) == []
    assert classes.occurred_on(table.rows[0]) == date(2020, 5, 11)
    assert [problem.code for problem in problems_of("training_classes", Row(2, {**backwards}))] == ["E-DATE"]


def test_a_receipt_of_nothing_is_a_statement_and_one_without_an_amount_is_refused() -> None:
    receipts = SHEETS["receipts"]

    table = read("receipts.csv", csv_bytes(lines(receipts, {"stated_amount": "0.00"}, {"stated_amount": ""})))

    assert table.rows[0].get("stated_amount") == 0
    assert not table.rows[0].refused
    assert table.rows[1].refused


def test_limits_and_objections_are_read_in_english_words_too() -> None:
    limits = read("approval_limits.csv", csv_bytes(lines(SHEETS["approval_limits"], {"limit_kind": "tender"})))
    objections = read("objections.csv", csv_bytes(lines(SHEETS["objections"], {"ref_kind": "loan", "ref_no": "JJ-1"})))

    assert limits.rows[0].get("limit_kind") == "招标"
    assert objections.rows[0].get("ref_kind") == "贷款"
