"""A household's history, for staff: what it received and owes, and every event that touched it, at three times."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.pages.readings import Times
from api.pages.site import Here, Staff

router = APIRouter(include_in_schema=False)

TIMES = ("as_of", "known_on", "known_at")

TAKEN_BACK = frozenset({"payment-returned", "event-reversed"})
"""Topics of money that left the household again; their amounts are told as negative."""


@router.get("/households")
def ask(request: Request, site: Here, staff: Staff) -> Response:
    """The form that asks for a household's number, and leads to it."""
    number = request.query_params.get("no", "").strip()
    if number:
        return RedirectResponse(f"/households/{quote(number, safe='')}", 303)
    return site.page(request, "households.html", unknown=None)


@router.get("/households/{number:path}")
def household(request: Request, number: str, site: Here, staff: Staff) -> Response:
    """One household. Query: `as_of`, `known_on` (days), `known_at` (a position or an instant)."""
    times, wrong = times_of(request.query_params)
    try:
        told = site.readings.history(f"household:{number}", times)
    except LookupError:
        return site.page(request, "households.html", status=404, unknown=number)
    return site.page(
        request,
        "household.html",
        status=422 if wrong else 200,
        number=number,
        history=told,
        state=told["state"],
        years=by_year(told["timeline"]),
        details=site.readings.details(told),
        asked={name: request.query_params.get(name, "") for name in TIMES},
        wrong=wrong,
        taken_back=TAKEN_BACK,
    )


def times_of(query: Mapping[str, str]) -> tuple[Times, frozenset[str]]:
    """The three times that were asked for, and the names of those that could not be read (and do not count)."""
    read: dict[str, Any] = {}
    wrong = set()
    for name in TIMES:
        text = query.get(name, "").strip()
        if not text:
            continue
        try:
            read[name] = known_at(text) if name == "known_at" else date.fromisoformat(text)
        except ValueError:
            wrong.add(name)
    return Times(**read), frozenset(wrong)


def known_at(text: str) -> str:
    """A position (digits) or an instant in UTC as the ledger writes it.

    Raises:
        ValueError: when it is neither.
    """
    from datetime import datetime

    from domain.clock import SHANGHAI, instant

    if text.isascii() and text.isdigit():
        return text
    moment = datetime.fromisoformat(text)
    return instant(moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI))


def by_year(timeline: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The events by the year they occurred in, the newest year and event first."""
    years: dict[str, list[dict[str, Any]]] = {}
    for event in reversed(timeline):
        years.setdefault(event["occurred_on"][:4], []).append(event)
    return list(years.items())
