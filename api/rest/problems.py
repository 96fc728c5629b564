"""Problem details (RFC 9457): whatever goes wrong is told in one shape, with a code that never changes.

`type` is `urn:mingzhang:problem:CODE`. The codes of `domain.refusal` say what is wrong with what was asked; those of
`WIRE_CODES` what is wrong with how it was asked. No answer holds a traceback, and values are masked.
"""

import logging
import traceback
from collections.abc import Mapping
from typing import Any

import msgspec
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from domain.clock import Randomness
from domain.refusal import CODES, Refused
from vault.masking import masked

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

STATUS_OF_CODE = {"E-REF": 404, "E-AUTH": 403, "E-DUP": 409, "E-CONFLICT": 409, "E-STATE": 409, "E-OVERRIDE": 409}
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
    problems: what is wrong with a row entered by hand (OUTPUTS §2).
    soft_stops: the known facts that an intent contradicts.
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
    problems: list[dict[str, Any]] | None = None
    soft_stops: list[dict[str, Any]] | None = None


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
        **refused.more,
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
