"""The alerts, for staff: each with its severity in a word and a shape, its sentence why, and its evidence."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from api.pages.site import Here, Staff
from projections.tables.alerts import AT_REST

router = APIRouter(include_in_schema=False)

SEVERITIES = ("R", "O", "Y", "B")
A_PAGE = 50
EVIDENCE_SHOWN = 12
"""Positions that are linked at once; the rest stand behind a fold."""


@router.get("/alerts")
def alerts(request: Request, site: Here, staff: Staff) -> Response:
    """The alerts, the gravest and newest first. Filters: `severity`, `rule`, `state`; `page` from 1."""
    told = site.readings.alerts()
    rules = site.readings.rules()
    asked = {name: request.query_params.get(name, "") for name in ("severity", "rule", "state")}
    chosen = in_order([alert for alert in told if matches(alert, asked)])
    page = page_number(request.query_params.get("page"), len(chosen))
    return site.page(
        request,
        "alerts.html",
        alerts=chosen[(page - 1) * A_PAGE : page * A_PAGE],
        found=len(chosen),
        total=len(told),
        at_risk_fen=sum(alert["amount_at_risk_fen"] for alert in chosen if alert["state"] not in AT_REST),
        by_severity=Counter(alert["severity"] for alert in told if alert["state"] not in AT_REST),
        states=sorted({alert["state"] for alert in told}),
        rules=rules,
        rule_names={rule["rule_id"]: rule for rule in rules},
        asked=asked,
        elsewhere_with=lambda **changed: f"/alerts?{urlencode(asked | changed)}",
        page=page,
        pages=pages(len(chosen)),
        severities=SEVERITIES,
        evidence_shown=EVIDENCE_SHOWN,
    )


def matches(alert: dict[str, Any], asked: dict[str, str]) -> bool:
    """Whether the alert is one that was asked for; those at rest only when asked for by their state."""
    wanted_state = alert["state"] == asked["state"] if asked["state"] else alert["state"] not in AT_REST
    return wanted_state and asked["severity"] in {"", alert["severity"]} and asked["rule"] in {"", alert["rule_id"]}


def in_order(alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The gravest first, then the newest, then by id."""
    by_id = sorted(alerts, key=lambda alert: alert["alert_id"])
    newest = sorted(by_id, key=lambda alert: alert["raised_at"], reverse=True)
    return sorted(newest, key=lambda alert: SEVERITIES.index(alert["severity"]))


def pages(found: int) -> int:
    """How many pages so many alerts take; at least one."""
    return max(1, -(-found // A_PAGE))


def page_number(asked: str | None, found: int) -> int:
    """The page that was asked for, within what there is."""
    return min(int(asked), pages(found)) or 1 if asked and asked.isascii() and asked.isdigit() else 1
