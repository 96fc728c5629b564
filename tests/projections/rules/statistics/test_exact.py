"""The exact arithmetic of the statistical rules, against fractions."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.rules.statistics.exact import lies_outside, so_many_are_rare, twice_the_median


def tail(found: int, of: int, chance: Fraction) -> Fraction:
    """P(X ≥ found), by its definition."""
    return sum((comb(of, i) * chance**i * (1 - chance) ** (of - i) for i in range(found, of + 1)), Fraction(0))


@given(st.data())
def test_the_binomial_tail_is_that_of_fractions(data: st.DataObject) -> None:
    of = data.draw(st.integers(min_value=1, max_value=40))
    found = data.draw(st.integers(min_value=0, max_value=of))
    whole = data.draw(st.integers(min_value=2, max_value=60))
    part = data.draw(st.integers(min_value=1, max_value=whole - 1))
    below_ppm = data.draw(st.sampled_from([1, 10_000, 50_000, 500_000]))

    rare = so_many_are_rare(found, of, share=(part, whole), below_ppm=below_ppm)

    assert rare == (tail(found, of, Fraction(part, whole)) < Fraction(below_ppm, 1_000_000))


def test_nothing_is_rare_where_everything_is_so() -> None:
    assert not so_many_are_rare(5, 5, share=(7, 7), below_ppm=10_000)


@pytest.mark.parametrize(("amounts", "twice"), [((5,), 10), ((1, 2), 3), ((1, 2, 9), 4), ((1, 3, 5, 9), 8)])
def test_the_median_of_an_even_number_lies_between_two(amounts: tuple[int, ...], twice: int) -> None:
    assert twice_the_median(amounts) == twice


@pytest.mark.parametrize(("found", "outside"), [(115, False), (116, True), (85, False), (84, True)])
def test_the_funnel_of_three_standard_errors_is_exact(*, found: int, outside: bool) -> None:
    """Of 1 000 at a chance of a tenth: 100 ± 3·9.4868… = 71.5 to 128.5; of half the width, 85.8 to 114.2."""
    assert lies_outside(found, 1_000, share=(1, 10), z_milli=1_600) == outside


def test_no_funnel_stands_where_nobody_or_everybody_is_paid() -> None:
    assert not lies_outside(0, 10, share=(0, 100), z_milli=1)
    assert not lies_outside(10, 10, share=(100, 100), z_milli=1)
