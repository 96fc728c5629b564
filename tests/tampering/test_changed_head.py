"""The head says something else than the last entry.

Found by: the office's own verify, at the end that the head tells of.
"""

from collections.abc import Callable

import pytest

from audit.verify import Finding

Attack = Callable[..., None]
Verified = Callable[[], list[tuple[int, str]]]


@pytest.mark.parametrize(
    ("change", "position"),
    [
        ("position = 29", 30),
        ("position = 12", 13),
        ("position = 0", 1),
        ("position = -4", 1),
        ("position = 31", 31),
        ("position = 4000", 31),
        ("link = x'00'", 30),
        ("position = 29, link = (SELECT link FROM events WHERE position = 29)", 30),
    ],
)
def test_a_head_that_is_not_the_last_entry_is_found(
    attack: Attack, verified: Verified, change: str, position: int
) -> None:
    attack(f"UPDATE head SET {change}")

    assert verified() == [(position, "head")]


def test_a_book_without_a_head_is_found_and_read_all_the_same(
    attack: Attack, findings: Callable[[], tuple[Finding, ...]]
) -> None:
    attack("DELETE FROM head", "UPDATE events SET leaf = x'00' WHERE position = 5")

    found = findings()

    assert [(finding.position, finding.kind) for finding in found] == [(5, "leaf"), (30, "head")]
    assert found[1].found == "0 heads"


def test_a_head_of_loose_types_is_found_without_a_crash(attack: Attack, verified: Verified) -> None:
    attack(
        "CREATE TABLE loose AS SELECT * FROM head",
        "DROP TABLE head",
        "ALTER TABLE loose RENAME TO head",
        "UPDATE head SET position = 'many', link = NULL",
    )

    found = verified()

    assert (1, "head") in found
    assert (31, "guard") in found
