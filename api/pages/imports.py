"""Workbooks in: the form, an import under way, and what became of every row. Works without a script."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from api.pages.site import Here, Staff
from api.rest.import_desk import Crowded

router = APIRouter(include_in_schema=False)

FIELD = "files"
MOST_FILES, MOST_OTHER_FIELDS = 200, 10
RETRY_SECONDS = "30"

SHOWN_PROBLEMS = 200
"""Problems of one file that the page shows; the marked workbook has all of them."""


@router.get("/import")
def form(request: Request, site: Here, staff: Staff) -> Response:
    """The form, and what went in before."""
    return site.page(request, "import.html", site=site, imports=site.readings.imports(), nothing_sent=False)


@router.post("/import")
async def take_in(request: Request, site: Here, staff: Staff) -> Response:
    """Begin to import what was sent, and lead to where its progress is told. The body is read once the door is passed.

    Raises:
        HTTPException: 429 while too many imports wait.
    """
    async with request.form(max_files=MOST_FILES, max_fields=MOST_OTHER_FIELDS) as sent:
        uploads = [
            (part.filename, await part.read())
            for part in sent.getlist(FIELD)
            if isinstance(part, UploadFile) and part.filename
        ]
    if not uploads:
        imports = await run_in_threadpool(site.readings.imports)
        return site.page(request, "import.html", status=422, site=site, imports=imports, nothing_sent=True)
    try:
        import_id = await run_in_threadpool(site.readings.take_in, uploads)
    except Crowded as crowded:
        raise HTTPException(429, headers={"Retry-After": RETRY_SECONDS}) from crowded
    return RedirectResponse(f"/import/{import_id}", 303)


@router.get("/import/{import_id}")
def one_import(request: Request, import_id: str, site: Here, staff: Staff) -> Response:
    """One import: how far it is, or what became of every row."""
    try:
        ticket = site.readings.ticket(import_id)
    except LookupError as error:
        raise HTTPException(404) from error
    return site.page(
        request,
        "imported.html",
        ticket=ticket,
        progress=site.readings.progress(import_id),
        result=ticket.answer,
        shown_problems=SHOWN_PROBLEMS,
    )
