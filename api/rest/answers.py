"""How answers go out: JSON as the command line prints it, entity tags, JSON lines and CSV."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib import metadata
from typing import Any

import msgspec
from fastapi import Request
from starlette.responses import Response, StreamingResponse

from api.ledger import Ledger

JSON = "application/json"
JSON_LINES = "application/jsonl"
CSV = "text/csv"
REVALIDATE = {"Cache-Control": "no-cache"}
"""What everybody may see may be kept, and asked about again; what needs a token is `no-store` (`headers.py`)."""

CHUNK_BYTES = 65_536
ETAG_DIGITS = 24

_encode = msgspec.json.Encoder().encode

ETAGGED: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "ETag": {
                "description": "Weak; changes when either book grows. Send it back as If-None-Match.",
                "schema": {"type": "string"},
            }
        }
    },
    304: {"description": "Nothing has changed since the answer with this ETag."},
}
"""What a route with entity tags adds to its `responses=`."""


@cache
def version() -> str:
    """This program's version, as installed."""
    try:
        return metadata.version("mingzhang")
    except metadata.PackageNotFoundError:
        return "0+source"


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`value` as JSON, UTF-8 without escapes."""
    return Response(_encode(value), status, dict(headers or {}), JSON)


def conditional(
    request: Request, ledger: Ledger, read: Callable[[], object], *, headers: Mapping[str, str] | None = None
) -> Response:
    """What `read` gives, with a weak entity tag; 304 without reading when the client has it already.

    The tag is taken before reading: what is written meanwhile makes the next question a new one, never a stale answer.
    """
    tag = entity_tag(request, ledger)
    told = {"ETag": tag, **(headers or {})}
    asked = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    if tag in asked or tag.removeprefix("W/") in asked:
        return Response(status_code=304, headers=told)
    return answer(read(), headers=told)


def entity_tag(request: Request, ledger: Ledger) -> str:
    """The tag of what the address answers while both books, the day and the program stay as they are."""
    parts = (
        version(),
        str(request.url.path),
        str(request.url.query),
        ledger.money.origin,
        str(ledger.money.head.position),
        str(ledger.supervision.head.position),
        ledger.today.isoformat(),  # a notice matures by the day
        ledger.settings.model_dump_json(),  # and shows whom to tell
    )
    digest = sha256("\n".join(parts).encode()).hexdigest()
    return f'W/"{digest[:ETAG_DIGITS]}"'


def json_lines(rows: Iterable[dict[str, Any]]) -> Response:
    """`rows` as JSON lines, sent as they are read: memory does not grow with the table."""
    return StreamingResponse(_chunks(_encode(row) + b"\n" for row in rows), media_type=JSON_LINES)


def csv_lines(rows: Iterable[dict[str, Any]], columns: Sequence[str], as_cell: Callable[[Any], object]) -> Response:
    """`rows` as CSV with a heading, sent as they are read."""
    return StreamingResponse(_chunks(_csv_lines(rows, columns, as_cell)), media_type=CSV)


def lines(schema: str) -> dict[str, Any]:
    """The description of a body of JSON lines, each of `schema`."""
    return {"schema": {"type": "string", "description": f"One {schema} a line."}}


def _csv_lines(
    rows: Iterable[dict[str, Any]], columns: Sequence[str], as_cell: Callable[[Any], object]
) -> Iterator[bytes]:
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    writer.writerow(columns)
    for row in rows:
        yield _taken(line)
        writer.writerow([as_cell(row[column]) for column in columns])
    yield _taken(line)


def _taken(line: io.StringIO) -> bytes:
    text = line.getvalue().encode()
    line.seek(0)
    line.truncate()
    return text


def _chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Some lines at once: one by one, each would cost a change of thread."""
    chunk = bytearray()
    for line in lines:
        chunk += line
        if len(chunk) >= CHUNK_BYTES:
            yield bytes(chunk)
            chunk.clear()
    if chunk:
        yield bytes(chunk)
