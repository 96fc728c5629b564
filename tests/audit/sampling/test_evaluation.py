"""What a checked sample says, against the golden values of DOMAIN §7."""

import math
from fractions import Fraction

import pytest

from audit.sampling import (
    Checked,
    MonetaryEvaluation,
    attribute_limit,
    confidence_factor,
    evaluate_monetary,
    population_limit,
    stringer_rate,
)


@pytest.mark.parametrize(
    ("confidence", "factors"),
    [
        ("0.95", [2.9957, 4.7439, 6.2958, 7.7537, 9.1535, 10.5130]),
        ("0.90", [2.3026, 3.8897, 5.3223, 6.6808, 7.9936, 9.2747]),
        ("0.80", [1.6094, 2.9943, 4.2790]),
        ("0.99", [4.6052, 6.6384, 8.4059]),
    ],
)
def test_confidence_factors_are_those_of_the_standard_table(confidence: str, factors: list[float]) -> None:
    found = [round(confidence_factor(Fraction(confidence), errors), 4) for errors in range(len(factors))]

    assert found == factors


@pytest.mark.parametrize(("confidence", "percents"), [(0.95, [4.9, 7.7, 10.2]), (0.90, [3.8, 6.4, 8.7])])
def test_attribute_limits_are_those_of_tables_a_3_and_a_4(confidence: float, percents: list[float]) -> None:
    limits = [attribute_limit(60, errors, confidence) for errors in range(3)]

    assert [math.ceil(limit * 1000) / 10 for limit in limits] == percents


def test_limits_without_an_error_agree_with_jfa_to_seven_digits() -> None:
    assert f"{attribute_limit(60, 0, 0.95, 'poisson'):.8f}" == "0.04992887"
    assert f"{attribute_limit(60, 0, 0.95):.8f}" == "0.04870291"


def test_where_every_item_is_in_error_the_limit_is_all() -> None:
    assert attribute_limit(5, 5, 0.95) == 1.0


def test_limits_in_small_populations_are_whole_items() -> None:
    assert population_limit(1000, 57, 0, 0.95) == 49
    assert population_limit(200, 45, 0, 0.95) == 11
    assert population_limit(10, 10, 3, 0.95) == 3
    assert population_limit(10, 1, 1, 0.95) == 10


def test_the_stringer_limit_of_two_taints_is_the_golden_one() -> None:
    checked = [Checked("a", 500_000, 0), Checked("b", 1_000_000, 600_000), Checked("c", 300_000, 300_000)]

    said = evaluate_monetary(checked, 2_000_000, 0.95)

    assert said == MonetaryEvaluation(2_800_000, 10_729_272, 0, 0)
    assert said.acceptable(10_729_272)
    assert not said.acceptable(10_729_271)


def test_a_sample_without_an_error_has_the_basic_precision_only() -> None:
    assert evaluate_monetary([Checked("a", 500_000, 500_000)], 2_000_000, 0.95) == MonetaryEvaluation(
        0, 5_991_465, 0, 0
    )


def test_items_of_at_least_an_interval_count_with_what_was_found_in_them() -> None:
    said = evaluate_monetary([Checked("a", 2_000_000, 1_500_000), Checked("b", 500_000, 250_000)], 2_000_000, 0.95)

    assert said.certain_fen == 500_000
    assert said.projected_fen == 500_000 + 1_000_000
    assert said.upper_limit_fen == round(500_000 + 2_000_000 * (2.99573227355 + 0.5 * (4.74386451839 - 2.99573227355)))


def test_understatements_are_reported_and_never_set_off() -> None:
    over = [Checked("a", 500_000, 0)]
    under = [Checked("b", 500_000, 900_000), Checked("c", 3_000_000, 3_100_000)]

    alone, together = evaluate_monetary(over, 2_000_000, 0.95), evaluate_monetary(over + under, 2_000_000, 0.95)

    assert together == alone._replace(understated_fen=500_000)


def test_stringer_rates_of_three_taints_are_the_golden_ones() -> None:
    assert f"{stringer_rate([0.5, 0.25, 0.1], 100, 0.95):.6f}" == "0.044036"
    assert f"{stringer_rate([0.1, 0.5, 0.25], 100, 0.95, 'binomial'):.6f}" == "0.043210"


@pytest.mark.parametrize(("taints", "n"), [([0.5, 0.5], 1), ([0], 10), ([1.1], 10), ([-0.5], 10)])
def test_taints_are_at_most_one_an_item_and_within_their_range(taints: list[float], n: int) -> None:
    with pytest.raises(ValueError, match="taints, each above 0 and up to 1"):
        stringer_rate(taints, n, 0.95)


def test_a_sample_of_nothing_gives_no_rate_or_limit() -> None:
    with pytest.raises(ValueError, match="sample size must be at least 1"):
        stringer_rate([], 0, 0.95)
    with pytest.raises(ValueError, match="sample size must be at least 1"):
        attribute_limit(0, 0, 0.95)
    with pytest.raises(ValueError, match="from 0 to 5 errors"):
        attribute_limit(5, 6, 0.95)
    with pytest.raises(ValueError, match="from 0 to 5 errors"):
        attribute_limit(5, -1, 0.95)


@pytest.mark.parametrize(("population", "n", "errors"), [(10, 11, 0), (10, 0, 0), (10, 5, 6), (10, 5, -1)])
def test_a_small_population_gives_no_limit_for_what_cannot_be(population: int, n: int, errors: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        population_limit(population, n, errors, 0.95)


@pytest.mark.parametrize("item", [Checked("a", 0, 0), Checked("a", -5, 0), Checked("a", 10, -1)])
def test_an_item_has_a_book_amount_above_zero_and_none_below_it(item: Checked) -> None:
    with pytest.raises(ValueError, match="the one must be above zero"):
        evaluate_monetary([item], 2_000_000, 0.95)


def test_an_interval_below_one_fen_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 fen"):
        evaluate_monetary([], Fraction(1, 2), 0.95)
