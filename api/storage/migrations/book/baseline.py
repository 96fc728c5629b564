"""A book as `audit.schema` and `audit.schema_postgresql` make it.

Nothing is made here: a book is made with its origin by `mingzhang init`, and an empty one in the place of a lost one
would pass for it. Nothing is mended either: a guard that is missing is for the verifier to name.
"""

from alembic import op
from sqlalchemy import inspect

from audit.schema import EVENTS_TABLE, HEAD_TABLE
from domain.refusal import Refused
from projections.dialect import schema_of

revision = "book_0001"
down_revision = None


def upgrade() -> None:
    """Recognise the book.

    Raises:
        Refused: `E-REF` when its tables are not there.
    """
    book = op.get_bind()
    missing = {EVENTS_TABLE, HEAD_TABLE} - set(inspect(book).get_table_names(schema=schema_of(book)))
    if missing:
        raise Refused(
            "E-REF",
            field="book",
            value=", ".join(sorted(missing)),
            why=f"A book has the tables {EVENTS_TABLE} and {HEAD_TABLE}; missing: {', '.join(sorted(missing))}.",
            remedy="Restore the book from its backup; no migration makes one.",
        )
