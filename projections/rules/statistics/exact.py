"""Exact arithmetic for the statistical rules: medians, binomial tails and funnels, in integers throughout."""

from collections.abc import Sequence
from math import comb

MILLION = 1_000_000


def twice_the_median(ordered: Sequence[int]) -> int:
    """Twice the median of ascending numbers, which is whole also where the median lies between two of them."""
    return ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]


def so_many_are_rare(found: int, of: int, *, share: tuple[int, int], below_ppm: int) -> bool:
    """Whether P(X ≥ `found`) < `below_ppm` for X binomial over `of` trials, each with the chance `share` = (a, b): a/b.

    The tail is Σ C(n, i) aⁱ (b−a)ⁿ⁻ⁱ over i from `found`, compared with bⁿ; each term follows from the one before.
    """
    chance, whole = share
    other = whole - chance
    if chance >= whole:
        return False
    enough = whole**of * below_ppm
    term = comb(of, found) * chance**found * other ** (of - found)
    tail = 0
    for i in range(found, of + 1):
        tail += term
        if tail * MILLION >= enough:
            return False
        term = term * (of - i) * chance // ((i + 1) * other)
    return True


def lies_outside(found: int, of: int, *, share: tuple[int, int], z_milli: int) -> bool:
    """Whether `found` of `of` lies outside the funnel of `z_milli` thousandths of a standard error round a/b.

    z² = (k/n − a/b)² ⁄ (a/b (1 − a/b) ⁄ n) = (k b − a n)² ⁄ (n a (b − a)).
    """
    part, whole = share
    spread = of * part * (whole - part)
    return spread > 0 and (found * whole - part * of) ** 2 * MILLION > z_milli**2 * spread
