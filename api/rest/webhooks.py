"""`/webhooks`: who hears of alerts, with signed messages; for the keeper only. Secrets are told once, when made."""

from threading import Event
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from api.rest.answers import answer
from api.rest.once import OnceOnly
from api.rest.parameters import AnyLedger, Hooks, Word
from api.rest.problems import documented
from api.rest.routing import staff_router
from api.webhooks.addresses import LONGEST_URL, Reach
from api.webhooks.delivering import Deliverer
from api.webhooks.endpoint import refuse_address, subscription_of
from api.webhooks.sending import Answer
from domain.kinds import LARGEST

router = staff_router("/webhooks", "webhooks")
letters = staff_router("/webhook-dead-letters", "webhooks")

MOST_WORDS = 200
LONGEST_OVERLAP_HOURS = 24 * 30
USUAL_OVERLAP_HOURS = 24
SECONDS_PER_HOUR = 3_600

EndpointId = Annotated[str, Path(description="The endpoint's id.", pattern=r"^[0-9a-f]{16}$")]
LetterId = Annotated[
    str, Path(description="The message's `webhook-id`.", pattern=r"^msg_[0-9a-f]{16}_[0-9a-f-]{1,40}$")
]
Words = Annotated[list[Word], Field(max_length=MOST_WORDS)]


class WebhookRequest(BaseModel):
    """A new endpoint.

    url:         https://…; where each message is posted.
    events:      alert.raised, alert.changed, alert.withdrawn, …; none: all of them.
    severities:  R, O, Y, B; none: all of them.
    rules:       rule ids; none: all of them.
    reach:       public; private: also this machine and private networks; insecure: these, with plain http.
    after:       from behind this position of the supervision book; by default from now.
    """

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_URL)]
    events: Words = []
    severities: Words = []
    rules: Words = []
    reach: Reach = Reach.PUBLIC
    after: Annotated[int, Field(ge=0, le=LARGEST, strict=True)] | None = None


class RotationRequest(BaseModel):
    """A change of the secret; for so long the one before signs as well."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: Annotated[int, Field(ge=0, le=LONGEST_OVERLAP_HOURS, strict=True)] = USUAL_OVERLAP_HOURS


class Webhook(BaseModel):
    """An endpoint as it stands.

    state:      enabled, failing (its next message is sent again at `next_attempt_at`), disabled (it said 410 Gone).
    position:   of the supervision book, up to which it has been told; `lag` is what lies behind it.
    secret:     only in the answer that makes it.
    """

    id: str
    url: str
    reach: Reach
    events: list[str]
    severities: list[str]
    rules: list[str]
    state: str
    why: str
    added_at: str
    position: int
    lag: int
    attempts: int
    next_attempt_at: str | None
    delivered: int
    delivered_at: str | None
    dead_letters: int
    secret: str | None = None


class WebhookList(BaseModel):
    """All endpoints, by when they were added."""

    items: list[Webhook]


class WebhookSecret(BaseModel):
    """A new secret, told this once."""

    id: str
    secret: str


class WebhookAnswer(BaseModel):
    """What a receiver answered to one message."""

    taken: bool
    status: int | None
    why: str


class WebhookLetter(BaseModel):
    """A message that an endpoint did not take; `position` is the entry of the supervision book that it tells of."""

    id: str
    endpoint: str
    position: int
    attempts: int
    why: str
    died_at: str


class WebhookLetters(BaseModel):
    """Dead letters, by endpoint and position."""

    items: list[WebhookLetter]


CHANGE = documented(400, 403, 404, 409, 413)


@router.get("", response_model=WebhookList, summary="The endpoints")
def list_webhooks(ledger: AnyLedger, webhooks: Hooks) -> Response:
    """Each with how far it is and what is in its way; never with a secret."""
    head = ledger.supervision.head.position
    return answer({"items": [endpoint.told(head) for endpoint in webhooks.endpoints()]})


@router.post("", status_code=201, response_model=Webhook, responses=CHANGE, summary="Add an endpoint")
def add_webhook(wanted: WebhookRequest, ledger: AnyLedger, webhooks: Hooks, once: OnceOnly) -> Response:
    """The answer holds the secret by which messages are signed; it is not told again."""

    def add() -> Response:
        head = ledger.supervision.head.position
        refuse_address(wanted.url, wanted.reach)
        subscription = subscription_of(wanted.events, wanted.severities, wanted.rules)
        position = head if wanted.after is None else min(wanted.after, head)
        endpoint, secret = webhooks.add(wanted.url, wanted.reach, subscription, position=position)
        return answer({**endpoint.told(head), "secret": secret}, 201)

    return once(wanted.model_dump(mode="json"), add)


@letters.get("", response_model=WebhookLetters, summary="What endpoints did not take")
def list_dead_letters(
    webhooks: Hooks,
    endpoint: Annotated[str | None, Query(pattern=r"^[0-9a-f]{16}$", description="Only of this endpoint.")] = None,
) -> Response:
    """Messages that were sent ten times over three days, and not taken."""
    return answer({"items": [letter.told() for letter in webhooks.dead_letters(endpoint)]})


@letters.post(
    "/{letter_id}/retry",
    response_model=WebhookAnswer,
    responses=CHANGE,
    summary="Send a dead letter again",
)
def retry_dead_letter(letter_id: LetterId, ledger: AnyLedger, webhooks: Hooks) -> Response:
    """Once, now, under the id that it had; it is a dead letter no longer when it is taken."""
    return _answered(Deliverer(ledger, webhooks).again(webhooks.dead_letter(letter_id), Event()))


@letters.delete(
    "/{letter_id}",
    status_code=204,
    response_class=Response,
    responses=CHANGE,
    summary="Drop a dead letter",
)
def drop_dead_letter(letter_id: LetterId, webhooks: Hooks) -> Response:
    """What it told of stands in the book."""
    webhooks.drop(letter_id)
    return Response(status_code=204)


@router.get("/{endpoint_id}", response_model=Webhook, responses=documented(404), summary="One endpoint")
def show_webhook(endpoint_id: EndpointId, ledger: AnyLedger, webhooks: Hooks) -> Response:
    """How far it is and what is in its way; never its secret."""
    return answer(webhooks.endpoint(endpoint_id).told(ledger.supervision.head.position))


@router.delete(
    "/{endpoint_id}", status_code=204, response_class=Response, responses=CHANGE, summary="Remove an endpoint"
)
def remove_webhook(endpoint_id: EndpointId, webhooks: Hooks) -> Response:
    """With its secret and its dead letters."""
    webhooks.remove(endpoint_id)
    return Response(status_code=204)


@router.post("/{endpoint_id}/test", response_model=WebhookAnswer, responses=CHANGE, summary="Send a test message")
def test_webhook(endpoint_id: EndpointId, ledger: AnyLedger, webhooks: Hooks) -> Response:
    """Signed as the others are; it tells of nothing, and is not sent again."""
    return _answered(Deliverer(ledger, webhooks).test(webhooks.endpoint(endpoint_id), Event()))


@router.post("/{endpoint_id}/enable", response_model=Webhook, responses=CHANGE, summary="Send to an endpoint again")
def enable_webhook(endpoint_id: EndpointId, ledger: AnyLedger, webhooks: Hooks) -> Response:
    """At once, from where it stopped: also when it fails and would be left alone for hours yet."""
    webhooks.enable(endpoint_id)
    return answer(webhooks.endpoint(endpoint_id).told(ledger.supervision.head.position))


@router.post(
    "/{endpoint_id}/rotate", response_model=WebhookSecret, responses=CHANGE, summary="Change an endpoint's secret"
)
def rotate_webhook(endpoint_id: EndpointId, wanted: RotationRequest, webhooks: Hooks, once: OnceOnly) -> Response:
    """During the overlap messages carry a signature by each; the answer holds the new one, which is not told again."""

    def rotate() -> Response:
        secret = webhooks.rotate(endpoint_id, overlap_seconds=wanted.overlap_hours * SECONDS_PER_HOUR)
        return answer({"id": endpoint_id, "secret": secret})

    return once({"endpoint": endpoint_id, **wanted.model_dump(mode="json")}, rotate)


def _answered(told: Answer) -> Response:
    given: dict[str, Any] = {"taken": told.is_taken, "status": told.status, "why": told.why}
    return answer(given)
