"""Leads: scored by the gravest alert of each family, exactly; gone when their alerts are."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.leads import ALERTS_NAMED, EVERY_LEAD, LEFT_PERCENT, LeadAsked, leads, score_ppm
from tests.projections.alerting import Docket, alert_id
from tests.projections.history import History, person

WHOM, HOUSE = f"person:{person('甲')}", "household:H-0001"


def told(history: History, asked: LeadAsked = EVERY_LEAD, **more: Any) -> list[dict[str, Any]]:
    """The leads of the history as it is."""
    with history.project().connect() as connection:
        return leads(connection, asked, **{"limit": 100, **more})


def exactly(families: dict[str, int]) -> Fraction:
    """DOMAIN §4's score as a fraction of a million."""
    left = Fraction(1)
    for severity, count in families.items():
        left *= Fraction(LEFT_PERCENT[severity], 100) ** count
    return (1 - left) * 1_000_000


@given(st.dictionaries(st.sampled_from("ROYB"), st.integers(0, 8)))
def test_a_score_is_exact_up_to_four_families_and_to_one_in_a_million_beyond(families: dict[str, int]) -> None:
    scored, wanted = score_ppm(families), exactly(families)

    if sum(families.values()) <= 4:
        assert abs(scored - wanted) <= Fraction(1, 2)
    else:
        assert abs(scored - wanted) < 1


@pytest.mark.parametrize(
    ("severities", "score"),
    [("R", 600_000), ("O", 300_000), ("Y", 100_000), ("B", 30_000), ("RO", 720_000), ("ROYB", 755_560)],
)
def test_the_database_scores_one_minus_what_the_families_leave(history: History, severities: str, score: int) -> None:
    docket = Docket(history)
    for family, severity in zip(("DUP", "LNM", "FAL", "INT"), severities, strict=False):
        docket.raised(family, (WHOM,), rule_id=f"{family}-01", severity=severity)

    [lead] = told(history)

    assert (lead["subject"], lead["kind"], lead["score_ppm"]) == (WHOM, "person", score)
    assert score_ppm(dict.fromkeys(severities, 1)) == score
    assert lead["severity"] == severities[0]
    assert (lead["alerts"], lead["open"]) == (len(severities), len(severities))


def test_two_alerts_of_one_family_count_once_by_the_graver(history: History) -> None:
    docket = Docket(history)
    docket.raised("a", (WHOM,), rule_id="DUP-01", severity="Y", amount_at_risk_fen=900_00)
    docket.raised("b", (WHOM,), rule_id="DUP-02", severity="O", amount_at_risk_fen=100_00)

    [lead] = told(history)

    assert (lead["score_ppm"], lead["severity"], lead["families"]) == (300_000, "O", ["DUP"])
    assert (lead["alerts"], lead["largest_at_risk_fen"]) == (2, 900_00)
    assert lead["alert_ids"] == [alert_id("b"), alert_id("a")]


def test_every_subject_that_can_be_asked_about_has_its_lead_and_a_programme_has_none(history: History) -> None:
    Docket(history).raised("a", (WHOM, HOUSE, "staff:G-1", "org:93440899MA9999902H", "project:XM-1", "programme:低保"))

    kinds = [lead["kind"] for lead in told(history)]

    assert sorted(kinds) == ["household", "org", "person", "project", "staff"]


def test_a_dismissed_or_withdrawn_alert_leaves_its_lead_and_the_last_one_takes_it_along(history: History) -> None:
    docket = Docket(history)
    docket.raised("a", (WHOM,), rule_id="DUP-01")
    docket.raised("b", (WHOM,), rule_id="LNM-01", severity="O")
    docket.taken("a", "assign", "dismiss")
    [without] = told(history)
    docket.gone("b")

    assert without["score_ppm"] == 300_000
    assert told(history) == []


def test_a_case_that_came_to_nothing_leaves_the_lead_before_it_is_closed(history: History) -> None:
    docket = Docket(history)
    docket.raised("a", (WHOM,))
    docket.taken("a", "assign", "confirm", "transfer", "open-case", "dispose", disposal="unfounded")

    assert told(history) == []


def test_a_subject_all_of_whose_alerts_are_closed_is_no_lead_and_a_closed_one_counts_with_open_ones(
    history: History,
) -> None:
    docket = Docket(history)
    docket.raised("a", (WHOM,), rule_id="DUP-01")
    docket.taken("a", "assign", "confirm", "rectify", "close")
    alone = told(history)
    docket.raised("b", (WHOM,), rule_id="LNM-01", severity="O")

    [lead] = told(history)

    assert alone == []
    assert (lead["score_ppm"], lead["alerts"], lead["open"]) == (720_000, 2, 1)


def test_page_by_page_every_lead_comes_once_the_highest_score_first(history: History) -> None:
    docket = Docket(history)
    for number, severity in enumerate("BYORBYOR"):
        docket.raised(f"{number}", (f"household:H-{number}",), severity=severity)
    whole = told(history)
    paged: list[dict[str, Any]] = []
    after = None
    while page := told(history, after=after, limit=3):
        paged += page
        after = (page[-1]["score_ppm"], page[-1]["subject"])

    assert paged == whole
    assert [lead["subject"][-1] for lead in whole] == ["3", "7", "2", "6", "1", "5", "0", "4"]


def test_leads_are_asked_for_by_kind_and_by_subject(history: History) -> None:
    Docket(history).raised("a", (WHOM, HOUSE))

    assert [lead["subject"] for lead in told(history, LeadAsked(kind="household"))] == [HOUSE]
    assert [lead["subject"] for lead in told(history, LeadAsked(subject=WHOM))] == [WHOM]
    assert told(history, LeadAsked(subject="person:P-nobody")) == []


def test_a_lead_of_very_many_alerts_names_the_gravest_and_counts_them_all(history: History) -> None:
    docket = Docket(history)
    for number in range(ALERTS_NAMED + 5):
        docket.raised(f"{number}", (WHOM,), severity="R" if number == 7 else "B")

    [lead] = told(history)

    assert lead["alerts"] == ALERTS_NAMED + 5
    assert (len(lead["alert_ids"]), lead["alert_ids"][0]) == (ALERTS_NAMED, alert_id("7"))
