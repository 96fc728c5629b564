"""What whoever serves a ledger in a database must be let do, and no more than that.

the books     append and read, through their roles `…_append`: no other way to write exists for these
the vault     read and change rows; its tables belong to whoever made the ledger
the database  make schemas: `views`, `requests` and `webhooks` are the serving role's own
"""

import psycopg
from psycopg.sql import SQL, Identifier

from audit.schema import VERSION_TABLE
from audit.schema_postgresql import roles_of
from domain.event import BookName
from domain.refusal import Refused


def refuse_unknown(url: str | None, role: str) -> None:
    """Refuse to make a ledger for a role that nobody can grant to.

    Raises:
        Refused: `E-REF` when no database is named, or it has no such role.
    """
    if url is None:
        raise Refused(
            "E-REF",
            field="--grant-to",
            value=role,
            why="Rights are granted in a PostgreSQL database, and none is named.",
            remedy="Set MINGZHANG_DATABASE_URL; for files, the owner of the folder is who may write.",
        )
    with psycopg.connect(url, prepare_threshold=None) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
            raise Refused(
                "E-REF",
                field="--grant-to",
                value=role,
                why=f"The database has no role {role}.",
                remedy=f'Make it first: CREATE ROLE "{role}" LOGIN …',
            )


def grant(url: str, role: str) -> None:
    """Let `role` serve the ledger in the database at `url`; whoever grants must have made it."""
    with psycopg.connect(url, prepare_threshold=None) as connection:
        for statement in granting(connection.info.dbname):
            connection.execute(
                SQL(statement).format(role=Identifier(role), database=Identifier(connection.info.dbname))
            )


def granting(database: str) -> list[str]:
    """The statements, with `{role}` and `{database}` to be filled in."""
    appending = [roles_of(database, book.value).append for book in BookName]
    return [
        "GRANT CONNECT, CREATE ON DATABASE {database} TO {role}",
        *(f"GRANT {Identifier(name).as_string()} TO {{role}}" for name in appending),
        "GRANT USAGE ON SCHEMA vault TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA vault TO {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON vault.{VERSION_TABLE} FROM {{role}}",
    ]
