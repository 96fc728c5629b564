"""The tables are a function of what happened: neither the size of batches nor the order of streams changes them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from domain.loan import LoanRepaid
from domain.person import HouseholdExited
from tests.projections.history import account, person
from tests.projections.tables.content import content
from tests.projections.township import DOCUMENT, TOWNSHIP, VILLAGE, Township

Step = Callable[[Township], int]

ENTERED, LEFT = date(2020, 3, 1), date(2020, 9, 1)

STREAMS: tuple[tuple[Step, ...], ...] = (
    (lambda town: town.package("PKG-1", date(2020, 12, 31)),),
    (lambda town: town.package("PKG-2", date(2021, 3, 31)),),
    (lambda town: town.account("镇", TOWNSHIP), lambda town: town.account("镇", "测试镇财政服务中心")),
    (lambda town: town.account("村", VILLAGE, "村集体"), lambda town: town.account("村", "测试一村经联社", "村集体")),
    (
        lambda town: town.programme("职业培训补贴", purpose_code="S05"),
        lambda town: town.programme("职业培训补贴", purpose_code="S06"),
    ),
    (
        lambda town: town.roster("测试甲", "H-0002", included_on=ENTERED),
        lambda town: town.roster("测试甲", "H-0002", included_on=ENTERED, category="低保贫困户"),
        lambda town: town.roster("测试甲", "H-0002", included_on=ENTERED, exited_on=LEFT, becomes=HouseholdExited),
    ),
    (lambda town: town.roster("测试甲", "H-0001", included_on=LEFT),),
    (lambda town: town.roster("测试甲", "H-0009", quarantine=("E-ID:id_no",)),),
    (lambda town: town.payment("TEST1", 100, claim_no="SQ-1", paid_on=date(2020, 6, 20)),),
    (lambda town: town.payment("TEST2", 200, claim_no="SQ-1", paid_on=LEFT, paid_from=account("镇")),),
    (lambda town: town.payment("TEST3", 300, paid_on=date(2019, 1, 1), paid_from=account("生")),),
    (lambda town: town.payment("TEST4", 400, household_no="H-0007", quota_doc_no=DOCUMENT, id_no=person("测试乙")),),
    (lambda town: town.payment("TEST5", 500, quarantine=("E-REF:programme",), paid_from=account("村")),),
    (
        lambda town: town.loan("JJ-1", interest_subsidy_fen=70, correlation_id="PKG-1"),
        lambda town: town.loan("JJ-1", interest_subsidy_fen=70, correlation_id="PKG-2", repaid_fen=9, repaid_on=LEFT),
        lambda town: town.loan(
            "JJ-1",
            becomes=LoanRepaid,
            interest_subsidy_fen=90,
            correlation_id="PKG-2",
            repaid_fen=5_000_000,
            repaid_on=date(2020, 12, 1),
            settled_on=date(2020, 12, 1),
        ),
    ),
    (lambda town: town.loan("JJ-2", id_no=None, household_no=None), lambda town: town.loan("JJ-2", status="逾期")),
    (lambda town: town.contract("HT-1"), lambda town: town.contract("HT-1", village="测试二村", reserve_ppm=None)),
    (lambda town: town.receipt("DS1", "HT-1", 1_000, to_account=account("村")),),
    (lambda town: town.dividend("FH1", "HT-1", 700, id_no=person("测试甲")),),
)
"""What may happen: each stream's own events in their order."""

TOLD = st.lists(st.sampled_from(range(len(STREAMS))), max_size=40)
"""From which stream the next event comes; a stream that has no more is passed over."""


def tell(township: Township, order: list[int]) -> None:
    given_so_far = [0] * len(STREAMS)
    for stream in order:
        if given_so_far[stream] < len(STREAMS[stream]):
            STREAMS[stream][given_so_far[stream]](township)
            given_so_far[stream] += 1


@settings(max_examples=1500, deadline=None)
@given(order=TOLD, batch=st.integers(1, 7))
def test_a_history_gives_the_same_tables_in_batches_of_any_size(views: Engine, order: list[int], batch: int) -> None:
    township = Township(Path(), views)
    tell(township, order)

    in_batches = content(township.project(batch=batch))

    again = Township(Path(), views)
    tell(again, order)
    assert in_batches == content(again.project())


@settings(max_examples=1500, deadline=None)
@given(data=st.data(), order=TOLD, batch=st.integers(1, 7))
def test_a_history_told_in_another_order_gives_the_same_rows(
    views: Engine, data: st.DataObject, order: list[int], batch: int
) -> None:
    other_order = data.draw(st.permutations(order))
    township = Township(Path(), views)
    tell(township, order)
    as_told = content(township.project(batch=batch), with_positions=False)

    shuffled = Township(Path(), views)
    tell(shuffled, other_order)

    assert content(shuffled.project(batch=batch), with_positions=False) == as_told
