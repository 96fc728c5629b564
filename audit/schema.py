"""The tables of a book in SQLite, and the guards that keep it append-only.

`events` holds each entry once, whole; stream, version and topic stand beside it only to be found by, and the verifier
compares them with the entry's own lines. `head` is one row: how far the chain goes, and the origin it starts from.

The triggers guard against mistakes, and against programs that believe they may mend history. They do not stop somebody
who owns the file and drops them; the chain shows what was changed, and the verifier says that a guard is missing.
`INSERT OR REPLACE` deletes rows without firing a delete trigger, so inserting is guarded too.

Standard library only: the verifier ships with this file. `STRICT` needs SQLite 3.37, `RETURNING` 3.35.
"""

EVENTS_TABLE = "events"
HEAD_TABLE = "head"
VERSION_TABLE = "alembic_version"

TABLES = (
    """CREATE TABLE IF NOT EXISTS events (
  position INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  version INTEGER NOT NULL,
  topic TEXT NOT NULL,
  entry BLOB NOT NULL,
  leaf BLOB NOT NULL,
  link BLOB NOT NULL,
  UNIQUE (stream, version)
) STRICT""",
    """CREATE TABLE IF NOT EXISTS head (
  row INTEGER PRIMARY KEY CHECK (row = 1),
  position INTEGER NOT NULL,
  link BLOB NOT NULL,
  origin TEXT NOT NULL
) STRICT""",
)

TOLERATED = {
    VERSION_TABLE: """CREATE TABLE alembic_version (
  version_num VARCHAR(32) NOT NULL,
  CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""
}
"""What may stand beside a book's own objects, as whoever migrates it writes it: the revision of its tables."""

TRIGGERS = (
    """CREATE TRIGGER IF NOT EXISTS events_are_only_appended BEFORE INSERT ON events
WHEN NEW.position <= (SELECT position FROM head)
  OR EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'this version of the stream, or this position, is taken'); END""",
    """CREATE TRIGGER IF NOT EXISTS events_are_never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS events_are_never_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END""",
    """CREATE TRIGGER IF NOT EXISTS head_only_moves_forward BEFORE UPDATE ON head
WHEN NEW.row IS NOT OLD.row OR NEW.origin IS NOT OLD.origin
  OR NOT (NEW.position = OLD.position AND NEW.link = OLD.link
    OR NEW.position > OLD.position AND NEW.link IS (SELECT link FROM events WHERE position = NEW.position))
BEGIN SELECT RAISE(ABORT, 'the head only moves forward, to the last entry'); END""",
    """CREATE TRIGGER IF NOT EXISTS head_is_never_deleted BEFORE DELETE ON head
BEGIN SELECT RAISE(ABORT, 'the head is never deleted'); END""",
    """CREATE TRIGGER IF NOT EXISTS head_is_one_row BEFORE INSERT ON head
WHEN EXISTS (SELECT 1 FROM head)
BEGIN SELECT RAISE(ABORT, 'a book has one head'); END""",
)

STATEMENTS = (*TABLES, *TRIGGERS)

PUT_FIRST_HEAD = "INSERT INTO head SELECT 1, 0, ?, ? WHERE NOT EXISTS (SELECT 1 FROM head)"
"""Parameters: genesis link, origin."""

TAKE_HEAD = "UPDATE head SET position = position RETURNING position, link"
"""Changes nothing and takes the write lock, waiting for it; reading first would fail at once under a second writer."""

PUT_EVENT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)"
MOVE_HEAD = "UPDATE head SET position = ?, link = ?"


def objects() -> dict[str, str]:
    """The named objects of a book's file and their definitions, as `sqlite_schema` keeps them."""
    kept = [statement.replace(" IF NOT EXISTS", "") for statement in STATEMENTS]
    return {statement.split()[2]: statement for statement in kept}
