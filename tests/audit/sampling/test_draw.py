"""Draws, byte for byte as anybody recomputes them, with the vector of DOMAIN §7."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.sampling import (
    Item,
    drawing_order,
    monetary_interval,
    monetary_sample,
    monetary_start,
    population_root,
    seed_of,
    simple_sample,
    stratified_sample,
)

IDS = [f"SP-{number:04}" for number in range(1, 11)]
ROOT = "9597b93f9cdc4f74af658961b64abad8c4c35163b6b6a69a8ac67576641d4569"
SEED = "3d771f144987ef1fc943130fb48d70b7b180ba4b5d436509e8f7223cefc90f07"


def test_root_seed_and_order_of_the_published_vector_are_met() -> None:
    root = population_root(IDS)
    seed = seed_of("SC-2021-001", root, "DICE:4,1,6,2,2,5,3,6,1,4")

    assert root == ROOT
    assert seed == SEED
    assert [int(item[3:]) for item in drawing_order(seed, IDS)] == [10, 6, 7, 4, 2, 5, 1, 8, 3, 9]
    assert monetary_start(seed, 2_000_000) == 1_074_290


def test_a_sample_is_the_first_of_the_order_and_an_extension_the_next() -> None:
    assert simple_sample(SEED, IDS, 3) == ["SP-0010", "SP-0006", "SP-0007"]
    assert simple_sample(SEED, IDS, 5)[:3] == simple_sample(SEED, IDS, 3)
    assert sorted(simple_sample(SEED, IDS, 10)) == IDS


@pytest.mark.parametrize("n", [-1, 0, 11])
def test_no_more_can_be_drawn_than_there_is_and_not_nothing(n: int) -> None:
    with pytest.raises(ValueError, match=f"A sample of {n} cannot be drawn from 10 items"):
        simple_sample(SEED, IDS, n)


@pytest.mark.parametrize(
    ("ids", "why"),
    [
        ([], "is empty"),
        (["b", "a"], "must be sorted"),
        (["a", "a"], "each once"),
        (["", "a"], "one line of text"),
        (["a\nb"], "one line of text"),
    ],
)
def test_a_population_that_is_not_frozen_in_order_has_no_root(ids: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        population_root(ids)


@pytest.mark.parametrize(
    ("plan", "root", "randomness", "why"),
    [
        ("", ROOT, "1", "plan's id"),
        ("SC|1", ROOT, "1", "plan's id"),
        ("SC-1", ROOT[1:], "1", "lower-case hex"),
        ("SC-1", ROOT.upper(), "1", "lower-case hex"),
        ("SC-1", ROOT, "", "randomness is empty"),
    ],
)
def test_a_seed_is_only_made_of_parts_that_are_whole(plan: str, root: str, randomness: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        seed_of(plan, root, randomness)


def test_each_stratum_is_drawn_by_itself_with_the_same_seed() -> None:
    strata = {"测试二村": IDS[5:], "测试一村": IDS[:5]}

    drawn = stratified_sample(SEED, strata, {"测试一村": 2, "测试二村": 3})

    assert drawn == {"测试一村": ["SP-0004", "SP-0002"], "测试二村": ["SP-0010", "SP-0006", "SP-0007"]}


def test_strata_and_their_allocation_must_name_the_same() -> None:
    with pytest.raises(ValueError, match="do not name the same"):
        stratified_sample(SEED, {"a": IDS}, {"b": 1})


def test_the_interval_is_book_value_by_sample_size_rounded_down() -> None:
    items = [Item("a", 1_000), Item("b", 999)]

    assert monetary_interval(items, 2) == 999
    assert monetary_interval(items, 3) == 666


@pytest.mark.parametrize(
    ("items", "n", "why"),
    [
        ([Item("a", 10)], 0, "sample size must be at least 1"),
        ([Item("a", 10)], 11, "interval in fen must be at least 1"),
        ([Item("a", 10), Item("b", 0)], 1, "only amounts above zero"),
        ([Item("a", 10), Item("b", -5)], 1, "only amounts above zero"),
    ],
)
def test_no_interval_is_given_for_books_that_cannot_be_drawn_by_money(items: list[Item], n: int, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        monetary_interval(items, n)


def test_hits_fall_where_the_amounts_laid_end_to_end_say() -> None:
    start = monetary_start(SEED, 100)
    items = [Item("a", start - 1), Item("b", 1), Item("c", 99), Item("d", 250), Item("e", 10)]

    draw = monetary_sample(SEED, items, 100)

    assert draw.start_fen == start == 90
    assert [item.id for item in draw.sample] == ["b", "d"]
    assert draw.certain == (Item("d", 250),)


def test_a_monetary_start_needs_an_interval_of_at_least_one_fen() -> None:
    with pytest.raises(ValueError, match="interval in fen must be at least 1"):
        monetary_start(SEED, 0)


@given(
    st.lists(st.integers(1, 5_000), min_size=1, max_size=60),
    st.integers(1, 3_000),
    st.text("0123456789abcdef", min_size=64, max_size=64),
)
def test_a_monetary_draw_is_what_hitting_every_single_fen_gives(
    amounts_fen: list[int], interval_fen: int, seed: str
) -> None:
    items = [Item(f"{number:03}", amount) for number, amount in enumerate(amounts_fen)]
    start = int(hashlib.sha256(f"{seed}|mus-start".encode()).hexdigest(), 16) % interval_fen + 1

    draw = monetary_sample(seed, items, interval_fen)

    hit: list[str] = []
    below = 0
    for item in items:
        if any((fen - start) % interval_fen == 0 for fen in range(max(below + 1, start), below + item.amount_fen + 1)):
            hit.append(item.id)
        below += item.amount_fen
    assert [item.id for item in draw.sample] == hit
    assert {item.id for item in items if item.amount_fen >= interval_fen} == {item.id for item in draw.certain}
