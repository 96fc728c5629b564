"""Fisher's exact test against values that a sheet of paper gives."""

import pytest

from projections.rules.conflicts.fisher import fisher_ppm


@pytest.mark.parametrize(
    ("table", "ppm"),
    [((4, 3, 4, 1), 242_858), ((10, 10, 10, 0), 6), ((10, 0, 10, 10), 1_000_000), ((0, 0, 5, 5), 1_000_000)],
)
def test_fishers_tea_and_its_like_come_out_to_the_part_in_a_million(table: tuple[int, int, int, int], ppm: int) -> None:
    assert fisher_ppm(*table) == ppm


@pytest.mark.parametrize("table", [(3, 4, 5, 1), (3, -1, 5, 1), (3, 1, 5, 6)])
def test_more_hits_than_there_are_is_no_table(table: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="no table of two by two"):
        fisher_ppm(*table)
