"""The life of alerts in the engine: raised, changed, withdrawn, raised again; nothing twice, nothing lost."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from msgspec.structs import fields
from sqlalchemy import Connection, event, select

from domain.alert import AlertRow
from domain.event import BookName, Event
from projections.alerts import Asked, listed
from projections.dialect import writing
from projections.rules import RULES
from projections.rules.alert import AlertFields, alert_id
from projections.rules.engine import Due, Scope, evaluate, keys_touched, settle
from projections.rules.rule import Touched
from projections.runner import position_of
from projections.tables.catalogue import FACT_TABLES
from projections.tables.internal import TOUCHED
from tests.projections.history import person
from tests.projections.rules.town import AS_OF, DISABILITY, FEW, Town

Statement = tuple[str, Any]

MAY_BE_SCANNED = {
    "guardians",
    "spot_check_samples",
    "programmes",
    "programme_rates",
    "approval_limits",
    "staff",
    "accounts",
    "packages",
    "relations",
}
"""Registers of an office, of tens to hundreds of rows, whatever the ledger's size."""

FACTS_THAT_GROW = {facts.name for facts in FACT_TABLES.values()} - MAY_BE_SCANNED

APRIL_22, APRIL_27 = date(2020, 4, 22), date(2020, 4, 27)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """A few rules, whatever others would say."""
    return FEW


def pay_twice(town: Town, to: str = "甲") -> None:
    """The plainest case of DUP-01."""
    town.pay(to, "2020-04", APRIL_22)
    town.pay(to, "2020-04", APRIL_27)


def states(town: Town) -> list[tuple[str, str]]:
    """(rule, state) of every alert in the tables."""
    with town.views.connect() as connection:
        return [(alert["rule_id"], alert["state"]) for alert in listed(connection)]


def test_an_alert_id_is_the_hash_of_rule_and_anchor_and_of_nothing_else() -> None:
    anchor = ("person:P-0123456789abcdef", "programme:职业培训补贴", "2020Q2")

    assert alert_id("DUP-01", anchor) == "dfe535a58ed043e9935d8751eae8ab7e"


def test_the_fields_of_an_alert_are_those_of_its_event_beside_the_envelope() -> None:
    own = {told.name for told in fields(AlertRow)} - {told.name for told in fields(Event)}

    assert set(AlertFields.__annotations__) == own


def test_evidence_that_grows_changes_the_alert_and_makes_no_other(town: Town) -> None:
    town.programme()
    pay_twice(town)
    [raised] = town.run().raised
    third = town.pay("甲", "2020-04", date(2020, 4, 29))

    outcome = town.run()

    [changed] = outcome.changed
    assert (outcome.raised, outcome.withdrawn) == ([], [])
    assert changed["alert_id"] == raised["alert_id"]
    assert changed["event_refs"] == (*raised["event_refs"], third)
    assert changed["amount_at_risk_fen"] == 362_00


def test_a_second_round_without_new_facts_finds_nothing_to_say(town: Town) -> None:
    town.programme()
    pay_twice(town)
    town.run()

    live, whole = town.run(), town.run(Scope.EVERYTHING)

    assert (live.raised, live.changed, live.withdrawn) == ([], [], [])
    assert (whole.raised, whole.changed, whole.withdrawn) == ([], [], [])


def test_changed_terms_withdraw_the_alert_and_name_the_position_that_cleared_it(town: Town) -> None:
    town.programme()
    pay_twice(town)
    [raised] = town.run().raised
    clearing = town.programme(max_per_period=2)

    outcome = town.run()

    assert outcome.withdrawn == [{"alert_id": raised["alert_id"], "rule_id": "DUP-01", "clearing_position": clearing}]
    assert states(town) == [("DUP-01", "withdrawn")]


def test_an_alert_that_was_withdrawn_is_raised_again_under_its_id(town: Town) -> None:
    town.programme()
    pay_twice(town)
    [first] = town.run().raised
    town.programme(max_per_period=2)
    town.run()
    town.programme(max_per_period=1)

    [again] = town.run().raised

    assert again == first
    assert states(town) == [("DUP-01", "raised")]


def test_a_loan_moved_to_another_account_withdraws_the_alert_on_the_account_that_it_left(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card one", APRIL_22)
    town.lend("JJ-2", "乙", "H-2", "card one", APRIL_27)
    town.lend("JJ-3", "丙", "H-3", "card two", APRIL_27)
    [on_the_first] = town.run().raised
    town.lend("JJ-2", "乙", "H-2", "card two", APRIL_27)

    outcome = town.run()

    assert [gone["alert_id"] for gone in outcome.withdrawn] == [on_the_first["alert_id"]]
    assert [alert["subjects"][1:3] for alert in outcome.raised] == [("loan:JJ-2", "loan:JJ-3")]


def test_a_live_round_judges_only_what_was_touched(town: Town) -> None:
    town.programme()
    town.pay("丙", "2020-04", APRIL_22)
    town.run()
    pay_twice(town)
    with writing(town.views) as connection:
        connection.execute(TOUCHED.delete())
    pay_twice(town, to="乙")

    outcome = town.run()

    assert [alert["anchor"][0] for alert in outcome.raised] == [f"person:{person('乙')}"]


def test_a_rule_whose_last_missing_table_gets_a_row_judges_everything(town: Town) -> None:
    pay_twice(town)
    assert town.run().raised == []
    town.programme(name="别的项目")
    with writing(town.views) as connection:
        connection.execute(TOUCHED.delete())

    town.programme()

    assert [alert["rule_id"] for alert in town.run().raised] == ["DUP-01"]


def test_alerts_come_in_the_order_of_rule_and_anchor(town: Town) -> None:
    town.programme()
    for name in ("丁", "丙", "乙", "甲"):
        pay_twice(town, to=name)
    town.lend("JJ-1", "甲", "H-1", "card", APRIL_22)
    town.lend("JJ-2", "乙", "H-2", "card", APRIL_27)

    raised = [(alert["rule_id"], alert["anchor"]) for alert in town.run().raised]

    assert raised == sorted(raised)
    assert len(raised) == 5


def test_a_crash_after_the_alerts_were_appended_appends_nothing_twice(town: Town) -> None:
    town.programme()
    pay_twice(town)
    with writing(town.views) as connection:
        town.append(town.judged(connection, Scope.TOUCHED))
    # here the process dies: nothing was projected, the keys are still touched

    outcome = town.run()

    assert (outcome.raised, outcome.changed, outcome.withdrawn) == ([], [], [])
    assert len(town.history.supervision.entries) == 1


def test_a_crash_before_the_alerts_were_appended_leaves_the_keys_to_be_judged_again(town: Town) -> None:
    town.programme()
    pay_twice(town)
    with writing(town.views) as connection:
        lost = town.judged(connection, Scope.TOUCHED)

    outcome = town.run()

    assert outcome == lost
    assert len(outcome.raised) == 1


def test_touched_keys_stay_when_facts_came_in_while_the_rules_were_judging(town: Town) -> None:
    town.programme()
    pay_twice(town)
    with writing(town.views) as connection:
        outcome = town.judged(connection, Scope.TOUCHED)
    town.pay("乙", "2020-04", APRIL_22)

    with writing(town.views) as connection:
        settle(connection, town.pack, Due(Scope.TOUCHED, AS_OF, AS_OF), outcome)
        left = connection.execute(select(TOUCHED.c.key).where(TOUCHED.c.kind == "person")).scalars().all()

    assert left == [person("乙")]


def test_views_made_anew_raise_nothing_twice(town: Town) -> None:
    town.programme()
    pay_twice(town)
    town.run()
    town.history.project(anew=True)

    outcome = town.run()

    assert outcome.through == len(town.history.money.entries)
    assert (outcome.raised, outcome.changed, outcome.withdrawn) == ([], [], [])


def test_another_pack_that_finds_the_same_leaves_the_alert_with_the_pack_that_raised_it(town: Town) -> None:
    town.programme()
    pay_twice(town)
    [raised] = town.run().raised
    town.pack = type(town.pack).read('version = "another"')

    outcome = town.run(Scope.EVERYTHING)

    assert town.pack.hash != raised["pack_hash"]
    assert (outcome.raised, outcome.changed, outcome.withdrawn) == ([], [], [])


def test_no_sentence_and_no_anchor_names_a_person_but_by_reference(town: Town) -> None:
    town.programme()
    town.death("甲", date(2020, 3, 1), date(2020, 3, 2))
    pay_twice(town)
    town.lend("JJ-1", "甲", "H-1", "card", APRIL_22)
    town.lend("JJ-2", "乙", "H-2", "card", APRIL_27)

    raised = town.run().raised

    assert [alert["rule_id"] for alert in raised] == ["DUP-01", "FAL-01", "LNM-01"]
    assert not [alert for alert in raised if "P-" in alert["why_zh"] + alert["why_en"]]
    assert not [alert for alert in raised if "甲" in alert["why_zh"] + alert["why_en"]]


def test_a_live_batch_is_judged_through_indexes_and_scans_no_table_of_facts(town: Town) -> None:
    found: dict[str, list[str]] = {}

    with writing(town.views) as connection:
        for rule_id, rule in RULES.items():
            statements: list[Statement] = []
            note = _noting(statements)
            event.listen(connection, "before_cursor_execute", note)
            connection.execute(
                rule.finds(
                    Touched(keys_touched(rule.terms) if rule.terms.keyed_by else None),
                    town.pack.limits_for(rule, AS_OF),
                )
            )
            event.remove(connection, "before_cursor_execute", note)
            steps = [step for statement, values in statements for step in _plan(connection, statement, values)]
            if rule.terms.keyed_by is not None and (scanned := _scanned(steps) & FACTS_THAT_GROW):
                found[rule_id] = sorted(scanned)

    assert found == {}


def test_standing_alerts_are_found_through_their_anchors(town: Town) -> None:
    town.programme()
    pay_twice(town)
    town.run()
    pay_twice(town)
    statements: list[Statement] = []

    with writing(town.views) as connection:
        note = _noting(statements)
        event.listen(connection, "before_cursor_execute", note)
        town.judged(connection, Scope.TOUCHED)
        event.remove(connection, "before_cursor_execute", note)
        steps = [step for statement, values in statements for step in _plan(connection, statement, values)]

    assert sorted(_scanned(steps) & {"alerts", "alert_anchors"}) == []
    assert not [step for step in steps if "alerts_by_rule_id_state" in step]


def test_judging_writes_nothing_into_the_tables(town: Town) -> None:
    town.programme()
    pay_twice(town)
    town.history.project()
    statements: list[Statement] = []

    with town.views.connect() as connection:
        note = _noting(statements)
        event.listen(connection, "before_cursor_execute", note)
        evaluate(connection, town.pack, as_of=AS_OF, scope=Scope.EVERYTHING)
        event.remove(connection, "before_cursor_execute", note)

    assert {statement.split()[0] for statement, _ in statements} <= {"BEGIN", "SELECT", "WITH"}
    assert position_of_money(town) == 3


def position_of_money(town: Town) -> int:
    with town.views.connect() as connection:
        return position_of(connection, BookName.MONEY)


def test_the_list_of_alerts_prints_references_days_and_positions_as_outputs_says(town: Town) -> None:
    town.programme()
    pay_twice(town)
    [raised] = town.run().raised

    with town.views.connect() as connection:
        [line] = listed(connection)

    assert list(line) == [
        "alert_id",
        "rule_id",
        "rule_version",
        "pack_hash",
        "severity",
        "state",
        "anchor",
        "subjects",
        "event_refs",
        "amount_at_risk_fen",
        "occurred_on",
        "raised_at",
        "why_zh",
        "why_en",
        "assignee",
        "reason_code",
        "ordered_fen",
        "recovered_fen",
        "grounds_changed",
        "grounds_gone",
        "unfounded",
    ]
    assert line["anchor"] == [f"person:{person('甲')}", f"programme:{DISABILITY}", "2020-04"]
    assert (line["event_refs"], line["occurred_on"]) == ([2, 3], "2020-04-27")
    assert (line["alert_id"], line["pack_hash"]) == (raised["alert_id"], town.pack.hash)


def test_the_list_of_alerts_is_read_on_from_the_last_line_and_filtered_by_rule_and_severity(town: Town) -> None:
    town.programme()
    for name in ("甲", "乙", "丙"):
        pay_twice(town, to=name)
    town.run()

    with town.views.connect() as connection:
        whole = list(listed(connection))
        first = list(listed(connection, limit=1))
        rest = list(listed(connection, after=(first[-1]["raised_at"], first[-1]["alert_id"])))
        orange = list(listed(connection, Asked(severity="O")))
        duplicates = list(listed(connection, Asked(rule_id="DUP-01")))

    assert first + rest == whole == duplicates
    assert [line["alert_id"] for line in whole] == sorted(line["alert_id"] for line in whole)
    assert orange == []


def _noting(statements: list[Statement]) -> Callable[..., None]:
    """A listener that notes each statement with its values."""

    def note(_connection: object, _cursor: object, *statement: Any) -> None:
        statements.append((statement[0], statement[1]))

    return note


def _plan(connection: Connection, statement: str, values: Any) -> list[str]:
    """The steps by which the database answers; PostgreSQL is asked what it would do on tables worth an index."""
    if connection.dialect.name == "sqlite":
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    rows = connection.exec_driver_sql(f"EXPLAIN {statement}", values)
    return [row[0].strip(" ->").partition("  (")[0] for row in rows]


def _scanned(steps: list[str]) -> set[str]:
    """The tables that are read whole: `SCAN payments`, `Seq Scan on payments`."""
    whole = (step for step in steps if step.startswith(("SCAN ", "Seq Scan on ")))
    return {step.split()[3 if step.startswith("Seq") else 1] for step in whole}
