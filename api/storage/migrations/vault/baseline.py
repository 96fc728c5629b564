"""The vault as `vault.store` makes it; vaults of the first versions get the tables and columns that they lack."""

from alembic import op
from sqlalchemy import inspect

from domain.refusal import Refused
from projections.dialect import schema_of

revision = "vault_0001"
down_revision = None


def upgrade() -> None:
    """Recognise the vault and make it whole.

    Raises:
        Refused: `E-REF` when there is none: an empty one would give everybody a second reference.
    """
    vault = op.get_bind()
    if not inspect(vault).has_table("subjects", schema=schema_of(vault)):
        raise Refused(
            "E-REF",
            field="vault",
            why="The vault has no table of subjects.",
            remedy="Restore the vault from its backup; no migration makes one.",
        )
    if vault.dialect.name == "sqlite":
        from vault.store_sqlite import make_tables
    else:
        from vault.store_postgresql import make_tables
    make_tables(vault.exec_driver_sql)
