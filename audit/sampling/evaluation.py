"""What a checked sample says about the whole (DOMAIN §7, Evaluation).

Limits are one-sided: with the stated confidence the truth is not beyond them. An understatement is reported for itself
and never set off against an overstatement. Amounts are rounded to the nearest fen, once, at the end.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache
from typing import Literal, NamedTuple

from audit.sampling.distributions import binomial_limit, gamma_quantile, hypergeometric_reaches
from audit.sampling.exact import Rate, at_least, between_none_and_all, exact

Model = Literal["poisson", "binomial"]
Factor = Callable[[int], float]


class Checked(NamedTuple):
    """An item of the sample after the check: what the books say and what is right, in fen."""

    id: str
    book_fen: int
    audit_fen: int


class MonetaryEvaluation(NamedTuple):
    """What a sample of monetary units says, in fen.

    `projected_fen` is the likeliest overstatement, `upper_limit_fen` what it is not beyond (Stringer), of which
    `certain_fen` was found in items that are at least one interval large and so is no estimate. `understated_fen`
    was found the other way.
    """

    projected_fen: int
    upper_limit_fen: int
    certain_fen: int
    understated_fen: int

    def acceptable(self, tolerable_fen: int) -> bool:
        """Whether the limit is within what can be tolerated; if not, extend the sample or check everything."""
        return self.upper_limit_fen <= tolerable_fen


@cache
def confidence_factor(confidence: Fraction, errors: int) -> float:
    """CF_k, the Poisson upper limit of errors after `errors` were found: `Gamma quantile(C; k + 1)`."""
    return gamma_quantile(float(confidence), errors + 1.0)


def evaluate_monetary(checked: Iterable[Checked], interval_fen: Rate, confidence: Rate) -> MonetaryEvaluation:
    """Evaluate a sample of monetary units drawn with an interval of J fen (Stringer bound).

    taint = (book − audit) / book, sorted from the largest; projected = Σ taint·J + the overstatement of items ≥ J;
    limit = J·[CF_0 + Σ taint_i·(CF_i − CF_{i−1})] + the same.

    Raises:
        ValueError: when a book amount is not above zero, an audited one is negative, or a parameter is out of range.
    """
    sure = between_none_and_all(confidence, "confidence")
    interval = exact(interval_fen, "interval in fen")
    if interval < 1:
        raise ValueError(f"The interval must be at least 1 fen, and {interval_fen} was given.")
    taints: list[Fraction] = []
    certain_fen = understated_fen = 0
    for item in checked:
        over_fen = _overstated_fen(item)
        if over_fen < 0:
            understated_fen -= over_fen
        elif item.book_fen >= interval:
            certain_fen += over_fen
        elif over_fen:
            taints.append(Fraction(over_fen, item.book_fen))
    projected = interval * sum(taints) + certain_fen
    limit = interval * _stringer(taints, lambda k: confidence_factor(sure, k)) + certain_fen
    return MonetaryEvaluation(_nearest_fen(projected), _nearest_fen(limit), certain_fen, understated_fen)


def stringer_rate(taints: Sequence[Rate], n: int, confidence: Rate, model: Model = "poisson") -> float:
    """The Stringer upper limit of the misstatement rate after a sample of `n` showed `taints`, each above 0, to 1.

    Raises:
        ValueError: when there are more taints than items, or a parameter is out of range.
    """
    sure = between_none_and_all(confidence, "confidence")
    found = [exact(taint, "taint") for taint in taints]
    if len(found) > at_least(n, 1, "sample size") or not all(0 < taint <= 1 for taint in found):
        raise ValueError(f"A sample of {n} has at most {n} taints, each above 0 and up to 1.")
    return float(_stringer(found, lambda k: _attribute_limit(n, k, sure, model)))


def attribute_limit(n: int, errors: int, confidence: Rate, model: Model = "binomial") -> float:
    """The upper limit of the error rate after `errors` in a sample of `n`: `Beta quantile(C; k + 1, n − k)`.

    With the model `poisson` it is CF_k / n.

    Raises:
        ValueError: when a parameter is out of range.
    """
    sure = between_none_and_all(confidence, "confidence")
    if not 0 <= errors <= at_least(n, 1, "sample size"):
        raise ValueError(f"A sample of {n} has from 0 to {n} errors, and {errors} were given.")
    return _attribute_limit(n, errors, sure, model)


def population_limit(population: int, n: int, errors: int, confidence: Rate) -> int:
    """The upper limit of items in error in a small population (hypergeometric).

    The largest K for which finding at most `errors` among `n` is still more probable than 1 − C.

    Raises:
        ValueError: when a parameter is out of range.
    """
    risk = 1 - between_none_and_all(confidence, "confidence")
    if not 1 <= n <= population or not 0 <= errors <= n:
        raise ValueError(f"{errors} errors in a sample of {n} from {population} items cannot be.")
    low, high = errors, population - n + errors  # with `errors` wrong ones it is certain; more right ones were seen
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeometric_reaches(errors, population, middle, n, risk):
            high = middle - 1
        else:
            low = middle
    return low


def _attribute_limit(n: int, errors: int, sure: Fraction, model: Model) -> float:
    if model == "poisson":
        return confidence_factor(sure, errors) / n
    return binomial_limit(errors, n, float(1 - sure))


def _stringer(taints: Sequence[Fraction], factor: Factor) -> Fraction:
    """`factor(0) + Σ taint_i · (factor(i) − factor(i−1))`, taints from the largest."""
    bound = Fraction(factor(0))
    for i, taint in enumerate(sorted(taints, reverse=True), start=1):
        bound += taint * (Fraction(factor(i)) - Fraction(factor(i - 1)))
    return bound


def _overstated_fen(item: Checked) -> int:
    if item.book_fen <= 0 or item.audit_fen < 0:
        raise ValueError(
            f"Item {item.id!r} has {item.book_fen} fen in the books and {item.audit_fen} after the check; the one must "
            "be above zero, the other not below."
        )
    return item.book_fen - item.audit_fen


def _nearest_fen(amount: Fraction) -> int:
    return math.floor(amount + Fraction(1, 2))
