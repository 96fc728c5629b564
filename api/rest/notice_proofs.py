"""`/notices/{notice_no}/proof`: what a villager's browser checks a notice with (docs/decisions/0014)."""

from hashlib import sha256
from typing import Annotated, Any

import msgspec
from fastapi import Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from api import notice_proofs
from api.rest.answers import JSON, REVALIDATE
from api.rest.parameters import Current, Word
from api.rest.problems import documented
from api.rest.routing import public_router
from domain.kinds import LARGEST

router = public_router("/notices", "public")

ETAG_DIGITS = 24


class TrustedKey(BaseModel):
    """A key of the log, and the largest head that it is believed for; null while it is in force."""

    vkey: str
    until: int | None


class ProvenHeader(BaseModel):
    """The header's entry in base64, and its RFC 6962 inclusion proof, nearest hash first; log index is position − 1."""

    position: int
    entry: str
    inclusion: list[str]


class ProvenLine(BaseModel):
    """One line: `leaf` = SHA-256(0x00 ‖ salt ‖ text), hex. Null what was erased, and the leaf of an imported line."""

    line_no: int
    leaf: str | None
    salt: str | None
    text: str | None


class NoticeProof(BaseModel):
    """A notice's proof.

    size, root:   the tree that it is for.
    note:         the signed head of that size, where this server still has it.
    newest:       the newest signed head; `consistency` shows that it only adds to the tree of `size`.
    header:       null where the entry may not be shown to everybody.
    """

    notice_no: str
    state: str
    origin: str
    size: int
    root: str
    note: str | None
    newest: str
    consistency: list[str]
    keys: list[TrustedKey]
    header: ProvenHeader | None
    lines: list[ProvenLine]


@router.get(
    "/{notice_no:path}/proof",
    response_model=NoticeProof,
    responses={304: {"description": "Nothing has changed since the answer with this ETag."}, **documented(404, 409)},
    summary="What anybody can check a public notice with",
)
def show_proof(
    request: Request,
    ledger: Current,
    notice_no: Annotated[Word, Path(description="The notice's number.")],
    size: Annotated[int | None, Query(ge=1, le=LARGEST, description="The tree's size, as it stands on paper.")] = None,
) -> Response:
    """For everybody: nothing in it names more than the notice itself. /check reads it, in the reader's own browser."""
    told: dict[str, Any] = notice_proofs.proof(ledger, notice_no, size=size)
    content = msgspec.json.encode(told)
    headers = {**REVALIDATE, "ETag": f'"{sha256(content).hexdigest()[:ETAG_DIGITS]}"'}
    if headers["ETag"] in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(content, 200, headers, JSON)
