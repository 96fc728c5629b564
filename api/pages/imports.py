"""Workbooks in: the form, and what became of every row. Works without a script; with one, files can be dropped."""

from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response, UploadFile

from api.access import Keeper, require_keeper
from api.pages.site import Site, site_of
from domain.refusal import Refused

router = APIRouter(include_in_schema=False)

MEGABYTE = 1_000_000
LARGEST_MEGABYTES = 100
"""A year of a county's lists is a tenth of this; more would only fill the memory."""

SHOWN_PROBLEMS = 200
"""Problems of one file that the page shows; the marked workbook has all of them."""


@router.get("/import")
def form(request: Request, site: Site = Depends(site_of), staff: Keeper = Depends(require_keeper)) -> Response:
    """The form, and what went in before."""
    return answer(request, site, result=None)


def refuse_too_large(request: Request) -> None:
    """Refuse before anything is read.

    Raises:
        HTTPException: 413 for more than `LARGEST_MEGABYTES`, 411 when the browser does not say how much.
    """
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise HTTPException(411)
    if int(length) > LARGEST_MEGABYTES * MEGABYTE:
        raise HTTPException(413)


@router.post("/import", dependencies=[Depends(refuse_too_large)])
def take_in(
    request: Request,
    files: list[UploadFile],
    site: Site = Depends(site_of),
    staff: Keeper = Depends(require_keeper),
) -> Response:
    """Import what was sent; the same files sent again change nothing."""
    uploads = [(file.filename or "", file.file.read()) for file in files]
    try:
        result = site.readings.take_in([upload for upload in uploads if upload[0]])
    except Refused as refusal:
        return answer(request, site, result=None, refusal=refusal, status=422)
    return answer(request, site, result=result)


def answer(
    request: Request,
    site: Site,
    *,
    result: dict[str, Any] | None,
    refusal: Refused | None = None,
    status: int = 200,
) -> Response:
    """The page with its form, a result or a refusal, and the files that went in."""
    return site.page(
        request,
        "import.html",
        status=status,
        result=result,
        refusal=refusal,
        errors_address=None,
        imports=site.readings.imports(),
        megabytes=LARGEST_MEGABYTES,
        shown_problems=SHOWN_PROBLEMS,
    )
