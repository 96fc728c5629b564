"""Tables by which persons who may be one are found; whoever may write the subjects may write these."""

from alembic import op

revision = "vault_0003"
down_revision = "vault_0002"

MADE = "traits, appearances, likenesses"

ROLES = """
SELECT DISTINCT quote_ident(grantee) FROM information_schema.role_table_grants
WHERE table_schema = current_schema() AND table_name = 'subjects' AND privilege_type = 'INSERT'
AND grantee <> current_user
"""


def upgrade() -> None:
    """Make the tables that are missing; a database says by itself who may write the others."""
    vault = op.get_bind()
    if vault.dialect.name == "sqlite":
        from vault.store_sqlite import make_tables

        make_tables(vault.exec_driver_sql)
        return
    from vault.store_postgresql import make_tables

    make_tables(vault.exec_driver_sql)
    for (role,) in vault.exec_driver_sql(ROLES).fetchall():
        vault.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {MADE} TO {role}")
