"""What the header of a notice says of its lines."""

from hashlib import sha256

from domain.notice import items_root

LINES: list[tuple[int, str | None, int]] = [
    (1, "P-abcdefghijklmnop", 60_000),
    (2, None, 120_000),
    (10, "P-qrstuvwxyz234567", 1),
]


def test_the_root_over_the_lines_can_be_recomputed_with_any_sha256_tool() -> None:
    text = "1|P-abcdefghijklmnop|60000\n2||120000\n10|P-qrstuvwxyz234567|1"

    assert items_root(LINES) == sha256(text.encode()).hexdigest()


def test_the_root_does_not_depend_on_the_order_in_which_lines_are_told() -> None:
    assert items_root(LINES[::-1]) == items_root(LINES)


def test_taking_a_line_away_or_changing_one_fen_changes_the_root() -> None:
    dearer = [(line_no, person, amount_fen + (line_no == 1)) for line_no, person, amount_fen in LINES]

    assert len({items_root(LINES), items_root(LINES[:-1]), items_root(dearer)}) == 3
