"""The life of an alert, as its events tell it (DOMAIN §3 "Alert/case").

    raised ↔ withdrawn
    raised → assigned → dismissed → (reopened) assigned
                     └→ confirmed → rectified ───────────────────────┐
                                  └→ transferred → opened → disposed ┴→ closed
    from confirmed on, beside it: recovery_ordered → recovery_partial → recovered

The rules raise, change and withdraw; people decide. Whatever was decided is never withdrawn: that its grounds are gone
is marked, and so is that they are others. Money to be recovered goes its own way beside the case, and no alert is
closed while some is still to come.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import FieldInfo, fields, replace

from domain.alert import AlertChanged, AlertRaised, AlertWithdrawn
from domain.alert_steps import (
    AlertAssigned,
    AlertCommented,
    AlertConfirmed,
    AlertDismissed,
    AlertReopened,
    AlertStepTaken,
    CaseClosed,
    CaseDisposed,
    CaseOpened,
    CaseTransferred,
    DishonestyLifted,
    DishonestyListed,
    GroundsChanged,
    Recovered,
    RecoveryOrdered,
    Rectified,
)
from domain.event import KEEPER, Event
from domain.money import yuan
from domain.refusal import Refused
from domain.roles import AUDITOR, COUNTY, INSPECTOR, LEADER
from domain.steps import refuse_step


class AlertStage(StrEnum):
    """How far the case has come, the money to be recovered apart."""

    RAISED = "raised"
    WITHDRAWN = "withdrawn"
    ASSIGNED = "assigned"
    DISMISSED = "dismissed"
    CONFIRMED = "confirmed"
    RECTIFIED = "rectified"
    TRANSFERRED = "transferred"
    OPENED = "opened"
    DISPOSED = "disposed"
    CLOSED = "closed"


class AlertStep(StrEnum):
    """What can be done with an alert."""

    ASSIGN = "assign"
    COMMENT = "comment"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    CONFIRM = "confirm"
    RECTIFY = "rectify"
    TRANSFER = "transfer"
    OPEN_CASE = "open-case"
    DISPOSE = "dispose"
    ORDER_RECOVERY = "order-recovery"
    RECOVER = "recover"
    LIST_DISHONEST = "list-dishonest"
    LIFT_DISHONEST = "lift-dishonest"
    CLOSE = "close"


class AlertState(StrEnum):
    """What is shown of an alert: its stage, or how far the recovery is while the alert is open."""

    RAISED = "raised"
    WITHDRAWN = "withdrawn"
    ASSIGNED = "assigned"
    DISMISSED = "dismissed"
    CONFIRMED = "confirmed"
    RECTIFIED = "rectified"
    TRANSFERRED = "transferred"
    OPENED = "opened"
    DISPOSED = "disposed"
    RECOVERY_ORDERED = "recovery_ordered"
    RECOVERY_PARTIAL = "recovery_partial"
    RECOVERED = "recovered"
    CLOSED = "closed"


UNDECIDED = frozenset({AlertStage.RAISED, AlertStage.ASSIGNED})
"""Stages in which the rules may withdraw an alert."""

_ANY = (AlertStep.ASSIGN, AlertStep.COMMENT)
_PROVEN = (*_ANY, AlertStep.ORDER_RECOVERY, AlertStep.LIST_DISHONEST)

STEPS: Mapping[AlertStage, tuple[AlertStep, ...]] = {
    AlertStage.RAISED: _ANY,
    AlertStage.WITHDRAWN: (),
    AlertStage.ASSIGNED: (*_ANY, AlertStep.DISMISS, AlertStep.CONFIRM),
    AlertStage.DISMISSED: (AlertStep.COMMENT, AlertStep.REOPEN),
    AlertStage.CONFIRMED: (*_PROVEN, AlertStep.RECTIFY, AlertStep.TRANSFER),
    AlertStage.RECTIFIED: (*_PROVEN, AlertStep.TRANSFER, AlertStep.CLOSE),
    AlertStage.TRANSFERRED: (*_PROVEN, AlertStep.OPEN_CASE),
    AlertStage.OPENED: (*_PROVEN, AlertStep.DISPOSE),
    AlertStage.DISPOSED: (*_PROVEN, AlertStep.CLOSE),
    AlertStage.CLOSED: (AlertStep.COMMENT,),
}
"""What is possible in each stage; money still to come and names still listed add to it (`Alert.allowed`)."""

CLOSED_BY_RECOVERY = frozenset({AlertStage.CONFIRMED, AlertStage.TRANSFERRED})
"""Stages that an alert may be closed from once all the money has come back, and not before."""

DECIDERS = frozenset({INSPECTOR, AUDITOR})
WATCHERS = DECIDERS | {LEADER, COUNTY, KEEPER}

WHO_MAY: Mapping[AlertStep, frozenset[str]] = {step: WATCHERS if step in _ANY else DECIDERS for step in AlertStep}
"""The roles that each step is for: who checks the books decides, who supervises an office may assign and comment."""


EVENT_OF: Mapping[AlertStep, type[AlertStepTaken]] = {
    AlertStep.ASSIGN: AlertAssigned,
    AlertStep.COMMENT: AlertCommented,
    AlertStep.DISMISS: AlertDismissed,
    AlertStep.REOPEN: AlertReopened,
    AlertStep.CONFIRM: AlertConfirmed,
    AlertStep.RECTIFY: Rectified,
    AlertStep.TRANSFER: CaseTransferred,
    AlertStep.OPEN_CASE: CaseOpened,
    AlertStep.DISPOSE: CaseDisposed,
    AlertStep.ORDER_RECOVERY: RecoveryOrdered,
    AlertStep.RECOVER: Recovered,
    AlertStep.LIST_DISHONEST: DishonestyListed,
    AlertStep.LIFT_DISHONEST: DishonestyLifted,
    AlertStep.CLOSE: CaseClosed,
}

NEEDS_WORDS = frozenset(
    {
        AlertStep.COMMENT,
        AlertStep.DISMISS,
        AlertStep.REOPEN,
        AlertStep.CONFIRM,
        AlertStep.RECTIFY,
        AlertStep.DISPOSE,
    }
)
"""Steps that say why in words."""


def details_of(step: AlertStep) -> dict[str, FieldInfo]:
    """What the event of a step states beside the alert, by field."""
    common = {told.name for told in fields(AlertStepTaken)}
    return {told.name: told for told in fields(EVENT_OF[step]) if told.name not in common}


class Alert(Struct, frozen=True, kw_only=True):
    """One alert as its events tell it.

    version:          of its stream.
    assignee:         工号 of who looks into it.
    reason_code:      why it was dismissed, while it is.
    ordered_fen:      to be recovered in all; None while nothing was ordered.
    recovered_fen:    that came back.
    grounds_changed:  whether the evidence is another than it was when somebody decided.
    grounds_gone:     whether the rule no longer holds for it, though it stands.
    unfounded:        whether its case came to nothing.
    listed:           subjects that stand on the dishonesty list by it.
    """

    alert_id: str
    stage: AlertStage = AlertStage.RAISED
    version: int = 1
    assignee: str | None = None
    reason_code: str | None = None
    ordered_fen: int | None = None
    recovered_fen: int = 0
    grounds_changed: bool = False
    grounds_gone: bool = False
    unfounded: bool = False
    listed: tuple[str, ...] = ()

    @classmethod
    def told_by(cls, events: Sequence[Event]) -> Self:
        """The alert that `events`, in order, tell.

        Raises:
            Refused: `E-STATE` when the first does not raise it.
        """
        if not events or not isinstance(events[0], AlertRaised):
            raise Refused("E-STATE", why="An alert begins with its being raised.", remedy="Only the rules raise one.")
        alert = cls(alert_id=events[0].alert_id)
        for event in events[1:]:
            alert = alert.after(event)
        return alert

    def after(self, event: Event) -> Self:
        """The alert once `event` has happened to it."""
        change = _CHANGES.get(type(event))
        changed = {} if change is None else change(self, event)
        return replace(self, **changed, version=self.version + 1)

    @property
    def state(self) -> AlertState:
        """What is shown of it."""
        if self.ordered_fen is None or self.stage is AlertStage.CLOSED:
            return AlertState(self.stage.value)
        if self.outstanding_fen == 0:
            return AlertState.RECOVERED
        return AlertState.RECOVERY_PARTIAL if self.recovered_fen else AlertState.RECOVERY_ORDERED

    @property
    def outstanding_fen(self) -> int:
        """What is still to come back."""
        return (self.ordered_fen or 0) - self.recovered_fen

    @property
    def allowed(self) -> tuple[AlertStep, ...]:
        """What is possible now."""
        possible = {*STEPS[self.stage]}
        if self.ordered_fen is not None and self.stage in CLOSED_BY_RECOVERY:
            possible.add(AlertStep.CLOSE)
        if self.outstanding_fen:
            possible.add(AlertStep.RECOVER)
            possible.discard(AlertStep.CLOSE)
        if self.listed:
            possible.add(AlertStep.LIFT_DISHONEST)
        return tuple(step for step in AlertStep if step in possible)

    def refuse_unless(self, step: AlertStep) -> None:
        """Refuse a step that is not possible now.

        Raises:
            Refused: `E-STATE`, naming the state and what is possible.
        """
        refuse_step(f"Alert {self.alert_id}", self.state, step, self.allowed, field="alert_id")

    def refuse_recovery_order_of(self, amount_fen: int) -> None:
        """Refuse to order less than what has come back already.

        Raises:
            Refused: `E-BALANCE`, with both amounts.
        """
        if amount_fen < self.recovered_fen:
            raise _unbalanced(
                amount_fen,
                why=f"{yuan(amount_fen)} would be ordered in all, and {yuan(self.recovered_fen)} has come back.",
                remedy="Order at least what has come back; the amount is that of the whole recovery.",
            )

    def refuse_recovery_of(self, amount_fen: int) -> None:
        """Refuse more money than is still to come back.

        Raises:
            Refused: `E-BALANCE`, with both amounts.
        """
        if amount_fen > self.outstanding_fen:
            raise _unbalanced(
                amount_fen,
                why=f"{yuan(amount_fen)} came back, and {yuan(self.outstanding_fen)} is still to come.",
                remedy="Order the recovery of the larger amount first.",
            )


def _unbalanced(amount_fen: int, *, why: str, remedy: str) -> Refused:
    return Refused("E-BALANCE", field="amount_fen", value=str(amount_fen), why=why, remedy=remedy)


def _raised(alert: Alert, event: AlertRaised) -> dict[str, Any]:
    if alert.stage is not AlertStage.WITHDRAWN:
        return _grounds_are_others(alert, event)
    return {"stage": AlertStage.RAISED, "assignee": None, "grounds_changed": False}


def _grounds_are_others(alert: Alert, _: Event) -> dict[str, Any]:
    return {"grounds_gone": False, "grounds_changed": alert.grounds_changed or alert.stage not in UNDECIDED}


def _grounds_are_gone(alert: Alert, _: Event) -> dict[str, Any]:
    """Somebody may have decided while the rules were judging: what was decided is not withdrawn."""
    if alert.stage in UNDECIDED:
        return {"stage": AlertStage.WITHDRAWN}
    return {"grounds_gone": True, "grounds_changed": True}


def _marked_gone(alert: Alert, _: Event) -> dict[str, Any]:
    return {"grounds_gone": True, "grounds_changed": True}


def _assigned(alert: Alert, event: AlertAssigned) -> dict[str, Any]:
    stage = AlertStage.ASSIGNED if alert.stage is AlertStage.RAISED else alert.stage
    return {"stage": stage, "assignee": event.assignee}


def _decided(stage: AlertStage) -> Callable[[Alert, Any], dict[str, Any]]:
    return lambda alert, event: {
        "stage": stage,
        "reason_code": getattr(event, "reason_code", None),
        "grounds_changed": False,
    }


def _disposed(alert: Alert, event: CaseDisposed) -> dict[str, Any]:
    """Of a case that came to nothing no more money is to come."""
    if event.disposal != "unfounded":
        return {"stage": AlertStage.DISPOSED, "unfounded": False}
    return {"stage": AlertStage.DISPOSED, "unfounded": True, "ordered_fen": alert.recovered_fen or None}


def _reaching(stage: AlertStage) -> Callable[[Alert, Any], dict[str, Any]]:
    return lambda alert, event: {"stage": stage}


_CHANGES: Mapping[type[Event], Callable[[Alert, Any], dict[str, Any]]] = {
    AlertRaised: _raised,
    AlertChanged: _grounds_are_others,
    AlertWithdrawn: _grounds_are_gone,
    GroundsChanged: _marked_gone,
    AlertAssigned: _assigned,
    AlertDismissed: _decided(AlertStage.DISMISSED),
    AlertConfirmed: _decided(AlertStage.CONFIRMED),
    AlertReopened: lambda alert, event: {"stage": AlertStage.ASSIGNED, "reason_code": None},
    Rectified: _reaching(AlertStage.RECTIFIED),
    CaseTransferred: _reaching(AlertStage.TRANSFERRED),
    CaseOpened: _reaching(AlertStage.OPENED),
    CaseDisposed: _disposed,
    RecoveryOrdered: lambda alert, event: {"ordered_fen": event.amount_fen},
    Recovered: lambda alert, event: {"recovered_fen": alert.recovered_fen + event.amount_fen},
    DishonestyListed: lambda alert, event: {"listed": (*alert.listed, event.subject)},
    DishonestyLifted: lambda alert, event: {
        "listed": tuple(subject for subject in alert.listed if subject != event.subject)
    },
    CaseClosed: _reaching(AlertStage.CLOSED),
}
"""What each event changes; what is not here (a comment) changes the version alone."""
