"""Events of one alert for the tests of its life, each with an envelope of its own."""

from datetime import date
from typing import Any

from domain.alert import AlertChanged, AlertRaised, AlertWithdrawn
from domain.alert_case import EVENT_OF, AlertStep
from domain.alert_steps import GroundsChanged
from domain.event import Event, Kind, Source

NUMBER = "0d8c7e1f2a3b4c5d6e7f8091a2b3c4d5"
PERSON = "person:P-abcdefghijklmnop"
ENVELOPE: dict[str, Any] = {
    "salt": "3d771f144987ef1fc943130fb48d70b7",
    "kind": Kind.INTENT,
    "occurred_on": date(2021, 4, 1),
    "recorded_at": "2026-11-24T03:39:18.123456Z",
    "actor": "G-0008",
    "source": Source(channel="api"),
}
STATED: dict[str, Any] = {
    "alert_id": NUMBER,
    "rule_id": "DUP-01",
    "rule_version": 1,
    "pack_hash": "0" * 64,
    "severity": "R",
    "anchor": (PERSON, "2020Q2"),
    "subjects": (PERSON, "payment:TEST1"),
    "event_refs": (1, 2),
    "amount_at_risk_fen": 60_000,
    "holds_from": date(2020, 6, 25),
    "why_zh": "…",
    "why_en": "…",
}
DETAILS: dict[AlertStep, dict[str, Any]] = {
    AlertStep.ASSIGN: {"assignee": "G-0009"},
    AlertStep.DISMISS: {"reason_code": "supplementary_pay"},
    AlertStep.TRANSFER: {"to_authority": "测试县纪委监委"},
    AlertStep.OPEN_CASE: {"case_no": "LA-2021-01"},
    AlertStep.DISPOSE: {"disposal": "disciplined"},
    AlertStep.ORDER_RECOVERY: {"amount_fen": 60_000},
    AlertStep.RECOVER: {"amount_fen": 20_000},
    AlertStep.LIST_DISHONEST: {
        "subject": PERSON,
        "authority": "测试县乡村振兴局",
        "decision_no": "SX-2021-01",
        "legal_basis": "国办发〔2020〕49号",
        "appeal_until": date(2021, 6, 1),
        "expires_on": date(2023, 6, 1),
        "repair": "全额退还",
    },
    AlertStep.LIFT_DISHONEST: {"subject": PERSON, "authority": "测试县乡村振兴局", "lifted_for": "repaired"},
}
"""What the event of each step states, for a step that says no more."""

RAISED = AlertRaised(**ENVELOPE, **STATED)
CHANGED = AlertChanged(**ENVELOPE, **STATED)
WITHDRAWN = AlertWithdrawn(**ENVELOPE, alert_id=NUMBER, rule_id="DUP-01", clearing_position=9)
GONE = GroundsChanged(**ENVELOPE, alert_id=NUMBER, rule_id="DUP-01", clearing_position=9)


def taken(step: AlertStep | str, **details: Any) -> Event:
    """The event of a step, with what it states changed."""
    wanted = AlertStep(step)
    return EVENT_OF[wanted](**ENVELOPE, alert_id=NUMBER, **{**DETAILS.get(wanted, {}), **details})


def walked(steps: str) -> list[Event]:
    """The events of a life in words, a step a word: `raise`, `change`, `withdraw`, `gone`, and those of `AlertStep`."""
    by_rules = {"raise": RAISED, "change": CHANGED, "withdraw": WITHDRAWN, "gone": GONE}
    return [by_rules[word] if word in by_rules else taken(word) for word in steps.split()]
