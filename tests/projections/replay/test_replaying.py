"""What holds for every subject: refusals, the order of a timeline, and sums that meet the fact tables."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from projections.balances import balances
from projections.tables.dividends import DIVIDENDS
from projections.tables.loans import LOANS
from projections.tables.payments import PAYMENTS
from tests.projections.history import person
from tests.projections.replay.random_rows import RandomRow, days, rows, subjects, told
from tests.projections.replay.story import COOPERATIVE, FAR, VILLAGE, Story

FIGURE = {
    "household": "received_fen",
    "person": "received_fen",
    "loan": "outstanding_fen",
    "fund": "unspent_fen",
    "payment": "net_fen",
    "project": "net_fen",
    "contract": "undistributed_fen",
    "account": "balance_fen",
    "place": "received_fen",
}
"""The figure that OUTPUTS §7 prints bold."""


@pytest.mark.parametrize(
    "subject", ["household:H-9999", "payment:TEST9", "fund:无此文号", f"person:{person('nobody')}", "notice:GG-0"]
)
def test_a_subject_that_is_nowhere_in_the_ledger_is_refused_in_both_languages(story: Story, subject: str) -> None:
    story.stand("测试甲")

    with pytest.raises(LookupError, match=r"账内没有 .* is nowhere in this ledger"):
        story.ask(subject)


@pytest.mark.parametrize("subject", ["village:测试一村", "household", "household:", ":H-0001"])
def test_a_subject_without_a_history_is_refused_with_the_kinds_that_have_one(story: Story, subject: str) -> None:
    with pytest.raises(
        LookupError, match="household, person, loan, fund, payment, project, contract, notice, account, place"
    ):
        story.ask(subject)


def test_a_subject_that_came_later_is_there_and_was_empty_before_the_first_import(story: Story) -> None:
    story.stand("测试甲")

    asked = story.ask("household:H-0001", known_at=0)

    assert asked["timeline"] == []
    assert (asked["state"]["village"], asked["state"]["received_fen"], asked["known_at"]) == (None, 0, 0)


def test_a_timeline_runs_by_day_and_then_by_position_whatever_the_order_of_recording(story: Story) -> None:
    later = story.pay("B", "测试甲", 1, date(2020, 6, 2), household_no="H-0001")
    first = story.pay("A", "测试甲", 2, date(2020, 6, 1), household_no="H-0001")
    second = story.pay("C", "测试甲", 4, date(2020, 6, 1), household_no="H-0001")

    timeline = story.ask("household:H-0001")["timeline"]

    assert [(line["position"], line["balance_fen"]) for line in timeline] == [(first, 2), (second, 6), (later, 7)]


@settings(max_examples=25, deadline=None)
@given(some=rows)
def test_what_households_received_at_the_end_of_time_is_the_sum_of_the_fact_tables(some: list[RandomRow]) -> None:
    with told(some) as story:
        named = [subject for subject in subjects(story) if subject.startswith("household:")]
        states = {subject.removeprefix("household:"): story.state(subject) for subject in named}

        with story.history.project().connect() as connection:
            for number, state in states.items():
                paid, distributed, owed = (
                    connection.execute(select(func.sum(facts.c[fen])).where(facts.c.household_no == number)).scalar()
                    for facts, fen in ((PAYMENTS, "net_fen"), (DIVIDENDS, "net_fen"), (LOANS, "outstanding_fen"))
                )
                assert state["received_fen"] == (paid or 0) + (distributed or 0)
                assert state["outstanding_fen"] == (owed or 0)


@settings(max_examples=25, deadline=None)
@given(some=rows)
def test_documents_and_dividends_at_the_end_of_time_are_what_the_ledger_of_balances_says(
    some: list[RandomRow],
) -> None:
    with told(some) as story:
        funds = [story.state(subject)["documents"] for subject in subjects(story) if subject.startswith("fund:")]
        place = story.state(f"place:{VILLAGE}")

        with story.history.project().connect() as connection:
            whole = balances(connection)
        of_documents = [row for row in whole["documents"] if row["quota_doc_no"]]
        assert sorted(str(row) for documents in funds for row in documents) == sorted(map(str, of_documents))
        assert place["documents"] == [row for row in of_documents if row["org"] == COOPERATIVE]
        assert place["dividends"] == whole["dividends"]


@settings(max_examples=25, deadline=None)
@given(some=rows, as_of=days | st.just(FAR), known_on=st.none() | days, known_at=st.none() | st.integers(0, 40))
def test_the_balance_of_the_last_line_is_the_figure_of_the_state_for_every_subject(
    some: list[RandomRow], as_of: date, known_on: date | None, known_at: int | None
) -> None:
    with told(some) as story:
        for subject in subjects(story):
            asked = story.ask(subject, as_of, known_on=known_on, known_at=known_at)
            lines = asked["timeline"]

            figure = FIGURE.get(subject.partition(":")[0])
            if figure is not None:
                assert (lines[-1]["balance_fen"] if lines else 0) == asked["state"][figure]
            assert lines == sorted(lines, key=lambda line: (line["occurred_on"], line["position"]))
            assert all(line["occurred_on"] <= as_of.isoformat() for line in lines)
            assert all(known_at is None or line["position"] <= known_at for line in lines)
            if known_on is not None:
                assert all((line["known_on"] or line["occurred_on"]) <= known_on.isoformat() for line in lines)


@settings(max_examples=25, deadline=None)
@given(some=rows, more=rows, as_of=days | st.just(FAR), known_on=st.none() | days)
def test_a_history_up_to_a_position_is_the_history_of_the_ledger_as_it_was_then(
    some: list[RandomRow], more: list[RandomRow], as_of: date, known_on: date | None
) -> None:
    with told(some) as then, told([*some, *more]) as now:
        size = then.history.money.head.position

        for subject in subjects(then):
            as_it_was = then.ask(subject, as_of, known_on=known_on, known_at=size)
            assert now.ask(subject, as_of, known_on=known_on, known_at=size) == as_it_was
