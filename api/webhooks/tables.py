"""The tables of webhooks, beside the books: in the file `webhooks.db`, or in the schema `webhooks` of their database.

    endpoints      who hears what, how far, and what stands in the way
    dead_letters   what an endpoint did not take, however often it was sent

Moments are seconds since 1970. `sealed` holds the secrets, as ciphertext under a key that comes from the vault's.
"""

from sqlalchemy import Boolean, Column, Double, Index, LargeBinary, MetaData, Table

from projections.dialect import BIGINT, TEXT

METADATA = MetaData()

ENDPOINTS = Table(
    "endpoints",
    METADATA,
    Column("id", TEXT, primary_key=True),
    Column("url", TEXT, nullable=False),
    Column("reach", TEXT, nullable=False),
    Column("wanted", TEXT, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("why", TEXT, nullable=False),
    Column("added_at", Double, nullable=False),
    Column("position", BIGINT, nullable=False),
    Column("attempts", BIGINT, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("delivered", BIGINT, nullable=False),
    Column("delivered_at", Double),
    Column("sealed", LargeBinary, nullable=False),
)
"""`position`: of the supervision book, up to which everything was taken or is a dead letter."""

DEAD_LETTERS = Table(
    "dead_letters",
    METADATA,
    Column("id", TEXT, primary_key=True),
    Column("endpoint", TEXT, nullable=False),
    Column("position", BIGINT, nullable=False),
    Column("attempts", BIGINT, nullable=False),
    Column("why", TEXT, nullable=False),
    Column("died_at", Double, nullable=False),
    Index("dead_letters_by_endpoint", "endpoint", "position"),
)
"""`id` is the `webhook-id`; the message itself is made again from the book."""
