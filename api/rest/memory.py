"""What the API must remember over a restart: answers given under an idempotency key, and imports sent over the wire.

It lies beside the books: in the file `requests.db`, or in the schema `requests` of their database, and all processes
that serve the ledger share it. It may be deleted at any time: then a repeated request is done again, which the books
recognise by themselves, and old import tickets are unknown. What could tell of a person (file names, answers, marked
workbooks) is ciphertext under a key derived from the vault's file key.

Each process renews a lease. What a process had begun when it died is free again once its lease has run out; what a
living one has begun is left to it.
"""

import hmac
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, delete, insert, inspect, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from api.ledger import Ledger
from api.rest.memory_tables import METADATA, PROCESSES, now_seconds
from domain.clock import Randomness
from projections.dialect import schema_of, writing
from vault.sealing import NONCE_BYTES, seal, unseal

LABEL = b"mingzhang/requests/v1"

LEASE_SECONDS: Final = 15.0
"""Longer than a process is ever held up by a collection or a busy disk; a client repeats for longer than this."""

RENEWALS = 3
"""Of a lease before it runs out: one that comes late loses nothing."""

ID_BYTES = 8


class Memory:
    """What is remembered, opened; one for all threads of a process that serves the ledger."""

    def __init__(
        self, engine: Engine, *, key: bytes, randomness: Randomness, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        """Open the tables over `engine`, or make them, and take out a lease."""
        self._engine = engine
        self._key = hmac.digest(key, LABEL, sha256)
        self._randomness = randomness
        self._lease_seconds = lease_seconds
        self._closing = threading.Event()
        self.process = randomness(ID_BYTES).hex()
        with self.transaction() as connection:
            _make(connection)
        self.renew()

    @classmethod
    def of(cls, ledger: Ledger, *, lease_seconds: float = LEASE_SECONDS) -> "Memory":
        """The memory of `ledger`."""
        return cls(
            ledger.storage.requests(),
            key=ledger.vault.keys.file_key,
            randomness=ledger.randomness,
            lease_seconds=lease_seconds,
        )

    def transaction(self) -> AbstractContextManager[Connection]:
        """All or nothing; one at a time, over all processes."""
        return writing(self._engine)

    def rows(self, query: Select[Any]) -> list[Row[Any]]:
        """The rows of a query."""
        with self._engine.connect() as connection:
            return list(connection.execute(query))

    def lives(self, process: ColumnElement[str]) -> ColumnElement[bool]:
        """Whether the process of that id is this one, or has a lease that has not run out."""
        leased = select(PROCESSES.c.id).where(PROCESSES.c.lease_until > now_seconds())
        return or_(process == self.process, process.in_(leased))

    def living(self) -> set[str]:
        """The processes that serve the ledger now."""
        return {row.id for row in self.rows(select(PROCESSES.c.id).where(self.lives(PROCESSES.c.id)))}

    def renew(self) -> None:
        """Renew the lease; leases that others let run out are forgotten."""
        until = now_seconds() + self._lease_seconds
        with self.transaction() as connection:
            connection.execute(delete(PROCESSES).where(PROCESSES.c.lease_until <= now_seconds()))
            own = update(PROCESSES).where(PROCESSES.c.id == self.process).values(lease_until=until)
            if connection.execute(own).rowcount == 0:
                connection.execute(insert(PROCESSES).values(id=self.process, lease_until=until))

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Renew the lease while the block runs; then close."""
        renewing = threading.Thread(target=self._keep_renewing, name="lease", daemon=True)
        renewing.start()
        try:
            yield
        finally:
            self._closing.set()
            renewing.join()
            self.close()

    def seal(self, plain: bytes, context: str) -> bytes:
        """`plain` as ciphertext that opens in this `context` only."""
        return seal(self._key, plain, nonce=self._randomness(NONCE_BYTES), context=context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """What was sealed in this `context`.

        Raises:
            vault.sealing.Unreadable: under another key, or when it was changed.
        """
        return unseal(self._key, sealed, context=context.encode())

    def close(self) -> None:
        """Give the lease back, and let go of the connections."""
        try:
            with self.transaction() as connection:
                connection.execute(delete(PROCESSES).where(PROCESSES.c.id == self.process))
        except SQLAlchemyError:
            pass  # the engine is gone; the lease runs out by itself
        self._engine.dispose()

    def _keep_renewing(self) -> None:
        while not self._closing.wait(self._lease_seconds / RENEWALS):
            try:
                self.renew()
            except SQLAlchemyError:
                continue  # the engine is away; the next round tries again


def _make(connection: Connection) -> None:
    """Make the tables; those of another version are forgotten, as whatever is in them may be."""
    standing = inspect(connection)
    schema = schema_of(connection)
    there = set(standing.get_table_names(schema=schema))
    for table in METADATA.sorted_tables:
        if table.name in there:
            columns = {column["name"] for column in standing.get_columns(table.name, schema=schema)}
            if columns != set(table.c.keys()):
                table.drop(connection)
    METADATA.create_all(connection)
