"""Spot checks: draws that anybody can recompute, sample sizes, and what a checked sample says (DOMAIN §7).

* `draw`: the frozen population's root, the seed, the drawing order, samples by item, by stratum and by money.
* `allocation`: how a stratified sample is spread over its strata.
* `size`: how large a sample must be.
* `evaluation`: projections and upper limits.

Pure functions: no clock, no randomness but the seed, no files. Amounts are integer fen; rates may be given as floats,
decimals, fractions or text, and are computed with exactly. Every parameter out of range is a `ValueError` that says so.
"""

from audit.sampling.allocation import LEAST_PER_STRATUM, TIER_PERCENT, by_risk_tier, proportional
from audit.sampling.draw import (
    Item,
    MonetaryDraw,
    drawing_order,
    monetary_interval,
    monetary_sample,
    monetary_start,
    population_root,
    seed_of,
    simple_sample,
    stratified_sample,
)
from audit.sampling.evaluation import (
    Checked,
    MonetaryEvaluation,
    attribute_limit,
    confidence_factor,
    evaluate_monetary,
    population_limit,
    stringer_rate,
)
from audit.sampling.size import LARGEST_SAMPLE, binomial_size, hypergeometric_size, monetary_size

__all__ = [
    "LARGEST_SAMPLE",
    "LEAST_PER_STRATUM",
    "TIER_PERCENT",
    "Checked",
    "Item",
    "MonetaryDraw",
    "MonetaryEvaluation",
    "attribute_limit",
    "binomial_size",
    "by_risk_tier",
    "confidence_factor",
    "drawing_order",
    "evaluate_monetary",
    "hypergeometric_size",
    "monetary_interval",
    "monetary_sample",
    "monetary_size",
    "monetary_start",
    "population_limit",
    "population_root",
    "proportional",
    "seed_of",
    "simple_sample",
    "stratified_sample",
    "stringer_rate",
]
