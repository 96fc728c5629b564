"""Random histories of an office: which desk worked on which day, and on what."""

from pathlib import Path

from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.projections.office.board import BOARD
from tests.projections.office.dividends import DIVIDENDS
from tests.projections.office.doing import Doings
from tests.projections.office.loans import LOANS
from tests.projections.office.projects import PROJECTS
from tests.projections.office.quota import QUOTA
from tests.projections.office.registers import REGISTERS
from tests.projections.office.subsidies import INSTRUCTIONS, PAYMENTS
from tests.projections.township import Township

DESKS = (PAYMENTS, INSTRUCTIONS, REGISTERS, PROJECTS, LOANS, DIVIDENDS, BOARD, QUOTA)
OFFICE: Doings = {doing: steps for desk in DESKS for doing, steps in desk.items()}


def _day(desk: Doings) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(list(desk)), max_size=12)


def _told_in_any_order(days: list[list[str]]) -> st.SearchStrategy[list[str]]:
    doings = dict.fromkeys(doing for day in days for doing in day)
    return st.permutations([doing for doing in doings for _ in OFFICE[doing]])


histories: st.SearchStrategy[list[str]] = st.lists(
    st.sampled_from(DESKS).flatmap(_day), min_size=5, max_size=15
).flatmap(_told_in_any_order)
"""What is done next, each time by one step further; what has no further step is passed over."""


def told(views: Engine, history: list[str]) -> Township:
    """A township in which `history` happened, to be projected into `views`, which are emptied."""
    township = Township(Path(), views)
    steps = {doing: iter(OFFICE[doing]) for doing in history}
    for doing in history:
        step = next(steps[doing], None)
        if step is not None:
            step(township)
    return township
