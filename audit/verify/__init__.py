"""Recomputes every byte of a book and names what was changed.

::

    report = verify_book("ledger/money.db", processes=2)
    as_json([report])["ok"]

What is recomputed, from the file alone and through no code of ours but `audit.seal`, `audit.canonical` and
`audit.schema` (standard library only):

* each entry gives its leaf; each leaf, with the link before and its position, gives its link; the first is linked to
  the book's origin;
* positions go 1, 2, 3 … without a gap, and in each stream versions do;
* each entry is four lines with a topic and a canonical JSON state, and the columns it is found by say what it says;
* the head is the last entry; the tables and guards are those of a book, and the file is sound.

Findings say what was expected and found, at which position, and from where on nothing is proven (`KINDS`).

**What this cannot see.** Somebody who owns the file can rewrite an entry and then *every* leaf, link and the head
behind it; or put back an older copy of the whole file. Both are chains without a fault, and this finds nothing.
Against that stands what others hold: pass the head that you remember as `since`, compare sizes and roots printed on
paper notices, checkpoints and witnesses (DESIGN §4). `tests/tampering/` shows each attack, and these two passing.
"""

from audit.verify.book import verify_book
from audit.verify.findings import KINDS, BookReport, Finding, as_json
from audit.verify.reading import BookUnreadable

__all__ = ["KINDS", "BookReport", "BookUnreadable", "Finding", "as_json", "verify_book"]
