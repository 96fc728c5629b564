"""One alert's whole life, the steps that are possible now as forms, and the leads; works without a script."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args, get_origin

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.alert_cases import CAN_BE_LISTED, AlertCommand
from api.pages.site import Here, Site, Staff
from api.rest.problems import STATUS_OF_CODE, UNPROCESSABLE
from domain.alert_case import NEEDS_WORDS, AlertStep, details_of
from domain.money import fen_of
from domain.refusal import CODES, Refused

router = APIRouter(include_in_schema=False)

A_PAGE = 50
EVIDENCE_SHOWN = 12
LONGEST_FIELD = 4_000
MOST_FIELDS: Final = 20

AlertId = Annotated[str, Path(pattern=r"^[0-9a-f]{1,64}$")]


class Field(NamedTuple):
    """One field of a form.

    kind:     text, date, yuan, or choice.
    options:  of a choice; the field's words are the alert's own subjects where they are no words of the domain.
    """

    name: str
    kind: Literal["text", "date", "yuan", "choice"]
    options: tuple[str, ...] = ()
    required: bool = True


class Form(NamedTuple):
    """The form of one step.

    needs_words: whether it must say why.
    """

    step: AlertStep
    fields: tuple[Field, ...]
    needs_words: bool


@router.get("/alerts/leads")
def leads(request: Request, site: Here, staff: Staff) -> Response:
    """The leads, the highest score first. `after` is `score~subject` of the last one of the page before."""
    asked = request.query_params.get("after", "")
    score_ppm, _, subject = asked.partition("~")
    place = (int(score_ppm), subject) if score_ppm.isascii() and score_ppm.isdigit() and subject else None
    told = site.readings.leads(after=place, limit=A_PAGE + 1)
    shown = told[:A_PAGE]
    following = f"{shown[-1]['score_ppm']}~{shown[-1]['subject']}" if len(told) > A_PAGE else None
    return site.page(request, "leads.html", leads=shown, following=following, first=place is None)


@router.get("/alerts/{alert_id}")
def alert(request: Request, alert_id: AlertId, site: Here, staff: Staff) -> Response:
    """One alert: why, what it rests on, its life, and what can be done now."""
    return _page(request, site, _life(site, alert_id))


async def sent_fields(request: Request) -> Mapping[str, str]:
    """The fields of a form, once the door is passed.

    Raises:
        HTTPException: 422 for a file, or a field that nobody writes by hand.
    """
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as sent:
        fields = {name: value for name, value in sent.items() if isinstance(value, str)}
    if any(len(value) > LONGEST_FIELD for value in fields.values()):
        raise HTTPException(422)
    return fields


Sent = Annotated[Mapping[str, str], Depends(sent_fields)]


@router.post("/alerts/{alert_id}/steps/{step}")
def take(request: Request, alert_id: AlertId, step: AlertStep, site: Here, staff: Staff, sent: Sent) -> Response:
    """Take a step, and lead back to the alert; what is refused is told there."""
    try:
        site.readings.take_step(_command(alert_id, step, sent))
    except Refused as refused:
        if refused.code == "E-REF" and refused.field == "alert_id":
            raise HTTPException(404) from refused
        return _refusal(request, site, alert_id, refused)
    return RedirectResponse(f"/alerts/{alert_id}#life", 303)


@router.post("/alerts/{alert_id}/words")
def words(request: Request, alert_id: AlertId, site: Here, staff: Staff, sent: Sent) -> Response:
    """The alert with the words of its steps and the numbers of its people; it leaves a trace."""
    try:
        told = site.readings.alert_words(alert_id, actor=sent.get("actor", "").strip(), why=sent.get("why", "").strip())
    except LookupError as error:
        raise HTTPException(404) from error
    except Refused as refused:
        return _refusal(request, site, alert_id, refused)
    return _page(request, site, told)


def forms_of(alert: Mapping[str, Any]) -> Iterator[Form]:
    """The forms of the steps that are possible now."""
    for name in alert["allowed"]:
        step = AlertStep(name)
        fields = tuple(
            _field(alert, step, field, told.type, required=told.required) for field, told in details_of(step).items()
        )
        yield Form(step, fields, step in NEEDS_WORDS)


def _field(alert: Mapping[str, Any], step: AlertStep, name: str, hint: Any, *, required: bool) -> Field:
    if name == "subject":
        able = [subject for subject in alert["subjects"] if subject.partition(":")[0] in CAN_BE_LISTED]
        options = tuple(alert["dishonest"] if step is AlertStep.LIFT_DISHONEST else able)
        return Field(name, "choice", options, required)
    if get_origin(hint) is Literal:
        return Field(name, "choice", get_args(hint), required)
    if name.endswith("_fen"):
        return Field(name, "yuan", (), required)
    return Field(name, "date" if hint is date else "text", (), required)


def _life(site: Site, alert_id: str) -> dict[str, Any]:
    try:
        return site.readings.alert_life(alert_id)
    except LookupError as error:
        raise HTTPException(404) from error


def _page(
    request: Request, site: Site, alert: dict[str, Any], *, status: int = 200, refused: Refused | None = None
) -> Response:
    rules = {rule["rule_id"]: rule for rule in site.readings.rules()}
    return site.page(
        request,
        "alert.html",
        status=status,
        alert=alert,
        rule=rules.get(alert["rule_id"]),
        forms=list(forms_of(alert)),
        refused=refused,
        meaning=CODES.get(refused.code, "") if refused else "",
        evidence_shown=EVIDENCE_SHOWN,
    )


def _refusal(request: Request, site: Site, alert_id: str, refused: Refused) -> Response:
    return _page(
        request, site, _life(site, alert_id), status=STATUS_OF_CODE.get(refused.code, UNPROCESSABLE), refused=refused
    )


def _command(alert_id: str, step: AlertStep, sent: Mapping[str, str]) -> AlertCommand:
    """The command that a form gives: amounts in yuan, days as the browser writes them.

    Raises:
        Refused: `E-SCHEMA` for an amount or day that is none.
    """
    version = sent.get("version", "")
    details: dict[str, Any] = {}
    for name in details_of(step):
        text = sent.get(name, "").strip()
        if text:
            details[name] = _fen(name, text) if name.endswith("_fen") else text
    return AlertCommand(
        alert_id,
        step,
        sent.get("actor", "").strip(),
        int(version) if version.isascii() and version.isdigit() else None,
        sent.get("words", "").strip() or None,
        details,
    )


def _fen(name: str, text: str) -> int:
    try:
        return fen_of(Decimal(text.replace(",", "")))
    except (InvalidOperation, ValueError) as error:
        raise Refused(
            "E-SCHEMA",
            field=name,
            value=text,
            why=f"{text} is no amount in yuan with at most two decimals.",
            remedy="Write it as 600.00.",
        ) from error
