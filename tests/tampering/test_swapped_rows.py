"""Two entries change places.

Found by: the office's own verify, from the first of them on. With all hashes made to fit:
`test_rewritten_histories.py`.
"""

from collections.abc import Callable

Attack = Callable[..., None]
Verified = Callable[[], list[tuple[int, str]]]


def test_two_swapped_rows_are_found_from_the_first_of_them_on(attack: Attack, verified: Verified) -> None:
    attack(
        "UPDATE events SET position = -1 WHERE position = 7",
        "UPDATE events SET position = 7 WHERE position = 20",
        "UPDATE events SET position = 20 WHERE position = -1",
    )

    found = verified()

    assert found[0] == (7, "link")
    assert (20, "link") in found


def test_two_swapped_entries_with_their_leaves_are_found_by_columns_and_links(
    attack: Attack, verified: Verified
) -> None:
    swap = "UPDATE events SET {0} = (SELECT {0} FROM events AS e WHERE e.position = 27 - events.position) {1}"

    attack("CREATE TABLE kept AS SELECT * FROM events")
    for column in ("entry", "leaf"):
        attack(swap.format(column, "WHERE position IN (7, 20)").replace("FROM events AS e", "FROM kept AS e"))
    attack("DROP TABLE kept")

    found = verified()

    assert {(7, "link"), (7, "stream"), (20, "link"), (20, "stream")} <= set(found)
    assert found[0][0] == 7
