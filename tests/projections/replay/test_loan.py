"""A loan's history: OUTPUTS §7, the third row of its table."""

from datetime import date

from domain.loan import LoanIssued, LoanOverdue, LoanRenewed, LoanRepaid
from tests.projections.history import person
from tests.projections.replay.story import Story

NOTHING = {"paid_fen": 0, "returned_fen": 0, "reversed_fen": 0, "net_fen": 0}
LOAN = "loan:JJ-0001"
REPAID, SETTLED = date(2020, 9, 10), date(2021, 2, 1)


def figures(story: Story, as_of: date, known_at: int | None = None) -> tuple[int, int]:
    state = story.state(LOAN, as_of, known_at=known_at)
    return state["principal_repaid_fen"], state["outstanding_fen"]


def lines(story: Story) -> list[tuple[str, str, str, int | None, int]]:
    return [
        (line["occurred_on"], line["topic"].removesuffix("/v1"), line["ref"], line["amount_fen"], line["balance_fen"])
        for line in story.ask(LOAN)["timeline"]
    ]


def test_the_state_of_a_loan_has_the_keys_and_figures_that_outputs_names(story: Story) -> None:
    story.package("PKG-1", date(2021, 3, 31))
    story.lend(
        "JJ-0001", "测试丁", repaid_on=REPAID, repaid_fen=500_000, interest_subsidy_fen=66_370, correlation_id="PKG-1"
    )

    assert story.state(LOAN) == {
        "household_no": "H-0001",
        "id_no": person("测试丁"),
        "principal_fen": 5_000_000,
        "moved_fen": 0,
        "principal_repaid_fen": 500_000,
        "interest_repaid_fen": 0,
        "outstanding_fen": 4_500_000,
        "interest_subsidies": {**NOTHING, "paid_fen": 66_370, "net_fen": 66_370},
        "issued_on": "2020-03-10",
        "due_on": "2022-03-09",
        "settled_on": None,
        "identity": "unconfirmed",
    }


def test_a_repayment_that_stands_in_the_first_row_counts_from_its_own_day(story: Story) -> None:
    story.lend("JJ-0001", "测试丁", repaid_on=REPAID, repaid_fen=500_000)

    assert figures(story, date(2020, 3, 9)) == (0, 0)
    assert figures(story, date(2020, 3, 10)) == (0, 5_000_000)
    assert figures(story, date(2020, 9, 9)) == (0, 5_000_000)
    assert figures(story, REPAID) == (500_000, 4_500_000)
    assert lines(story) == [
        ("2020-03-10", "loan-issued", "JJ-0001", 5_000_000, 5_000_000),
        ("2020-09-10", "loan-repaid", "HK/JJ-0001", 500_000, 4_500_000),
    ]


def test_a_loan_owes_nothing_from_the_day_of_settlement_on_whatever_was_repaid(story: Story) -> None:
    story.lend("JJ-0001", "测试丁", settled_on=SETTLED, status="结清")

    day_before, on_the_day = (story.state(LOAN, day) for day in (date(2021, 1, 31), SETTLED))

    assert (day_before["outstanding_fen"], day_before["settled_on"]) == (5_000_000, None)
    assert (on_the_day["outstanding_fen"], on_the_day["settled_on"]) == (0, "2021-02-01")
    assert lines(story)[-1] == ("2021-02-01", "loan-repaid", "JJ-0001", None, 0)


def test_a_repayment_in_a_later_file_is_one_line_of_its_own_event(story: Story) -> None:
    lent = story.lend("JJ-0001", "测试丁")
    story.lend(
        "JJ-0001",
        "测试丁",
        LoanRepaid,
        repaid_on=SETTLED,
        repaid_fen=5_000_000,
        settled_on=SETTLED,
        status="结清",
        occurred_on=SETTLED,
    )

    assert lines(story) == [
        ("2020-03-10", "loan-issued", "JJ-0001", 5_000_000, 5_000_000),
        ("2021-02-01", "loan-repaid", "JJ-0001", 5_000_000, 0),
    ]
    assert figures(story, SETTLED, known_at=lent) == (0, 5_000_000)


def test_what_was_repaid_before_a_later_file_said_more_stays_repaid_on_its_day(story: Story) -> None:
    story.lend("JJ-0001", "测试丁", repaid_on=REPAID, repaid_fen=200_000)
    story.lend("JJ-0001", "测试丁", LoanRepaid, repaid_on=SETTLED, repaid_fen=500_000, occurred_on=SETTLED)
    story.lend("JJ-0001", "测试丁", LoanIssued, repaid_on=SETTLED, repaid_fen=500_000, guarantee_fee_fen=0)

    assert figures(story, date(2021, 1, 31)) == (200_000, 4_800_000)
    assert figures(story, SETTLED) == (500_000, 4_500_000)
    assert [amount_fen for _, topic, _, amount_fen, _ in lines(story) if topic == "loan-repaid"] == [200_000, 300_000]


def test_a_total_that_a_later_file_lowers_was_a_mistake_from_the_beginning(story: Story) -> None:
    stated = story.lend("JJ-0001", "测试丁", repaid_on=REPAID, repaid_fen=500_000)
    story.lend("JJ-0001", "测试丁", LoanRepaid, repaid_on=REPAID, repaid_fen=50_000)

    assert figures(story, REPAID) == (50_000, 4_950_000)
    assert figures(story, REPAID, known_at=stated) == (500_000, 4_500_000)


def test_a_row_that_only_states_a_loan_again_moves_no_money(story: Story) -> None:
    story.lend("JJ-0001", "测试丁")
    story.lend("JJ-0001", "测试丁", LoanOverdue, status="逾期")
    story.lend("JJ-0001", "测试丁", LoanIssued, status="逾期", guarantee_fee_fen=100)

    assert [(topic, amount_fen, balance_fen) for _, topic, _, amount_fen, balance_fen in lines(story)] == [
        ("loan-issued", 5_000_000, 5_000_000),
        ("loan-overdue", None, 5_000_000),
        ("loan-issued", None, 5_000_000),
    ]


def test_a_renewal_tells_its_repayment_apart_from_the_change_of_standing(story: Story) -> None:
    story.lend("JJ-0001", "测试丁")
    story.lend(
        "JJ-0001",
        "测试丁",
        LoanRenewed,
        repaid_on=SETTLED,
        repaid_fen=100_000,
        settled_on=SETTLED,
        status="续贷",
        occurred_on=SETTLED,
    )
    story.lend("JJ-0002", "测试丁", renews="JJ-0001", issued_on=SETTLED, principal_fen=4_900_000)

    assert lines(story)[1:] == [
        ("2021-02-01", "loan-renewed", "JJ-0001", None, 5_000_000),
        ("2021-02-01", "loan-repaid", "HK/JJ-0001", 100_000, 0),
        ("2021-02-01", "loan-issued", "JJ-0002", None, 0),
    ]


def test_an_interest_subsidy_stated_again_keeps_the_day_of_the_package_that_first_told_it(story: Story) -> None:
    story.package("PKG-1", date(2020, 12, 31))
    story.package("PKG-2", date(2021, 3, 31))
    story.lend("JJ-0001", "测试丁", interest_subsidy_fen=600, correlation_id="PKG-1")
    story.lend("JJ-0001", "测试丁", LoanOverdue, interest_subsidy_fen=600, correlation_id="PKG-2", status="逾期")
    story.lend("JJ-0001", "测试丁", interest_subsidy_fen=900, correlation_id="PKG-2", status="逾期")

    def subsidised(as_of: date) -> int:
        net_fen: int = story.state(LOAN, as_of)["interest_subsidies"]["net_fen"]
        return net_fen

    assert [subsidised(day) for day in (date(2020, 12, 30), date(2020, 12, 31), date(2021, 3, 31))] == [0, 600, 900]


def test_before_it_was_lent_a_loan_shows_its_terms_and_no_money(story: Story) -> None:
    story.lend("JJ-0001", "测试丁", repaid_on=REPAID, repaid_fen=500_000)

    state = story.state(LOAN, date(2020, 1, 1))

    assert (state["principal_fen"], state["issued_on"], state["due_on"]) == (5_000_000, "2020-03-10", "2022-03-09")
    assert (state["principal_repaid_fen"], state["outstanding_fen"], state["settled_on"]) == (0, 0, None)
