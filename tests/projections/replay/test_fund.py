"""A quota document's history: OUTPUTS §7, the fourth row of its table."""

from datetime import date

import pytest

from projections.balances import balances
from tests.projections.history import account
from tests.projections.replay.story import COOPERATIVE, COUNTY, DOCUMENT, TOWNSHIP, Story

FUND = f"fund:{DOCUMENT}"
ABOVE = "粤测财农〔2020〕9号"
ARRIVAL, TRANSFER, PAID = date(2020, 1, 10), date(2020, 3, 1), date(2020, 6, 20)


@pytest.fixture
def funded(story: Story) -> Story:
    """100,000 yuan arrive; 40,000 go on to the village, of which 1,000 are paid; 600 are paid by the township."""
    story.finances()
    story.allocate("ZB-1", "到达", 10_000_000, ARRIVAL)
    story.allocate("ZB-2", "分解", 4_000_000, ARRIVAL, from_org=TOWNSHIP, to_org=COOPERATIVE)
    story.allocate("ZB-3", "拨付", 10_000_000, ARRIVAL)
    story.allocate("ZB-4", "拨付", 4_000_000, TRANSFER, from_org=TOWNSHIP, to_org=COOPERATIVE)
    story.pay("TEST1", "测试甲", 60_000, PAID, quota_doc_no=DOCUMENT)
    story.pay("TEST2", "测试乙", 100_000, PAID, quota_doc_no=DOCUMENT, paid_from=account(COOPERATIVE))
    return story


def test_the_state_of_a_document_is_its_balance_at_every_organisation(funded: Story) -> None:
    nothing = dict.fromkeys(
        ("arrived_fen", "sub_allocated_fen", "received_fen", "transferred_in_fen", "handed_down_fen"), 0
    ) | dict.fromkeys(("passed_on_fen", "paid_fen", "returned_fen", "reversed_fen"), 0)

    state = funded.state(FUND)

    assert state == {
        "documents": [
            {"quota_doc_no": DOCUMENT, "org": COOPERATIVE}
            | nothing
            | {"transferred_in_fen": 4_000_000, "paid_fen": 100_000, "unspent_fen": 3_900_000},
            {"quota_doc_no": DOCUMENT, "org": TOWNSHIP}
            | nothing
            | {
                "arrived_fen": 10_000_000,
                "sub_allocated_fen": 4_000_000,
                "received_fen": 10_000_000,
                "passed_on_fen": 4_000_000,
                "paid_fen": 60_000,
                "unspent_fen": 5_940_000,
            },
        ],
        "unspent_fen": 9_840_000,
    }


def test_a_document_at_the_end_of_time_is_what_the_ledger_of_balances_says(funded: Story) -> None:
    documents = funded.state(FUND)["documents"]

    with funded.history.project().connect() as connection:
        assert documents == balances(connection)["documents"]


def test_the_timeline_of_a_document_follows_what_is_left_of_it(funded: Story) -> None:
    timeline = funded.ask(FUND, date(2020, 12, 31))["timeline"]

    assert [(line["ref"], line["amount_fen"], line["balance_fen"]) for line in timeline] == [
        ("ZB-1", 10_000_000, 10_000_000),
        ("ZB-2", 4_000_000, 10_000_000),
        ("ZB-3", 10_000_000, 10_000_000),
        ("ZB-4", 4_000_000, 10_000_000),
        ("TEST1", 60_000, 9_940_000),
        ("TEST2", 100_000, 9_840_000),
    ]


def test_a_document_counts_up_to_the_day_and_the_position_that_are_asked_for(funded: Story) -> None:
    before, arrived, transferred = (funded.state(FUND, day) for day in (date(2020, 1, 9), ARRIVAL, TRANSFER))
    first_entries = funded.state(FUND, known_at=3)

    assert before == {"documents": [], "unspent_fen": 0}
    assert [row["org"] for row in arrived["documents"]] == [TOWNSHIP]
    assert [row["transferred_in_fen"] for row in transferred["documents"]] == [4_000_000, 0]
    assert first_entries["unspent_fen"] == 10_000_000


def test_what_is_handed_down_out_of_a_document_is_on_its_timeline_and_leaves_it(story: Story) -> None:
    story.finances()
    story.allocate("ZB-1", "到达", 10_000_000, ARRIVAL, quota_doc_no=ABOVE, from_org="省财政厅", to_org=COUNTY)
    story.allocate("ZB-2", "到达", 3_000_000, TRANSFER, parent_doc_no=ABOVE)

    above, below = story.ask(f"fund:{ABOVE}"), story.ask(FUND)

    assert [(line["ref"], line["balance_fen"]) for line in above["timeline"]] == [
        ("ZB-1", 10_000_000),
        ("ZB-2", 7_000_000),
    ]
    assert above["state"]["documents"][0]["handed_down_fen"] == 3_000_000
    assert [(line["ref"], line["balance_fen"]) for line in below["timeline"]] == [("ZB-2", 3_000_000)]


def test_a_payment_that_the_office_keyed_late_was_not_known_before(funded: Story) -> None:
    keyed = date(2020, 8, 1)
    funded.pay("LATE", "测试甲", 1_000, PAID, quota_doc_no=DOCUMENT, known_on=keyed, keyed_on=keyed)

    assert funded.state(FUND, known_on=date(2020, 7, 31))["unspent_fen"] == 9_840_000
    assert funded.state(FUND, known_on=keyed)["unspent_fen"] == 9_839_000
