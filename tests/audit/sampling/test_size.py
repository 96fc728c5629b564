"""Sample sizes, against the printed tables that DOMAIN §7 quotes (AICPA 2017, jfa)."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from audit.sampling import LARGEST_SAMPLE, binomial_size, hypergeometric_size, monetary_size
from audit.sampling.distributions import binomial_reaches, gamma_cdf


@pytest.mark.parametrize(
    ("confidence", "tolerable", "ratio", "n"),
    [
        ("0.95", "0.05", "0", 60),
        ("0.95", "0.05", "0.1", 74),
        ("0.95", "0.05", "0.2", 93),
        ("0.95", "0.05", "0.3", 120),
        ("0.95", "0.05", "0.4", 162),
        ("0.95", "0.05", "0.5", 231),
        ("0.95", "0.10", "0", 30),
        ("0.95", "0.10", "0.5", 116),
        ("0.90", "0.05", "0", 47),
        ("0.90", "0.05", "0.2", 69),
        ("0.90", "0.05", "0.5", 160),
        ("0.80", "0.02", "0", 81),
        ("0.80", "0.02", "0.2", 113),
        ("0.50", "0.01", "0", 70),
    ],
)
def test_monetary_sizes_are_those_of_table_c_1(confidence: str, tolerable: str, ratio: str, n: int) -> None:
    expected = Fraction(tolerable) * Fraction(ratio)

    assert monetary_size(confidence, tolerable, expected) == n


@pytest.mark.parametrize(
    ("confidence", "tolerable_percent", "expected_percent", "n"),
    [
        ("0.95", "5", "0", 59),
        ("0.95", "5", "1", 93),
        ("0.95", "5", "1.25", 124),
        ("0.95", "10", "0", 29),
        ("0.95", "10", "2.5", 61),
        ("0.95", "6", "2", 127),
        ("0.95", "2", "0.25", 236),
        ("0.90", "5", "0", 45),
        ("0.90", "5", "1", 77),
        ("0.90", "10", "0", 22),
    ],
)
def test_attribute_sizes_are_those_of_tables_a_1_and_a_2(
    confidence: str, tolerable_percent: str, expected_percent: str, n: int
) -> None:
    assert binomial_size(confidence, Fraction(tolerable_percent) / 100, Fraction(expected_percent) / 100) == n


@pytest.mark.parametrize(("tolerable", "expected", "n"), [(0.05, 0.035, 400), (0.08, 0.07, 1300)])
def test_expected_errors_are_counted_exactly_where_floats_would_add_one(
    tolerable: float, expected: float, n: int
) -> None:
    """0.035 · 400 is 14.000000000000002 in floats; jfa finds 423 and 1313 there, its comment quotes 1300."""
    assert binomial_size(0.9, tolerable, expected) == n


@pytest.mark.parametrize(("population", "n"), [(50, 31), (100, 45), (200, 51), (500, 56), (1000, 57), (5000, 59)])
def test_sizes_from_small_populations_without_an_expected_error(population: int, n: int) -> None:
    assert hypergeometric_size(0.95, 0.05, population) == n


def test_the_size_from_a_thousand_with_one_expected_error_is_ninety() -> None:
    assert hypergeometric_size(0.95, 0.05, 1000, expected=0.01) == 90


def test_a_size_is_the_smallest_of_all_that_would_do() -> None:
    risk = Fraction(1, 10)
    for expected in (Fraction(1, 100), Fraction(1, 50), Fraction(3, 100)):
        n = binomial_size(0.9, 0.06, expected)
        ends = [binomial_reaches(-(-expected * k // 1), k, Fraction(6, 100), risk) for k in range(1, n + 1)]
        assert ends == [False] * (n - 1) + [True]
        m = monetary_size(0.9, 0.06, expected)
        sure = [gamma_cdf(0.06 * k, float(1 + expected * k)) >= 0.9 for k in range(1, m + 1)]
        assert sure == [False] * (m - 1) + [True]


def test_where_a_probability_equals_the_risk_the_comparison_is_exact() -> None:
    assert binomial_size(0.9, 0.9) == 1
    assert binomial_size(0.99, 0.9) == 2
    assert binomial_size("0.5", "0.5") == 1
    assert binomial_size(0.5, 0.5, Fraction(1, 3)) == 3
    assert hypergeometric_size(0.5, 0.5, 10) == 1
    assert hypergeometric_size(Decimal("0.8"), Decimal("0.8"), 5) == 1


@pytest.mark.parametrize("size", [monetary_size, binomial_size])
def test_what_is_expected_must_stay_clear_of_what_is_tolerable(size: Callable[..., int]) -> None:
    with pytest.raises(ValueError, match="No sample of up to 20000 items can show this"):
        size(0.95, 0.01, 0.0099)
    with pytest.raises(ValueError, match=r"from 0 to below the tolerable 0\.01"):
        size(0.95, 0.01, 0.01)
    with pytest.raises(ValueError, match=r"from 0 to below the tolerable 0\.01"):
        size(0.95, 0.01, -0.001)


def test_a_rate_that_is_too_small_for_any_sample_is_said() -> None:
    with pytest.raises(ValueError, match=f"up to {LARGEST_SAMPLE} items"):
        binomial_size(0.95, 0.00001)
    with pytest.raises(ValueError, match="up to 20 items"):
        hypergeometric_size(0.95, 0.06, 20, expected=0.055)


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 1.5, "sure", float("nan"), None])
def test_a_confidence_is_a_number_above_none_and_below_all(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence must be"):
        monetary_size(confidence, 0.05)
    with pytest.raises(ValueError, match="confidence must be"):
        binomial_size(confidence, 0.05)
    with pytest.raises(ValueError, match="confidence must be"):
        hypergeometric_size(confidence, 0.05, 100)


@pytest.mark.parametrize("tolerable", [0, 1, -0.05, float("inf")])
def test_a_tolerable_rate_is_a_number_above_none_and_below_all(tolerable: float) -> None:
    with pytest.raises(ValueError, match="tolerable rate must be"):
        binomial_size(0.95, tolerable)


def test_a_population_has_at_least_one_item() -> None:
    with pytest.raises(ValueError, match="population must be at least 1"):
        hypergeometric_size(0.95, 0.05, 0)
