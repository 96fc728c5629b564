"""An entry that nobody sealed is slipped in.

Found by: the office's own verify, where it stands. With all hashes made to fit: `test_rewritten_histories.py`.
"""

from collections.abc import Callable

Attack = Callable[..., None]
Verified = Callable[[], list[tuple[int, str]]]

COPY = "INSERT INTO events SELECT {0}, stream, version + 3, topic, entry, leaf, link FROM events WHERE position = 15"


def test_a_row_appended_behind_the_head_is_found_at_its_position(attack: Attack, verified: Verified) -> None:
    attack(COPY.format(31))

    assert set(verified()) == {(31, "head"), (31, "stream"), (31, "link")}


def test_a_row_far_behind_the_head_is_found_and_does_not_stall(attack: Attack, verified: Verified) -> None:
    attack(COPY.format(2**62))

    found = verified()

    assert found == [(31, "gap"), (31, "head"), (2**62, "stream"), (2**62, "stream")]


def test_a_row_before_the_first_is_found_as_a_stray(attack: Attack, verified: Verified) -> None:
    attack(COPY.format(-5))

    assert (-5, "gap") in verified()


def test_a_row_pushed_in_between_breaks_the_chain_where_it_stands(attack: Attack, verified: Verified) -> None:
    attack(
        "UPDATE events SET position = -position WHERE position > 15",
        "UPDATE events SET position = 1 - position WHERE position < 0",
        COPY.format(16),
        "UPDATE head SET position = 31, link = (SELECT link FROM events WHERE position = 31)",
    )

    found = verified()

    assert found[0][0] == 16
    assert {(16, "link"), (16, "stream"), (17, "link")} <= set(found)
