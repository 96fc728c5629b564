"""`/alerts`: what the rules raised (OUTPUTS §9), and the stream of what they raise."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

import anyio
import msgspec
from anyio.to_thread import run_sync
from fastapi import Depends, Header, Path, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from api import reading
from api.acting import reader_of
from api.alert_export import instant_since, write_workbook
from api.alert_lives import seen_by
from api.alert_news import EVERYTHING, News, news_behind
from api.ledger import Ledger
from api.rest.alert_steps import Reading
from api.rest.answers import CSV, ETAGGED, JSON_LINES, conditional, csv_lines, json_lines, lines
from api.rest.bell import Bell
from api.rest.parameters import USUAL, Current, Day, Limit, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from domain.kinds import LARGEST
from projections.alerts import Asked, printed_columns
from projections.facts import as_csv_value

router = staff_router("/alerts", "alerts")

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CURSOR = r"^[0-9TZ:.\-]{20,32}~[0-9a-f]{1,64}$"
LONGEST_STREAM_SECONDS = 3_600
USUAL_STREAM_SECONDS = 600

Severity = Literal["R", "O", "Y", "B"]


class AlertItem(BaseModel):
    """One alert (OUTPUTS §9): a reason to open a file, never a verdict. People are references."""

    alert_id: str
    rule_id: str
    rule_version: int
    pack_hash: str
    severity: Severity
    state: str
    anchor: list[str]
    subjects: list[str]
    event_refs: list[int]
    amount_at_risk_fen: int
    occurred_on: str
    raised_at: str
    why_zh: str
    why_en: str
    assignee: str | None
    reason_code: str | None
    ordered_fen: int | None
    recovered_fen: int
    grounds_changed: bool
    grounds_gone: bool
    unfounded: bool


class AlertPage(BaseModel):
    """Alerts by `raised_at` and `alert_id`; `next` is the `after` of the next page, null at the end."""

    items: list[AlertItem]
    next: str | None


class Filter:
    """Which alerts somebody asks for."""

    def __init__(
        self,
        ledger: Current,
        rule: Annotated[Word | None, Query(description="Only of this rule, e.g. DUP-01.")] = None,
        severity: Annotated[Severity | None, Query(description="红 R, 橙 O, 黄 Y, 蓝 B")] = None,
        state: Annotated[Word | None, Query(description="Only in this state, e.g. raised or withdrawn.")] = None,
        since: Annotated[Day | None, Query(description="Only raised on this day in China or later.")] = None,
        actor: Reading = None,
    ) -> None:
        """Take what is named."""
        reader = reader_of(ledger, actor)
        self.asked = Asked(
            rule_id=rule,
            severity=severity,
            state=state,
            since=instant_since(since.isoformat() if since else None),
            reader=reader,
        )


class Hearing:
    """What somebody wants to hear on the stream."""

    def __init__(
        self,
        ledger: Current,
        rule: Annotated[Word | None, Query(description="Only of this rule, e.g. DUP-01.")] = None,
        severity: Annotated[Severity | None, Query(description="红 R, 橙 O, 黄 Y, 蓝 B")] = None,
        actor: Reading = None,
    ) -> None:
        """Take what is named."""
        self.reader = reader_of(ledger, actor)
        self.wanted = EVERYTHING._replace(
            rules=frozenset({rule} if rule else ()), severities=frozenset({severity} if severity else ())
        )


class Watch:
    """A stream of alerts that somebody asked for: from which position of the supervision book, and how long."""

    def __init__(
        self,
        ledger: Current,
        after: Annotated[
            int | None,
            Query(
                ge=0, le=LARGEST, description="From behind this position of the supervision book; by default from now."
            ),
        ] = None,
        seconds: Annotated[
            int,
            Query(
                ge=0,
                le=LONGEST_STREAM_SECONDS,
                description="The stream ends after so long, once all that is there was told; connect again then.",
            ),
        ] = USUAL_STREAM_SECONDS,
        last_event_id: Annotated[
            str | None, Header(description="What a browser sends when it connects again.", pattern=r"^[0-9]{1,15}$")
        ] = None,
    ) -> None:
        """Find where the stream begins."""
        self.ledger = ledger
        self.seconds = seconds
        begin = int(last_event_id) if last_event_id else after
        self.position = ledger.supervision.head.position if begin is None else begin


@router.get(
    "",
    response_model=AlertPage,
    responses={
        200: {
            **ETAGGED[200],
            "content": {
                JSON_LINES: lines("AlertItem"),
                CSV: {"schema": {"type": "string"}},
                WORKBOOK: {"schema": {"type": "string", "format": "binary"}},
            },
        },
        304: ETAGGED[304],
        **documented(403, 409),
    },
    summary="The alerts",
)
def list_alerts(
    request: Request,
    ledger: Current,
    wanted: Annotated[Filter, Depends()],
    after: Annotated[
        str | None, Query(pattern=CURSOR, description="The `next` of the answer before: raised_at~alert_id.")
    ] = None,
    limit: Limit = USUAL,
    shape: Annotated[
        Literal["json", "jsonl", "csv", "xlsx"],
        Query(alias="format", description="json: one page; jsonl, csv, xlsx: every alert that the filters leave."),
    ] = "json",
) -> Response:
    """By when they were raised, withdrawn ones too. As jsonl or csv they are streamed, and go to the end."""
    if shape == "json":
        return conditional(request, ledger, lambda: _page(ledger, wanted.asked, after, limit))
    told = reading.alert_lines(ledger, wanted.asked)
    if shape == "jsonl":
        return json_lines(told)
    if shape == "csv":
        return csv_lines(told, printed_columns(), as_csv_value)
    return _workbook(ledger, wanted.asked)


@router.get(
    "/stream",
    response_class=EventSourceResponse,
    responses=documented(403, 409),
    summary="New alerts as they are raised",
)
async def stream_alerts(
    request: Request, watch: Annotated[Watch, Depends()], hearing: Annotated[Hearing, Depends()]
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `event` is raised, changed, withdrawn or a step, `id` the position in its book."""
    bell: Bell = request.app.state.bell
    position = watch.position
    yield ServerSentEvent(comment="listening")
    until = anyio.current_time() + watch.seconds
    while True:
        news, reached = await run_sync(_news, watch.ledger, position, hearing)
        for told in news:
            yield ServerSentEvent(raw_data=_data(told), event=told.word, id=str(told.position))
        if reached == position:
            left = until - anyio.current_time()
            if left <= 0:
                return
            await bell.beyond(position, left)
        position = reached


@router.get(
    "/{alert_id}", response_model=AlertItem, responses={**ETAGGED, **documented(403, 404, 409)}, summary="One alert"
)
def show_alert(
    request: Request,
    ledger: Current,
    alert_id: Annotated[str, Path(description="Its id, in whole.", pattern=r"^[0-9a-f]{1,64}$")],
    actor: Reading = None,
) -> Response:
    """One alert as it stands now; nobody is shown one that names him."""
    return conditional(request, ledger, lambda: reading.alert(ledger, alert_id, reader_of(ledger, actor)))


def _page(ledger: Ledger, asked: Asked, after: str | None, limit: int) -> dict[str, Any]:
    raised_at, _, alert_id = (after or "").partition("~")
    place = (raised_at, alert_id) if after else None
    items = reading.alert_page(ledger, asked, after=place, limit=limit + 1)
    last = items[limit - 1] if len(items) > limit else None
    return {"items": items[:limit], "next": last and f"{last['raised_at']}~{last['alert_id']}"}


def _workbook(ledger: Ledger, asked: Asked) -> Response:
    """A workbook, made in a folder that goes when it is sent."""
    folder = tempfile.TemporaryDirectory(prefix="mingzhang-alerts-")
    path = FilePath(folder.name) / "alerts.xlsx"
    try:
        write_workbook(path, reading.alert_lines(ledger, asked))
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(path, media_type=WORKBOOK, filename=path.name, background=BackgroundTask(folder.cleanup))


def _news(ledger: Ledger, position: int, hearing: Hearing) -> tuple[list[News], int]:
    """What happened to alerts behind `position`, but for those that name who hears; and the position read up to."""
    news = []
    for reached, told in news_behind(ledger.supervision, position, hearing.wanted):
        position = reached
        if told is not None:
            news.append(told)
    seen = seen_by(ledger, hearing.reader, (told.alert["alert_id"] for told in news))
    return [told for told in news if told.alert["alert_id"] in seen], position


def _data(news: News) -> str:
    """The alert under the names of OUTPUTS §9, with what happened to it and when."""
    told = {**news.alert, "position": news.position, "event": news.word, "recorded_at": news.recorded_at}
    return msgspec.json.encode(told).decode()
