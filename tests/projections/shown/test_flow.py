"""The picture of where the money went: conserved at every programme, whole in every column."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from projections.flow import flow
from projections.tables.payments import PAYMENTS
from tests.projections.replay.random_rows import RandomRow, rows, told
from tests.projections.replay.story import DOCUMENT, TRAINING, VILLAGE, Story

PAID = date(2020, 6, 20)


def drawn(story: Story, **how: Any) -> dict[str, Any]:
    with story.history.project().connect() as connection:
        return flow(connection, **how)


def test_a_payment_goes_from_the_source_of_its_document_by_its_programme_to_its_village(story: Story) -> None:
    story.allocate("ZB-1", "到达", 10_000_000, date(2020, 1, 10), fund_source="市级")
    story.pay("TEST1", "测试甲", 60_000, PAID, quota_doc_no=DOCUMENT)
    story.pay("TEST2", "测试乙", 40_000, PAID, quota_doc_no=DOCUMENT)

    assert drawn(story) == {
        "nodes": [
            {"id": "source:市级", "kind": "source", "label": "市级", "amount_fen": 100_000},
            {"id": f"programme:{TRAINING}", "kind": "programme", "label": TRAINING, "amount_fen": 100_000},
            {"id": f"village:{VILLAGE}", "kind": "village", "label": VILLAGE, "amount_fen": 100_000},
        ],
        "edges": [
            {"from": f"programme:{TRAINING}", "to": f"village:{VILLAGE}", "amount_fen": 100_000, "count": 2},
            {"from": "source:市级", "to": f"programme:{TRAINING}", "amount_fen": 100_000, "count": 2},
        ],
    }


def test_what_a_payment_does_not_say_is_shown_as_not_said(story: Story) -> None:
    story.package("PKG-1", PAID)
    story.pay("TEST1", "测试甲", 5, PAID, quota_doc_no="无此文号", programme=None, quarantine=("E-SCHEMA:programme",))
    story.lend("JJ-0001", "测试甲", interest_subsidy_fen=7, correlation_id="PKG-1")

    labels = {node["id"]: node["label"] for node in drawn(story)["nodes"]}

    assert labels == {
        "source:": "未注明来源",
        "programme:": "未注明项目",
        "programme:贷款贴息": "贷款贴息",
        "village:": "未注明",
        f"village:{VILLAGE}": VILLAGE,
    }


def test_beyond_the_greatest_villages_the_rest_is_one_bar(story: Story) -> None:
    for number in range(1, 6):
        story.pay(f"TEST{number}", "测试甲", number, PAID, village=f"测试{number}村")

    shown = [(node["label"], node["amount_fen"]) for node in drawn(story, villages=2)["nodes"][2:]]
    all_but_one = [node["label"] for node in drawn(story, villages=4)["nodes"][2:]]

    assert shown == [("其他", 6), ("测试5村", 5), ("测试4村", 4)]
    assert all_but_one == ["测试5村", "测试4村", "测试3村", "测试2村", "测试1村"]


def test_an_empty_ledger_has_an_empty_picture(story: Story) -> None:
    assert drawn(story) == {"nodes": [], "edges": []}


@settings(max_examples=25, deadline=None)
@given(some=rows, villages=st.integers(0, 3))
def test_money_is_conserved_at_every_programme_and_whole_in_every_column(some: list[RandomRow], villages: int) -> None:
    with told(some) as story:
        picture = drawn(story, villages=villages)

        with story.history.project().connect() as connection:
            paid_fen = connection.execute(select(func.sum(PAYMENTS.c.net_fen))).scalar() or 0
        for node in picture["nodes"]:
            comes = sum(edge["amount_fen"] for edge in picture["edges"] if edge["to"] == node["id"])
            goes = sum(edge["amount_fen"] for edge in picture["edges"] if edge["from"] == node["id"])
            expected = {"source": (0, node["amount_fen"]), "village": (node["amount_fen"], 0)}
            assert (comes, goes) == expected.get(node["kind"], (node["amount_fen"],) * 2)
        for kind in ("source", "programme", "village"):
            assert sum(node["amount_fen"] for node in picture["nodes"] if node["kind"] == kind) == paid_fen
