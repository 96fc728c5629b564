"""`/log/{book}/…`: the public logs as any C2SP client reads them (c2sp.org/tlog-tiles), and receipts for entries.

Checkpoints and hash tiles are for everybody. Entry bundles hold the sealed entries, and a notice gives names beside
amounts: they need the mirror's token, or the keeper's (DESIGN §4). What does not belong to the published tree is not
there, whatever lies on the disk.
"""

import gzip
from typing import Annotated

import msgspec
from fastapi import Path, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import PlainTextResponse, Response

from api.public_log import PublicLog
from api.rest.parameters import AnyLedger, AtPosition, Book
from api.rest.problems import MEDIA_TYPE, described_refusal, documented
from api.rest.routing import mirror_router, public_router, staff_router
from audit.log.receipt import SUFFIX
from audit.log.tiles import TilesDamaged, tile_at
from domain.event import BookName
from domain.refusal import Refused

PREFIX = "/log"

public = public_router(PREFIX, "public log")
mirrors = mirror_router(PREFIX, "public log")
staff = staff_router("/events", "events")

OCTETS = "application/octet-stream"
FOR_A_YEAR = "max-age=31536000, immutable"
RETRY_SECONDS = 10
"""When a head may stand over an entry that had none (`api.publishing_heads.HEAD_SECONDS`)."""

TILES = {200: {"content": {OCTETS: {"schema": {"type": "string", "format": "binary"}}}}, **documented(404)}
PLACE = r"(x[0-9]{3}/)*[0-9]{3}(\.p/[1-9][0-9]{0,2})?"


class OneBook(Convertor[str]):
    """A book's name in an address; an address with another one leads nowhere."""

    regex = "|".join(BookName)

    def convert(self, value: str) -> str:
        """The name."""
        return value

    def to_string(self, value: str) -> str:
        """The name as it stands in an address."""
        return value


register_url_convertor("book", OneBook())

OfBook = Annotated[BookName, Path(description="资金账 money, 监督账 supervision")]
AnyPlace = Annotated[
    str,
    Path(
        description="Level and number, for a partial tile the width: `0/x001/234`, `1/000.p/17`.",
        examples=["0/000"],
        json_schema_extra={"pattern": f"^[0-9]{{1,2}}/{PLACE}$"},
    ),
]
BundlePlace = Annotated[
    str,
    Path(
        description="The number, for a partial bundle the width: `x001/234`, `000.p/17`.",
        examples=["000"],
        json_schema_extra={"pattern": f"^{PLACE}$"},
    ),
]


def log_of(request: Request, book: BookName) -> PublicLog:
    """The log of a book."""
    log: PublicLog = request.app.state.logs[book]
    return log


@public.get(
    "/{book:book}/checkpoint",
    response_class=PlainTextResponse,
    responses=documented(404),
    summary="The newest signed head of a book's log",
)
def show_checkpoint(request: Request, book: OfBook) -> Response:
    """A C2SP checkpoint: a signed note with the log's name, its size and root; never kept in a cache."""
    published = log_of(request, book).published()
    if published is None:
        raise LookupError(f"No head of {book} is signed yet; ask again in a minute.")
    return PlainTextResponse(published.note, headers={"Cache-Control": "no-store"})


@mirrors.get("/{book:book}/tile/entries/{place:path}", response_class=Response, responses=TILES, summary="Entries")
def show_bundle(request: Request, book: OfBook, place: BundlePlace) -> Response:
    """A C2SP entry bundle: up to 256 sealed entries, each behind its length in two bytes; gzip for who takes it."""
    bundle = tile(log_of(request, book), f"entries/{place}")
    headers = {"Cache-Control": f"private, {FOR_A_YEAR}", "Vary": "Accept-Encoding, Authorization"}
    if takes_gzip(request.headers.get("accept-encoding", "")):
        bundle = gzip.compress(bundle, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(bundle, headers=headers, media_type=OCTETS)


@public.get("/{book:book}/tile/{place:path}", response_class=Response, responses=TILES, summary="Hashes of the tree")
def show_tile(request: Request, book: OfBook, place: AnyPlace) -> Response:
    """A C2SP tile: up to 256 hashes side by side at one height of the tree; it never changes."""
    content = tile(log_of(request, book), place)
    return Response(content, headers={"Cache-Control": f"public, {FOR_A_YEAR}"}, media_type=OCTETS)


@staff.get(
    "/{position}/proof",
    response_class=PlainTextResponse,
    responses={
        **documented(404),
        409: {
            **documented(409)[409],
            "headers": {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}},
        },
    },
    summary="The receipt for one entry",
)
def show_receipt(request: Request, ledger: AnyLedger, position: AtPosition, book: Book = BookName.MONEY) -> Response:
    """A C2SP `.tlog-proof`: shows offline, by the log's key, that the entry is in the log; E-STATE before its head."""
    try:
        receipt = log_of(request, book).receipt(position)
    except Refused as refused:
        if refused.code != "E-STATE":
            raise
        told = described_refusal(refused)
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return Response(msgspec.json.encode(told), told["status"], headers, MEDIA_TYPE)
    name = f"{book}-{position}{SUFFIX}"
    return PlainTextResponse(str(receipt), headers={"Content-Disposition": f'inline; filename="{name}"'})


def tile(log: PublicLog, place: str) -> bytes:
    """What the published tree has at `tile/` and `place`, a bundle's beginning with `entries/`.

    Raises:
        LookupError: when it has no such tile, however that is written.
        Refused: `E-PROOF` when it must have it and it is lost.
    """
    wanted = tile_at(f"tile/{place}")
    try:
        content = None if wanted is None else log.tile(wanted)
    except TilesDamaged as damage:
        raise log.damaged(damage) from damage
    if content is None:
        raise LookupError(f"The published log of {log.name} has no tile of that name; its checkpoint tells its size.")
    return content


def takes_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` names gzip and does not refuse it."""
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
