"""A PostgreSQL of the tests' own: a cluster that lives as long as the session, a database that lives as long as a test.

Ask for them by fixture, and mark the test (`tests/conftest.py`)::

    @pytest.mark.postgresql
    def test_what_a_county_does(database: Database) -> None:
        with Book.create(database.url, name="money", origin="ledger.test/1") as book: ...

`database` is a `Database`: `url` is a superuser's, `url_of(role)` somebody else's, and `does(statement)` does it as the
superuser. `cluster` is the `Cluster`, which can be restarted: `cluster.restart()`.

The server runs as another user where we are root, for it refuses to run as root; it listens on a socket in a folder of
its own and on no network. It syncs to disk as in earnest, for what survives a crash is what we test.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import quote

import psycopg
from psycopg.sql import SQL, Identifier

USER_WHEN_ROOT = "postgres"
SUPERUSER = "postgres"
PORT = 5432
"""Of the socket only, whose folder is nobody else's."""


def find_postgresql() -> Path | None:
    """The folder of the server's programs on this machine, the newest if there are several, or None."""
    named = os.environ.get("MINGZHANG_POSTGRESQL")
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    programs = [Path(named) / "initdb"] if named else [*([Path(on_path)] if on_path else []), *reversed(found)]
    return next((program.parent for program in programs if program.is_file()), None)


class Cluster:
    """A running server in `folder`."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self.folder = folder
        self._data = folder / "data"
        self._user = USER_WHEN_ROOT if os.geteuid() == 0 else None

    def start(self, *made_with: str) -> None:
        """Make the cluster, with more options of `initdb` if there are any, and start it."""
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        self._run(
            "initdb",
            *("--pgdata", str(self._data), "--username", SUPERUSER, "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C", "--no-instructions", *made_with),
        )
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nport = {PORT}\n"
                "max_connections = 200\nshared_buffers = 128MB\nmax_wal_size = 2GB\n"
            )
        self._control("start")

    @property
    def pid(self) -> int:
        """The process that all others of the server come from."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def restart(self, mode: str = "fast") -> None:
        """Stop and start again; `immediate` is a crash."""
        self._control("restart", "--mode", mode)

    def stop(self, mode: str = "fast") -> None:
        """Stop; `resume` starts it again."""
        self._control("stop", "--mode", mode)

    def resume(self) -> None:
        """Start again after `stop`."""
        self._control("start")

    def remove(self) -> None:
        """Stop at once and take everything away."""
        pid = self._data / "postmaster.pid"
        if pid.exists():
            os.kill(self.pid, signal.SIGQUIT)
            self._control("stop", "--mode", "immediate", must_work=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """Where `database` is reached, as `user`."""
        return f"postgresql://{quote(user)}@/{database}?host={quote(str(self.folder), safe='')}&port={PORT}"

    def _control(self, *words: str, must_work: bool = True) -> None:
        log = str(self.folder / "log")
        self._run("pg_ctl", "--pgdata", str(self._data), "--log", log, "--wait", "--silent", *words, check=must_work)

    def _run(self, program: str, *words: str, check: bool = True) -> None:
        as_user: dict[str, Any] = {}
        if self._user is not None:
            as_user = {"user": self._user, "group": self._user, "extra_groups": []}
        done = subprocess.run(
            [str(self._programs / program), *words],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            **as_user,
        )
        if check and done.returncode:
            raise RuntimeError(f"{program} {words}: {done.stderr}")


@dataclass(frozen=True)
class Database:
    """One database of `cluster`."""

    cluster: Cluster
    name: str

    @property
    def url(self) -> str:
        """Where it is reached by the superuser."""
        return self.cluster.url(self.name)

    def url_of(self, user: str) -> str:
        """Where it is reached by `user`."""
        return self.cluster.url(self.name, user)

    def does(self, *statements: str) -> list[tuple[Any, ...]]:
        """Do `statements` as the superuser, in one transaction; gives the rows of the last."""
        with psycopg.connect(self.url) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement.encode())
            return cursor.fetchall() if cursor.description is not None else []


@contextmanager
def cluster_of_its_own(programs: Path, *made_with: str) -> Iterator[Cluster]:
    """A cluster that is there while the block runs."""
    made = Cluster(programs, Path(tempfile.mkdtemp(prefix="mz-pg-")))
    try:
        made.start(*made_with)
        yield made
    finally:
        made.remove()


def new_database(cluster: Cluster, name: str) -> Database:
    """An empty database, which goes with its cluster."""
    _alone(cluster, "CREATE DATABASE {}", name)
    return Database(cluster, name)


@contextmanager
def database_of_its_own(cluster: Cluster, name: str) -> Iterator[Database]:
    """An empty database that is there while the block runs; no role that it was given is left behind."""
    made = new_database(cluster, name)
    try:
        yield made
    finally:
        _alone(cluster, "DROP DATABASE {} WITH (FORCE)", name)
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            roles = connection.execute("SELECT rolname FROM pg_roles WHERE NOT starts_with(rolname, 'pg_')").fetchall()
            for (role,) in roles:
                if role != SUPERUSER:
                    connection.execute(SQL("DROP ROLE {}").format(Identifier(role)))


def _alone(cluster: Cluster, statement: LiteralString, name: str) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(SQL(statement).format(Identifier(name)))
