"""How a sample is spread over strata."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.sampling import by_risk_tier, proportional


def test_a_sample_is_spread_in_proportion_by_largest_remainder() -> None:
    assert proportional({"a": 500, "b": 300, "c": 200}, 10) == {"a": 5, "b": 3, "c": 2}
    assert proportional({"a": 510, "b": 290, "c": 200}, 10) == {"a": 5, "b": 3, "c": 2}
    assert proportional({"a": 70, "b": 70, "c": 60}, 10) == {"a": 4, "b": 3, "c": 3}


def test_each_stratum_has_two_even_where_its_share_is_less() -> None:
    assert proportional({"a": 990, "b": 8, "c": 1, "d": 1}, 20) == {"a": 19, "b": 2, "c": 1, "d": 1}


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 400), min_size=1), st.data())
def test_a_proportional_sample_is_never_short_and_never_asks_for_more_than_there_is(
    sizes: dict[str, int], data: st.DataObject
) -> None:
    total = sum(sizes.values())
    n = data.draw(st.integers(1, total))

    shares = proportional(sizes, n)

    assert sum(shares.values()) >= n
    assert all(min(2, sizes[name]) <= share <= sizes[name] for name, share in shares.items())
    least = sum(min(2, size) for size in sizes.values())
    assert sum(shares.values()) <= n + least
    if all(n * size // total >= 2 for size in sizes.values()):
        assert sum(shares.values()) == n


@pytest.mark.parametrize("n", [0, 31])
def test_no_sample_is_spread_that_is_empty_or_beyond_the_whole(n: int) -> None:
    with pytest.raises(ValueError, match="from 30 items"):
        proportional({"a": 10, "b": 20}, n)


def test_an_empty_stratum_can_be_given_no_share() -> None:
    with pytest.raises(ValueError, match="size of stratum 'a' must be at least 1"):
        proportional({"a": 0, "b": 20}, 3)
    with pytest.raises(ValueError, match="size of stratum 'a' must be at least 1"):
        by_risk_tier({"a": 0}, {"a": "high"})


def test_by_risk_all_half_or_a_fifth_is_checked_rounded_up() -> None:
    sizes = {"a": 7, "b": 7, "c": 7}

    assert by_risk_tier(sizes, {"a": "high", "b": "medium", "c": "low"}) == {"a": 7, "b": 4, "c": 2}


@pytest.mark.parametrize("tiers", [{}, {"a": "none"}])
def test_a_stratum_without_a_tier_of_the_three_is_refused(tiers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="needs a risk tier, one of high, medium, low"):
        by_risk_tier({"a": 7}, tiers)
