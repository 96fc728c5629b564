"""Soft stops (需说明): an intent that contradicts known facts goes on only with a reason and a second person's name."""

from collections.abc import Sequence
from typing import NamedTuple

from api.acting import acting
from api.ledger import Ledger
from domain.refusal import Refused
from domain.roles import Actor, Deed
from projections.contradictions import Contradiction

SHORTEST_REASON = 5
"""Characters of an override's reason."""


class Override(NamedTuple):
    """Why a known fact is no reason not to, and who answers for that (工号)."""

    reason: str | None = None
    approver: str | None = None


NO_OVERRIDE = Override()


def overridden(ledger: Ledger, stops: Sequence[Contradiction], actor: Actor, override: Override) -> tuple[str, ...]:
    """The words of what speaks against the intent, once it is overridden; nothing where nothing does.

    Raises:
        Refused: `E-OVERRIDE` with all `soft_stops` where the reason or the second person is missing, `E-AUTH` and
            `E-SOD` for a second person who may not or is the same.
    """
    if not stops:
        return ()
    codes = tuple(stop.code for stop in stops)
    if len((override.reason or "").strip()) < SHORTEST_REASON or override.approver is None:
        raise Refused(
            "E-OVERRIDE",
            field="override_reason",
            why=f"Known facts speak against it: {'; '.join(stop.why for stop in stops)}",
            remedy=(
                f"If it is right nevertheless, give override_reason ({SHORTEST_REASON} characters or more) and "
                "override_approver, a second person who may answer for it."
            ),
        ).telling(soft_stops=[stop._asdict() for stop in stops])
    second = acting(ledger, override.approver)
    second.refuse_unless_may(Deed.OVERRIDE)
    second.refuse_same_hand(actor.person, as_what="acts; somebody else must answer for an override")
    return codes
