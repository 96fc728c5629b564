"""A sealed hash is changed and not what it was computed from.

Found by: the office's own verify, at the record.
"""

from collections.abc import Callable

Attack = Callable[..., None]
Verified = Callable[[], list[tuple[int, str]]]


def test_a_changed_leaf_is_found_where_it_was_changed(attack: Attack, verified: Verified) -> None:
    attack("UPDATE events SET leaf = ? WHERE position = 13", values=(bytes(32),))

    assert verified() == [(13, "leaf")]


def test_a_changed_link_is_found_there_and_at_the_next(attack: Attack, verified: Verified) -> None:
    attack("UPDATE events SET link = ? WHERE position = 13", values=(bytes(32),))

    assert verified() == [(13, "link"), (14, "link")]


def test_a_changed_last_link_is_found_and_the_head_does_not_fit(attack: Attack, verified: Verified) -> None:
    attack("UPDATE events SET link = ? WHERE position = 30", values=(bytes(32),))

    assert verified() == [(30, "head"), (30, "link")]
