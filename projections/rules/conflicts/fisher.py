"""Fisher's exact test in whole numbers: what a float rounds, two machines may round differently."""

from math import comb
from typing import Final

MILLION: Final = 1_000_000


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
