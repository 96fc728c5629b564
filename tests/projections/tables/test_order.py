"""The tables are a function of what happened: neither the size of batches nor the order of streams changes them."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.projections.office.history import histories, told
from tests.projections.tables.content import content

LEAVES = "TEST5 is corrected to another claim"
STAYS = "TEST2 is paid under SQ-1 by the township, and less than it comes back"
A_CLAIM_IS_LEFT = ["SQ-1 is to be paid out of 甲号", LEAVES, STAYS, LEAVES]
"""What the payment that leaves the claim had of its line goes to the later one."""

NAMED_ANEW = "TEST6 is corrected to another person, household and claim, and comes back"


@settings(max_examples=8, deadline=None)
@example(history=A_CLAIM_IS_LEFT, batch=1)
@example(history=[NAMED_ANEW, NAMED_ANEW], batch=1)
@given(history=histories, batch=st.integers(1, 7))
def test_a_history_gives_the_same_tables_in_batches_of_any_size(views: Engine, history: list[str], batch: int) -> None:
    in_batches = content(told(views, history).project(batch=batch))

    assert in_batches == content(told(views, history).project())


@settings(max_examples=8, deadline=None)
@given(data=st.data(), history=histories, batch=st.integers(1, 7))
def test_a_history_told_in_another_order_gives_the_same_rows(
    views: Engine, data: st.DataObject, history: list[str], batch: int
) -> None:
    other_order = data.draw(st.permutations(history))
    as_told = content(told(views, history).project(batch=batch), with_positions=False)

    shuffled = content(told(views, other_order).project(batch=batch), with_positions=False)

    assert shuffled == as_told
