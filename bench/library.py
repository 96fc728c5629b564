"""The plain `eventsourcing` library doing the append and the projection alone: unsealed, unvaulted, unchecked.

Its own way, on SQLite or PostgreSQL: aggregates saved by batches, a process application that follows one event at a
time. What it projects into is a table in memory, which costs it next to nothing.
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


def run(rows: int, url: str | None = None) -> dict[str, float]:
    """Seconds for appending `rows` payments, and for projecting them; in files, or in the database at `url`."""
    with tempfile.TemporaryDirectory() as folder:
        Board.table.execute("CREATE TABLE IF NOT EXISTS payments (bank_ref TEXT, id_no TEXT, amount_fen INTEGER)")
        Board.table.execute("DELETE FROM payments")
        environment = _files(Path(folder)) if url is None else _database(url)
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
    if projected != rows:
        raise SystemExit(f"The library's runner projected {projected} of {rows} payments.")
    return {"append_s": payments_seconds, "project_s": projecting}


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
