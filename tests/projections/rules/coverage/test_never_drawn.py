"""COV-04: what no spot check drew from for a year, and what one did (DOMAIN §4 M)."""

from datetime import date

import pytest

from domain.spot_check import SampleDrawn
from tests.projections.rules.facts_told import found, programme
from tests.projections.rules.town import DISABILITY, Town

MARCH_30, MARCH_31 = date(2020, 3, 30), date(2020, 3, 31)


@pytest.fixture
def paid(town: Town) -> Town:
    """Two villages were paid, one of them since a year and a day before the evaluation date."""
    programme(town)
    town.pay("甲", "2020-03", MARCH_30, village="一村")
    town.pay("乙", "2020-03", MARCH_31, village="二村")
    return town


def draw(town: Town, *items: str, recorded_at: str = "2020-12-01T02:00:00.000000Z") -> None:
    """A sample of these payments."""
    told = {"plan_id": f"SC-{recorded_at}", "seed": "0" * 64, "n": len(items), "items": items}
    town.history.tell(SampleDrawn, f"sample {recorded_at}", recorded_at=recorded_at, **told)


def test_a_village_and_programme_that_no_sample_drew_from_for_a_year_is_named(paid: Town) -> None:
    draw(paid, "ANOTHER")

    [alert] = found(paid, "COV-04")

    assert alert["anchor"] == ("place:一村", f"programme:{DISABILITY}")
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (
        0,
        MARCH_31.replace(year=2021),
        "B",
    )


def test_one_that_a_sample_drew_from_within_the_year_is_not(paid: Town) -> None:
    draw(paid, "REF1")

    assert found(paid, "COV-04") == []


def test_a_draw_of_more_than_a_year_ago_counts_until_then(paid: Town) -> None:
    draw(paid, "REF1", recorded_at="2020-03-30T02:00:00.000000Z")

    [alert] = found(paid, "COV-04")

    assert "2020-03-30" in alert["why_en"]


def test_before_the_first_spot_check_the_rule_says_nothing(paid: Town) -> None:
    assert found(paid, "COV-04") == []
