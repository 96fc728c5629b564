"""Alerts told to a history without the rules: raised, changed, and what people did with them."""

from datetime import date
from hashlib import sha256
from typing import Any

from domain.alert import AlertChanged, AlertRaised, AlertWithdrawn
from domain.alert_case import EVENT_OF, AlertStep
from domain.alert_steps import GroundsChanged
from tests.domain.alert_lives import DETAILS
from tests.projections.history import History


def alert_id(name: str) -> str:
    """The id of the alert of that name."""
    return sha256(name.encode()).hexdigest()[:32]


class Docket:
    """The alerts of one history, by name."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._rules: dict[str, str] = {}

    def raised(self, name: str, subjects: tuple[str, ...], **stated: Any) -> None:
        """An alert about those subjects, newly or again."""
        self._state(AlertRaised, name, subjects, stated)

    def changed(self, name: str, subjects: tuple[str, ...], **stated: Any) -> None:
        """The alert as it is now."""
        self._state(AlertChanged, name, subjects, stated)

    def gone(self, name: str, *, decided: bool = False) -> None:
        """Its grounds are gone: it is withdrawn, or only marked where somebody decided."""
        event_class = GroundsChanged if decided else AlertWithdrawn
        told = {"alert_id": alert_id(name), "rule_id": self._rules[name], "clearing_position": 9}
        self.history.tell(event_class, f"alert {name}", **told)

    def taken(self, name: str, *steps: str, **details: Any) -> None:
        """Steps that people took with it, each with what `DETAILS` states; `details` change the last."""
        for step in steps:
            wanted = AlertStep(step)
            own = {**DETAILS.get(wanted, {}), **(details if step == steps[-1] else {})}
            self.history.tell(EVENT_OF[wanted], f"alert {name}", alert_id=alert_id(name), actor="G-0008", **own)

    def _state(self, event_class: Any, name: str, subjects: tuple[str, ...], stated: dict[str, Any]) -> None:
        told = {
            "alert_id": alert_id(name),
            "rule_id": "DUP-01",
            "rule_version": 1,
            "pack_hash": "0" * 64,
            "severity": "R",
            "anchor": subjects[:1],
            "subjects": subjects,
            "event_refs": (1,),
            "amount_at_risk_fen": 60_000,
            "holds_from": date(2020, 6, 25),
            "why_zh": "…",
            "why_en": "…",
        } | stated
        self._rules[name] = str(told["rule_id"])
        self.history.tell(event_class, f"alert {name}", **told)
