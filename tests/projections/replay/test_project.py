"""A project's history, and that of its contracts: OUTPUTS §7, the rows of projects and contracts."""

from datetime import date

import pytest

from domain.contract import ContractSigned
from domain.disbursement import PaymentMade
from domain.project import ProjectProposed
from tests.projections.replay.story import VILLAGE, Story

ENTERED, SIGNED, PAID = date(2020, 1, 5), date(2020, 2, 1), date(2020, 3, 1)
AMENDED, ACCEPTED = date(2020, 5, 1), date(2020, 9, 1)


@pytest.fixture
def built(story: Story) -> Story:
    """A road of two funding lines in one payment, which came back whole."""
    story.history.tell(
        ProjectProposed,
        "project",
        project_no="XM-1",
        location=VILLAGE,
        budget_fen=1_000,
        entered_on=ENTERED,
        status="在建",
        accepted_on=ACCEPTED,
        occurred_on=ENTERED,
    )
    story.history.tell(
        ContractSigned,
        "contract",
        contract_no="GC-1",
        project_no="XM-1",
        amount_fen=900,
        signed_on=SIGNED,
        amended_amount_fen=950,
        amended_on=AMENDED,
        occurred_on=SIGNED,
    )
    for line_no, fen in ((1, 300), (2, 200)):
        story.history.tell(
            PaymentMade,
            f"payment T1 {line_no}",
            bank_ref="T1",
            line_no=line_no,
            paid_for="project",
            project_no="XM-1",
            contract_no="GC-1",
            quota_doc_no=f"{line_no}号",
            amount_fen=fen,
            paid_on=PAID,
            occurred_on=PAID,
        )
    return story


def test_a_project_stands_at_the_last_step_that_it_reached_by_the_day(built: Story) -> None:
    days = (date(2020, 1, 1), ENTERED, ACCEPTED)

    assert [built.state("project:XM-1", day)["state"] for day in days] == ["proposed", "approved", "accepted"]


def test_a_contract_is_amended_from_its_day_and_counts_what_was_paid_under_it(built: Story) -> None:
    before, after = (built.state("contract:GC-1", day) for day in (SIGNED, AMENDED))

    assert (before["amount_fen"], before["paid_fen"]) == (900, 0)
    assert after == {
        "project_no": "XM-1",
        "amount_fen": 950,
        "paid_fen": 500,
        "returned_fen": 0,
        "reversed_fen": 0,
        "net_fen": 500,
    }


def test_a_return_takes_all_rows_of_a_payment_back_in_one_line(built: Story) -> None:
    built.give_back("T1", 500, date(2020, 6, 1))

    lines = [line for line in built.ask("project:XM-1")["timeline"] if line["amount_fen"] is not None]

    assert [(line["ref"], line["amount_fen"], line["balance_fen"]) for line in lines] == [
        ("T1", 300, 300),
        ("T1", 200, 500),
        ("TP-T1", 500, 0),
    ]
    assert built.state("payment:T1")["state"] == "returned"
    assert len(built.state("payment:T1")["lines"]) == 2
    assert built.state(f"place:{VILLAGE}", AMENDED)["projects"] == [{"project_no": "XM-1", "net_fen": 500}]
