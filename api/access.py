"""Who may open staff pages until accounts exist: the local keeper, by the token in the ledger's folder.

A browser posts the token once and gets a session cookie: HttpOnly, SameSite=Strict, signed with a key that is
derived from the token, so that a new token ends all sessions. A program sends `Authorization: Bearer TOKEN`.
Whatever a cookie authorises to change must come from a page of this very site.
"""

import hmac
import threading
from collections import deque
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from domain.clock import Clock, Randomness

COOKIE = "mingzhang_keeper"
SESSION = timedelta(hours=12)
"""One working day with its lunch break; after it the token is asked for again."""

FAILURES_ALLOWED = 5
FAILURE_WINDOW = timedelta(minutes=1)
"""So many wrong tokens a minute and process; the token has 128 random bits, so this only slows noise down."""

_KEY_LABEL = b"mingzhang/keeper-session/v1"
_NONCE_BYTES = 16
_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


class Keeper(NamedTuple):
    """The one who is let in.

    by:  `session` (a browser) or `token` (a program).
    """

    by: str


class Guarded(Protocol):
    """What the door needs of a ledger."""

    @property
    def keeper_token(self) -> str:
        """The token in the ledger's folder."""

    def clock(self) -> datetime:
        """The present instant."""

    def randomness(self, count: int, /) -> bytes:
        """`count` random bytes."""


class TooManyFailures(Exception):
    """Wrong tokens came too fast; nobody is let in for `wait_seconds`."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"Too many wrong tokens; wait {wait_seconds} seconds.")
        self.wait_seconds = wait_seconds


class Door:
    """Tokens and sessions of one process; one door serves all its threads."""

    def __init__(self, token: str, *, clock: Clock, randomness: Randomness) -> None:
        """Guard with `token`.

        Raises:
            ValueError: when the token is empty: it would let everybody in.
        """
        if not token:
            raise ValueError("The keeper's token is empty; make a new one in keys/keeper.token.")
        self._token = token.encode()
        self._mirror_token: bytes | None = None
        self._key = hmac.digest(self._token, _KEY_LABEL, sha256)
        self._clock = clock
        self._randomness = randomness
        self._failures: deque[datetime] = deque()
        self._ended: dict[str, int] = {}
        self._changing = threading.Lock()

    def admits(self, token: str) -> bool:
        """Whether `token` is the keeper's. The right one is always admitted: nobody can lock the keeper out.

        Raises:
            TooManyFailures: for a wrong one after too many wrong ones.
        """
        if hmac.compare_digest(token.strip().encode(), self._token):
            return True
        with self._changing:
            now = self._clock()
            while self._failures and self._failures[0] <= now - FAILURE_WINDOW:
                self._failures.popleft()
            if len(self._failures) >= FAILURES_ALLOWED:
                left = self._failures[0] + FAILURE_WINDOW - now
                raise TooManyFailures(max(1, int(left.total_seconds())))
            self._failures.append(now)
            return False

    def let_mirror(self, token: str) -> None:
        """Let whoever has `token` read entries as mirrors do, and nothing else.

        Raises:
            ValueError: when the token is empty: it would let everybody in.
        """
        if not token:
            raise ValueError("The mirror's token is empty; take keys/mirror.token away, and another is made.")
        self._mirror_token = token.encode()

    def admits_mirror(self, token: str) -> bool:
        """Whether `token` is the mirror's; others are not counted as wrong, since they may be the keeper's."""
        known = self._mirror_token
        return known is not None and hmac.compare_digest(token.strip().encode(), known)

    def open_session(self) -> str:
        """The value of a new session's cookie."""
        until = int((self._clock() + SESSION).timestamp())
        session = f"v1.{until}.{self._randomness(_NONCE_BYTES).hex()}"
        return f"{session}.{self._mac(session)}"

    def recognises(self, cookie: str | None) -> bool:
        """Whether `cookie` is a session that this keeper's token opened, and that has not ended."""
        if not cookie:
            return False
        session, _, mac = cookie.rpartition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(session).encode()):
            return False
        _, until, nonce = session.split(".")
        return int(until) > self._clock().timestamp() and nonce not in self._ended

    def end_session(self, cookie: str | None) -> None:
        """Let `cookie` open nothing any more in this process; the browser is told to forget it besides."""
        if not self.recognises(cookie) or cookie is None:
            return
        _, until, nonce, _ = cookie.split(".")
        now = self._clock().timestamp()
        with self._changing:
            self._ended = {kept: ends for kept, ends in self._ended.items() if ends > now} | {nonce: int(until)}

    def _mac(self, session: str) -> str:
        return hmac.digest(self._key, session.encode(), sha256).hex()


def guard(app: Any, ledger: Guarded) -> Door:
    """Give `app` its door, unless it has one; `require_keeper` asks there."""
    if getattr(app.state, "door", None) is None:
        app.state.door = Door(ledger.keeper_token, clock=ledger.clock, randomness=ledger.randomness)
    door: Door = app.state.door
    return door


def keeper_of(request: Request) -> Keeper | None:
    """The keeper, if it is the keeper who asks.

    Raises:
        HTTPException: 429 when wrong tokens come too fast.
    """
    door: Door = request.app.state.door
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        try:
            return Keeper("token") if door.admits(token) else None
        except TooManyFailures as wait:
            raise HTTPException(429, str(wait), {"Retry-After": str(wait.wait_seconds)}) from wait
    return Keeper("session") if door.recognises(request.cookies.get(COOKIE)) else None


def recognised(request: Request) -> Keeper | None:
    """The keeper, for a page that shows the keeper more; wrong tokens that come too fast are nobody's."""
    try:
        return keeper_of(request)
    except HTTPException:
        return None


def require_keeper(request: Request) -> Keeper:
    """The keeper, as a FastAPI dependency: `staff: Keeper = Depends(require_keeper)`.

    Raises:
        HTTPException: 401 for anybody else, 403 for a change that another site's page asks for.
    """
    keeper = keeper_of(request)
    if keeper is None:
        raise HTTPException(
            401,
            "This needs the keeper's token: sign in at /login, or send it as `Authorization: Bearer`.",
            {"WWW-Authenticate": "Bearer"},
        )
    if keeper.by == "session" and request.method not in _HARMLESS and not is_same_origin(request):
        raise HTTPException(403, "A page of another site asked for this change; do it from a page of this site.")
    return keeper


def require_mirror(request: Request) -> None:
    """Let the mirror read entries, and the keeper.

    Raises:
        HTTPException: 401 for anybody else.
    """
    door: Door = request.app.state.door
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and door.admits_mirror(token):
        return
    if keeper_of(request) is None:
        raise HTTPException(
            401,
            "Entries need the mirror's token: send it as `Authorization: Bearer`. Checkpoint and hashes need none.",
            {"WWW-Authenticate": "Bearer"},
        )


def is_same_origin(request: Request) -> bool:
    """Whether a page of this very site sends the request: what the browser says in `Sec-Fetch-Site`, else in `Origin`.

    A request that says neither is not from such a page: every browser says one of them when it posts.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == request.headers.get("host")


def local_path(path: str | None) -> str:
    """`path` if it leads to a page of this site, else the home page: a sign-in must not send people elsewhere."""
    if not path or not path.startswith("/") or path[1:2] in {"/", "\\"} or any(ord(sign) < 0x20 for sign in path):  # noqa: PLR2004  control characters
        return "/"
    return path
