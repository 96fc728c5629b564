"""Live and whole are one: on random histories, alerts that grew batch by batch equal those of one run over all."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections.alerts import listed
from projections.dialect import writing
from projections.rules.engine import Scope
from tests.projections.rules.town import Town

Facts = list[tuple[str, dict[str, Any]]]

PEOPLE = st.sampled_from(["甲", "乙"])
PROGRAMMES = st.sampled_from(["低保", "低保", "高龄"])
PERIODS = st.sampled_from(["2020-04", "2020-04", "2020-05", "2020Q2", "2020", "一季", None])
DAYS = st.integers(min_value=0, max_value=90).map(lambda days: date(2020, 3, 1) + timedelta(days=days))

terms = st.fixed_dictionaries(
    {
        "name": PROGRAMMES,
        "max_per_period": st.sampled_from([None, 1, 2]),
        "posthumous": st.sampled_from([False, False, True]),
    }
)
payment = st.fixed_dictionaries(
    {
        "to": PEOPLE,
        "period": PERIODS,
        "paid_on": DAYS,
        "programme": PROGRAMMES,
        "amount_fen": st.sampled_from([83_00, 181_00]),
        "claim_no": st.sampled_from([None, "SQ-1", "SQ-2"]),
        "pay_kind": st.sampled_from(["正常", "正常", "正常", "补发", "丧葬"]),
        "quarantine": st.sampled_from([(), (), (), ("E-ID:id_no",)]),
    }
)
death = st.fixed_dictionaries({"of": PEOPLE, "on": DAYS, "known_on": DAYS})
loan = st.fixed_dictionaries(
    {
        "loan_no": st.sampled_from(["JJ-1", "JJ-2", "JJ-3"]),
        "to": PEOPLE,
        "household": st.sampled_from(["H-1", "H-2", None]),
        "into": st.sampled_from(["card one", "card two"]),
        "issued_on": DAYS,
    }
)
a_year = st.lists(st.tuples(st.just("pay"), payment), min_size=2, max_size=8)
fact = st.one_of(
    st.tuples(st.just("programme"), terms),
    st.tuples(st.just("death"), death),
    st.tuples(st.just("lend"), loan),
    st.tuples(st.just("pay"), payment),
)
later = st.lists(st.lists(fact, min_size=1, max_size=3), min_size=1, max_size=6)
"""What becomes known afterwards, a little at a time: deaths, changed terms, moved loans, more payments."""


def tell(town: Town, facts: Facts) -> None:
    """Let `facts` happen in this order, whatever their days say."""
    for what, stated in facts:
        getattr(town, what)(**stated)


def standing(town: Town) -> set[tuple[Any, ...]]:
    """The alerts that stand, each with its evidence and its money."""
    with town.views.connect() as connection:
        return {
            (line["alert_id"], *line["event_refs"], line["amount_at_risk_fen"], line["occurred_on"], line["why_zh"])
            for line in listed(connection)
            if line["state"] == "raised"
        }


def wholly_found(town: Town) -> set[tuple[Any, ...]]:
    """What one run over everything finds in the same facts, where no alert stands yet."""
    town.history.supervision.entries.clear()
    with writing(town.history.project(anew=True)) as connection:
        return {
            (
                alert["alert_id"],
                *alert["event_refs"],
                alert["amount_at_risk_fen"],
                alert["holds_from"].isoformat(),
                alert["why_zh"],
            )
            for alert in town.judged(connection, Scope.EVERYTHING).raised
        }


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(year=a_year, later=later)
def test_alerts_after_live_batches_equal_those_of_a_whole_run(year: Facts, later: list[Facts]) -> None:
    with TemporaryDirectory() as folder:
        town = Town(Path(folder))
        for facts in (year, *later):
            tell(town, facts)
            town.run()
        live = standing(town)
        with writing(town.views) as connection:
            nothing = town.judged(connection, Scope.EVERYTHING)

        whole = wholly_found(town)

        town.history.close()
    assert (nothing.raised, nothing.changed, nothing.withdrawn) == ([], [], [])
    assert live == whole
