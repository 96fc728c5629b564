"""Headers that every answer of the API carries, and the largest request that it reads."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.rest.handlers import is_api
from api.rest.problems import REMEDIES, problem

MULTIPART = "multipart/form-data"
LARGEST_JSON_BYTES = 1_000_000
LONGEST_LENGTH = 18
"""Digits of a Content-Length that is worth reading."""


class ApiHeaders:
    """ASGI middleware: `nosniff` everywhere in the API, `no-store` unless an answer says otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer's headers."""
        if scope["type"] != "http" or not is_api(scope["path"]):
            await self.app(scope, receive, send)
            return

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_completed)


class BodyLimit:
    """ASGI middleware: refuses bodies beyond the limit, from `Content-Length` or while they come in."""

    def __init__(self, app: ASGIApp, largest_upload_bytes: int) -> None:
        self.app = app
        self.largest_upload_bytes = largest_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting what comes in."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        largest = self._largest(headers.get("content-type", ""))
        if is_beyond(headers.get("content-length", ""), largest):
            refusal = problem(413, "E-SIZE", too_large(largest), headers={"Connection": "close"}, remedy=REMEDIES[413])
            await refusal(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > largest:
                raise HTTPException(413, too_large(largest), {"Connection": "close"})
            return message

        await self.app(scope, receive_counted, send)

    def _largest(self, content_type: str) -> int:
        if content_type.lower().startswith(MULTIPART):
            return self.largest_upload_bytes
        return min(self.largest_upload_bytes, LARGEST_JSON_BYTES)


def is_beyond(content_length: str, largest: int) -> bool:
    """Whether the declared length is beyond `largest`; what declares nothing is counted as it comes."""
    if not content_length.isascii() or not content_length.isdigit():
        return False
    return len(content_length) > LONGEST_LENGTH or int(content_length) > largest


def too_large(largest: int) -> str:
    """What a body beyond `largest` bytes is told."""
    return f"The request is larger than the {largest} bytes that are read at once."
