"""What all state machines of intents have in common (DOMAIN §3): steps, and how one that is not possible is refused."""

from collections.abc import Sequence
from enum import StrEnum

from domain.event import Event
from domain.kinds import Text
from domain.refusal import Refused


class OverriddenStep(Event, frozen=True, kw_only=True):
    """A step of an intent that known facts may speak against.

    soft_stops:         what speaks against it, and was overridden (DOMAIN §2, SOFT STOP).
    override_approver:  工号 of the second person who answers for that; the reason is sealed.
    """

    soft_stops: tuple[Text, ...] = ()
    override_approver: Text | None = None


def refuse_step(what: str, stage: StrEnum, step: StrEnum, allowed: Sequence[StrEnum], *, field: str) -> None:
    """Refuse a step that is not among the `allowed` ones of this stage; `what` is the thing, as `Claim SQ-1`.

    Raises:
        Refused: `E-STATE`, naming the stage and what is possible.
    """
    if step in allowed:
        return
    raise Refused(
        "E-STATE",
        field=field,
        value=what.rpartition(" ")[2],
        why=f"{what} is {stage.value}; it cannot {step.value}.",
        remedy=f"Possible now: {', '.join(one.value for one in allowed) or 'nothing'}.",
    )
