"""The distributions, against closed forms and against sums in whole numbers."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.sampling.distributions import (
    binomial_cdf,
    binomial_limit,
    binomial_reaches,
    gamma_cdf,
    gamma_quantile,
    hypergeometric_cdf,
    hypergeometric_reaches,
)


def exact_binomial(errors: int, n: int, rate: Fraction) -> Fraction:
    terms = (math.comb(n, i) * rate**i * (1 - rate) ** (n - i) for i in range(min(errors, n) + 1))
    return sum(terms, Fraction(0))


def exact_hypergeometric(errors: int, population: int, wrong: int, n: int) -> Fraction:
    ways = sum(math.comb(wrong, i) * math.comb(population - wrong, n - i) for i in range(min(errors, wrong, n) + 1))
    return Fraction(ways, math.comb(population, n))


@given(st.integers(1, 60), st.floats(0.001, 120))
def test_a_gamma_of_whole_shape_is_a_sum_of_poisson_terms(shape: int, x: float) -> None:
    poisson = math.fsum(math.exp(-x + i * math.log(x) - math.lgamma(i + 1)) for i in range(shape))

    assert gamma_cdf(x, shape) == pytest.approx(1 - poisson, abs=1e-12)


def test_a_gamma_of_half_a_shape_is_the_error_function() -> None:
    for x in (0.01, 0.3, 1.0, 2.5, 9.0):
        assert gamma_cdf(x, 0.5) == pytest.approx(math.erf(math.sqrt(x)), rel=1e-13)


def test_nothing_lies_below_zero_in_a_gamma_distribution() -> None:
    assert gamma_cdf(0, 3) == gamma_cdf(-1, 3) == 0.0


@given(st.floats(0.01, 0.999), st.floats(0.5, 300))
def test_a_gamma_quantile_is_where_the_distribution_reaches_it(probability: float, shape: float) -> None:
    assert gamma_cdf(gamma_quantile(probability, shape), shape) == pytest.approx(probability, rel=1e-9)


@given(st.integers(0, 40), st.integers(1, 40), st.fractions(Fraction(1, 1000), Fraction(999, 1000)))
def test_a_binomial_is_the_sum_of_its_terms(errors: int, n: int, rate: Fraction) -> None:
    assert binomial_cdf(errors, n, float(rate)) == pytest.approx(float(exact_binomial(errors, n, rate)), rel=1e-9)


def test_a_binomial_with_thousands_of_trials_does_not_underflow() -> None:
    assert binomial_cdf(5_000, 100_000, 0.05) == pytest.approx(0.5037, abs=1e-4)
    assert binomial_cdf(4_000, 100_000, 0.05) < 1e-40


@given(st.integers(0, 12), st.integers(1, 40), st.floats(0.001, 0.999))
def test_a_binomial_limit_is_the_rate_at_which_the_risk_is_met(errors: int, n: int, risk: float) -> None:
    limit = binomial_limit(errors, n, risk)

    assert limit == 1.0 if errors >= n else binomial_cdf(errors, n, limit) == pytest.approx(risk, rel=1e-8)


@given(st.integers(1, 60), st.data())
def test_a_hypergeometric_is_the_count_of_its_ways(population: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, population))
    n = data.draw(st.integers(0, population))
    errors = data.draw(st.integers(0, population))

    found = hypergeometric_cdf(errors, population, wrong, n)

    assert found == pytest.approx(float(exact_hypergeometric(errors, population, wrong, n)), rel=1e-9)


@given(st.integers(0, 5), st.integers(6, 25), st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50))
def test_reaching_a_risk_is_decided_as_whole_numbers_decide_it(errors: int, n: int, rate: Fraction) -> None:
    risk = exact_binomial(errors, n, rate)
    a_little = risk / 10**9

    assert binomial_reaches(errors, n, rate, risk)
    assert binomial_reaches(errors, n, rate, risk + a_little)
    assert not binomial_reaches(errors, n, rate, risk - a_little)


@given(st.integers(0, 3), st.integers(10, 40), st.data())
def test_reaching_a_risk_in_a_small_population_is_decided_exactly(
    errors: int, population: int, data: st.DataObject
) -> None:
    wrong = data.draw(st.integers(errors + 1, population - 1))
    n = data.draw(st.integers(errors + 1, population))
    risk = exact_hypergeometric(errors, population, wrong, n)
    if risk == 0:
        return

    assert hypergeometric_reaches(errors, population, wrong, n, risk)
    assert not hypergeometric_reaches(errors, population, wrong, n, risk * (1 - Fraction(1, 10**9)))
