"""`Idempotency-Key`: a request that is sent again, because its answer was lost, is answered again and not done again.

Only successes are remembered. A refused request has changed nothing, so its key stays free for the corrected one.
"""

import base64
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Header, Request
from pydantic import StringConstraints
from sqlalchemy import ColumnElement, and_, delete, insert, not_, select, update
from starlette.responses import Response

from api.rest.memory import Memory
from api.rest.memory_tables import ANSWERS
from api.rest.problems import problem
from domain.clock import Clock

KEPT = timedelta(hours=24)
"""A client that repeats a request does so within minutes; a day leaves room for a laptop that was closed over night."""

SUCCESSES = range(200, 300)
KEPT_HEADERS = ("location", "content-type")

IdempotencyKey = Annotated[
    str | None,
    Header(
        description="A value of the client's choice; the same request with the same key within 24 hours is done once.",
    ),
    StringConstraints(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$"),
]


class Given(msgspec.Struct):
    """An answer as it was given."""

    status: int
    headers: dict[str, str]
    body: str


class Answers:
    """The answers given under a key."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        """Answer from `memory`, by `clock`; what a process that died had begun may be begun again."""
        self._memory = memory
        self._clock = clock

    def once(self, key: str, fingerprint: str, work: Callable[[], Response]) -> Response:
        """The answer of `work`, or the one that it gave under `key` before.

        422 when the key was used for another request, 409 while the first one is still under way, in whatever process.
        """
        known = self._begin(key, fingerprint)
        if known is not None:
            return self._again(key, fingerprint, *known)
        try:
            given = work()
        except BaseException:
            self._forget(key)
            raise
        if given.status_code not in SUCCESSES:
            self._forget(key)
            return given
        self._keep(key, given)
        return given

    def _begin(self, key: str, fingerprint: str) -> tuple[str, bytes | None] | None:
        now = self._clock()
        known = select(ANSWERS.c.fingerprint, ANSWERS.c.sealed).where(ANSWERS.c.key == key)
        with self._memory.transaction() as connection:
            connection.execute(delete(ANSWERS).where(ANSWERS.c.begun_at < (now - KEPT).timestamp()))
            left = and_(ANSWERS.c.sealed.is_(None), not_(self._memory.lives(ANSWERS.c.begun_by)))
            connection.execute(delete(ANSWERS).where(ANSWERS.c.key == key, left))
            row = connection.execute(known).first()
            if row is None:
                begun = {"begun_by": self._memory.process, "begun_at": now.timestamp()}
                connection.execute(insert(ANSWERS).values(key=key, fingerprint=fingerprint, **begun))
        return None if row is None else (row.fingerprint, row.sealed)

    def _again(self, key: str, fingerprint: str, before: str, sealed: bytes | None) -> Response:
        if fingerprint != before:
            return problem(
                422,
                "E-DUP",
                "This Idempotency-Key was used for another request.",
                field="header.idempotency-key",
                remedy="Give each request a key of its own.",
            )
        if sealed is None:
            return problem(
                409,
                "E-STATE",
                "The request with this Idempotency-Key is still under way.",
                field="header.idempotency-key",
                remedy="Wait a little and send it again.",
                headers={"Retry-After": "1"},
            )
        given = msgspec.json.decode(self._memory.unseal(sealed, key), type=Given)
        return Response(base64.b64decode(given.body), given.status, {**given.headers, "Idempotency-Replayed": "true"})

    def _keep(self, key: str, given: Response) -> None:
        headers = {name: given.headers[name] for name in KEPT_HEADERS if name in given.headers}
        told = Given(given.status_code, headers, base64.b64encode(bytes(given.body)).decode())
        sealed = self._memory.seal(msgspec.json.encode(told), key)
        with self._memory.transaction() as connection:
            connection.execute(update(ANSWERS).where(self._ours(key)).values(sealed=sealed))

    def _forget(self, key: str) -> None:
        with self._memory.transaction() as connection:
            connection.execute(delete(ANSWERS).where(self._ours(key)))

    def _ours(self, key: str) -> ColumnElement[bool]:
        """A process that was held up for longer than its lease may find that another has begun the request anew."""
        return and_(ANSWERS.c.key == key, ANSWERS.c.begun_by == self._memory.process)


class Once:
    """One POST and its key, if it has one."""

    def __init__(self, request: Request, idempotency_key: IdempotencyKey = None) -> None:
        """Take the key from the request's header."""
        self._answers: Answers = request.app.state.answers
        self._line = f"{request.method} {request.url.path}?{request.url.query}"
        self._key = idempotency_key

    def __call__(self, content: Any, work: Callable[[], Response]) -> Response:
        """The answer of `work`, given once for this key and `content` (anything that JSON can write)."""
        if self._key is None:
            return work()
        asked = msgspec.json.encode([self._line, content], order="sorted")
        return self._answers.once(self._key, sha256(asked).hexdigest(), work)


OnceOnly = Annotated[Once, Depends(Once)]
