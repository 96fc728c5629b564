"""Bytes of a stranger into rows of cells, with every guard before the reader that trusts them.

    archive (zip) ─┐
                   ├→ book: sheets of raw rows        xlsx → unpacking, parts, calamine
    file ──────────┘                                  xls  → compound, biff, calamine
                                                      csv  → csv_text

Nothing is ever written to disk, no link is followed, no formula is calculated, nothing is fetched.
"""
