"""A book in PostgreSQL: a schema of its own with its tables, its one way in, its guards and its three roles.

`events` and `head` are as in `audit.schema`. The one way in is the function `append`: it hashes before it takes the
head's lock, and positions come from the head, never from a sequence, which would leave gaps. It runs with the rights
of the owner, so that whoever appends needs none on the tables but to read them.

Roles, named after the database and the schema, none of which can log in; grant them to those who do:

* `<database>_<schema>_owner` owns everything, and nobody needs to be it from day to day;
* `<database>_<schema>_append` may call `append`, and read;
* `<database>_<schema>_read` may read.

The triggers guard against mistakes, as those of `audit.schema` do; they fire even in a session that plays replica. They
do not stop a superuser; the chain shows what was changed, and the verifier says which guard is missing.

Standard library only. PostgreSQL 15 or later, a database in UTF-8.
"""

import re
from typing import NamedTuple

SCHEMA = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""What a book's schema may be called: it stands in names of roles and in statements."""

LONGEST_NAME_BYTES = 63
"""PostgreSQL cuts longer names off, and two books could share a role."""

OUT_OF_SEQUENCE = "MZ001"
"""The SQLSTATE of an append that would leave a gap in a stream; the detail is the entry's number in it, from 1."""

NOT_AN_ENTRY = "MZ002"
"""The SQLSTATE of an append whose columns say something else than its entries."""

HEADLESS = "MZ003"
"""The SQLSTATE of an append to a book that has lost its head."""

REFUSED = "MZ004"
"""The SQLSTATE of a change that a guard refused."""


class Roles(NamedTuple):
    """The names of a book's three roles."""

    owner: str
    append: str
    read: str


def roles_of(database: str, schema: str) -> Roles:
    """The roles of the book in `schema` of `database`.

    Raises:
        ValueError: when the schema is not named as a book's may be, or the names would be too long.
    """
    if SCHEMA.fullmatch(schema) is None or schema == "public" or schema.startswith("pg_"):
        raise ValueError(f"A book's schema is named by up to 40 letters a-z, digits and _, and {schema!r} is not.")
    roles = Roles(*(f"{database}_{schema}_{role}" for role in Roles._fields))
    if max(len(role.encode()) for role in roles) > LONGEST_NAME_BYTES:
        raise ValueError(f"The database {database} and the schema {schema} have too long a name together for a role.")
    return roles


def channel_of(schema: str) -> str:
    """The channel on which each append to the book in `schema` tells the position it reached."""
    return f"{schema}_appended"


COLUMNS = {
    "events": {
        "position": "bigint",
        "version": "bigint",
        "stream": "uuid",
        "topic": "text",
        "leaf": "bytea",
        "link": "bytea",
        "entry": "bytea",
    },
    "head": {"row": "boolean", "position": "bigint", "link": "bytea", "origin": "text"},
}
CONSTRAINTS = {
    "events": {
        "events_have_one_position": 'PRIMARY KEY ("position")',
        "events_have_one_version": "UNIQUE (stream, version)",
        "events_are_counted_from_one": 'CHECK (("position" > 0))',
    },
    "head": {"head_is_one_row": 'PRIMARY KEY ("row")', "head_is_true": 'CHECK ("row")'},
}
"""Names and definitions, as `pg_get_constraintdef` writes them."""

TOLERATED = {
    "alembic_version": "version_num character varying(32) NOT NULL; alembic_version_pkc PRIMARY KEY (version_num)"
}
"""What may stand beside a book's own objects, as the verifier describes a table: the revision of its tables."""

SETTINGS = (
    "search_path=pg_catalog, pg_temp",
    "plan_cache_mode=force_generic_plan",
    "enable_seqscan=off",
    "enable_hashjoin=off",
    "enable_mergejoin=off",
    "jit=off",
)
"""Of `append`. The plan made on the first day, when the table is empty, must be the one for millions of rows; refusing
the others makes it look dear, and compiling it would take fifty times as long as running it."""

ARGUMENTS = "entries bytea[], streams uuid[], versions bigint[], topics text[], strict boolean"

_APPEND = """
DECLARE
  leaves bytea[];
  links bytea[];
  astray bigint;
  gap bigint;
  behind bigint;
  reached bigint;
  last_link bytea;
BEGIN
  IF cardinality(entries) = 0 THEN
    RETURN (SELECT h.position FROM {schema}.head AS h);
  END IF;
  -- Hashing is most of the work, and needs no lock.
  SELECT array_agg(sha256('\\x00'::bytea || e.entry) ORDER BY e.n),
    min(e.n) FILTER (
      WHERE octet_length(e.entry) > 65535 OR starts.head <> substr(e.entry, 1, octet_length(starts.head))
    ) INTO leaves, astray
    FROM unnest(entries, streams, versions, topics) WITH ORDINALITY AS e (entry, stream, version, topic, n)
    CROSS JOIN LATERAL (SELECT convert_to(
      'mingzhang/event/v1' || chr(10) || e.stream || ' ' || e.version || chr(10) || e.topic || chr(10), 'UTF8'
    ) AS head) AS starts;
  IF astray IS NOT NULL THEN
    RAISE EXCEPTION 'entry % of this append is too long, or says otherwise than its columns', astray
      USING ERRCODE = 'MZ002';
  END IF;

  SELECT h.position, h.link INTO behind, last_link FROM {schema}.head AS h FOR UPDATE;
  IF behind IS NULL THEN
    RAISE EXCEPTION 'the book has 0 heads where it needs one; verify it' USING ERRCODE = 'MZ003';
  END IF;

  IF strict AND EXISTS (SELECT 1 FROM unnest(versions) AS v WHERE v > 1) THEN
    SELECT min(e.n) INTO gap FROM (
      SELECT n, stream, version, lag(version) OVER (PARTITION BY stream ORDER BY n) AS before
      FROM unnest(streams, versions) WITH ORDINALITY AS given (stream, version, n)
    ) AS e
    WHERE e.version > 1 AND CASE WHEN e.before IS NOT NULL THEN e.version > e.before + 1 ELSE NOT EXISTS (
      SELECT 1 FROM {schema}.events AS own WHERE own.stream = e.stream AND own.version = e.version - 1 LIMIT 1
    ) END;
    IF gap IS NOT NULL THEN
      RAISE EXCEPTION 'a version of a stream would follow none' USING ERRCODE = 'MZ001', DETAIL = gap::text;
    END IF;
  END IF;

  reached := behind;
  FOR i IN 1 .. cardinality(leaves) LOOP
    reached := reached + 1;
    last_link := sha256('\\x02'::bytea || last_link || int8send(reached) || leaves[i]);
    links[i] := last_link;
  END LOOP;
  INSERT INTO {schema}.events (position, version, stream, topic, leaf, link, entry)
    SELECT behind + e.n, e.version, e.stream, e.topic, e.leaf, e.link, e.entry
    FROM unnest(entries, streams, versions, topics, leaves, links)
      WITH ORDINALITY AS e (entry, stream, version, topic, leaf, link, n);
  UPDATE {schema}.head SET position = reached, link = last_link;
  PERFORM pg_notify('{channel}', reached::text);
  IF current_setting('synchronous_commit') = 'off' THEN
    -- What is acknowledged must survive a power cut, however the session was set up. Holds to the transaction's end.
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  RETURN reached;
END
"""

_REFUSE = """
BEGIN
  RAISE EXCEPTION '% of % is refused: a book is only ever appended to', TG_OP, TG_TABLE_NAME USING ERRCODE = 'MZ004';
END
"""

_MOVE = """
BEGIN
  IF NEW.row IS DISTINCT FROM OLD.row OR NEW.origin IS DISTINCT FROM OLD.origin
    OR NEW.position <= OLD.position
    OR NEW.link IS DISTINCT FROM (SELECT e.link FROM {schema}.events AS e WHERE e.position = NEW.position)
  THEN
    RAISE EXCEPTION 'the head only moves forward, to the last entry' USING ERRCODE = 'MZ004';
  END IF;
  RETURN NEW;
END
"""


class Function(NamedTuple):
    """A function of a book: `settings` as `pg_proc.proconfig` keeps them."""

    arguments: str
    returns: str
    body: str
    definer: bool
    settings: tuple[str, ...]


def functions(schema: str) -> dict[str, Function]:
    """The functions of the book in `schema`."""
    here = {"schema": schema, "channel": channel_of(schema)}
    pinned = SETTINGS[:1]
    return {
        "append": Function(ARGUMENTS, "bigint", _APPEND.format(**here), definer=True, settings=SETTINGS),
        "refuse": Function("", "trigger", _REFUSE, definer=False, settings=pinned),
        "move": Function("", "trigger", _MOVE.format(**here), definer=False, settings=pinned),
    }


def triggers(schema: str) -> dict[str, tuple[str, str]]:
    """The guards of the book in `schema`: table and definition, as `pg_get_triggerdef` writes it."""

    def guard(name: str, when: str, table: str, each: str, does: str) -> tuple[str, str]:
        what = f"CREATE TRIGGER {name} BEFORE {when} ON {schema}.{table} FOR EACH {each}"
        return table, f"{what} EXECUTE FUNCTION {schema}.{does}()"

    wanted = (
        ("events_are_never_changed", "UPDATE", "events", "STATEMENT", "refuse"),
        ("events_are_never_deleted", "DELETE", "events", "STATEMENT", "refuse"),
        ("events_are_never_truncated", "TRUNCATE", "events", "STATEMENT", "refuse"),
        ("head_only_moves_forward", "UPDATE", "head", "ROW", "move"),
        ("head_is_never_deleted", "DELETE", "head", "STATEMENT", "refuse"),
        ("head_is_never_truncated", "TRUNCATE", "head", "STATEMENT", "refuse"),
        ("head_is_never_added_to", "INSERT", "head", "STATEMENT", "refuse"),
    )
    return {name: guard(name, when, table, each, does) for name, when, table, each, does in wanted}


def statements(schema: str) -> list[str]:
    """What makes the tables, functions and guards of a book in its schema, to be run by its owner.

    The first head is put between the tables and the guards: with `PUT_FIRST_HEAD`, parameters genesis and origin.
    """
    made = [
        f"CREATE TABLE {schema}.{table} ("
        + ", ".join(
            [f"{column} {kind} NOT NULL" for column, kind in columns.items()]
            + [f"CONSTRAINT {name} {definition}" for name, definition in CONSTRAINTS[table].items()]
        )
        + ")"
        for table, columns in COLUMNS.items()
    ]
    made.append(f"ALTER TABLE {schema}.head SET (fillfactor = 10, autovacuum_vacuum_threshold = 1000)")
    for name, function in functions(schema).items():
        made.append(
            f"CREATE FUNCTION {schema}.{name}({function.arguments}) RETURNS {function.returns} LANGUAGE plpgsql "
            + ("SECURITY DEFINER " if function.definer else "")
            + " ".join(f"SET {setting}" for setting in function.settings)
            + f" AS $body${function.body}$body$"
        )
    return made


def guarding(schema: str) -> list[str]:
    """What puts the guards up."""
    return [
        statement
        for name, (table, definition) in triggers(schema).items()
        for statement in (definition, f"ALTER TABLE {schema}.{table} ENABLE ALWAYS TRIGGER {name}")
    ]


def granting(schema: str, roles: Roles) -> list[str]:
    """What lets the roles in, each as far as it may go; `roles` come quoted."""
    return [
        f"GRANT USAGE ON SCHEMA {schema} TO {roles.append}, {roles.read}",
        f"GRANT SELECT ON {schema}.events, {schema}.head TO {roles.append}, {roles.read}",
        *(
            f"REVOKE ALL ON FUNCTION {schema}.{name}({function.arguments}) FROM PUBLIC"
            for name, function in functions(schema).items()
        ),
        f"GRANT EXECUTE ON FUNCTION {schema}.append({ARGUMENTS}) TO {roles.append}",
    ]


def put_first_head(schema: str) -> str:
    """Puts the first head; parameters genesis link, origin."""
    return f"INSERT INTO {schema}.head VALUES (true, 0, %s, %s)"  # noqa: S608 (a schema's name is checked)
