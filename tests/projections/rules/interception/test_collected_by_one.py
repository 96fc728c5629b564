"""INT-07 at its threshold and one person below, and for each lawful case that resembles it (DOMAIN §4 D)."""

from datetime import date, timedelta

import pytest

from tests.projections.history import person
from tests.projections.rules.facts_told import dividend, found, guardian, live, member, receipt
from tests.projections.rules.town import Town

APRIL_20, APRIL_23 = date(2020, 4, 20), date(2020, 4, 23)
NAMES = ("甲", "乙", "丙")


def sign(town: Town, name: str, on: date = APRIL_23, fen: int = 1_000_00) -> int:
    """杨 signs for what somebody received."""
    town.pay(name, "2020-04", APRIL_20, amount_fen=fen, bank_ref=f"REF-{name}")
    stated = {"method": "签字", "signed_by_id": person("杨"), "stated_on": on}
    return receipt(town, f"HF-{name}", f"REF-{name}", fen, of=name, **stated)


def test_one_hand_for_three_people_of_other_households_is_found_and_for_two_is_not(town: Town) -> None:
    for name in NAMES[:2]:
        sign(town, name)
    two = found(town, "INT-07")
    sign(town, "丙")

    [alert] = found(town, "INT-07")

    assert two == []
    assert alert["anchor"] == (f"collector:{person('杨')}",)
    assert {f"person:{person(name)}" for name in (*NAMES, "杨")} <= set(alert["subjects"])
    assert {"payment:REF-甲", "receipt:HF-甲"} <= set(alert["subjects"])
    assert alert["event_refs"] == (1, 2, 3, 4, 5, 6)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (3_000_00, APRIL_23, "O")


@pytest.mark.parametrize(("days", "alerts"), [(364, 1), (365, 0)])
def test_three_people_are_counted_within_a_year(town: Town, days: int, alerts: int) -> None:
    sign(town, "甲")
    sign(town, "乙")
    sign(town, "丙", APRIL_23 + timedelta(days=days))

    assert len(found(town, "INT-07")) == alerts


def test_members_of_the_collectors_own_household_do_not_count(town: Town) -> None:
    for name in NAMES:
        sign(town, name)
    raised = live(town, "INT-07")
    for name in ("丙", "杨"):
        member(town, name, "H-1")

    outcome = live(town, "INT-07")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_the_manager_of_a_home_registered_as_guardian_of_each_resident_does_not_count(town: Town) -> None:
    for name in NAMES:
        sign(town, name)
    raised = live(town, "INT-07")
    guardian(town, "甲", "杨")
    registered = live(town, "INT-07")
    guardian(town, "甲", "杨", until=APRIL_20)

    ended = live(town, "INT-07")

    assert len(raised.raised) == len(registered.withdrawn) == len(ended.raised) == 1


def test_dividends_signed_for_count_beside_subsidies_and_each_once(town: Town) -> None:
    sign(town, "甲")
    sign(town, "乙")
    before = live(town, "INT-07")
    dividend(town, "丙", 6_000_00, signed_by_id=person("杨"), paid_on=APRIL_23)
    receipt(town, "HF-丙", "FH-HT-01-丙", 6_000_00, of="丙", signed_by_id=person("杨"), stated_on=APRIL_23)

    [alert] = live(town, "INT-07").raised

    assert before.raised == []
    assert alert["amount_at_risk_fen"] == 8_000_00


def test_who_signs_for_himself_collects_for_nobody(town: Town) -> None:
    for name in NAMES:
        town.pay(name, "2020-04", APRIL_20, bank_ref=f"REF-{name}")
        receipt(town, f"HF-{name}", f"REF-{name}", 181_00, of=name, signed_by_id=person(name))

    assert found(town, "INT-07") == []
