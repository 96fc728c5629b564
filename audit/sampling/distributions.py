"""The distributions behind sizes and limits, in plain Python.

Floats carry them to about twelve digits. Where a sample size hangs on whether a probability has reached the risk, and
the float comes close to it, the comparison is made again in whole numbers, without any rounding.
"""

import math
from collections.abc import Callable
from fractions import Fraction

NEARLY = 1e-6
"""How close, relative to the risk, a float must be for the exact comparison to be made; its error is far smaller."""

_NEGLIGIBLE = 2.0**-60


def gamma_cdf(x: float, shape: float) -> float:
    """The regularised lower incomplete gamma function P(shape, x): the gamma distribution of rate 1 up to `x`.

    By its series below the mean, by the continued fraction of its complement above (Abramowitz & Stegun, 6.5.29 and
    6.5.31).
    """
    if x <= 0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        return front * _gamma_series(x, shape)
    return 1.0 - front * _gamma_fraction(x, shape)


def _gamma_series(x: float, shape: float) -> float:
    term = total = 1.0 / shape
    divisor = shape
    while term > total * _NEGLIGIBLE:
        divisor += 1.0
        term *= x / divisor
        total += term
    return total


def _gamma_fraction(x: float, shape: float) -> float:
    """The continued fraction, by Lentz's method; above the mean no denominator vanishes."""
    b = x + 1.0 - shape
    c = math.inf
    d = 1.0 / b
    value = d
    step = 0
    ratio = 0.0
    while abs(ratio - 1.0) > 2.0**-52:
        step += 1
        a = -step * (step - shape)
        b += 2.0
        d = 1.0 / (a * d + b)
        c = b + a / c
        ratio = c * d
        value *= ratio
    return value


def gamma_quantile(probability: float, shape: float) -> float:
    """The `x` up to which the gamma distribution of rate 1 has `probability`."""
    upper = shape + 1.0
    while gamma_cdf(upper, shape) < probability:
        upper *= 2.0
    return _rising_root(lambda x: gamma_cdf(x, shape) - probability, upper)


def binomial_cdf(errors: int, n: int, rate: float) -> float:
    """The probability of at most `errors` in `n` independent trials, each in error with `rate` (above 0, below 1)."""
    if errors >= n:
        return 1.0
    log_rate, log_rest = math.log(rate), math.log1p(-rate)
    log_n = math.lgamma(n + 1)

    def term(i: int) -> float:
        return math.exp(log_n - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * log_rate + (n - i) * log_rest)

    return _sum_downwards(term, errors, round(n * rate))


def binomial_limit(errors: int, n: int, risk: float) -> float:
    """The rate at which at most `errors` in `n` have the probability `risk`: the Beta quantile(1 − risk; k+1, n−k)."""
    if errors >= n:
        return 1.0
    return _rising_root(lambda rate: risk - binomial_cdf(errors, n, rate), 1.0)


def binomial_reaches(errors: int, n: int, rate: Fraction, risk: Fraction) -> bool:
    """Whether at most `errors` in `n` trials are no more probable than `risk`, at `rate`; exact."""
    near = binomial_cdf(errors, n, float(rate))
    if abs(near - float(risk)) > NEARLY * float(risk):
        return near < float(risk)
    wrong, all_ = rate.numerator, rate.denominator
    right = all_ - wrong
    every_way: int = all_**n
    ways: int = right**n
    total = ways
    for i in range(errors):
        ways = ways * (n - i) * wrong // ((i + 1) * right)
        total += ways
    return total * risk.denominator <= risk.numerator * every_way


def hypergeometric_cdf(errors: int, population: int, wrong: int, n: int) -> float:
    """The probability of at most `errors` among `n` drawn from `population` items of which `wrong` are in error."""
    least, most = max(0, n - (population - wrong)), min(wrong, n)
    if errors >= most:
        return 1.0
    if errors < least:
        return 0.0
    log_all = _log_comb(population, n)

    def term(i: int) -> float:
        return math.exp(_log_comb(wrong, i) + _log_comb(population - wrong, n - i) - log_all)

    return _sum_downwards(term, errors, n * wrong // population, least)


def hypergeometric_reaches(errors: int, population: int, wrong: int, n: int, risk: Fraction) -> bool:
    """Whether at most `errors` among `n` drawn are no more probable than `risk`; exact."""
    near = hypergeometric_cdf(errors, population, wrong, n)
    if abs(near - float(risk)) > NEARLY * float(risk):
        return near < float(risk)
    right = population - wrong
    total = sum(math.comb(wrong, i) * math.comb(right, n - i) for i in range(max(0, n - right), errors + 1))
    return total * risk.denominator <= risk.numerator * math.comb(population, n)


def _log_comb(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _sum_downwards(term: Callable[[int], float], last: int, mode: int, first: int = 0) -> float:
    """The sum of a single-peaked `term` over `first` … `last`, leaving out a tail too small to matter."""
    terms: list[float] = []
    largest = 0.0
    for i in range(last, first - 1, -1):
        value = term(i)
        terms.append(value)
        largest = max(largest, value)
        if i < mode and value < largest * _NEGLIGIBLE:
            break
    return min(1.0, math.fsum(terms))


def _rising_root(function: Callable[[float], float], upper: float) -> float:
    """Where `function`, which rises from below zero at 0 to above it at `upper`, is zero."""
    low, high = 0.0, upper
    while (middle := (low + high) / 2) not in (low, high):
        if function(middle) < 0:
            low = middle
        else:
            high = middle
    return high
