"""How large a sample must be (DOMAIN §7, Sample size).

For each method, the smallest n such that, if the true rate were the tolerable one, finding no more than the expected
errors would have at most the probability 1 − confidence. Rates may be floats, decimals, fractions or text; a float
means the decimal that it prints as.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial

from audit.sampling.distributions import binomial_reaches, gamma_cdf, hypergeometric_reaches
from audit.sampling.exact import Rate, at_least, between_none_and_all, expected_below

LARGEST_SAMPLE = 20_000
"""Beyond it, what is expected lies so near to what is tolerable that only a full check can tell them apart."""


def monetary_size(confidence: Rate, tolerable: Rate, expected: Rate = 0) -> int:
    """The sample size for monetary units (Poisson): smallest n with `Gamma_cdf(m; shape = 1 + e·n, rate = n) ≥ C`.

    `tolerable` and `expected` are misstatement over book value; the expected taints may add up to a fraction.

    Raises:
        ValueError: for a rate out of its range, or when more than 20,000 would be needed.
    """
    sure = float(between_none_and_all(confidence, "confidence"))
    most = between_none_and_all(tolerable, "tolerable rate")
    likely = expected_below(expected, most)

    def enough(n: int) -> bool:
        return gamma_cdf(float(most * n), float(1 + likely * n)) >= sure

    return _smallest(enough, 1, LARGEST_SAMPLE)


def binomial_size(confidence: Rate, tolerable: Rate, expected: Rate = 0) -> int:
    """The sample size for attributes: smallest n with `Binom_cdf(⌈e·n⌉; n, m) ≤ 1 − C`.

    Raises:
        ValueError: for a rate out of its range, or when more than 20,000 would be needed.
    """
    risk = 1 - between_none_and_all(confidence, "confidence")
    most = between_none_and_all(tolerable, "tolerable rate")

    def enough(errors: int, n: int) -> bool:
        return binomial_reaches(errors, n, most, risk)

    return _smallest_with_errors(enough, expected_below(expected, most), LARGEST_SAMPLE)


def hypergeometric_size(confidence: Rate, tolerable: Rate, population: int, expected: Rate = 0) -> int:
    """The sample size from a small population: smallest n with `Hyp_cdf(⌈e·n⌉; N, K = ⌈m·N⌉, n) ≤ 1 − C`.

    Raises:
        ValueError: for a rate out of its range, a population below 1, or when no sample can tell, or none of 20,000.
    """
    risk = 1 - between_none_and_all(confidence, "confidence")
    most = between_none_and_all(tolerable, "tolerable rate")
    wrong = math.ceil(most * at_least(population, 1, "population"))

    def enough(errors: int, n: int) -> bool:
        return hypergeometric_reaches(errors, population, wrong, n, risk)

    return _smallest_with_errors(enough, expected_below(expected, most), min(population, LARGEST_SAMPLE))


def _smallest_with_errors(enough: Callable[[int, int], bool], expected: Fraction, largest: int) -> int:
    """The smallest n for which `enough(⌈expected·n⌉, n)`.

    With the errors held fixed, more items only help. So it is asked at the end of each run of n with the same ⌈e·n⌉,
    and within the first run that ends well the smallest is looked for.
    """
    errors = 0 if expected == 0 else 1
    first = 1
    while first <= largest:
        last = largest if expected == 0 else min(int(errors / expected), largest)
        if last >= first and enough(errors, last):
            return _smallest(partial(enough, errors), first, last)
        first = last + 1
        errors += 1
    raise ValueError(_NO_SAMPLE.format(largest))


def _smallest(enough: Callable[[int], bool], first: int, last: int) -> int:
    """The smallest n from `first` to `last` that is `enough`; with one, all larger ones are."""
    if not enough(last):
        raise ValueError(_NO_SAMPLE.format(last))
    while first < last:
        middle = (first + last) // 2
        if enough(middle):
            last = middle
        else:
            first = middle + 1
    return first


_NO_SAMPLE = "No sample of up to {} items can show this; tolerate more, expect less, or check everything."
