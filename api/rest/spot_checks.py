"""`/spot-checks`: samples that anybody can recompute (DOMAIN §7, OUTPUTS §9). Reading is for everybody."""

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import PlainTextResponse, Response

from api import spot_checks
from api.rest.answers import ETAGGED, REVALIDATE, answer, conditional
from api.rest.once import OnceOnly
from api.rest.parameters import Current, Day, Segment, Word
from api.rest.problems import documented
from api.rest.routing import public_router, staff_router
from domain.kinds import LARGEST

public = public_router("/spot-checks", "public")
staff = staff_router("/spot-checks", "public")

PlanId = Annotated[Segment, Path(description="The plan's number.", examples=["SC-2021-001"])]
USUAL_RANDOMNESS = "村务监督委员会当众掷骰 / dice thrown in public"


class PlanSummary(BaseModel):
    """One plan: how far it is, and its frozen population."""

    model_config = ConfigDict(extra="allow")

    plan: str
    stage: str
    population: int
    n: int


class PlanList(BaseModel):
    """All plans, in the order in which they were made."""

    items: list[PlanSummary]


class SampleItem(BaseModel):
    """One drawn payment."""

    order: int
    id: str
    amount_fen: int | None
    stratum: str | None


class SpotCheckState(BaseModel):
    """Plan, randomness, seed and sample (OUTPUTS §9): all that is needed to draw again, with `ids.txt`."""

    model_config = ConfigDict(extra="allow")

    plan: str
    stage: str
    method: Literal["srs", "mus"]
    population: int
    root: str
    randomness: str | None
    seed: str | None
    n: int
    interval_fen: int | None
    start_fen: int | None
    sample: list[SampleItem]


class SpotCheckVerification(SpotCheckState):
    """The same, recomputed; `findings` says what differs."""

    ok: bool
    findings: list[str]


class PlanRequest(BaseModel):
    """A plan to be made, before anybody knows the randomness.

    plan:     its number.
    n:        how many payments to draw.
    method:   srs (each payment alike) or mus (by money).
    programme, village, period, since, until: which payments; absent, all.
    randomness_from: which future public event gives the randomness.
    """

    model_config = ConfigDict(extra="forbid")

    plan: Segment
    n: int = Field(ge=1, le=LARGEST, strict=True)
    method: Literal["srs", "mus"] = "srs"
    programme: Word | None = None
    village: Word | None = None
    period: Word | None = None
    since: Day | None = None
    until: Day | None = None
    randomness_from: Word = USUAL_RANDOMNESS


class DrawRequest(BaseModel):
    """What the public event gave, as everybody saw it, e.g. `DICE:4,1,6,2`."""

    model_config = ConfigDict(extra="forbid")

    randomness: Word


@public.get("", response_model=PlanList, responses={**ETAGGED, **documented(409)}, summary="The spot checks")
def list_plans(request: Request, ledger: Current) -> Response:
    """For everybody."""
    return conditional(request, ledger, lambda: {"items": spot_checks.spot_checks(ledger)}, headers=REVALIDATE)


@public.get(
    "/{plan}", response_model=SpotCheckState, responses={**ETAGGED, **documented(404, 409)}, summary="One spot check"
)
def show_plan(request: Request, ledger: Current, plan: PlanId) -> Response:
    """For everybody."""
    return conditional(request, ledger, lambda: spot_checks.spot_check(ledger, plan), headers=REVALIDATE)


@public.get(
    "/{plan}/ids.txt",
    response_class=PlainTextResponse,
    responses=documented(404, 409),
    summary="The frozen population of a spot check",
)
def show_population(ledger: Current, plan: PlanId) -> Response:
    """Payment references, sorted, joined by line feeds: `root` is the SHA-256 of these bytes."""
    return PlainTextResponse("\n".join(spot_checks.item_ids(ledger, plan)), headers=REVALIDATE)


@public.get(
    "/{plan}/verification",
    response_model=SpotCheckVerification,
    responses=documented(404, 409),
    summary="A spot check, recomputed",
)
def verify_plan(ledger: Current, plan: PlanId) -> Response:
    """Root, seed and sample from the money book, compared with what was recorded."""
    return answer(spot_checks.verify(ledger, plan), headers=REVALIDATE)


@staff.post(
    "",
    status_code=201,
    response_model=SpotCheckState,
    responses=documented(400, 404, 409, 413),
    summary="Plan a spot check",
)
def make_plan(wanted: PlanRequest, ledger: Current, once: OnceOnly) -> Response:
    """Freeze the population by its root; E-DUP for a number in use, E-SCHEMA for more than there are."""

    def make() -> Response:
        plan = spot_checks.plan_check(
            ledger,
            spot_checks.Wanted(
                plan_id=wanted.plan,
                n=wanted.n,
                method=wanted.method,
                programme=wanted.programme,
                village=wanted.village,
                period=wanted.period,
                paid_from_day=wanted.since,
                paid_until_day=wanted.until,
                randomness_from=wanted.randomness_from,
            ),
        )
        return answer(plan, 201, {"Location": f"/api/v1/spot-checks/{quote(wanted.plan, safe='')}"})

    return once(wanted.model_dump(mode="json"), make)


@staff.post(
    "/{plan}/draw",
    response_model=SpotCheckState,
    responses=documented(400, 404, 409, 413),
    summary="Commit to the randomness and draw",
)
def draw_sample(plan: PlanId, drawn: DrawRequest, ledger: Current, once: OnceOnly) -> Response:
    """Once: E-STATE for a second draw or other randomness, E-PROOF when the population is not what was frozen."""
    return once(drawn.model_dump(mode="json"), lambda: answer(spot_checks.draw(ledger, plan, drawn.randomness)))
