"""Problem details (RFC 9457): whatever goes wrong is told in one shape, with a code that never changes.

`type` is `urn:mingzhang:problem:CODE`. The codes of `domain.refusal` say what is wrong with what was asked; those of
`WIRE_CODES` what is wrong with how it was asked. No answer holds a traceback, and values are masked.
"""

import logging
import traceback
from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.rest.methods import methods_at
from domain.clock import Randomness
from domain.refusal import CODES, Refused
from vault.masking import masked

API = "/api/"
MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:mingzhang:problem:"

WIRE_CODES: dict[str, str] = {
    "E-METHOD": "此地址不支持该方法 / this address does not know the method",
    "E-SIZE": "请求过大 / the request is too large",
    "E-MEDIA": "内容类型不被接受 / the content is of a type that is not taken",
    "E-RATE": "请求过快，请稍候 / too much at once; wait a little",
    "E-INTERNAL": "系统内部错误 / a fault of ours",
}
"""Codes of the wire, beside those of `domain.refusal`."""

STATUS_OF_CODE = {"E-REF": 404, "E-AUTH": 403, "E-DUP": 409, "E-CONFLICT": 409, "E-STATE": 409}
"""A refusal's status; every other code is 422."""

CODE_OF_STATUS = {
    400: "E-SCHEMA",
    401: "E-AUTH",
    403: "E-AUTH",
    404: "E-REF",
    405: "E-METHOD",
    413: "E-SIZE",
    415: "E-MEDIA",
    429: "E-RATE",
}
REMEDIES = {
    400: "Send a well-formed request; /api/v1/openapi.json describes each.",
    404: "See /api/v1/openapi.json for what there is.",
    405: "Use one of the methods in the Allow header.",
    413: "Send fewer workbooks at once, or raise MINGZHANG_LARGEST_UPLOAD_MB.",
    415: "Send one of the content types that /api/v1/openapi.json names.",
    429: "Wait as long as the Retry-After header says.",
}
UNPROCESSABLE, BROKEN = 422, 500
LONGEST_VALUE = 80
FRAMES_LOGGED = 30
INCIDENT_BYTES = 4

_log = logging.getLogger("mingzhang.rest")


class Fault(BaseModel):
    """One thing that is wrong with a request.

    field:  where, e.g. `query.limit` or `body.n`.
    why:    what is wrong.
    value:  what was sent, masked and cut short.
    """

    field: str
    why: str
    value: str | None = None


class Problem(BaseModel):
    """Problem details (RFC 9457).

    type:    `urn:mingzhang:problem:` and the code.
    title:   what the code means, in Chinese and English.
    status:  the HTTP status again.
    detail:  what is wrong with this request, with both numbers where there are two.
    code:    stable; programs act on it.
    field, value, row: where, if it is about one value; the value is masked.
    remedy:  what to do.
    errors:  every fault of a request that does not fit the description.
    """

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    value: str | None = None
    row: int | None = None
    remedy: str | None = None
    errors: list[Fault] | None = None


def problem(
    status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: object
) -> Response:
    """The answer that tells of a problem; members that are None are left out."""
    told = describe(status, code, detail, **members)
    return Response(msgspec.json.encode(told), status, dict(headers or {}), MEDIA_TYPE)


def describe(status: int, code: str, detail: str, **members: object) -> dict[str, Any]:
    """A problem's members."""
    return {
        "type": f"{TYPE_PREFIX}{code}",
        "title": CODES.get(code) or WIRE_CODES[code],
        "status": status,
        "detail": printable(masked(detail)),
        "code": code,
        **{name: member for name, member in members.items() if member is not None},
    }


def described_refusal(refused: Refused) -> dict[str, Any]:
    """A refusal's members; `value` is masked again, whoever raised it."""
    return describe(
        STATUS_OF_CODE.get(refused.code, UNPROCESSABLE),
        refused.code,
        refused.why,
        field=refused.field,
        value=None if refused.value is None else shown(refused.value),
        row=refused.row,
        remedy=printable(masked(refused.remedy)),
    )


def printable(text: str) -> str:
    """`text` without what UTF-8 cannot hold: half a surrogate pair can come in over JSON."""
    return text.encode("utf-8", "replace").decode()


def shown(value: object) -> str | None:
    """A value as an answer may show it, masked before it is cut; objects and lists are not shown."""
    if value is None or isinstance(value, dict | list | tuple | bytes):
        return None
    text = masked(printable(str(value)))
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def log_incident(randomness: Randomness, error: BaseException, doing: str) -> str:
    """Write down where something failed, never what it said: its words may hold a name. Gives the incident's number."""
    incident = randomness(INCIDENT_BYTES).hex()
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    where = "\n".join(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    _log.error("Incident %s: %s while doing %s\n%s", incident, type(error).__name__, masked(doing), where)
    return incident


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The answers of these statuses, for `responses=` of a route."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses}


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error with problem details; errors of pages go on to the pages' own handler, if there is one."""
    for fault, handler in (
        (HTTPException, _on_http),
        (RequestValidationError, _on_invalid),
        (Refused, _on_refused),
        (LookupError, _on_missing),
        (Exception, _on_broken),
    ):
        app.add_exception_handler(cast("Any", fault), cast("Any", handler))


async def _on_http(request: Request, error: HTTPException) -> Response:
    status = error.status_code
    code = CODE_OF_STATUS.get(status, "E-INTERNAL" if status >= BROKEN else "E-SCHEMA")
    headers = dict(error.headers or {})
    detail = str(error.detail)
    if status == 405:  # noqa: PLR2004  one route answers, but several may share its address
        allowed = methods_at(request)
        headers["Allow"] = ", ".join(allowed)
        detail = f"{request.method} is not possible here; possible are {', '.join(allowed)}."
    if status == 404:  # noqa: PLR2004
        detail = f"There is nothing at {request.url.path}."
    return problem(status, code, detail, headers=headers, remedy=REMEDIES.get(status))


async def _on_invalid(request: Request, error: RequestValidationError) -> Response:
    if not request.url.path.startswith(API):
        return await _as_page(request, UNPROCESSABLE, "The request is not of the form expected.")
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


async def _on_refused(request: Request, refused: Refused) -> Response:
    told = described_refusal(refused)
    if not request.url.path.startswith(API):
        return await _as_page(request, told["status"], refused.why)
    return Response(msgspec.json.encode(told), told["status"], media_type=MEDIA_TYPE)


async def _on_missing(request: Request, error: LookupError) -> Response:
    if type(error) is not LookupError:
        # A KeyError is a mistake in our code, not a thing that is not there.
        return await _broken(request, error)
    why = str(error.args[0]) if error.args else "There is no such thing."
    if not request.url.path.startswith(API):
        return await _as_page(request, 404, why)
    return problem(404, "E-REF", why, remedy="Check the number; lists show what there is.")


async def _on_broken(request: Request, error: Exception) -> Response:
    incident = log_incident(request.app.state.ledger.randomness, error, f"{request.method} {request.url.path}")
    return problem(
        BROKEN,
        "E-INTERNAL",
        f"Something failed here; the log tells more under incident {incident}.",
        remedy="Try again; if it stays so, tell those who run this ledger the incident.",
    )


async def _broken(request: Request, error: Exception) -> Response:
    handler = cast("Any", request.app.exception_handlers[Exception])
    answer: Response = await handler(request, error)
    return answer


async def _as_page(request: Request, status: int, detail: str) -> Response:
    handler = cast("Any", request.app.exception_handlers[HTTPException])
    answer: Response = await handler(request, HTTPException(status, masked(detail)))
    return answer


def _faults(errors: Iterable[Mapping[str, Any]]) -> Iterable[Fault]:
    for error in errors:
        where = error["loc"]
        if error["type"] == "json_invalid":
            yield Fault(field="body", why=f"This is not JSON: {error['ctx']['error']} at character {where[-1]}.")
            continue
        field = ".".join(printable(str(part)) for part in where)
        yield Fault(field=masked(field), why=printable(masked(str(error["msg"]))), value=shown(error.get("input")))
