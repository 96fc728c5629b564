"""`/bundles`: evidence about one subject in one file that is checked offline (docs/bundle.md)."""

import re
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from api.bundling import Wanted, bundle
from api.ledger import Ledger
from api.rest.parameters import AnyLedger, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from domain.event import BookName

router = staff_router("/bundles", "bundles")

ZIP = "application/zip"
BUNDLE: dict[int | str, dict[str, Any]] = {200: {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}}


class BundleQuestion(BaseModel):
    """A subject in a body: an ID or account number must not stand in an address that gets logged.

    book:    the subject's own, when none is given.
    absent:  whether it is to be shown that nothing is recorded about it.
    """

    model_config = ConfigDict(extra="forbid")

    subject: Word
    book: BookName | None = None
    absent: bool = False


@router.get(
    "/{subject:path}",
    response_class=Response,
    responses={**BUNDLE, **documented(404, 409)},
    summary="The evidence about a subject",
)
def bundle_subject(
    ledger: AnyLedger,
    subject: Annotated[
        Word, Path(description="kind:value, e.g. household:H-0001 or person:P-…", examples=["household:H-0001"])
    ],
    book: Annotated[BookName | None, Query(description="资金账 money, 监督账 supervision; else its own.")] = None,
    absent: Annotated[bool, Query(description="Show that nothing is recorded about it.")] = False,
) -> Response:
    """A zip for `mingzhang-verify`, masked; for people and accounts give the reference, or ask with POST."""
    return _made(ledger, BundleQuestion(subject=subject, book=book, absent=absent))


@router.post(
    "",
    response_class=Response,
    responses={**BUNDLE, **documented(400, 404, 409, 413)},
    summary="The evidence about a subject, by number",
)
def bundle_by_number(ledger: AnyLedger, question: BundleQuestion) -> Response:
    """As GET, for `person:` and an ID number. Changes nothing."""
    return _made(ledger, question)


def _made(ledger: Ledger, question: BundleQuestion) -> Response:
    """The bundle, made whole before its first byte goes out, and taken away behind its last."""
    folder = TemporaryDirectory(prefix="mingzhang-bundle-")
    try:
        file = FilePath(folder.name) / "evidence.zip"
        made = bundle(ledger, Wanted(question.subject, question.book, is_absent=question.absent), file)
    except BaseException:
        folder.cleanup()
        raise
    name = re.sub(r"[^\w-]+", "-", f"evidence-{made.subject}")
    return FileResponse(file, media_type=ZIP, filename=f"{name}.zip", background=BackgroundTask(folder.cleanup))
