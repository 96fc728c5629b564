"""An entry in the middle is taken out.

Found by: the office's own verify, at its position. With all hashes made to fit: `test_rewritten_histories.py`.
"""

from collections.abc import Callable

from audit.verify import Finding

Attack = Callable[..., None]
Verified = Callable[[], list[tuple[int, str]]]


def test_a_deleted_row_leaves_a_gap_at_its_position(
    attack: Attack, findings: Callable[[], tuple[Finding, ...]]
) -> None:
    attack("DELETE FROM events WHERE position = 15")

    (found,) = findings()

    assert found == Finding(15, "gap", None, "15", "16")


def test_a_deleted_first_version_also_breaks_its_stream(attack: Attack, verified: Verified) -> None:
    attack("DELETE FROM events WHERE position = 13")

    assert verified() == [(13, "gap"), (14, "stream"), (15, "stream")]


def test_a_deleted_row_that_is_closed_up_behind_breaks_every_link_after(attack: Attack, verified: Verified) -> None:
    attack(
        "DELETE FROM events WHERE position = 15",
        "UPDATE events SET position = -position WHERE position > 15",
        "UPDATE events SET position = -position - 1 WHERE position < 0",
    )

    found = verified()

    assert found[0] == (15, "link")
    assert (30, "head") in found


def test_a_deleted_first_row_is_a_gap_at_one(attack: Attack, verified: Verified) -> None:
    attack("DELETE FROM events WHERE position = 1")

    assert verified()[0] == (1, "gap")
