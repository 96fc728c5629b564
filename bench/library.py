"""The plain `eventsourcing` library doing the append and the projection alone: unsealed, unvaulted, unchecked.

Its own way, on SQLite or PostgreSQL: aggregates saved by batches, and followed one event at a time. On SQLite that is a
process application, whose table stands in memory and costs it next to nothing; its projection runner needs PostgreSQL,
where it writes one row of three columns for each event.
"""

import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from eventsourcing.application import Application, ProcessingEvent
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, DomainEventProtocol, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.system import ProcessApplication, SingleThreadedRunner, System
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

BATCH = 500


class Payment(Aggregate):
    """One payment as the library's users would write it."""

    @event("Made")
    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts


class Payments(Application[UUID]):
    """Takes payments in."""


class Board(ProcessApplication[UUID]):
    """Keeps one row per payment."""

    table = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)

    @singledispatchmethod
    def policy(self, domain_event: DomainEventProtocol[Any], processing_event: ProcessingEvent[Any]) -> None:
        """Ignore what is no payment."""

    @policy.register
    def _(
        self,
        domain_event: Payment.Made,  # type: ignore[name-defined]  # the decorator makes it
        processing_event: ProcessingEvent[Any],
    ) -> None:
        facts = domain_event.facts
        self.table.execute(
            "INSERT INTO payments VALUES (?, ?, ?)", (facts["bank_ref"], facts["id_no"], facts["amount_fen"])
        )


class View(PostgresTrackingRecorder):
    """One row per payment in the database, written with the position that was reached."""

    def __init__(self, datastore: PostgresDatastore, **words: Any) -> None:
        super().__init__(datastore, **words)
        here = Identifier(datastore.schema)
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS {}.payments (bank_ref text PRIMARY KEY, id_no text, amount_fen bigint)"
            ).format(here)
        )
        self.put_statement = SQL("INSERT INTO {}.payments VALUES (%s, %s, %s)").format(here)
        self.count_statement = SQL("SELECT count(*) AS rows FROM {}.payments").format(here)

    def put(self, facts: dict[str, Any], tracking: Tracking) -> None:
        """Write one payment."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(self.put_statement, (facts["bank_ref"], facts["id_no"], facts["amount_fen"]))

    def count(self) -> int:
        """How many rows there are."""
        with self.datastore.transaction(commit=False) as cursor:
            return int(cursor.execute(self.count_statement).fetchall()[0]["rows"])


class ToView(Projection[View]):
    """Projects payments into a `View`."""

    name = "view"

    def process_event(self, domain_event: DomainEventProtocol[Any], tracking: Tracking) -> None:
        """Write its row."""
        facts: dict[str, Any] = domain_event.facts  # type: ignore[attr-defined]  # payments are all there is
        self.view.put(facts, tracking)


def follow(rows: int, url: str) -> float:
    """Seconds in which the library's projection runner projects `rows` payments in the database at `url`."""
    environment = _database(url)
    payments: Payments = Payments(env=environment)
    _append(payments, rows)
    payments.close()
    began = time.perf_counter()
    with ProjectionRunner(
        application_class=Payments, projection_class=ToView, view_class=View, env=environment
    ) as runner:
        runner.wait(rows, timeout=600)
        seconds = time.perf_counter() - began
        _refuse_other_count(runner.view.count(), rows)
    return seconds


def run(rows: int) -> dict[str, float]:
    """Seconds for appending `rows` payments to a file, and for projecting them into a table in memory."""
    with tempfile.TemporaryDirectory() as folder:
        Board.table.execute("CREATE TABLE IF NOT EXISTS payments (bank_ref TEXT, id_no TEXT, amount_fen INTEGER)")
        Board.table.execute("DELETE FROM payments")
        environment = _files(Path(folder))
        payments: Payments = Payments(env=environment)
        payments_seconds = _append(payments, rows)
        payments.close()
        runner: SingleThreadedRunner[UUID] = SingleThreadedRunner(System(pipes=[[Payments, Board]]), env=environment)
        runner.start()
        began = time.perf_counter()
        runner.get(Board).pull_and_process(Payments.name)
        projecting = time.perf_counter() - began
        runner.stop()
    (projected,) = Board.table.execute("SELECT count(*) FROM payments").fetchone()
    _refuse_other_count(projected, rows)
    return {"append_s": payments_seconds, "project_s": projecting}


def _refuse_other_count(projected: int, rows: int) -> None:
    if projected != rows:
        raise SystemExit(f"The library's runner projected {projected} of {rows} payments.")


def _files(folder: Path) -> dict[str, str]:
    return {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(folder / "library.db"),
        "SQLITE_LOCK_TIMEOUT": "30",
    }


def _database(url: str) -> dict[str, str]:
    words = conninfo_to_dict(url)
    schema = f"bench_{uuid4().hex[:12]}"
    with psycopg.connect(url) as connection:
        connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(words["dbname"]),
        "POSTGRES_HOST": str(words["host"]),
        "POSTGRES_PORT": str(words.get("port", 5432)),
        "POSTGRES_USER": str(words["user"]),
        "POSTGRES_PASSWORD": str(words.get("password", "")),
        "POSTGRES_SCHEMA": schema,
    }


def _append(payments: Payments, rows: int) -> float:
    facts = {
        "programme": "高龄津贴",
        "period": "2020-03",
        "id_no": "P-x",
        "amount_fen": 17_500,
        "paid_on": "2020-03-20",
    }
    began = time.perf_counter()
    for begin in range(0, rows, BATCH):
        some = [
            Payment({**facts, "bank_ref": f"TEST{number:012d}"}) for number in range(begin, min(begin + BATCH, rows))
        ]
        payments.save(*some)
    return time.perf_counter() - began
