"""The endpoints and dead letters of one ledger, as they are kept; every change is one transaction.

It lies beside the books and outlives a restart and a crash: an endpoint's position moves in the transaction that notes
that a message was taken or is a dead letter, and only from where it stood. Secrets are ciphertext under a key that
comes from the vault's file key, and each opens for its own endpoint only.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from api.ledger import Ledger
from api.webhooks.addresses import Reach
from api.webhooks.endpoint import DeadLetter, Endpoint, Subscription
from api.webhooks.signing import new_secret
from api.webhooks.tables import DEAD_LETTERS, ENDPOINTS, METADATA
from domain.clock import Clock, Randomness
from projections.dialect import writing
from vault.sealing import NONCE_BYTES, seal, unseal

PURPOSE: Final = "webhooks/v1"
ID_BYTES: Final = 8
LONGEST_WHY: Final = 300


class Secret(msgspec.Struct):
    """One secret; `until` (seconds since 1970) is when it ends, if it does."""

    secret: str
    until: float | None = None


class Webhooks:
    """What is kept of webhooks, opened; one for all threads of a process."""

    def __init__(self, engine: Engine, *, key: bytes, clock: Clock, randomness: Randomness) -> None:
        """Open the tables over `engine`, or make them."""
        self._engine = engine
        self._key = key
        self._clock = clock
        self._randomness = randomness
        with writing(engine) as connection:
            METADATA.create_all(connection)

    @classmethod
    def of(cls, ledger: Ledger) -> "Webhooks":
        """The webhooks of `ledger`."""
        return cls(
            ledger.storage.webhooks(),
            key=ledger.vault.keys.key_for(PURPOSE),
            clock=ledger.clock,
            randomness=ledger.randomness,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def now(self) -> float:
        """The present, in seconds since 1970."""
        return self._clock().timestamp()

    def add(self, url: str, reach: Reach, subscription: Subscription, *, position: int) -> tuple[Endpoint, str]:
        """Add an endpoint that hears what comes behind `position`; gives it and its secret, which is told this once."""
        endpoint_id, secret = self._randomness(ID_BYTES).hex(), new_secret(self._randomness)
        row = {
            "id": endpoint_id,
            "url": url,
            "reach": reach.value,
            "wanted": msgspec.json.encode(subscription).decode(),
            "enabled": True,
            "why": "",
            "added_at": self.now(),
            "position": position,
            "attempts": 0,
            "due_at": 0.0,
            "delivered": 0,
            "delivered_at": None,
            "sealed": self._sealed(endpoint_id, [Secret(secret)]),
        }
        with writing(self._engine) as connection:
            connection.execute(insert(ENDPOINTS).values(row))
        return self.endpoint(endpoint_id), secret

    def endpoints(self) -> list[Endpoint]:
        """Every endpoint, by when it was added."""
        with self._engine.connect() as connection:
            dead = _dead_letters(connection)
            rows = connection.execute(select(ENDPOINTS).order_by(ENDPOINTS.c.added_at, ENDPOINTS.c.id))
            return [_endpoint(row, dead.get(row.id, 0)) for row in rows]

    def endpoint(self, endpoint_id: str) -> Endpoint:
        """The endpoint of that id.

        Raises:
            LookupError: when there is none.
        """
        for endpoint in self.endpoints():
            if endpoint.id == endpoint_id:
                return endpoint
        raise LookupError(f"没有推送地址 {endpoint_id} / There is no webhook {endpoint_id}.")

    def secrets(self, endpoint_id: str) -> list[Secret]:
        """The secrets that are in force, the newest first.

        Raises:
            LookupError: when there is no such endpoint.
        """
        with self._engine.connect() as connection:
            return self._in_force(connection, endpoint_id)

    def rotate(self, endpoint_id: str, *, overlap_seconds: float) -> str:
        """Give the endpoint a new secret; those before it sign as well for so long yet. Gives the new one.

        Raises:
            LookupError: when there is no such endpoint.
        """
        secret, until = new_secret(self._randomness), self.now() + overlap_seconds
        with writing(self._engine) as connection:
            before = self._in_force(connection, endpoint_id)
            ending = [Secret(one.secret, until if one.until is None else min(one.until, until)) for one in before]
            kept = [Secret(secret), *(one for one in ending if overlap_seconds > 0)]
            _change(connection, endpoint_id, sealed=self._sealed(endpoint_id, kept))
        return secret

    def remove(self, endpoint_id: str) -> None:
        """Forget an endpoint, its secrets and its dead letters.

        Raises:
            LookupError: when there is none.
        """
        self.endpoint(endpoint_id)
        with writing(self._engine) as connection:
            connection.execute(delete(DEAD_LETTERS).where(DEAD_LETTERS.c.endpoint == endpoint_id))
            connection.execute(delete(ENDPOINTS).where(ENDPOINTS.c.id == endpoint_id))

    def enable(self, endpoint_id: str) -> None:
        """Send to an endpoint again, at once, from where it stopped.

        Raises:
            LookupError: when there is none.
        """
        self.endpoint(endpoint_id)
        with writing(self._engine) as connection:
            _change(connection, endpoint_id, enabled=True, why="", attempts=0, due_at=0.0)

    def disable(self, endpoint_id: str, why: str) -> None:
        """Send nothing more to an endpoint until it is enabled again."""
        with writing(self._engine) as connection:
            _change(connection, endpoint_id, enabled=False, why=_short(why))

    def passed(self, endpoint: Endpoint, position: int) -> bool:
        """Note that there was nothing for the endpoint up to `position`."""
        with writing(self._engine) as connection:
            return _move(connection, endpoint, position=position)

    def taken(self, endpoint: Endpoint, position: int) -> bool:
        """Note that the endpoint has the message of `position`; False when another process was first."""
        values = {"delivered": ENDPOINTS.c.delivered + 1, "delivered_at": self.now()}
        with writing(self._engine) as connection:
            return _move(connection, endpoint, position=position, attempts=0, due_at=0.0, why="", **values)

    def failed(self, endpoint: Endpoint, why: str, *, due_at: float) -> bool:
        """Note that the endpoint did not take its next message, and when it is sent again."""
        with writing(self._engine) as connection:
            return _move(connection, endpoint, attempts=endpoint.attempts + 1, due_at=due_at, why=_short(why))

    def died(self, endpoint: Endpoint, letter: DeadLetter) -> bool:
        """Put a message aside that the endpoint did not take, and go on with the next."""
        why = _short(letter.why)
        with writing(self._engine) as connection:
            moved = _move(connection, endpoint, position=letter.position, attempts=0, due_at=0.0, why=why)
            known = connection.execute(select(DEAD_LETTERS.c.id).where(DEAD_LETTERS.c.id == letter.id)).first()
            if moved and known is None:
                connection.execute(insert(DEAD_LETTERS).values({**letter._asdict(), "why": why}))
            return moved

    def dead_letters(self, endpoint_id: str | None = None) -> list[DeadLetter]:
        """The dead letters, of one endpoint if it is named, in the order of the book."""
        letters = DEAD_LETTERS.c
        query = select(DEAD_LETTERS).order_by(letters.endpoint, letters.position)
        if endpoint_id is not None:
            query = query.where(letters.endpoint == endpoint_id)
        with self._engine.connect() as connection:
            return [DeadLetter(*row) for row in connection.execute(query)]

    def dead_letter(self, letter_id: str) -> DeadLetter:
        """The dead letter of that id.

        Raises:
            LookupError: when there is none.
        """
        with self._engine.connect() as connection:
            row = connection.execute(select(DEAD_LETTERS).where(DEAD_LETTERS.c.id == letter_id)).first()
        if row is None:
            raise LookupError(f"没有未送达消息 {letter_id} / There is no dead letter {letter_id}.")
        return DeadLetter(*row)

    def drop(self, letter_id: str) -> None:
        """Forget a dead letter; what it told of stands in the book.

        Raises:
            LookupError: when there is none.
        """
        self.dead_letter(letter_id)
        with writing(self._engine) as connection:
            connection.execute(delete(DEAD_LETTERS).where(DEAD_LETTERS.c.id == letter_id))

    def failed_again(self, letter: DeadLetter, why: str) -> None:
        """Note that a dead letter was not taken when it was sent once more."""
        values = {"attempts": DEAD_LETTERS.c.attempts + 1, "why": _short(why)}
        with writing(self._engine) as connection:
            connection.execute(update(DEAD_LETTERS).where(DEAD_LETTERS.c.id == letter.id).values(values))

    def _in_force(self, connection: Connection, endpoint_id: str) -> list[Secret]:
        sealed = connection.execute(select(ENDPOINTS.c.sealed).where(ENDPOINTS.c.id == endpoint_id)).scalar()
        if sealed is None:
            raise LookupError(f"没有推送地址 {endpoint_id} / There is no webhook {endpoint_id}.")
        plain = unseal(self._key, bytes(sealed), context=endpoint_id.encode())
        now = self.now()
        kept = msgspec.json.decode(plain, type=list[Secret])
        return [secret for secret in kept if secret.until is None or secret.until > now]

    def _sealed(self, endpoint_id: str, secrets: list[Secret]) -> bytes:
        nonce = self._randomness(NONCE_BYTES)
        return seal(self._key, msgspec.json.encode(secrets), nonce=nonce, context=endpoint_id.encode())


def _endpoint(row: Row[Any], dead_letters: int) -> Endpoint:
    told = dict(row._mapping)  # noqa: SLF001  the public name of a row's mapping in SQLAlchemy
    return Endpoint(
        **{name: told[name] for name in Endpoint._fields if name in told and name != "reach"},
        reach=Reach(row.reach),
        subscription=msgspec.json.decode(row.wanted, type=Subscription),
        dead_letters=dead_letters,
    )


def _dead_letters(connection: Connection) -> dict[str, int]:
    letters = DEAD_LETTERS.c
    counted = select(letters.endpoint, func.count()).group_by(letters.endpoint)
    return {endpoint: int(count) for endpoint, count in connection.execute(counted)}


def _move(connection: Connection, endpoint: Endpoint, **values: Any) -> bool:
    """Change an endpoint that still stands where it was read; whoever is second changes nothing."""
    where = (ENDPOINTS.c.id == endpoint.id) & (ENDPOINTS.c.position == endpoint.position)
    return connection.execute(update(ENDPOINTS).where(where).values(values)).rowcount == 1


def _change(connection: Connection, endpoint_id: str, **values: Any) -> None:
    connection.execute(update(ENDPOINTS).where(ENDPOINTS.c.id == endpoint_id).values(values))


def _short(why: str) -> str:
    return why if len(why) <= LONGEST_WHY else f"{why[:LONGEST_WHY]}…"


def counts_of(endpoints: list[Endpoint], head: int) -> Mapping[str, int]:
    """What `/health` and `/metrics` tell of them: numbers, and no address."""
    enabled = [endpoint for endpoint in endpoints if endpoint.enabled]
    return {
        "enabled": len(enabled),
        "disabled": len(endpoints) - len(enabled),
        "failing": sum(1 for endpoint in enabled if endpoint.attempts),
        "dead_letters": sum(endpoint.dead_letters for endpoint in endpoints),
        "lag": max((head - endpoint.position for endpoint in enabled), default=0),
    }
