"""The revisions of a ledger's tables, one script each (docs/operations.md, Upgrading).

    env.py   the environment that alembic runs them in
    book/    of a book, on either engine: both books are made alike
    vault/   of the vault

A new revision is a script here and its id in `api.storage.revisions`. It runs on both engines, inside one transaction,
as the owner of the part; it goes forward only, for the way back is the backup. It touches no entry. What it does to a
book's tables must stand in `audit.schema` and `audit.schema_postgresql` as well: by these the verifier looks for them.
"""
