"""A thing's second entry is taken out, and all behind it sealed anew: its stream goes on with the third.

Found by: the office's own verify, at the entry whose number does not follow; and, like every rewritten history, by
whoever holds a head from before (`test_rewritten_histories.py`).
"""

from pathlib import Path

from audit.verify import verify_book
from tests.api.rewriting_books import rewrite


def test_a_stream_that_leaps_over_a_version_is_found_though_every_hash_fits(book_file: Path) -> None:
    rewrite(book_file, lambda rows: rows.pop(13))  # entry 14 is the second of its stream, and 15 the third

    [found] = verify_book(book_file).findings

    assert (found.position, found.kind) == (14, "stream")
    assert (found.expected, found.found) == ("2", "3")
