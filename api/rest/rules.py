"""`/rules`: the rules, each with what it lacks (OUTPUTS §9), and `/rules/pack`: the numbers by which they judge."""

from typing import Annotated, Any, Literal

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import reading, rule_packs
from api.rest.answers import ETAGGED, answer, conditional
from api.rest.once import OnceOnly
from api.rest.parameters import Current
from api.rest.problems import documented
from api.rest.routing import staff_router
from projections.rules.pack import DEFAULT_PACK

router = staff_router("/rules", "alerts")

MOST_OF_A_PACK = 100_000
"""Characters."""


class Measured(BaseModel):
    """How well a rule found what was planted for it in the labelled years of the bench."""

    labels: int
    recall: float | None
    precision: float | None


class RuleState(BaseModel):
    """One rule: what it asks, whether it can be evaluated, and what it raised so far."""

    rule_id: str
    rule_version: int
    family: str
    name_zh: str
    name_en: str
    severity: Literal["R", "O", "Y", "B"]
    status: Literal["ready", "not_evaluable"]
    missing: list[str]
    parameters: dict[str, Any]
    open: int
    confirmed: int
    dismissed: int
    precision: float | None
    measured: Measured | None


class RuleList(BaseModel):
    """All rules by `rule_id`."""

    items: list[RuleState]


@router.get("", response_model=RuleList, responses={**ETAGGED, **documented(409)}, summary="The rules")
def list_rules(request: Request, ledger: Current) -> Response:
    """A rule without its inputs is `not_evaluable`: silence must not look like cleanliness."""
    return conditional(request, ledger, lambda: {"items": reading.rules(ledger)})


class Change(BaseModel):
    """A number that differs from one pack to another."""

    rule_id: str
    name: str
    before: int | bool
    after: int | bool


class PackState(BaseModel):
    """The pack in force: its version, its hash, and where it differs from the one that the programme brings."""

    version: str
    pack_hash: str
    changes: list[Change]


class PackRequest(BaseModel):
    """A pack to adopt: TOML with its `version`, and a table of parameters for each rule that it changes."""

    model_config = ConfigDict(extra="forbid")

    toml: Annotated[str, Field(min_length=1, max_length=MOST_OF_A_PACK)]


class ClauseWords(BaseModel):
    """The words that a rule enforces, and where they stand."""

    where: str
    words: str


class ParameterState(BaseModel):
    """A number of a rule, with its default and range."""

    name: str
    value: int
    default: int
    unit: str
    zh: str
    least: int
    most: int


class RuleInWords(BaseModel):
    """One rule, whole: `mode` S after each batch, P whole when the evaluation date moves."""

    rule_id: str
    rule_version: int
    family: str
    name_zh: str
    name_en: str
    severity: Literal["R", "O", "Y", "B"]
    mode: Literal["S", "P", "S+P"]
    clause: ClauseWords
    enforces: str
    needs: list[str]
    anchor: list[str]
    subjects: list[str]
    keyed_by: str | None
    parameters: list[ParameterState]
    why_zh: str
    why_en: str
    waits_for: str | None
    visible_to_clerks: bool


@router.get("/pack", response_model=PackState, responses=documented(409), summary="The rule pack in force")
def show_pack(ledger: Current) -> Response:
    """What judges now; every alert names the hash of the pack that raised it."""
    pack = rule_packs.pack_in_force(ledger)
    changes = list(rule_packs.differences(DEFAULT_PACK, pack))
    return answer({"version": pack.version, "pack_hash": pack.hash, "changes": changes})


@router.post(
    "/pack",
    response_model=PackState,
    status_code=201,
    responses=documented(400, 409, 413, 422),
    summary="Adopt a rule pack",
)
def adopt_pack(asked: PackRequest, ledger: Current, once: OnceOnly) -> Response:
    """An event of the supervision book; the rules then judge everything by it. `changes` are those it makes."""
    return once(asked.model_dump(mode="json"), lambda: answer(rule_packs.adopt(ledger, asked.toml), 201))


@router.get("/{rule_id}", response_model=RuleInWords, responses=documented(404, 409), summary="One rule")
def show_rule(
    ledger: Current, rule_id: Annotated[str, Path(description="As DUP-01.", pattern=r"^[A-Z]{3}-[0-9]{2}$")]
) -> Response:
    """Its clause, what it enforces, its numbers, and the sentence that its alerts say."""
    return answer(rule_packs.rule_in_words(ledger, rule_id))
