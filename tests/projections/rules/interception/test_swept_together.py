"""INT-04 at each of its thresholds and just below, and the case of 天等水柜 (DOMAIN §4 D, §8)."""

from datetime import date

import pytest

from tests.projections.history import account, person
from tests.projections.rules.facts_told import dividend, found, line, live, org
from tests.projections.rules.town import Town

MARCH_23, MARCH_24, MARCH_25 = date(2020, 3, 23), date(2020, 3, 24), date(2020, 3, 25)
NAMES = ("甲", "乙", "丙")


def receive(town: Town, name: str, fen: int = 100_00, day: date = MARCH_23, household: str | None = None) -> None:
    """A subsidy on a card that bears the person's name."""
    at = {"account_no": account(name), "household_no": household or f"H-{name}"}
    town.pay(name, "2020-03", day, amount_fen=fen, **at)


def move(town: Town, name: str, fen: int, day: date = MARCH_24, to: str = "收款卡", **stated: str) -> int:
    """A move out of that card."""
    return line(town, f"SW-{name}-{day}-{fen}", day, fen, sender=name, to=to, of=name, **stated)


def test_half_of_what_three_beneficiaries_of_two_households_received_gathered_in_one_account_is_a_sweep(
    town: Town,
) -> None:
    for name in NAMES:
        receive(town, name, household="H-1" if name == "乙" else None)
    moves = [move(town, name, 50_00, MARCH_25 if name == "丙" else MARCH_24) for name in NAMES]

    [alert] = found(town, "INT-04")

    assert alert["anchor"] == (f"collector:{account('收款卡')}",)
    assert {f"person:{person(name)}" for name in NAMES} <= set(alert["subjects"])
    assert {"payment:REF1", "payment:REF3", f"account:{account('收款卡')}"} <= set(alert["subjects"])
    assert alert["event_refs"] == (1, 2, 3, *moves)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (150_00, MARCH_25, "R")
    assert alert["why_zh"].startswith("3户3名受益人在到账后3天内")


def test_a_fen_less_than_half_two_persons_or_one_household_are_no_sweep(town: Town) -> None:
    for name in NAMES:
        receive(town, name)
        move(town, name, 50_00 if name != "丙" else 49_99, to="少一分")
        move(town, name, 60_00, to="两人" if name != "丙" else "别处")
    for name in ("丁", "戊", "己"):
        receive(town, name, household="H-one")
        move(town, name, 100_00, to="一户")

    assert found(town, "INT-04") == []


@pytest.mark.parametrize(("day", "alerts"), [(date(2020, 3, 26), 1), (date(2020, 3, 27), 0)])
def test_a_move_counts_until_the_third_day_after_its_payment(town: Town, day: date, alerts: int) -> None:
    for name in NAMES:
        receive(town, name)
        move(town, name, 100_00, day)

    assert len(found(town, "INT-04")) == alerts


def test_moves_more_than_three_days_from_each_other_are_not_taken_together(town: Town) -> None:
    for name, day in zip(NAMES, (MARCH_23, MARCH_23, date(2020, 3, 27)), strict=True):
        receive(town, name, day=day)
        move(town, name, 100_00, day)

    assert found(town, "INT-04") == []


def test_several_moves_of_one_payment_to_one_place_are_added_up(town: Town) -> None:
    for name in NAMES:
        receive(town, name)
        move(town, name, 30_00, MARCH_24)
        move(town, name, 20_00, MARCH_25)

    [alert] = found(town, "INT-04")

    assert alert["amount_at_risk_fen"] == 150_00


def test_a_move_shown_by_the_statements_of_both_sides_counts_once(town: Town) -> None:
    for name in NAMES:
        receive(town, name)
        for statement in (name, "收款卡"):
            line(town, f"SW-{name}", MARCH_24, 30_00, sender=name, to="收款卡", of=statement)

    assert found(town, "INT-04") == []


def test_a_purchase_together_at_a_cooperative_is_at_most_yellow_once_the_account_is_registered(town: Town) -> None:
    for name in NAMES:
        receive(town, name)
        move(town, name, 60_00, to="合作社")
    [unknown] = live(town, "INT-04").raised
    org(town, "合作社", "合作社")

    [known] = live(town, "INT-04").changed

    assert (unknown["severity"], known["severity"]) == ("R", "Y")


def test_cash_without_a_counter_gathers_nowhere_and_over_one_counter_it_does(town: Town) -> None:
    for name in NAMES:
        receive(town, name)
        move(town, name, 100_00, to="现金")
    nowhere = live(town, "INT-04")
    for name in NAMES:
        move(town, name, 99_00, to="现金", teller="柜员07")

    [alert] = live(town, "INT-04").raised

    assert nowhere.raised == []
    assert alert["anchor"] == ("collector:柜员07",)


def test_dividends_are_swept_like_subsidies_and_a_household_that_becomes_known_counts(town: Town) -> None:
    receive(town, "丁")
    for name in NAMES:
        dividend(town, name, 100_00, paid_on=MARCH_23, household_no="H-1")
        move(town, name, 100_00)
    one_household = live(town, "INT-04")
    town.history.correct("dividend FH-HT-01-甲", household_no="H-2")

    outcome = live(town, "INT-04")

    assert one_household.raised == []
    assert len(outcome.raised) == 1


def test_the_water_tanks_of_tiandeng_are_found_at_the_counter_and_at_the_cadres_account(town: Town) -> None:
    """34 passbooks in one hand: 8 000 yuan each, next day 50 000 in cash and 222 000 to the cadre over one counter."""
    april_22, april_23 = date(2020, 4, 22), date(2020, 4, 23)
    for number in range(34):
        name = f"户{number}"
        receive(town, name, 8_000_00, april_22)
        cash_fen = 8_000_00 if number < 6 else 2_000_00 if number == 6 else 0
        if cash_fen:
            move(town, name, cash_fen, april_23, to="现金", teller="柜员07")
        if cash_fen < 8_000_00:
            move(town, name, 8_000_00 - cash_fen, april_23, to="干部卡", teller="柜员07")

    alerts = {alert["anchor"][0]: alert["amount_at_risk_fen"] for alert in found(town, "INT-04")}

    assert alerts == {f"collector:{account('干部卡')}": 222_000_00, "collector:柜员07": 272_000_00}
