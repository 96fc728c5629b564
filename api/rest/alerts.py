"""`/alerts`: what the rules raised (OUTPUTS §9), and the stream of what they raise."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import anyio
import msgspec
from anyio.to_thread import run_sync
from fastapi import Depends, Header, Path, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel
from starlette.responses import Response

from api import reading
from api.ledger import Ledger
from api.rest.answers import ETAGGED, conditional
from api.rest.parameters import USUAL, Current, Limit, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from domain.alert import AlertChanged, AlertRaised, AlertWithdrawn
from domain.kinds import LARGEST

router = staff_router("/alerts", "alerts")

NEWS = {AlertRaised.TOPIC: "raised", AlertChanged.TOPIC: "changed", AlertWithdrawn.TOPIC: "withdrawn"}
TOLD = (
    "alert_id",
    "rule_id",
    "rule_version",
    "pack_hash",
    "severity",
    "anchor",
    "subjects",
    "event_refs",
    "amount_at_risk_fen",
    "why_zh",
    "why_en",
)
CURSOR = r"^[0-9TZ:.\-]{20,32}~[0-9a-f]{1,64}$"
LOOK_EVERY_SECONDS = 0.5
AT_ONCE = 500
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


class AlertPage(BaseModel):
    """Alerts by `raised_at` and `alert_id`; `next` is the `after` of the next page, null at the end."""

    items: list[AlertItem]
    next: str | None


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
            Query(ge=0, le=LONGEST_STREAM_SECONDS, description="The stream ends after so long; connect again then."),
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


@router.get("", response_model=AlertPage, responses={**ETAGGED, **documented(409)}, summary="The alerts")
def list_alerts(
    request: Request,
    ledger: Current,
    rule: Annotated[Word | None, Query(description="Only of this rule, e.g. DUP-01.")] = None,
    severity: Annotated[Severity | None, Query(description="红 R, 橙 O, 黄 Y, 蓝 B")] = None,
    after: Annotated[
        str | None, Query(pattern=CURSOR, description="The `next` of the answer before: raised_at~alert_id.")
    ] = None,
    limit: Limit = USUAL,
) -> Response:
    """By when they were raised, withdrawn ones too."""

    def page() -> dict[str, Any]:
        raised_at, _, alert_id = (after or "").partition("~")
        place = (raised_at, alert_id) if after else None
        items = reading.alert_page(ledger, rule=rule, severity=severity, after=place, limit=limit + 1)
        last = items[limit - 1] if len(items) > limit else None
        return {"items": items[:limit], "next": last and f"{last['raised_at']}~{last['alert_id']}"}

    return conditional(request, ledger, page)


@router.get(
    "/stream",
    response_class=EventSourceResponse,
    responses=documented(409),
    summary="New alerts as they are raised",
)
async def stream_alerts(watch: Annotated[Watch, Depends()]) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `event` is raised, changed or withdrawn, `id` the position in the supervision book."""
    position = watch.position
    with anyio.move_on_after(watch.seconds):
        while True:
            news, position = await run_sync(_news, watch.ledger, position)
            for told in news:
                yield ServerSentEvent(raw_data=told.data, event=told.event, id=told.id)
            if not news:
                await anyio.sleep(LOOK_EVERY_SECONDS)


@router.get("/{alert_id}", response_model=AlertItem, responses={**ETAGGED, **documented(404, 409)}, summary="One alert")
def show_alert(
    request: Request,
    ledger: Current,
    alert_id: Annotated[str, Path(description="Its id, in whole.", pattern=r"^[0-9a-f]{1,64}$")],
) -> Response:
    """One alert as it stands now."""
    return conditional(request, ledger, lambda: reading.alert(ledger, alert_id))


class News(msgspec.Struct):
    """One event of the stream."""

    event: str
    id: str
    data: str


def _news(ledger: Ledger, position: int) -> tuple[list[News], int]:
    """What happened to alerts behind `position`, and the position read up to."""
    news = []
    for sealed in ledger.supervision.read(position + 1, AT_ONCE):
        position = sealed.position
        word = NEWS.get(sealed.topic)
        if word is not None:
            told = {"position": position, "state": word, **_told(msgspec.json.decode(sealed.state))}
            news.append(News(word, str(position), msgspec.json.encode(told).decode()))
    return news, position


def _told(state: dict[str, Any]) -> dict[str, Any]:
    """An alert's event under the names of OUTPUTS §9."""
    told = {name: state[name] for name in TOLD if name in state}
    if "holds_from" in state:
        told["occurred_on"] = state["holds_from"]
    return {**told, "recorded_at": state["recorded_at"]}
