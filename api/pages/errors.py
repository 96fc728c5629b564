"""Error pages: what happened and what to do, in the reader's language. The API keeps its own error answers."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException

from api.access import local_path
from api.pages.headers import complete
from api.pages.site import site_of
from api.rest.problems import log_incident

API = "/api/"
TOLD = frozenset({400, 403, 404, 405, 413, 422, 429})
"""The statuses that have words of their own; any other below 500 is told as 400, and the rest as 500."""

Handler = Callable[[Request, Any], Awaitable[Response]]


def add_error_pages(app: FastAPI) -> None:
    """Answer errors of pages with pages; under `/api/` the handler that was there before goes on answering."""
    before = cast("Handler", app.exception_handlers.get(HTTPException, http_exception_handler))
    broken_before = app.exception_handlers.get(Exception)

    async def refused(request: Request, error: HTTPException) -> Response:
        if request.url.path.startswith(API):
            return await before(request, error)
        return error_page(request, error.status_code, error.headers)

    async def broken(request: Request, error: Exception) -> Response:
        if request.url.path.startswith(API) and broken_before is not None:
            return await cast("Handler", broken_before)(request, error)
        return broken_page(request, error)

    app.add_exception_handler(HTTPException, cast("Any", refused))
    app.add_exception_handler(Exception, cast("Any", broken))


def error_page(request: Request, status: int, headers: Any = None) -> Response:
    """The page for `status`; who is not signed in gets the door itself, and comes back afterwards."""
    site = site_of(request)
    if status == 401:  # noqa: PLR2004  Unauthorized
        wanted = local_path(f"{request.url.path}?{request.url.query}".rstrip("?"))
        page = site.page(request, "login.html", status=status, next_path=wanted, problem=None)
    else:
        told = str(status) if status in TOLD else "400" if status < 500 else "500"  # noqa: PLR2004  whose fault it is
        page = site.page(request, "error.html", status=status, told=told, incident=None)
    for name, value in (headers or {}).items():
        page.headers[name] = value
    return page


def broken_page(request: Request, error: Exception) -> Response:
    """The page for a fault of ours, with a number under which the log tells more.

    Starlette answers these outside of all middleware, so the headers are completed here.
    """
    site = site_of(request)
    incident = log_incident(site.randomness, error, f"{request.method} {request.url.path}")
    page = site.page(request, "error.html", status=500, told="500", incident=incident)
    complete(MutableHeaders(raw=page.raw_headers))
    return page
