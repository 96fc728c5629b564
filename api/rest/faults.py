"""Whatever fails unforeseen is answered inside, so that nothing above writes a traceback with somebody's name in it.

Starlette answers an exception and raises it again; the server then logs its words. Here it ends: the handler for
`Exception` logs where it happened, never what it said.
"""

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.rest.problems import BROKEN, log_incident


class AnswerBrokeOff(Exception):
    """An answer failed after its first bytes had gone out; the log has the incident."""


class Unforeseen:
    """ASGI middleware that ends every exception with the application's handler for `Exception`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and answer what fails."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001  this is the place where everything unforeseen ends
            answer = await _handled(Request(scope, receive), error)
            if started:
                # Only a broken connection tells the client that the rest is missing.
                raise AnswerBrokeOff from None
            await answer(scope, receive, send)


async def _handled(request: Request, error: Exception) -> Response:
    """The application's answer; a plain one where even that fails, as an error page can whose own reading fails."""
    try:
        answer: Response = await request.app.exception_handlers[Exception](request, error)
    except Exception as again:  # noqa: BLE001  nothing behind this would answer
        incident = log_incident(request.app.state.ledger.randomness, again, f"answering {request.url.path}")
        return PlainTextResponse(f"Something failed here: incident {incident}.\n", BROKEN)
    return answer
