"""STA-03: robust z at its limit, the interquartile range, and when it says nothing (DOMAIN §4 K)."""

import pytest

from tests.projections.history import person
from tests.projections.rules.statistics.grants import ALLOWANCE, PAID_ON, RELIEF, grant, programme
from tests.projections.rules.town import Town

OTHERS = (800_00, 900_00, 900_00, 900_00, 900_00, 1_000_00, 1_000_00, 1_100_00, 1_100_00, 1_100_00, 1_100_00, 1_200_00)
"""Of median 1 000 and, with one more amount above, MAD 100."""


def relief(town: Town, *amounts: int) -> None:
    """A claim of each amount under a programme that grants by need."""
    programme(town, RELIEF, "据实")
    for number, fen in enumerate(amounts):
        grant(town, f"甲{number}", fen, claim_no=f"SQ-{number}", bank_ref=f"R{number}")


@pytest.mark.parametrize(("fen", "alerts"), [(1_518_90, 0), (1_518_91, 1)])
def test_a_claim_beyond_three_and_a_half_is_raised(town: Town, fen: int, alerts: int) -> None:
    relief(town, *OTHERS, fen)

    assert len(town.found("STA-03")) == alerts


def test_the_alert_names_the_claim_and_what_is_beyond_the_median(town: Town) -> None:
    relief(town, *OTHERS, 9_000_00)

    [alert] = town.found("STA-03")

    assert alert["anchor"] == (f"programme:{RELIEF}", "claim:SQ-12")
    assert {"claim:SQ-12", "payment:R12", f"person:{person('甲12')}"} <= set(alert["subjects"])
    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("Y", 8_000_00, PAID_ON)
    assert alert["why_zh"] == f"“{RELIEF}”的一笔申请发放¥9,000.00，同类13笔的中位数为¥1,000.00。"


def test_eleven_claims_are_too_few_to_say(town: Town) -> None:
    relief(town, *OTHERS[:10], 9_000_00)

    assert town.found("STA-03") == []


def test_the_interquartile_range_stands_in_where_most_are_equal(town: Town) -> None:
    relief(town, *(900_00,) * 4, *(1_000_00,) * 7, *(1_001_00,) * 1, 9_000_00)

    [alert] = town.found("STA-03")

    assert alert["anchor"] == (f"programme:{RELIEF}", "claim:SQ-12")


def test_nothing_is_said_where_nearly_all_are_equal(town: Town) -> None:
    relief(town, *(1_000_00,) * 12, 9_000_00)

    assert town.found("STA-03") == []


def test_instalments_of_one_claim_are_taken_together(town: Town) -> None:
    relief(town, *OTHERS, 1_000_00)
    grant(town, "甲12", 8_000_00, claim_no="SQ-12")

    [alert] = town.found("STA-03")

    assert alert["amount_at_risk_fen"] == 8_000_00


def test_a_programme_of_fixed_rate_has_no_outliers(town: Town) -> None:
    programme(town, ALLOWANCE, "数量×标准")
    for number, fen in enumerate((*OTHERS, 9_000_00)):
        grant(town, f"甲{number}", fen, ALLOWANCE)

    assert town.found("STA-03") == []
