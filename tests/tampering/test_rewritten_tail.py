"""An entry is rewritten, and every leaf, link and the head behind it: a whole chain again, over another history.

Found by: whoever remembers a head or a root from before, which says that history was rewritten; a mirror and the
published log also say where (`test_rewritten_histories.py`). The book alone does not show it.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from audit.book import Book
from audit.merkle import ProofInvalid, consistency_proof, verify_consistency
from audit.seal import Head
from audit.verify import verify_book

Forge = Callable[[int, bytes, bytes], None]


def head_of(path: Path) -> Head:
    with closing(sqlite3.connect(path)) as connection:
        return Head(*connection.execute("SELECT position, link FROM head").fetchone())


def test_a_consistent_rewrite_of_the_whole_tail_passes_by_itself(book_file: Path, forge: Forge) -> None:
    """Who owns the file can forge all that nobody else holds a root of. The public log is there to catch it."""
    before = head_of(book_file)

    forge(13, b'"amount_fen":60012', b'"amount_fen":90012')

    assert verify_book(book_file).ok
    assert head_of(book_file) != before


def test_a_consistent_rewrite_is_seen_by_who_remembers_the_head(book_file: Path, forge: Forge) -> None:
    before = head_of(book_file)

    forge(13, b'"amount_fen":60012', b'"amount_fen":90012')

    report = verify_book(book_file, since=before)
    assert [(found.position, found.kind) for found in report.findings] == [(1, "head")]


def test_a_consistent_rewrite_is_seen_by_who_holds_an_earlier_root(book_file: Path, forge: Forge) -> None:
    with Book.open(book_file, name="money") as book:
        printed = book.root(20)

    forge(13, b'"amount_fen":60012', b'"amount_fen":90012')

    with Book.open(book_file, name="money") as book:
        root, proof = book.root(30), consistency_proof(list(book.leaves(30)), 20)
    with pytest.raises(ProofInvalid, match=printed.hex()):
        verify_consistency(20, printed, 30, root, proof)
