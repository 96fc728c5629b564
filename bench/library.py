"""The plain `eventsourcing` library doing the append and the projection alone: unsealed, unvaulted, unchecked.

Its own way, on SQLite: aggregates saved by batches, a process application that follows one event at a time.
"""

import os
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.application import Application, ProcessingEvent
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, DomainEventProtocol, event
from eventsourcing.system import ProcessApplication, SingleThreadedRunner, System

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


def run(rows: int) -> dict[str, float]:
    """Seconds for appending `rows` payments, and for projecting them."""
    with tempfile.TemporaryDirectory() as folder:
        Board.table.execute("CREATE TABLE IF NOT EXISTS payments (bank_ref TEXT, id_no TEXT, amount_fen INTEGER)")
        environment = {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(Path(folder) / "library.db"),
        }
        os.environ["SQLITE_LOCK_TIMEOUT"] = "30"
        payments: Payments = Payments(env=environment)
        payments_seconds = _append(payments, rows)
        payments.close()
        runner: SingleThreadedRunner[UUID] = SingleThreadedRunner(System(pipes=[[Payments, Board]]), env=environment)
        runner.start()
        began = time.perf_counter()
        runner.get(Board).pull_and_process(Payments.name, start=1)
        projecting = time.perf_counter() - began
        runner.stop()
    return {"append_s": payments_seconds, "project_s": projecting}


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
