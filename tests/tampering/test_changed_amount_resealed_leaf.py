"""An amount is changed and its leaf computed anew: the leaf fits, the link does not.

Found by: the office's own verify, at the record or the one behind it.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from audit.seal import leaf_of

Attack = Callable[..., None]
Verified = Callable[[], list[tuple[int, str]]]


def test_a_changed_amount_with_its_leaf_recomputed_breaks_the_link(
    book_file: Path, attack: Attack, verified: Verified
) -> None:
    with closing(sqlite3.connect(book_file)) as connection:
        (entry,) = connection.execute("SELECT entry FROM events WHERE position = 13").fetchone()
    forged = entry.replace(b'"amount_fen":60012', b'"amount_fen":90012')

    attack("UPDATE events SET entry = ?, leaf = ? WHERE position = 13", values=(forged, leaf_of(forged)))

    assert forged != entry
    assert verified() == [(13, "link")]


def test_a_changed_amount_with_leaf_and_link_recomputed_breaks_the_next_link(
    book_file: Path, attack: Attack, verified: Verified
) -> None:
    from audit.seal import link_of

    with closing(sqlite3.connect(book_file)) as connection:
        (entry,) = connection.execute("SELECT entry FROM events WHERE position = 13").fetchone()
        (before,) = connection.execute("SELECT link FROM events WHERE position = 12").fetchone()
    forged = entry.replace(b'"amount_fen":60012', b'"amount_fen":90012')
    leaf = leaf_of(forged)

    attack(
        "UPDATE events SET entry = ?, leaf = ?, link = ? WHERE position = 13",
        values=(forged, leaf, link_of(before, 13, leaf)),
    )

    assert verified() == [(14, "link")]
