"""Money followed both ways (OUTPUTS §8)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.trace import trace
from tests.projections.history import account, person
from tests.projections.replay.random_rows import ABOVE, RandomRow, days, rows, subjects, told
from tests.projections.replay.story import COOPERATIVE, COUNTY, DOCUMENT, FAR, TOWNSHIP, Story

ARRIVAL, TRANSFER, PAID = date(2020, 1, 10), date(2020, 3, 1), date(2020, 6, 20)
AT_COUNTY, AT_TOWNSHIP = f"fund:{ABOVE}@{COUNTY}", f"fund:{DOCUMENT}@{TOWNSHIP}"
AT_VILLAGE = f"fund:{DOCUMENT}@{COOPERATIVE}"


def follow(story: Story, subject: str, as_of: date = FAR, **times: Any) -> dict[str, Any]:
    with story.history.project().connect() as connection:
        return trace(connection, subject, as_of=as_of, **times)


def edges(story: Story, subject: str, as_of: date = FAR, **times: Any) -> list[tuple[str, str, str, int, int]]:
    return [tuple(edge.values()) for edge in follow(story, subject, as_of, **times)["edges"]]


@pytest.fixture
def funded(story: Story) -> Story:
    """100,000 yuan to the county, 50,000 of it to the township, 40,000 of that to the village; two are paid."""
    story.finances()
    story.allocate("ZB-1", "到达", 10_000_000, ARRIVAL, quota_doc_no=ABOVE, from_org="省财政厅", to_org=COUNTY)
    story.allocate("ZB-2", "到达", 5_000_000, ARRIVAL, parent_doc_no=ABOVE)
    story.allocate("ZB-3", "拨付", 5_000_000, ARRIVAL)
    story.allocate("ZB-4", "拨付", 4_000_000, TRANSFER, from_org=TOWNSHIP, to_org=COOPERATIVE)
    story.pay("TEST1", "测试甲", 60_000, PAID, quota_doc_no=DOCUMENT, household_no="H-0001")
    story.pay("TEST2", "测试乙", 100_000, PAID, quota_doc_no=DOCUMENT, paid_from=account(COOPERATIVE))
    return story


def test_a_document_is_followed_down_to_its_payees_and_up_to_its_sources(funded: Story) -> None:
    first, second = f"person:{person('测试甲')}", f"person:{person('测试乙')}"

    for subject in (f"fund:{DOCUMENT}", f"fund:{ABOVE}"):
        assert edges(funded, subject) == sorted(
            [
                ("source:省级", AT_COUNTY, "arrived", 10_000_000, 1),
                (AT_COUNTY, AT_TOWNSHIP, "handed_down", 5_000_000, 1),
                (AT_TOWNSHIP, AT_VILLAGE, "transferred", 4_000_000, 1),
                (AT_TOWNSHIP, first, "paid", 60_000, 1),
                (AT_VILLAGE, second, "paid", 100_000, 1),
            ]
        )


def test_a_node_of_a_document_shows_all_that_went_through_it(funded: Story) -> None:
    nodes = {node["id"]: node for node in follow(funded, "payment:TEST1")["nodes"]}

    assert nodes[AT_TOWNSHIP] == {
        "id": AT_TOWNSHIP,
        "kind": "fund",
        "in_fen": 5_000_000,
        "out_fen": 4_060_000,
        "left_fen": 940_000,
    }
    assert nodes[AT_COUNTY]["left_fen"] == 5_000_000
    assert nodes["source:省级"]["out_fen"] == 10_000_000
    assert nodes[f"person:{person('测试甲')}"]["in_fen"] == 60_000


@pytest.mark.parametrize(
    "subject",
    ["payment:TEST1", "household:H-0001", f"person:{person('测试甲')}"],
    ids=["payment", "household", "person"],
)
def test_a_payee_is_followed_from_their_own_payments_up_and_nobody_elses(funded: Story, subject: str) -> None:
    assert edges(funded, subject) == [
        (AT_TOWNSHIP, f"person:{person('测试甲')}", "paid", 60_000, 1),
        (AT_COUNTY, AT_TOWNSHIP, "handed_down", 5_000_000, 1),
        ("source:省级", AT_COUNTY, "arrived", 10_000_000, 1),
    ]


def test_money_without_a_document_comes_from_a_node_without_one(story: Story) -> None:
    story.finances()
    story.package("PKG-1", PAID)
    story.lend("JJ-0001", "测试甲", interest_subsidy_fen=7, correlation_id="PKG-1")

    told_of = follow(story, "loan:JJ-0001")

    assert told_of["edges"] == [
        {
            "from": f"fund:@{TOWNSHIP}",
            "to": f"person:{person('测试甲')}",
            "kind": "paid",
            "amount_fen": 7,
            "count": 1,
        }
    ]
    assert told_of["nodes"][0] | {"id": ""} == {"id": "", "kind": "fund", "in_fen": 0, "out_fen": 7, "left_fen": -7}


def test_a_contract_is_followed_from_its_operator_to_the_households(story: Story) -> None:
    story.sign()
    story.receive("DS1", 5_000_000, PAID)
    story.distribute("FH1", "测试甲", 144_928, PAID)
    story.distribute("FH2", "测试乙", 100, PAID)
    operator, first, second = "org:93440899MA9999902H", f"person:{person('测试甲')}", f"person:{person('测试乙')}"

    whole = follow(story, "contract:HT-01")

    assert [tuple(edge.values()) for edge in whole["edges"]] == sorted(
        [
            (operator, "dividend:HT-01", "received", 5_000_000, 1),
            ("dividend:HT-01", first, "paid", 144_928, 1),
            ("dividend:HT-01", second, "paid", 100, 1),
        ]
    )
    assert next(node for node in whole["nodes"] if node["kind"] == "dividend")["left_fen"] == 4_854_972
    assert [edge[1] for edge in edges(story, first)] == [first, "dividend:HT-01"]


def test_a_trace_counts_by_the_day_by_what_was_known_and_by_what_was_recorded(funded: Story) -> None:
    keyed = date(2020, 8, 1)
    late = funded.pay("LATE", "测试甲", 1_000, PAID, quota_doc_no=DOCUMENT, known_on=keyed, keyed_on=keyed)
    payee = f"person:{person('测试甲')}"

    def paid(as_of: date = FAR, **times: Any) -> int:
        return sum(amount_fen for _, end, _, amount_fen, _ in edges(funded, payee, as_of, **times) if end == payee)

    assert paid() == 61_000
    assert paid(date(2020, 6, 19)) == 0
    assert paid(known_on=date(2020, 7, 31)) == 60_000
    assert paid(known_at=late - 1) == 60_000


def test_what_cannot_be_traced_is_refused_in_both_languages(story: Story) -> None:
    with pytest.raises(LookupError, match=r"不能追踪资金.*cannot be traced"):
        follow(story, "notice:GG-1")
    with pytest.raises(LookupError, match=r"账内没有 payment:TEST9.*is nowhere in this ledger"):
        follow(story, "payment:TEST9")


@settings(max_examples=25, deadline=None)
@given(some=rows, as_of=days | st.just(FAR))
def test_down_a_document_every_node_keeps_what_its_edges_and_its_balance_say(
    some: list[RandomRow], as_of: date
) -> None:
    with told(some) as story:
        for subject in (subject for subject in subjects(story) if subject.startswith("fund:")):
            told_of = follow(story, subject, as_of)
            left = {node["id"]: node["left_fen"] for node in told_of["nodes"]}

            for document in story.state(subject, as_of)["documents"]:
                node = f"fund:{document['quota_doc_no']}@{document['org']}"
                comes = sum(edge["amount_fen"] for edge in told_of["edges"] if edge["to"] == node)
                goes = sum(edge["amount_fen"] for edge in told_of["edges"] if edge["from"] == node)
                assert left.get(node, 0) == comes - goes == document["unspent_fen"]


def test_what_came_back_is_an_edge_from_the_payee_and_the_node_keeps_it(funded: Story) -> None:
    funded.give_back("TEST1", 60_000, date(2020, 6, 25))
    payee = f"person:{person('测试甲')}"

    before, after = (edges(funded, f"fund:{DOCUMENT}", day) for day in (PAID, FAR))
    node = next(node for node in follow(funded, "payment:TEST1")["nodes"] if node["id"] == AT_TOWNSHIP)

    assert (payee, AT_TOWNSHIP, "returned", 60_000, 1) in after
    assert set(after) - set(before) == {(payee, AT_TOWNSHIP, "returned", 60_000, 1)}
    assert (node["in_fen"], node["out_fen"], node["left_fen"]) == (5_060_000, 4_060_000, 1_000_000)
