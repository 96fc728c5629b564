"""An index by which a person's texts are found: erasing one read every text of the ledger, under the writers' lock."""

from alembic import op

revision = "vault_0002"
down_revision = "vault_0001"


def upgrade() -> None:
    """Make the index."""
    op.create_index("texts_by_ref", "texts", ["ref"])
