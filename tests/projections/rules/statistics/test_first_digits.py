"""STA-01: amounts by Benford's law, invented amounts, and when it says nothing (DOMAIN §4 K)."""

from math import log10

from projections.rules.pack import Pack
from tests.projections.rules.statistics.grants import ALLOWANCE, PAID_ON, RELIEF, grant, programme
from tests.projections.rules.town import Town

FEWER = Pack.read('version = "2"\n[STA-01]\npayments = 30\npayments_of_two = 1000000')
"""Thirty payments are enough: the arithmetic is the same as of three hundred."""


def by_benford(count: int) -> list[int]:
    """So many amounts spread evenly over the logarithms of two orders of magnitude, in fen."""
    return [round(10 ** (4 + 2 * (place + 0.5) / count)) for place in range(count)]


def test_three_hundred_amounts_of_one_digit_are_raised(town: Town) -> None:
    programme(town, RELIEF, "据实")
    for number in range(300):
        grant(town, f"甲{number}", 700_00 if number else 7_00)

    [alert] = town.found("STA-01")

    assert alert["anchor"] == alert["subjects"] == (f"programme:{RELIEF}",)
    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("Y", 0, PAID_ON)
    share_of_seven = 1 - log10(8 / 7)
    assert f"偏离本福特定律{round(2 * share_of_seven / 9 * 1_000_000) / 10_000:g}%" in alert["why_zh"]


def test_amounts_that_follow_the_law_are_let_pass(town: Town) -> None:
    town.pack = FEWER
    programme(town, RELIEF, "据实")
    for number, fen in enumerate(by_benford(90)):
        grant(town, f"甲{number}", fen)

    assert town.found("STA-01") == []


def test_twenty_nine_amounts_say_nothing_where_it_takes_thirty(town: Town) -> None:
    town.pack = FEWER
    programme(town, RELIEF, "据实")
    for number in range(29):
        grant(town, f"甲{number}", 700_00 if number else 7_00)

    assert town.found("STA-01") == []


def test_amounts_of_one_order_of_magnitude_say_nothing(town: Town) -> None:
    town.pack = FEWER
    programme(town, RELIEF, "据实")
    for number in range(30):
        grant(town, f"甲{number}", 700_00 if number else 7_01)

    assert town.found("STA-01") == []


def test_a_programme_of_fixed_rate_is_left_alone(town: Town) -> None:
    town.pack = FEWER
    programme(town, ALLOWANCE, "定额")
    for number in range(30):
        grant(town, f"甲{number}", 700_00 if number else 7_00, ALLOWANCE)

    assert town.found("STA-01") == []


def test_payments_for_projects_are_one_series_of_their_own(town: Town) -> None:
    town.pack = FEWER
    programme(town, RELIEF, "据实")
    for number in range(30):
        fen = 700_000_00 if number else 7_000_00
        grant(town, f"甲{number}", fen, name="道路", paid_for="project", project_no=f"XM-{number}")

    [alert] = town.found("STA-01")

    assert alert["anchor"] == ("programme:项目支付",)


def test_the_first_two_digits_are_tested_where_there_are_enough(town: Town) -> None:
    town.pack = Pack.read('version = "2"\n[STA-01]\npayments = 30\nfirst_ppm = 1000000\npayments_of_two = 90')
    programme(town, RELIEF, "据实")
    for number, fen in enumerate(by_benford(89)):
        grant(town, f"甲{number}", fen)
    too_few = town.found("STA-01")
    grant(town, "乙", 55_55)

    assert too_few == []
    assert len(town.found("STA-01")) == 1
