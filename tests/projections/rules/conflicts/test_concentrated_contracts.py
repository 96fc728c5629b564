"""CON-01: half of a village's contracts in 24 months, and the index of the few (DOMAIN §4 G)."""

from datetime import date
from typing import Any

import pytest

from projections.rules.conflicts.concentrated_contracts import months_before
from tests.projections.rules.town import Town
from tests.projections.rules.works import SUPPLIER, contract, count, project

OTHERS = tuple(f"91440899MA999992{n}H" for n in range(5))


def award(town: Town, ours: tuple[int, ...], theirs: tuple[int, ...], **stated: Any) -> None:
    """Contracts of these amounts to one supplier, and one each to others."""
    project(town)
    suppliers = [SUPPLIER] * len(ours) + list(OTHERS[: len(theirs)])
    for number, (supplier, fen) in enumerate(zip(suppliers, ours + theirs, strict=True)):
        contract(town, f"GC-{number}", supplier_uscc=supplier, amount_fen=fen, **stated)


def test_three_contracts_with_more_than_half_of_a_village_are_raised(town: Town) -> None:
    award(town, (20_00, 20_00, 20_01), (30_00, 30_00))

    [alert] = town.found("CON-01")

    assert alert["anchor"] == ("place:一村", f"org:{SUPPLIER}")
    assert alert["subjects"] == (*alert["anchor"], "contract:GC-0", "contract:GC-1", "contract:GC-2", "project:XM-1")
    assert alert["event_refs"] == (2, 3, 4)
    assert (alert["amount_at_risk_fen"], alert["severity"]) == (60_01, "Y")
    assert alert["holds_from"] == date(2020, 2, 25)
    assert alert["why_zh"] == ("24个月内本村5份合同共¥120.01，该供应商3份、¥60.01，占50.0041%，集中度指数3750。")


def test_half_of_it_or_two_contracts_are_not_yet_too_much(town: Town) -> None:
    award(town, (20_00, 20_00, 20_00), (12_00, 12_00, 12_00, 12_00, 12_00))
    half = town.found("CON-01")
    contract(town, "GC-1", amount_fen=1)
    contract(town, "GC-9", amount_fen=1)

    assert [alert["severity"] for alert in half] == ["B"]


def test_an_index_above_2500_points_is_blue_and_names_the_largest(town: Town) -> None:
    award(town, (40_00,), (20_00, 20_00, 20_00))

    [alert] = town.found("CON-01")

    assert (alert["anchor"][1], alert["severity"]) == (f"org:{SUPPLIER}", "B")


def test_an_index_of_2500_points_and_a_village_with_two_contracts_raise_nothing(town: Town) -> None:
    award(town, (25_00,), (25_00, 25_00, 25_00))
    for number in (1, 2):
        project(town, f"XM-{number + 1}", location="二村")
        contract(town, f"GC-9{number}", f"XM-{number + 1}")

    assert town.found("CON-01") == []


def test_what_was_signed_24_months_ago_is_out_of_it(town: Town) -> None:
    award(town, (20_00, 20_00, 20_00), (), signed_on=date(2019, 3, 31))
    out_of_it = town.found("CON-01")
    town.as_of = date(2021, 3, 30)

    within = town.found("CON-01")

    assert out_of_it == []
    assert len(within) == 1


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2021, 3, 28), 24, date(2019, 3, 28)),
        (date(2021, 3, 31), 1, date(2021, 2, 28)),
        (date(2021, 1, 5), 1, date(2020, 12, 5)),
    ],
)
def test_months_before_a_day_are_counted_by_the_calendar(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


def test_a_contract_or_a_place_told_later_is_the_same_live_and_whole(town: Town) -> None:
    award(town, (20_00, 20_00), (30_00,))
    town.run()
    contract(town, "GC-9", amount_fen=40_00)
    grown = town.live_is_whole()
    project(town, location="二村")

    moved = town.live_is_whole()

    assert count("CON-01", grown.changed) == 1
    assert count("CON-01", moved.withdrawn) == count("CON-01", moved.raised) == 1
