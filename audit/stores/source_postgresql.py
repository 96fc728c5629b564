"""A book in PostgreSQL as the verifier reads it: its rows as they are stored, and what its schema should hold.

Nothing of the connection is trusted to say what is there but the catalogue of the server itself; whoever can change
that is a superuser, against whom the chain and its copies elsewhere stand (`docs/threats.md`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format
from psycopg.sql import SQL, Identifier

from audit import schema_postgresql as schema
from audit.verify.reading import BookUnreadable, Connection, Damage

_KEPT_FROM_READING = (psycopg.OperationalError, psycopg.errors.InsufficientPrivilege)
"""What the server says when it keeps us from reading; whatever else it says is about what is stored."""

_TABLES = """
SELECT c.relname::text, string_agg(
  a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
  ', ' ORDER BY a.attname) || coalesce('; ' || (
    SELECT string_agg(k.conname || ' ' || pg_get_constraintdef(k.oid)
      || CASE WHEN i.indisvalid AND i.indisready AND i.indislive OR i IS NULL THEN '' ELSE ' unusable' END,
      ', ' ORDER BY k.conname)
    FROM pg_constraint AS k LEFT JOIN pg_index AS i ON i.indexrelid = k.conindid
    WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'c', 'f', 'x')), '')
  || CASE WHEN c.relkind = 'r' AND c.relpersistence = 'p' THEN '' ELSE ' neither lasting nor a table' END
  || CASE WHEN c.relrowsecurity THEN ' with rows hidden' ELSE '' END
  || CASE WHEN EXISTS (SELECT 1 FROM pg_inherits AS h WHERE c.oid IN (h.inhrelid, h.inhparent)) THEN ' inherited'
    ELSE '' END
FROM pg_class AS c LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind NOT IN ('i', 'I', 't')
GROUP BY c.oid, c.relname
"""
_INDEXES = """
SELECT c.relname::text, pg_get_indexdef(c.oid) FROM pg_class AS c
WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind IN ('i', 'I')
  AND NOT EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = c.oid)
"""
_FUNCTIONS = """
SELECT p.proname || '(' || pg_get_function_arguments(p.oid) || ')', p.prosrc || ' ' || p.prosecdef::text || ' '
  || coalesce(array_to_string(p.proconfig, ' '), '') FROM pg_proc AS p WHERE p.pronamespace = to_regnamespace(%s)
"""
_TRIGGERS = """
SELECT t.tgname::text, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
WHERE c.relnamespace = to_regnamespace(%s) AND NOT t.tgisinternal
"""
_RULES = """
SELECT 'rule ' || r.rulename, pg_get_ruledef(r.oid) FROM pg_rewrite AS r
JOIN pg_class AS c ON c.oid = r.ev_class WHERE c.relnamespace = to_regnamespace(%s)
"""
_RIGHTS = """
WITH book AS (SELECT * FROM pg_namespace WHERE oid = to_regnamespace(%s)), granted AS (
  SELECT g.grantee, g.privilege_type, c.relname AS name, c.relowner AS owner
  FROM book JOIN pg_class AS c ON c.relnamespace = book.oid CROSS JOIN LATERAL aclexplode(c.relacl) AS g
  WHERE g.privilege_type <> 'SELECT'
  UNION ALL SELECT g.grantee, g.privilege_type, c.relname || '.' || a.attname, c.relowner
  FROM book JOIN pg_class AS c ON c.relnamespace = book.oid JOIN pg_attribute AS a ON a.attrelid = c.oid
  CROSS JOIN LATERAL aclexplode(a.attacl) AS g WHERE g.privilege_type <> 'SELECT'
  UNION ALL SELECT g.grantee, g.privilege_type, p.proname, p.proowner
  FROM book JOIN pg_proc AS p ON p.pronamespace = book.oid
  CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS g
  LEFT JOIN pg_roles AS r ON r.oid = g.grantee
  WHERE NOT coalesce(
    p.proname = 'append' AND right(r.rolname, length(book.nspname) + 8) = '_' || book.nspname || '_append', false)
  UNION ALL SELECT g.grantee, g.privilege_type, book.nspname, book.nspowner
  FROM book CROSS JOIN LATERAL aclexplode(book.nspacl) AS g WHERE g.privilege_type <> 'USAGE'
)
SELECT DISTINCT
  'right of ' || coalesce(r.rolname, 'everybody') || ' to ' || lower(granted.privilege_type) || ' ' || granted.name, ''
FROM granted LEFT JOIN pg_roles AS r ON r.oid = granted.grantee WHERE granted.grantee <> granted.owner
"""
_OWNERS = """
WITH book AS (SELECT * FROM pg_namespace WHERE oid = to_regnamespace(%s)), owned AS (
  SELECT c.relname AS name, c.relowner AS owner FROM book JOIN pg_class AS c ON c.relnamespace = book.oid
  UNION ALL SELECT p.proname, p.proowner FROM book JOIN pg_proc AS p ON p.pronamespace = book.oid
)
SELECT DISTINCT pg_get_userbyid(owned.owner) || ' as owner of ' || owned.name, ''
FROM owned CROSS JOIN book WHERE owned.owner <> book.nspowner
"""

_OUT_OF_SEQUENCE = """
SELECT position, stream, due, version FROM (
  SELECT position, stream, version, ROW_NUMBER() OVER (PARTITION BY stream ORDER BY position) AS due FROM events
) AS counted WHERE version IS DISTINCT FROM due AND position BETWEEN ? AND ? ORDER BY position LIMIT ?
"""
_OUT_OF_SEQUENCE_AMONG_NEW = """
SELECT position, stream, 1 + (SELECT COUNT(*) FROM events AS own
    WHERE own.stream = fresh.stream AND own.position < fresh.position) AS due, version
FROM events AS fresh
WHERE position BETWEEN ? AND ? AND version IS DISTINCT FROM 1 AND NOT EXISTS (SELECT 1 FROM events AS own
    WHERE own.stream = fresh.stream AND own.version = fresh.version - 1 AND own.position < fresh.position)
ORDER BY position LIMIT ?
"""


@dataclass(frozen=True)
class PostgreSQLSource:
    """The book in `schema` of the database at `url`; each process that verifies it connects for itself."""

    url: str = field(repr=False)
    """It may hold a password."""

    schema: str
    title: str
    place: str
    out_of_sequence: str = _OUT_OF_SEQUENCE
    out_of_sequence_among_new: str = _OUT_OF_SEQUENCE_AMONG_NEW

    def __str__(self) -> str:
        return self.place

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that cannot write, in one snapshot.

        Raises:
            BookUnreadable: when the server cannot be reached.
        """
        try:
            connection = psycopg.connect(self.url, prepare_threshold=None)
        except psycopg.Error as fault:
            raise BookUnreadable(f"The book in {self.place} cannot be read now: {_told(fault)}.") from fault
        with connection:
            connection.adapters.register_loader("text", _Bytes)
            connection.adapters.register_loader("uuid", _Bytes)
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            connection.execute(SQL("SET LOCAL search_path TO {}, pg_catalog").format(Identifier(self.schema)))
            yield _Reading(connection, self.place)

    def expected(self) -> Mapping[str, str]:
        """The tables, functions and guards that `audit.schema_postgresql` makes."""
        objects = {
            table: ", ".join(f"{column} {columns[column]} NOT NULL" for column in sorted(columns))
            + "; "
            + ", ".join(f"{name} {definition}" for name, definition in sorted(schema.CONSTRAINTS[table].items()))
            for table, columns in schema.COLUMNS.items()
        }
        for name, function in schema.functions(self.schema).items():
            definer = "true" if function.definer else "false"
            objects[f"{name}({function.arguments})"] = f"{function.body} {definer} {' '.join(function.settings)}"
        for name, (_, definition) in schema.triggers(self.schema).items():
            objects[name] = f"{definition} A"
        return objects

    def tolerated(self) -> Mapping[str, str]:
        """The table that tells the revision."""
        return schema.TOLERATED

    def found(self, connection: Connection) -> dict[bytes, bytes | None]:
        """What the schema holds, and whoever has more rights there than to read, or than the function to append."""
        found: dict[bytes, bytes | None] = {}
        connection.execute("SET LOCAL search_path TO pg_catalog")  # so that definitions name the schema
        for statement in (_TABLES, _INDEXES, _FUNCTIONS, _TRIGGERS, _RULES, _RIGHTS, _OWNERS):
            found.update(connection.execute(statement, (self.schema,)).fetchall())
        connection.execute(f"SET LOCAL search_path TO {self.schema}, pg_catalog")
        return found

    def structure(self, connection: Connection) -> Iterable[str]:
        """Nothing: pages and indexes are the server's (`pg_amcheck`); streams are therefore read by the table."""
        return ()


class _Bytes(Loader):
    """Texts and UUIDs as the bytes of their text."""

    format = Format.TEXT

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class _Reading:
    """A connection as the verifier asks it: parameters are written `?`."""

    def __init__(self, connection: psycopg.Connection[Any], place: str) -> None:
        self._connection = connection
        self._place = place

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> psycopg.Cursor[Any]:
        """Do a `SELECT`; `BEGIN` was said already.

        Raises:
            BookUnreadable: when the server keeps us from reading.
            Damage: when what is stored is at fault.
        """
        asked = "SELECT 1" if statement == "BEGIN" else statement.replace("?", "%s")
        try:
            return self._connection.execute(asked.encode(), parameters)
        except _KEPT_FROM_READING as fault:
            raise BookUnreadable(f"The book in {self._place} cannot be read now: {_told(fault)}.") from fault
        except psycopg.Error as fault:
            raise Damage(_told(fault)) from fault


def _told(fault: BaseException) -> str:
    return " ".join(str(fault).split()) or type(fault).__name__
