"""Exact tests in whole numbers: what a float rounds, two machines may round differently."""

from math import comb
from typing import Final

MILLION: Final = 1_000_000


def at_least_so_many_ppm(hits: int, of: int) -> int:
    """The chance, rounded up, of `hits` or more heads when a fair coin is thrown `of` times, in parts per million.

    Raises:
        ValueError: where `hits` are none of `of`.
    """
    if not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no outcome.")
    favourable = sum(comb(of, heads) for heads in range(hits, of + 1))
    outcomes: int = 2**of
    return -(-favourable * MILLION // outcomes)


def fisher_ppm(ours: int, our_hits: int, others: int, their_hits: int) -> int:
    """Fisher's exact test, one-sided: the chance, rounded up, that of `ours` as many or more hit, in ppm.

    ours, others:          sizes of the two groups.
    our_hits, their_hits:  how many of each hit.

    Raises:
        ValueError: where the hits of a group are more than it is, or below none.
    """
    if not (0 <= our_hits <= ours and 0 <= their_hits <= others):
        raise ValueError(f"{our_hits} of {ours} and {their_hits} of {others} is no table of two by two.")
    hits = our_hits + their_hits
    favourable = sum(comb(ours, hit) * comb(others, hits - hit) for hit in range(our_hits, min(ours, hits) + 1))
    return -(-favourable * MILLION // comb(ours + others, hits))
