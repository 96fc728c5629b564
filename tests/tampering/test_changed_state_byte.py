"""One byte of one state is changed: the entry no longer gives its leaf."""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from audit.verify import Finding

Attack = Callable[..., None]


@pytest.mark.parametrize("position", [1, 13, 30])
def test_one_changed_byte_of_a_state_is_found_at_its_position(
    book_file: Path, attack: Attack, findings: Callable[[], tuple[Finding, ...]], position: int
) -> None:
    attack(
        "UPDATE events SET entry = CAST(replace(CAST(entry AS TEXT), '一村', '二村') AS BLOB) WHERE position = ?",
        values=(position,),
    )

    (found,) = findings()

    with closing(sqlite3.connect(book_file)) as connection:
        entry, leaf, stream = connection.execute(
            "SELECT entry, leaf, stream FROM events WHERE position = ?", (position,)
        ).fetchone()
    assert found == Finding(position, "leaf", stream, leaf.hex(), hashlib.sha256(b"\x00" + entry).hexdigest())
    assert found.unproven_from == position
