"""Workbooks in: reading cells, one file per sheet, packages, the marked errors workbook.

    package → table → cells → checks → events
    (reading/) (table) (cells)  (sheets/, checking) (recording)

Knows the domain and the vault, and nothing of seals or databases: what the ledger already holds comes in through
`intake.known.Known`.
"""
