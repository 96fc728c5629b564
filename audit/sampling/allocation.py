"""How a stratified sample is spread over its strata (DOMAIN §7): in proportion, or by risk."""

from collections.abc import Mapping

from audit.sampling.exact import at_least

LEAST_PER_STRATUM = 2
"""Of a single item nothing can be said about how a stratum varies."""

TIER_PERCENT = {"high": 100, "medium": 50, "low": 20}
"""The share that is checked of each tier of risk."""


def proportional(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """`n` spread over strata of these sizes in proportion, by largest remainder, at least two of each.

    A stratum is never asked for more than it has. Where the minimum of two demands it, the sum is more than `n`. Equal
    remainders go to the stratum whose name comes first, so that everybody gets the same numbers.

    Raises:
        ValueError: when `n` is not from 1 to the whole, or a stratum is empty.
    """
    total = sum(at_least(size, 1, f"size of stratum {name!r}") for name, size in sizes.items())
    if not 1 <= n <= total:
        raise ValueError(f"A sample of {n} cannot be drawn from {total} items.")
    shares = {name: max(n * size // total, min(LEAST_PER_STRATUM, size)) for name, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda name: (-(n * sizes[name] % total), name))
    for name in by_remainder:
        if sum(shares.values()) < n and n * sizes[name] // total == shares[name] < sizes[name]:
            shares[name] += 1
    return {name: shares[name] for name in sorted(shares)}


def by_risk_tier(sizes: Mapping[str, int], tiers: Mapping[str, str]) -> dict[str, int]:
    """Of each stratum the share of its tier, rounded up: all of `high`, half of `medium`, a fifth of `low`.

    Raises:
        ValueError: when a stratum is empty, or its tier is not one of the three.
    """
    shares: dict[str, int] = {}
    for name in sorted(sizes):
        percent = TIER_PERCENT.get(tiers.get(name, ""))
        if percent is None:
            raise ValueError(f"Stratum {name!r} needs a risk tier, one of {', '.join(TIER_PERCENT)}.")
        shares[name] = -(-at_least(sizes[name], 1, f"size of stratum {name!r}") * percent // 100)
    return shares
