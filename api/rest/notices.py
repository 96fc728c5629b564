"""`/notices`: the public notices, masked as printed (OUTPUTS §9), and publishing one."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import Response

from api import publishing, reading
from api.rest.answers import ETAGGED, REVALIDATE, answer, conditional
from api.rest.once import OnceOnly
from api.rest.parameters import Current, Day, Word
from api.rest.problems import documented
from api.rest.routing import public_router, staff_router

public = public_router("/notices", "public")
staff = staff_router("/notices", "public")

MOST_DAYS = 3_650


class NoticeNumber(Convertor[str]):
    """A notice's number in an address: it may have slashes, and is none of `noticing`'s and `notice_proofs`'."""

    regex = r"(?!by-hand$)(?!.*/(?:steps|withdraw|close|proof)$).*"

    def convert(self, value: str) -> str:
        """The number."""
        return value

    def to_string(self, value: str) -> str:
        """The number as it stands in an address."""
        return value


register_url_convertor("notice_no", NoticeNumber())


class NoticeHeader(BaseModel):
    """A notice's header (OUTPUTS §9): totals, how to object, and the first tree that covers its last line."""

    model_config = ConfigDict(extra="allow")

    notice_no: str
    kind: str | None
    title: str | None
    state: str
    line_count: int
    total_fen: int
    size: int | None
    root: str | None


class NoticeLine(BaseModel):
    """One line as it may be printed: minors by surname, ID numbers masked."""

    model_config = ConfigDict(extra="allow")

    line_no: int
    name: str | None
    id_no: str | None
    amount_fen: int


class Notice(NoticeHeader):
    """A notice with its lines."""

    lines: list[NoticeLine]


class NoticeList(BaseModel):
    """The notices' headers by number."""

    items: list[NoticeHeader]


class AnnouncementRequest(BaseModel):
    """Which payment list to announce.

    programme:  as the payments name it.
    period:     2020, 2020Q2, 2020-03.
    village:    only this one; absent, all.
    from:       the first day on the board; absent, today.
    days:       how long it hangs.
    """

    model_config = ConfigDict(extra="forbid")

    programme: Word
    period: Word
    village: Word | None = None
    starts_on: Day | None = Field(default=None, alias="from")
    days: int = Field(default=publishing.DAYS, ge=1, le=MOST_DAYS, strict=True)


class Published(BaseModel):
    """A notice's number, and where it hangs."""

    notice_no: str
    address: str


@public.get("", response_model=NoticeList, responses={**ETAGGED, **documented(409)}, summary="The public notices")
def list_notices(request: Request, ledger: Current) -> Response:
    """For everybody."""
    return conditional(request, ledger, lambda: {"items": reading.notices(ledger)}, headers=REVALIDATE)


@public.get(
    "/{notice_no:notice_no}",
    response_model=Notice,
    responses={**ETAGGED, **documented(404, 409)},
    summary="One public notice with its lines",
)
def show_notice(
    request: Request, ledger: Current, notice_no: Annotated[Word, Path(description="The notice's number.")]
) -> Response:
    """For everybody; numbers are masked as on paper."""
    return conditional(request, ledger, lambda: reading.notice(ledger, notice_no), headers=REVALIDATE)


@staff.post(
    "", status_code=201, response_model=Published, responses=documented(400, 404, 409, 413), summary="Publish a notice"
)
def publish_notice(wanted: AnnouncementRequest, ledger: Current, once: OnceOnly) -> Response:
    """Announce what was paid under a programme for a period, one line a person; E-PRIVACY by PUB-06."""

    def publish() -> Response:
        starts_on = wanted.starts_on or ledger.today
        announcement = publishing.Announcement(wanted.programme, wanted.period, wanted.village, starts_on, wanted.days)
        return _published(publishing.publish(ledger, announcement))

    return once(wanted.model_dump(mode="json"), publish)


def _published(notice_no: str) -> Response:
    address = f"/api/v1/notices/{quote(notice_no)}"
    told: dict[str, Any] = {"notice_no": notice_no, "address": address}
    return answer(told, 201, {"Location": address})
