"""An entry stands twice: in the book's own table it cannot, so the table is made anew without its key.

Found by: the office's own verify, at the second place. With all hashes made to fit: `test_rewritten_histories.py`.
"""

from collections.abc import Callable

Attack = Callable[..., None]
Verified = Callable[[], list[tuple[int, str]]]

WITHOUT_A_KEY = (
    "CREATE TABLE loose AS SELECT * FROM events",
    "DROP TABLE events",
    "ALTER TABLE loose RENAME TO events",
)


def test_a_table_made_anew_without_its_keys_is_named_even_if_no_row_changed(attack: Attack, verified: Verified) -> None:
    attack(*WITHOUT_A_KEY)

    assert verified() == [(31, "guard")]


def test_a_position_that_stands_twice_is_found_at_its_place(attack: Attack, verified: Verified) -> None:
    attack(*WITHOUT_A_KEY, "INSERT INTO events SELECT * FROM events WHERE position = 15")

    found = verified()

    assert (16, "gap") in found
    assert found[0][0] == 15
    assert (31, "guard") in found


def test_positions_that_are_no_whole_numbers_are_found_as_gaps(attack: Attack, verified: Verified) -> None:
    attack(
        *WITHOUT_A_KEY,
        "UPDATE events SET position = 15.5 WHERE position = 15",
        "UPDATE events SET position = 'sixteen' WHERE position = 16",
        "UPDATE events SET position = NULL WHERE position = 17",
    )

    found = verified()

    assert (15, "gap") in found
    assert (1, "gap") in found


def test_hashes_that_are_no_bytes_any_more_are_unreadable_where_they_stand(attack: Attack, verified: Verified) -> None:
    attack(
        *WITHOUT_A_KEY,
        "UPDATE events SET link = 7 WHERE position = 15",
        "UPDATE events SET entry = 5 WHERE position = 20",
        "UPDATE events SET link = NULL WHERE position = 30",
    )

    found = verified()

    assert {(15, "unreadable"), (20, "unreadable"), (30, "unreadable"), (30, "head")} <= set(found)
