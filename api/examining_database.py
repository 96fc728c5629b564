"""What can be wrong with the database that holds a ledger, looked at without changing anything.

Words of the server are told by their first line only; the address is never told, for a password may stand in it.
"""

from collections.abc import Iterator

import psycopg

from audit.schema_postgresql import ARGUMENTS, roles_of
from domain.event import BookName

OLDEST_VERSION = 15
VERSION_UNIT = 10_000
PATIENCE_SECONDS = 5

Wrong = tuple[str, str]
"""What is wrong, and what to do."""

HAS_TABLE = """
SELECT count(*) = 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = %s AND relname = %s
"""
"""Asked of the catalogue, which tells it to those too who may not use the schema."""

REACH = "检查地址、口令与服务器 / Check MINGZHANG_DATABASE_URL, the password, and that the server runs."
RESTORE = "从备份恢复 / Restore it from the database's backup."


def examine_database(url: str) -> Iterator[Wrong]:
    """Everything that is wrong with the database at `url`."""
    try:
        with psycopg.connect(url, prepare_threshold=None, connect_timeout=PATIENCE_SECONDS) as connection:
            yield from _server(connection)
            yield from _parts(connection)
    except psycopg.Error as error:
        yield f"数据库连不上 / The database cannot be reached: {first_line(error)}", REACH


def first_line(error: BaseException) -> str:
    """What the server said, without its details: they could carry a row."""
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _server(connection: psycopg.Connection) -> Iterator[Wrong]:
    version = connection.info.server_version // VERSION_UNIT
    if version < OLDEST_VERSION:
        yield f"PostgreSQL {version} 过旧 / is too old.", f"升级 / Upgrade it to {OLDEST_VERSION} or newer."
    told = connection.execute("SELECT current_setting('server_encoding')").fetchone()
    if told is not None and told[0] != "UTF8":
        yield (
            f"数据库编码是 {told[0]} / The database is in {told[0]}.",
            "须为 UTF8 / Restore it into a database made with ENCODING 'UTF8'.",
        )


def _parts(connection: psycopg.Connection) -> Iterator[Wrong]:
    for book in BookName:
        yield from _book(connection, book.value)
    if not _is_so(connection, HAS_TABLE, "vault", "counters"):
        yield "缺少模式 vault / The schema vault, or its tables, is missing.", RESTORE
    elif not _is_so(connection, "SELECT has_schema_privilege('vault', 'USAGE')"):
        yield _may_not(connection, "use the schema vault")
    for schema in ("views", "requests", "webhooks", "log"):  # made when missing, by whoever may make schemas
        there = _is_so(connection, "SELECT to_regnamespace(%s) IS NOT NULL", schema)
        may = "SELECT pg_has_role(nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = %s"
        if there and not _is_so(connection, may, schema):
            yield _may_not(connection, f"own the schema {schema}")
    if not _is_so(connection, "SELECT has_database_privilege(current_database(), 'CREATE')"):
        yield _may_not(connection, "make schemas")


def _book(connection: psycopg.Connection, book: str) -> Iterator[Wrong]:
    if not _is_so(connection, HAS_TABLE, book, "events"):
        yield f"缺少模式 {book} / The schema {book}, or its tables, is missing.", RESTORE
        return
    for role in roles_of(connection.info.dbname, book):
        if not _is_so(connection, "SELECT count(*) = 1 FROM pg_roles WHERE rolname = %s", role):
            yield (
                f"缺少角色 {role} / The role {role} is missing.",
                "按 docs/operations.md 重建角色并授权 / Make the role again and grant to it: docs/operations.md",
            )
    kinds = ", ".join(argument.split(maxsplit=1)[1] for argument in ARGUMENTS.split(", "))
    may = "SELECT has_function_privilege(%s, 'EXECUTE')"
    if not _is_so(connection, "SELECT has_schema_privilege(%s, 'USAGE')", book):
        yield _may_not(connection, f"use the schema {book}")
    elif not _is_so(connection, may, f"{book}.append({kinds})"):
        yield _may_not(connection, f"append to {book}")


def _may_not(connection: psycopg.Connection, what: str) -> Wrong:
    role = connection.info.user
    return f"角色 {role} 无权 / The role {role} may not {what}.", "授权 / Grant it what docs/operations.md lists."


def _is_so(connection: psycopg.Connection, question: str, *parameters: str) -> bool:
    told = connection.execute(question.encode(), parameters).fetchone()
    return bool(told and told[0])
