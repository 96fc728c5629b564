"""What is done about each kind of failure: one handler a kind, every one ends in problem details.

Pages answer their own failures: for an address that is not of the API a failure becomes an `HTTPException`, and goes on
to the handler that was there before.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, cast

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.rest.methods import methods_at
from api.rest.problems import (
    BROKEN,
    CODE_OF_STATUS,
    MEDIA_TYPE,
    REMEDIES,
    UNPROCESSABLE,
    Fault,
    described_refusal,
    log_incident,
    printable,
    problem,
    shown,
)
from domain.refusal import Refused
from vault.masking import masked

API = "/api/"
WATCHED = ("/health", "/metrics")
LOG = "/log/"
NOT_FOUND, METHOD_NOT_ALLOWED = 404, 405

Handler = Callable[[Request, Any], Awaitable[Response]]


def is_api(path: str) -> bool:
    """Whether programs ask at this address, and not people."""
    return path.startswith((API, LOG)) or path in WATCHED


def add_problem_handlers(app: FastAPI) -> None:
    """Answer the failures of the API; mount the pages first, their failures stay with them."""
    page_refuses = cast("Handler", app.exception_handlers[HTTPException])
    page_broke = cast("Handler | None", app.exception_handlers.get(Exception))
    failures = Failures(page_refuses, page_broke)
    handlers: dict[type[Exception], Any] = {
        HTTPException: failures.refused_by_wire,
        RequestValidationError: failures.invalid,
        Refused: failures.refused,
        LookupError: failures.missing,
        Exception: failures.broken,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


class Failures:
    """The handlers; `page_refuses` and `page_broke` are those of the pages."""

    def __init__(self, page_refuses: Handler, page_broke: Handler | None) -> None:
        self._page_refuses = page_refuses
        self._page_broke = page_broke

    async def refused_by_wire(self, request: Request, error: HTTPException) -> Response:
        """What is wrong with how something was asked."""
        if is_api(request.url.path):
            return _refused_by_wire(request, error)
        return await self._page_refuses(request, error)

    async def invalid(self, request: Request, error: RequestValidationError) -> Response:
        """A request that does not fit its description."""
        if is_api(request.url.path):
            return _invalid(error)
        return await self._page_refuses(request, HTTPException(UNPROCESSABLE))

    async def refused(self, request: Request, refused: Refused) -> Response:
        """What a use case refuses."""
        told = described_refusal(refused)
        if is_api(request.url.path):
            return Response(msgspec.json.encode(told), told["status"], media_type=MEDIA_TYPE)
        return await self._page_refuses(request, HTTPException(told["status"], told["detail"]))

    async def missing(self, request: Request, error: LookupError) -> Response:
        """What is not there. A KeyError is no such thing, but a mistake in our code."""
        if type(error) is not LookupError:
            return await self.broken(request, error)
        if is_api(request.url.path):
            return _missing(error)
        return await self._page_refuses(request, HTTPException(NOT_FOUND))

    async def broken(self, request: Request, error: Exception) -> Response:
        """Whatever is not foreseen."""
        if is_api(request.url.path) or self._page_broke is None:
            return _broken(request, error)
        return await self._page_broke(request, error)


def _refused_by_wire(request: Request, error: HTTPException) -> Response:
    status = error.status_code
    code = CODE_OF_STATUS.get(status, "E-INTERNAL" if status >= BROKEN else "E-SCHEMA")
    headers = dict(error.headers or {})
    detail = str(error.detail)
    if status == METHOD_NOT_ALLOWED:  # one route refused, but several may share its address
        allowed = methods_at(request)
        headers["Allow"] = ", ".join(allowed)
        detail = f"{request.method} is not possible here; possible are {', '.join(allowed)}."
    if status == NOT_FOUND:
        detail = f"There is nothing at {request.url.path}."
    return problem(status, code, detail, headers=headers, remedy=REMEDIES.get(status))


def _invalid(error: RequestValidationError) -> Response:
    faults = list(_faults(error.errors()))
    first = faults[0]
    detail = f"{first.field}: {first.why}"
    if len(faults) > 1:
        detail = f"{detail} ({len(faults)} faults in all, see errors.)"
    return problem(
        UNPROCESSABLE,
        "E-SCHEMA",
        detail,
        field=first.field,
        value=first.value,
        remedy="Correct what `errors` lists; /api/v1/openapi.json describes what is expected.",
        errors=[fault.model_dump(exclude_none=True) for fault in faults],
    )


def _missing(error: LookupError) -> Response:
    why = str(error.args[0]) if error.args else "There is no such thing."
    return problem(NOT_FOUND, "E-REF", why, remedy="Check the number; lists show what there is.")


def _broken(request: Request, error: Exception) -> Response:
    incident = log_incident(request.app.state.ledger.randomness, error, f"{request.method} {request.url.path}")
    return problem(
        BROKEN,
        "E-INTERNAL",
        f"Something failed here; the log tells more under incident {incident}.",
        remedy="Try again; if it stays so, tell those who run this ledger the incident.",
    )


def _faults(errors: Iterable[Mapping[str, Any]]) -> Iterable[Fault]:
    for error in errors:
        where = error["loc"]
        if error["type"] == "json_invalid":
            yield Fault(field="body", why=f"This is not JSON: {error['ctx']['error']} at character {where[-1]}.")
            continue
        field = ".".join(printable(str(part)) for part in where)
        yield Fault(field=masked(field), why=printable(masked(str(error["msg"]))), value=shown(error.get("input")))
