"""`/imports`: workbooks in, every row's fate out (OUTPUTS §2), with the progress in between."""

from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from typing import Annotated, Any, Literal

import anyio
import msgspec
from fastapi import Depends, HTTPException, Path, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api import reading
from api.rest.answers import answer
from api.rest.headers import MULTIPART
from api.rest.import_desk import Crowded, ImportDesk, State, Ticket, Upload
from api.rest.once import OnceOnly
from api.rest.parameters import USUAL, Current, Limit
from api.rest.problems import Problem, documented
from api.rest.routing import staff_router
from domain.kinds import LARGEST
from domain.refusal import Refused
from intake.mapping import OfficeMapping, read_mapping

router = staff_router("/imports", "imports")

FIELD, MAPPING = "files", "mapping"
MOST_FILES = 200
MOST_OTHER_FIELDS = 10
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOK_EVERY_SECONDS = 0.2
RETRY_SECONDS = 30

UPLOADS = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {
                        FIELD: {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": MOST_FILES,
                            "description": "Workbooks (.xlsx, .xls, .csv) or one zip of them.",
                            "items": {
                                "type": "string",
                                "format": "binary",
                                "contentMediaType": "application/octet-stream",
                            },
                        },
                        MAPPING: {
                            "type": "string",
                            "format": "binary",
                            "description": "The office's own headings, in TOML (docs/mapping.md).",
                            "contentMediaType": "application/toml",
                        },
                    },
                }
            }
        },
    }
}


class ImportProblem(BaseModel):
    """What is wrong with a row, a file or the package; `value` is masked."""

    row: int | None
    column: str | None
    header: str | None
    severity: Literal["error", "quarantine", "warning"]
    code: str
    value: str | None
    message: str
    remedy: str


class ImportedFile(BaseModel):
    """One file's fate, in rows.

    problems_left_out:  how many problems are not listed, where one answer would hold too many; the gravest are.
    """

    file: str
    key: str
    sheet: str | None
    sha256: str
    outcome: Literal["taken", "unchanged", "refused"]
    rows: int
    rows_taken: int
    rows_quarantined: int
    rows_refused: int
    rows_unchanged: int
    rows_warned: int
    first_position: int | None
    last_position: int | None
    problems: list[ImportProblem]
    problems_left_out: int = 0


class ImportAnswer(BaseModel):
    """What became of a package (OUTPUTS §2); `size` and `head` are the money book's afterwards."""

    package_id: str
    import_mode: str
    dry_run: bool
    size: int
    head: str
    problems: list[ImportProblem]
    files: list[ImportedFile]


class ImportProgress(BaseModel):
    """How far: `done` of `of` rows or files, at a stage (wait, check, record, project)."""

    stage: str
    file: str
    done: int
    of: int


class ImportSummary(BaseModel):
    """An import that came over the wire."""

    id: str
    state: State
    dry_run: bool
    begun_at: str
    ended_at: str | None
    files: list[str]
    address: str


class ImportState(ImportSummary):
    """The same with what became of it: `answer` once it is done, `problem` if nothing could be done."""

    progress: ImportProgress | None
    answer: ImportAnswer | None
    problem: Problem | None
    errors_workbook: str | None


class ImportList(BaseModel):
    """Imports, newest first; `next` is the `before` of the next page, null at the end."""

    items: list[ImportSummary]
    next: int | None


class LedgerFile(BaseModel):
    """One file that is in the ledger, whichever way it came."""

    model_config = ConfigDict(extra="allow")

    file: str | None
    file_sha256: str
    position: int


class LedgerFiles(BaseModel):
    """The files that are in the ledger, newest first."""

    items: list[LedgerFile]


def desk_of(request: Request) -> ImportDesk:
    """The desk of this process."""
    desk: ImportDesk = request.app.state.desk
    return desk


Desk = Annotated[ImportDesk, Depends(desk_of)]
ImportId = Annotated[str, Path(pattern=r"^[0-9a-f]{1,32}$", description="The import's id.")]


def known_import(desk: Desk, import_id: ImportId) -> Ticket:
    """The import that the address names, before anything of the answer goes out."""
    return desk.ticket(import_id)


Known = Annotated[Ticket, Depends(known_import)]


@router.post(
    "",
    status_code=202,
    response_model=ImportState,
    responses=documented(400, 409, 413, 415),
    openapi_extra=UPLOADS,
    summary="Import workbooks",
)
async def take_in(
    request: Request,
    desk: Desk,
    once: OnceOnly,
    dry_run: Annotated[bool, Query(description="Check everything, record nothing.")] = False,
) -> Response:
    """Taken in at once and done in the background: follow `address`, or `address`/events as server-sent events."""
    uploads, mapping = await _uploads(request)
    content = [(name, sha256(data).hexdigest()) for name, data in (*uploads, *([mapping] if mapping else []))]
    own = await run_in_threadpool(read_mapping, *mapping) if mapping else None
    return await run_in_threadpool(once, content, _taking_in(desk, uploads, own, dry_run=dry_run))


@router.get("", response_model=ImportList, summary="The imports of the last week")
def list_imports(
    desk: Desk,
    before: Annotated[int | None, Query(ge=1, le=LARGEST, description="The `next` of the answer before.")] = None,
    limit: Limit = USUAL,
) -> Response:
    """Those that came over the wire; `/imports/files` tells what is in the ledger."""
    found = desk.tickets(before, limit + 1)
    following = found[limit - 1][0] if len(found) > limit else None
    return answer({"items": [_summary(ticket) for _, ticket in found[:limit]], "next": following})


@router.get("/files", response_model=LedgerFiles, responses=documented(409), summary="The files in the ledger")
def list_files(ledger: Current) -> Response:
    """Every workbook that went in, whichever way it came, newest first."""
    return answer({"items": reading.imports(ledger)})


@router.get("/{import_id}", response_model=ImportState, responses=documented(404), summary="One import")
def show_import(desk: Desk, ticket: Known) -> Response:
    """Its state, how far it is, and every row's fate once it is done."""
    return answer(_state(ticket, desk))


@router.get(
    "/{import_id}/events",
    response_class=EventSourceResponse,
    responses=documented(404),
    summary="An import's progress",
)
async def follow_import(desk: Desk, ticket: Known) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `progress` as it moves, then one `done`, `failed` or `interrupted` with the whole state."""
    told: dict[str, Any] | None = None
    while (progress := await run_in_threadpool(desk.progress, ticket.id)) is not None:
        if progress != told:
            yield ServerSentEvent(raw_data=_json(progress), event="progress")
            told = progress
        await anyio.sleep(LOOK_EVERY_SECONDS)
    ended = await run_in_threadpool(desk.ticket, ticket.id)
    yield ServerSentEvent(raw_data=_json(_state(ended, desk)), event=ended.state)


@router.get(
    "/{import_id}/errors.xlsx",
    response_class=Response,
    responses={
        200: {"content": {WORKBOOK: {"schema": {"type": "string", "format": "binary"}}}},
        **documented(404),
    },
    summary="The workbook with the problems marked",
)
def show_errors(desk: Desk, ticket: Known) -> Response:
    """What was sent, with each problem beside its cell; there for a week, if there were problems."""
    headers = {"Content-Disposition": f'attachment; filename="errors-{ticket.id}.xlsx"'}
    return Response(desk.marked(ticket.id), headers=headers, media_type=WORKBOOK)


async def _uploads(request: Request) -> tuple[list[Upload], Upload | None]:
    """The files of a multipart request, by name, and the mapping if there is one.

    Raises:
        HTTPException: 415 for another content type, 400 when it cannot be read or holds too many files.
        Refused: `E-SCHEMA` without a file.
    """
    if not request.headers.get("content-type", "").lower().startswith(MULTIPART):
        raise HTTPException(415, f"Workbooks are sent as {MULTIPART}.", {"Accept-Post": MULTIPART})
    async with request.form(max_files=MOST_FILES + 1, max_fields=MOST_OTHER_FIELDS) as form:
        sent = {
            field: [
                (part.filename, await part.read())
                for part in form.getlist(field)
                if isinstance(part, UploadFile) and part.filename
            ]
            for field in (FIELD, MAPPING)
        }
        uploads = sent[FIELD]
    if len(uploads) > MOST_FILES:
        raise HTTPException(400, f"Too many files: {len(uploads)}; at most {MOST_FILES} are taken at once.")
    if not uploads:
        raise Refused(
            "E-SCHEMA",
            field=f"body.{FIELD}",
            why=f"There is no file in the field {FIELD!r}.",
            remedy=f"Send each workbook, or one zip, as a part named {FIELD!r} with its file name.",
        )
    return uploads, next(iter(sent[MAPPING]), None)


def _taking_in(
    desk: ImportDesk, uploads: list[Upload], mapping: OfficeMapping | None, *, dry_run: bool
) -> Callable[[], Response]:
    def take_in() -> Response:
        try:
            ticket = desk.take_in(uploads, dry_run=dry_run, mapping=mapping)
        except Crowded as crowded:
            headers = {"Retry-After": str(RETRY_SECONDS)}
            raise HTTPException(429, "Too many imports wait already.", headers) from crowded
        told = _state(ticket, desk)
        return answer(told, 202, {"Location": told["address"]})

    return take_in


def _summary(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "state": ticket.state,
        "dry_run": ticket.dry_run,
        "begun_at": ticket.begun_at,
        "ended_at": ticket.ended_at,
        "files": ticket.files,
        "address": f"/api/v1/imports/{ticket.id}",
    }


def _state(ticket: Ticket, desk: ImportDesk) -> dict[str, Any]:
    told = _summary(ticket)
    return {
        **told,
        "progress": desk.progress(ticket.id),
        "answer": ticket.answer,
        "problem": ticket.problem,
        "errors_workbook": f"{told['address']}/errors.xlsx" if ticket.marked else None,
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
