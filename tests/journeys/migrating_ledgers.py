"""Ledgers of both engines that stand at an older revision, and revisions of the tests' own."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from api.storage.revisions import LINES, Line
from tests.postgresql import Database

HEADS_AND_ENTRIES = ("verify", "--json"), ("events",)

MAKES_A_TABLE = (
    "    op.execute('CREATE TABLE marks (number INTEGER)')\n    op.execute('INSERT INTO marks VALUES (1)')\n"
)
"""Of a revision; a second run of it would fail."""


class Kept(NamedTuple):
    """A ledger, and the database that holds its parts, if one does."""

    ledger: Path
    database: Database | None

    def does(self, part: str, *statements: str) -> list[tuple[Any, ...]]:
        """Do `statements` in one part of the ledger, past every door; gives the rows of the last."""
        if self.database is not None:
            return self.database.does(f"SET LOCAL search_path TO {part}", *statements)
        with closing(sqlite3.connect(self.ledger / f"{part}.db")) as connection, connection:
            return [connection.execute(statement).fetchall() for statement in statements][-1]

    def indexes(self) -> set[str]:
        """The names of the vault's indexes, but for those that its engine makes by itself."""
        if self.database is not None:
            asked = "SELECT indexname FROM pg_indexes WHERE schemaname = 'vault' AND indexname LIKE '%_by_%'"
        else:
            asked = "SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE '%_by_%'"
        return {name for (name,) in self.does("vault", asked)}

    def tables(self, part: str) -> set[str]:
        """The names of a part's tables."""
        if self.database is not None:
            return {name for (name,) in self.does(part, f"SELECT tablename FROM pg_tables WHERE schemaname = '{part}'")}
        return {name for (name,) in self.does(part, "SELECT name FROM sqlite_schema WHERE type = 'table'")}

    def revision(self, part: str) -> str | None:
        """What the part tells of its revision."""
        if "alembic_version" not in self.tables(part):
            return None
        [(revision,)] = self.does(part, "SELECT version_num FROM alembic_version")
        return str(revision)

    def tell_no_revision(self, *parts: str) -> None:
        """Make the parts as they were before revisions were told."""
        for part in parts:
            self.does(part, "DROP TABLE alembic_version")
        if "vault" in parts:
            self.does("vault", "DROP INDEX texts_by_ref")


def one_more(folder: Path, script: str, *, part: str = "vault") -> Line:
    """The line of `part` with one more revision, whose body is `script`."""
    line = LINES[part]
    scripts = folder / "scripts"
    if not scripts.exists():
        shutil.copytree(line.scripts, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    before, after = line.newest, f"{line.newest[:-1]}9"
    head = f"import os, signal, time\nfrom alembic import op\nrevision = {after!r}\ndown_revision = {before!r}\n"
    (scripts / "one_more.py").write_text(f"{head}def upgrade():\n{script}", encoding="utf-8")
    return Line((*line.revisions, after), scripts)


def knowing(line: Line, *, part: str = "vault") -> str:
    """What makes a process of its own know `line`, as Python."""
    return (
        "from pathlib import Path\nfrom api.storage.revisions import LINES, Line\n"
        f"LINES[{part!r}] = Line({line.revisions!r}, Path({str(line.scripts)!r}))"
    )
