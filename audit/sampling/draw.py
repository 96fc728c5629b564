r"""Draws that anybody can recompute with a SHA-256 tool (DOMAIN §7, Draw).

Everything is lower-case hex text joined by "|", so that `printf … | sha256sum` is all it takes::

    root  = SHA256("\n".join(ids))                   the ids sorted, frozen in the plan
    seed  = SHA256("spotcheck-draw/v1|" + plan id + "|" + root + "|" + randomness)
    order = the ids by SHA256(seed + "|" + id)       the sample is the first n, an extension what comes next
    start = int(SHA256(seed + "|mus-start")) mod J + 1       sampling by money, J = the interval in fen

The plan fixes population and rules before a public event gives the randomness, so that nobody can try seeds until one
suits.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from audit.sampling.exact import at_least

SEED_TAG = "spotcheck-draw/v1"


class Item(NamedTuple):
    """One item of a population in money: its id and its book value in fen."""

    id: str
    amount_fen: int


class MonetaryDraw(NamedTuple):
    """A draw of monetary units: the interval and start in fen, and the items hit, in the order of their ids.

    `certain` are those of `sample` that are at least one interval large: whatever the start, they are hit.
    """

    interval_fen: int
    start_fen: int
    sample: tuple[Item, ...]
    certain: tuple[Item, ...]


def population_root(ids: Sequence[str]) -> str:
    r"""`SHA256("\n".join(ids))` in hex, over the frozen ids of a plan.

    Raises:
        ValueError: when there are none, they are not in order of code point, one stands twice or holds a line feed.
    """
    if not ids:
        raise ValueError("The population is empty: there is nothing to draw from.")
    for before, after in pairwise(ids):
        if before >= after:
            raise ValueError(f"The ids must be sorted, each once; {after!r} comes after {before!r}.")
    for item in ids:
        if not item or "\n" in item:
            raise ValueError(f"An id is one line of text that is not empty, and {item!r} was given.")
    return _sha256_hex("\n".join(ids))


def seed_of(plan_id: str, root: str, randomness: str) -> str:
    """The seed of a draw, in hex.

    Raises:
        ValueError: when a part is empty, `plan_id` holds the separator "|", or `root` is no SHA-256 in hex.
    """
    if not plan_id or "|" in plan_id:
        raise ValueError(f"A plan's id is not empty and has no '|' in it, and {plan_id!r} was given.")
    if len(root) != 64 or not set(root) <= set("0123456789abcdef"):  # noqa: PLR2004 (a SHA-256 in hex)
        raise ValueError("The root of a population is 64 characters of lower-case hex.")
    if not randomness:
        raise ValueError("The randomness is empty: record what the public event gave.")
    return _sha256_hex(f"{SEED_TAG}|{plan_id}|{root}|{randomness}")


def drawing_order(seed: str, ids: Iterable[str]) -> list[str]:
    """All `ids` in the order in which they are drawn: a sample of n is the first n, its extension what follows."""
    return sorted(ids, key=lambda item: (_sha256_hex(f"{seed}|{item}"), item))


def simple_sample(seed: str, ids: Sequence[str], n: int) -> list[str]:
    """The first `n` of `ids` in drawing order.

    Raises:
        ValueError: when `n` is below 1 or beyond the population.
    """
    if not 1 <= n <= len(ids):
        raise ValueError(f"A sample of {n} cannot be drawn from {len(ids)} items.")
    return drawing_order(seed, ids)[:n]


def stratified_sample(
    seed: str, strata: Mapping[str, Sequence[str]], allocation: Mapping[str, int]
) -> dict[str, list[str]]:
    """Of each stratum, by name, the first `allocation[name]` ids in drawing order.

    Raises:
        ValueError: when the two do not name the same strata, or more is allocated than there is.
    """
    if strata.keys() != allocation.keys():
        raise ValueError(f"Strata {sorted(strata)} and allocation {sorted(allocation)} do not name the same.")
    return {name: simple_sample(seed, strata[name], allocation[name]) for name in sorted(strata)}


def monetary_interval(items: Iterable[Item], n: int) -> int:
    """The sampling interval J in fen for a sample of `n`: book value / n, rounded down, so never a smaller sample.

    Raises:
        ValueError: when `n` is below 1, an amount is not above zero, or there are fewer fen than `n`.
    """
    at_least(n, 1, "sample size")
    book_fen = sum(_positive_fen(item) for item in items)
    return at_least(book_fen // n, 1, "interval in fen")


def monetary_start(seed: str, interval_fen: int) -> int:
    """The first fen that is hit, from 1 to the interval: `int(SHA256(seed + "|mus-start")) mod J + 1`.

    Raises:
        ValueError: when the interval is below one fen.
    """
    return int(_sha256_hex(f"{seed}|mus-start"), 16) % at_least(interval_fen, 1, "interval in fen") + 1


def monetary_sample(seed: str, items: Sequence[Item], interval_fen: int) -> MonetaryDraw:
    """The items in which a hit falls when their amounts are laid end to end in the order of their ids.

    Hits are the fen `start`, `start + J`, `start + 2J` …; an item hit more than once is in the sample once. Credits and
    zeros can never be hit; exclude them first and check them apart (DOMAIN §7, trap 2).

    Raises:
        ValueError: when items are not sorted by id, each once, an amount is not above zero, or the interval is below 1.
    """
    population_root([item.id for item in items])
    start_fen = monetary_start(seed, interval_fen)
    sample: list[Item] = []
    next_hit_fen = start_fen
    reached_fen = 0
    for item in items:
        reached_fen += _positive_fen(item)
        if next_hit_fen <= reached_fen:
            sample.append(item)
            next_hit_fen += ((reached_fen - next_hit_fen) // interval_fen + 1) * interval_fen
    certain = tuple(item for item in sample if item.amount_fen >= interval_fen)
    return MonetaryDraw(interval_fen, start_fen, tuple(sample), certain)


def _positive_fen(item: Item) -> int:
    if item.amount_fen <= 0:
        raise ValueError(f"Item {item.id!r} is {item.amount_fen} fen; only amounts above zero can be drawn by money.")
    return item.amount_fen


def _sha256_hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
