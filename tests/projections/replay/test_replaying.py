"""What holds for every subject: refusals, the order of a timeline, and sums that meet the fact tables."""

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from domain.loan import LoanRepaid
from domain.person import HouseholdExited, MemberChanged
from projections.balances import balances
from projections.history import SUBJECTS
from projections.tables.dividends import DIVIDENDS
from projections.tables.loans import LOANS
from projections.tables.payments import PAYMENTS
from tests.projections.history import History, account, person
from tests.projections.replay.story import COOPERATIVE, COUNTY, DOCUMENT, FAR, TOWNSHIP, VILLAGE, Story

YEAR = date(2020, 1, 1)
NAMES = ("测试甲", "测试乙", "测试丙")
HOUSEHOLDS = ("H-0001", "H-0002")
BOLD = {
    "household": "received_fen",
    "person": "received_fen",
    "loan": "outstanding_fen",
    "fund": "unspent_fen",
    "payment": "net_fen",
    "contract": "undistributed_fen",
    "account": "balance_fen",
    "place": "received_fen",
}

days = st.integers(0, 365).map(lambda offset: YEAR + timedelta(days=offset))
amounts = st.integers(1, 10_000)
names = st.sampled_from(NAMES)
rows = st.lists(
    st.one_of(
        st.tuples(
            st.just("pay"), names, amounts, days, st.none() | st.sampled_from(HOUSEHOLDS), st.booleans(), st.booleans()
        ),
        st.tuples(st.just("roster"), names, st.sampled_from(HOUSEHOLDS), days, st.none() | days, st.booleans()),
        st.tuples(st.just("loan"), names, days, st.integers(0, 20), st.none() | amounts, st.booleans()),
        st.tuples(st.just("dividend"), names, amounts, days, st.sampled_from(HOUSEHOLDS)),
        st.tuples(st.just("receipt"), amounts, days),
        st.tuples(
            st.just("allocation"),
            st.sampled_from(("到达", "分解", "拨付")),
            amounts,
            days,
            st.permutations((COUNTY, TOWNSHIP, COOPERATIVE)),
            st.none() | st.sampled_from((DOCUMENT, "粤测财农〔2020〕9号")),
        ),
    ),
    max_size=25,
)


def tell(story: Story, told: list[tuple[Any, ...]]) -> None:
    """Tell random rows; what follows the kind of each is what `rows` draws."""
    story.finances()
    story.sign(reserve_ppm=70_000)
    story.package("PKG-1", date(2021, 3, 31))
    for number, (kind, *row) in enumerate(told):
        {"pay": pay, "roster": stand, "loan": lend, "dividend": distribute, "receipt": receive, "allocation": allocate}[
            kind
        ](story, number, *row)


def pay(story: Story, number: int, name: str, fen: int, day: date, household: str | None, *flags: bool) -> None:
    quarantined, funded = flags
    story.pay(
        f"PAY{number}",
        name,
        fen,
        day,
        household_no=household,
        quarantine=("E-ID:id_no",) if quarantined else (),
        quota_doc_no=DOCUMENT if funded else None,
    )


def stand(story: Story, number: int, name: str, household: str, day: date, out: date | None, later: bool) -> None:  # noqa: FBT001, PLR0913
    exited = {"exited_on": max(day, out), "exit_kind": "脱贫"} if out else {}
    stood = {"included_on": day - timedelta(days=number), "relation": "其他"}
    story.stand(name, household, **stood, **({} if later else exited))
    if later and out:
        event = MemberChanged if number % 2 else HouseholdExited
        story.stand(name, household, event, **stood, **exited, occurred_on=max(day, out))


def lend(story: Story, number: int, name: str, day: date, repaid: int, subsidy: int | None, again: bool) -> None:  # noqa: FBT001, PLR0913
    terms: dict[str, Any] = {
        "principal_fen": 5_000_000,
        "issued_on": day,
        "household_no": HOUSEHOLDS[number % 2],
        "interest_subsidy_fen": subsidy,
        "correlation_id": "PKG-1",
    }
    part = {"repaid_on": day + timedelta(days=30), "repaid_fen": repaid} if repaid else {}
    story.lend(f"JJ-{number}", name, **terms, **part)
    if again:
        whole = {"repaid_on": day + timedelta(days=60), "repaid_fen": 5_000_000, "settled_on": day + timedelta(days=60)}
        story.lend(f"JJ-{number}", name, LoanRepaid, **terms, **whole, occurred_on=whole["settled_on"])


def distribute(story: Story, number: int, name: str, fen: int, day: date, household: str) -> None:
    story.distribute(f"DIV{number}", name, fen, day, household_no=household)


def receive(story: Story, number: int, fen: int, day: date) -> None:
    story.receive(f"DS{number}", fen, day)


def allocate(story: Story, number: int, kind: str, fen: int, day: date, orgs: list[str], parent: str | None) -> None:  # noqa: PLR0913
    story.allocate(
        f"ZB-{number}",
        kind,
        fen,
        day,
        from_org=orgs[0],
        to_org=orgs[1],
        parent_doc_no=parent if kind == "到达" else None,
    )


def subjects(story: Story) -> list[str]:
    """Every subject of a kind that has a history."""
    from projections.tables.internal import SUBJECT_INDEX

    with story.history.project().connect() as connection:
        named = connection.execute(select(SUBJECT_INDEX.c.kind, SUBJECT_INDEX.c.value).distinct()).all()
    return [f"{kind}:{value}" for kind, value in named if kind in SUBJECTS]


@pytest.mark.parametrize(
    "subject", ["household:H-9999", "payment:TEST9", "fund:无此文号", f"person:{person('nobody')}"]
)
def test_a_subject_that_is_nowhere_in_the_ledger_is_refused_in_both_languages(story: Story, subject: str) -> None:
    story.stand("测试甲")

    with pytest.raises(LookupError, match=r"账内没有 .* is nowhere in this ledger"):
        story.ask(subject)


@pytest.mark.parametrize("subject", ["village:测试一村", "household", "household:", ":H-0001"])
def test_a_subject_without_a_history_is_refused_with_the_kinds_that_have_one(story: Story, subject: str) -> None:
    with pytest.raises(LookupError, match="household, person, loan, fund, payment, contract, notice, account, place"):
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
@given(told=rows)
def test_what_households_received_at_the_end_of_time_is_the_sum_of_the_fact_tables(told: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(History(Path(folder)))
        tell(story, told)
        named = [subject for subject in subjects(story) if subject.startswith("household:")]

        received = {subject: story.state(subject)["received_fen"] for subject in named}
        owed = {subject: story.state(subject)["outstanding_fen"] for subject in named}

        with story.history.project().connect() as connection:
            for subject in named:
                number = subject.removeprefix("household:")
                sums = [
                    connection.execute(select(func.sum(facts.c[column])).where(facts.c.household_no == number)).scalar()
                    for facts, column in ((PAYMENTS, "net_fen"), (DIVIDENDS, "net_fen"), (LOANS, "outstanding_fen"))
                ]
                assert received[subject] == (sums[0] or 0) + (sums[1] or 0)
                assert owed[subject] == (sums[2] or 0)
        story.history.close()


@settings(max_examples=25, deadline=None)
@given(told=rows, as_of=days | st.just(FAR), known_at=st.none() | st.integers(0, 40))
def test_the_balance_of_the_last_line_is_the_figure_of_the_state_for_every_subject(
    told: list[tuple[Any, ...]], as_of: date, known_at: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(History(Path(folder)))
        tell(story, told)

        for subject in subjects(story):
            asked = story.ask(subject, as_of, known_at=known_at)
            figure = asked["state"][BOLD[subject.partition(":")[0]]]
            lines = asked["timeline"]
            assert (lines[-1]["balance_fen"] if lines else 0) == figure, subject
            assert lines == sorted(lines, key=lambda line: (line["occurred_on"], line["position"])), subject
            assert all(line["occurred_on"] <= as_of.isoformat() for line in lines), subject
            assert all(known_at is None or line["position"] <= known_at for line in lines), subject
        story.history.close()


@settings(max_examples=25, deadline=None)
@given(told=rows)
def test_every_document_at_the_end_of_time_is_what_the_ledger_of_balances_says(told: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(History(Path(folder)))
        tell(story, told)

        funds = [story.state(subject)["documents"] for subject in subjects(story) if subject.startswith("fund:")]
        places = story.state(f"place:{VILLAGE}")

        with story.history.project().connect() as connection:
            whole = balances(connection)
        with_document = [row for row in whole["documents"] if row["quota_doc_no"]]
        in_order = lambda row: (row["quota_doc_no"], row["org"])  # noqa: E731
        assert sorted((row for documents in funds for row in documents), key=in_order) == with_document
        assert places["documents"] == [row for row in with_document if row["org"] == COOPERATIVE]
        assert places["dividends"] == whole["dividends"]
        assert story.state(f"account:{account(COOPERATIVE)}")["sent_fen"] == 0
        story.history.close()
