"""PUB-03: what is paid is what was announced, claim by line or all by all (DOMAIN §4 I)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.projections.history import person
from tests.projections.rules.facts_told import instruct, returned
from tests.projections.rules.lists import roster
from tests.projections.rules.notices.posting import LAST_DAY, MAY, PAID, name, post, subsidised, turn
from tests.projections.rules.town import AN_AMOUNT_FEN, DISABILITY, Town

A_DAY = timedelta(days=1)
IN_TWO = "2020-05-12:100.00;2020-11-12:81.00"


@pytest.fixture
def announced(town: Town) -> Town:
    """A town in which 甲's 181 yuan for May hang on the board."""
    subsidised(town)
    post(town)
    name(town)
    return town


@pytest.mark.parametrize(("more_fen", "expected"), [(0, 0), (1, 1), (-1, 1)])
def test_a_fen_more_or_less_than_announced_is_raised(announced: Town, more_fen: int, expected: int) -> None:
    announced.pay("甲", MAY, PAID, amount_fen=AN_AMOUNT_FEN + more_fen)

    found = announced.found("PUB-03")

    assert [alert["amount_at_risk_fen"] for alert in found] == [1] * expected


def test_the_alert_names_payee_claim_payment_and_notice(announced: Town) -> None:
    announced.pay("甲", MAY, PAID, amount_fen=200_00)

    [alert] = announced.found("PUB-03")

    assert alert["anchor"] == (f"person:{person('甲')}", f"programme:{DISABILITY}", MAY)
    assert {"claim:SQ-1", "payment:REF1", "notice:GS-1"} < set(alert["subjects"])
    assert (alert["severity"], alert["holds_from"], alert["amount_at_risk_fen"]) == ("R", PAID, 19_00)
    assert alert["why_zh"] == f"“{DISABILITY}”{MAY}期公示¥181.00，实际发放¥200.00，相差¥19.00。"


def test_two_claims_that_come_to_all_lines_are_paid_as_announced(announced: Town) -> None:
    name(announced, line_no=2, amount_fen=100_00)
    announced.pay("甲", MAY, PAID, amount_fen=140_00)
    announced.pay("甲", MAY, PAID, amount_fen=141_00)

    assert announced.found("PUB-03") == []


def test_a_second_claim_beyond_what_hung_is_raised_with_the_excess(announced: Town) -> None:
    announced.pay("甲", MAY, PAID, amount_fen=140_00)
    announced.pay("甲", MAY, PAID, amount_fen=141_00)

    [alert] = announced.found("PUB-03")

    assert alert["amount_at_risk_fen"] == 100_00


@pytest.mark.parametrize("pay_kind", ["补发", "补差"])
def test_a_supplement_adds_to_what_was_announced(announced: Town, pay_kind: str) -> None:
    announced.pay("甲", MAY, PAID)
    announced.pay("甲", MAY, PAID + A_DAY, amount_fen=20_00, pay_kind=pay_kind)

    assert announced.found("PUB-03") == []


def test_what_came_back_and_was_sent_again_counts_once(announced: Town) -> None:
    announced.pay("甲", MAY, PAID)
    returned(announced, "REF1", PAID + A_DAY, AN_AMOUNT_FEN)
    announced.pay("甲", MAY, PAID + 5 * A_DAY, claim_no="SQ-1", pay_kind="重发")

    assert announced.found("PUB-03") == []


@pytest.mark.parametrize(
    ("paid_fen", "expected"),
    [((100_00,), 0), ((100_00, 81_00), 0), ((100_00, 82_00), 1)],
    ids=["one is to come", "both came", "too much came"],
)
def test_instalments_are_compared_together_and_one_that_is_to_come_is_not_missed(
    announced: Town, paid_fen: tuple[int, ...], expected: int
) -> None:
    instruct(announced, "SQ-1", PAID - A_DAY, AN_AMOUNT_FEN, instalment_plan=IN_TWO)
    for number, fen in enumerate(paid_fen):
        announced.pay("甲", MAY, PAID + number * A_DAY, amount_fen=fen, claim_no="SQ-1", pay_kind="分期")

    assert len(announced.found("PUB-03")) == expected


@pytest.mark.parametrize(
    "notice", [{"withdrawn_on": PAID}, {"notice_kind": "公告"}], ids=["withdrawn", "after the fact"]
)
def test_what_no_standing_notice_names_is_compared_with_nothing(town: Town, notice: dict[str, Any]) -> None:
    subsidised(town)
    post(town, **notice)
    name(town, amount_fen=100_00)
    name(town, "乙", line_no=2)
    town.pay("甲", MAY, PAID)
    town.pay("丙", MAY, PAID)

    assert town.found("PUB-03") == []


def test_a_line_says_what_each_of_its_periods_brings(town: Town) -> None:
    subsidised(town)
    post(town)
    name(town, period_from="2020-04", period_to="2020-06")
    for period in ("2020-04", MAY, "2020-06"):
        town.pay("甲", period, PAID)

    assert town.found("PUB-03") == []


@pytest.mark.parametrize(("fen", "expected"), [(AN_AMOUNT_FEN, 0), (AN_AMOUNT_FEN + 1, 1)])
def test_a_household_is_paid_what_hung_under_another_member_of_it(town: Town, fen: int, expected: int) -> None:
    subsidised(town, unit="户")
    post(town)
    name(town, "甲妻", household_no="H-1")
    town.pay("甲", MAY, PAID, household_no="H-1", amount_fen=fen)

    assert len(town.found("PUB-03")) == expected


def test_payments_notices_lines_and_instructions_that_change_turn_it_live(town: Town) -> None:
    subsidised(town)
    post(town)
    town.pay("甲", MAY, PAID, amount_fen=100_00)
    assert turn(town, "PUB-03") == (0, 0)

    name(town)
    assert turn(town, "PUB-03") == (1, 0)
    instruct(town, "SQ-1", PAID, AN_AMOUNT_FEN, instalment_plan=IN_TWO)
    assert turn(town, "PUB-03") == (0, 1)
    town.pay("甲", MAY, PAID + A_DAY, claim_no="SQ-1", amount_fen=82_00)
    assert turn(town, "PUB-03") == (1, 0)
    returned(town, "REF2", PAID + 2 * A_DAY, 82_00)
    assert turn(town, "PUB-03") == (0, 1)
    town.pay("甲", MAY, PAID + 3 * A_DAY, claim_no="SQ-1", amount_fen=83_00)
    assert turn(town, "PUB-03") == (1, 0)
    post(town, withdrawn_on=LAST_DAY)
    assert turn(town, "PUB-03") == (0, 1)


def test_households_and_terms_that_change_turn_it_live(town: Town) -> None:
    subsidised(town, unit="户")
    post(town)
    name(town, "甲妻", household_no="H-1", amount_fen=100_00)
    town.pay("甲", MAY, PAID)
    assert turn(town, "PUB-03") == (0, 0)

    roster(town, "甲")
    assert turn(town, "PUB-03") == (1, 0)
    subsidised(town, unit="个人")
    assert turn(town, "PUB-03") == (0, 1)
