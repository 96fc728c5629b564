"""`/alerts/{alert_id}/life` and `/steps/{step}`: an alert's whole life, and what people do with it."""

from typing import Annotated, Any, Literal

from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from api.alert_cases import AlertCommand, take_step
from api.alert_lives import life
from api.ledger import Ledger
from api.rest.answers import ETAGGED, answer, conditional
from api.rest.once import OnceOnly
from api.rest.parameters import Current, Day, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from api.rest.steps import STEP, Fen, Reason, Version
from domain.alert_case import AlertStep
from domain.alert_steps import Disposal, LiftReason, ReasonCode

router = staff_router("/alerts", "alerts")

Reading = Annotated[
    Word | None,
    Query(description="工号 of who reads: alerts that name that person are left out. Without it, the keeper reads."),
]
AlertId = Annotated[str, Path(description="Its id, in whole.", pattern=r"^[0-9a-f]{32}$")]


class AlertStepRequest(BaseModel):
    """A step with an alert. Each step takes those of the fields that are its own; E-SCHEMA names them.

    actor:         工号 of who takes it, or `keeper`.
    version:       of the alert that the actor saw.
    words:         what there is to say; sealed. Needed by comment, dismiss, reopen, confirm, rectify, dispose.
    assignee:      assign: 工号.
    reason_code:   dismiss: of what kind the explanation is.
    to_authority:  transfer: to whom.
    case_no:       open-case.
    disposal:      dispose.
    amount_fen:    order-recovery: in all; recover: this time.
    voucher_no:    recover.
    subject:       list-dishonest, lift-dishonest: `person:P-…` or `org:…` of the alert.
    authority, decision_no: list-dishonest, lift-dishonest.
    legal_basis, appeal_until, expires_on, repair: list-dishonest.
    lifted_for:    lift-dishonest.
    """

    model_config = ConfigDict(extra="forbid")

    actor: Word
    version: Version | None = None
    words: Reason | None = None
    assignee: Word | None = None
    reason_code: ReasonCode | None = None
    to_authority: Word | None = None
    case_no: Word | None = None
    disposal: Disposal | None = None
    amount_fen: Fen | None = None
    voucher_no: Word | None = None
    subject: Word | None = None
    authority: Word | None = None
    decision_no: Word | None = None
    legal_basis: Word | None = None
    appeal_until: Day | None = None
    expires_on: Day | None = None
    repair: Word | None = None
    lifted_for: LiftReason | None = None


class LifeStep(BaseModel):
    """One entry of an alert's life; `words` stay sealed here: `mingzhang alerts show --reveal` opens them."""

    position: int
    version: int
    topic: str
    occurred_on: str
    recorded_at: str
    actor: str
    details: dict[str, Any]
    has_words: bool
    words: None


class AlertLife(BaseModel):
    """An alert (OUTPUTS §9) with its version, what is possible now, who is listed by it, and its life."""

    model_config = ConfigDict(extra="allow")

    alert_id: str
    rule_id: str
    severity: Literal["R", "O", "Y", "B"]
    state: str
    assignee: str | None
    reason_code: str | None
    ordered_fen: int | None
    recovered_fen: int
    outstanding_fen: int
    grounds_changed: bool
    grounds_gone: bool
    unfounded: bool
    dishonest: list[str]
    version: int
    allowed: list[AlertStep]
    life: list[LifeStep]


@router.get(
    "/{alert_id}/life",
    response_model=AlertLife,
    responses={**ETAGGED, **documented(403, 404, 409)},
    summary="One alert's whole life",
)
def show_life(request: Request, ledger: Current, alert_id: AlertId, actor: Reading = None) -> Response:
    """Every entry about it in order, what is possible now, and the version that a step may name."""
    return conditional(request, ledger, lambda: life(ledger, alert_id, actor=actor))


@router.post("/{alert_id}/steps/{step}", response_model=AlertLife, responses=STEP, summary="Take a step with an alert")
def step_with_alert(
    alert_id: AlertId,
    step: Annotated[AlertStep, Path(description="What is done; `allowed` of the alert says what is possible.")],
    wanted: AlertStepRequest,
    ledger: Current,
    once: OnceOnly,
) -> Response:
    """Inspectors and auditors decide; supervisors assign and comment; nobody who is named in it does either (E-SOD)."""
    return once(wanted.model_dump(mode="json"), lambda: _stepped(ledger, alert_id, step, wanted))


def _stepped(ledger: Ledger, alert_id: str, step: AlertStep, wanted: AlertStepRequest) -> Response:
    details = wanted.model_dump(exclude={"actor", "version", "words"}, exclude_none=True)
    take_step(ledger, AlertCommand(alert_id, step, wanted.actor, wanted.version, wanted.words, details))
    return answer(life(ledger, alert_id))
