"""Claims (申请): submitted, reviewed, approved or rejected, and withdrawn before anybody is told to pay (DOMAIN §3).

    submitted → reviewed → approved → instructed → paid | returned → instructed
        └────────── rejected            any before instructed → withdrawn

A draft is not recorded. Whether a claim was paid is told by the bank, not by the claim: the payments that carry its
number move it on.
"""

from enum import StrEnum
from typing import ClassVar, NamedTuple, Self

from msgspec import Struct
from msgspec.structs import replace

from domain.event import Event, Kind
from domain.instruction import AmountInstructed
from domain.kinds import AccountRef, PersonRef, PositiveFen, Quantity, Text
from domain.refusal import Refused
from domain.steps import OverriddenStep, refuse_step


class ClaimSubmitted(OverriddenStep, frozen=True, kw_only=True):
    """申请: somebody claims a subsidy for a period; the names are sealed.

    claim_no:      申请编号, the key.
    programme:     项目名称.
    period:        `2020`, `2020Q2`, `2020-03`.
    id_no:         reference of the claimant.
    household_no:  户编号.
    village:       行政村.
    quantity:      units, decimal text.
    amount_fen:    what is claimed.
    account_no:    reference of the account that is to receive it.
    agent_id:      reference of who applies for the claimant.
    """

    TOPIC: ClassVar[str] = "claim-submitted/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    claim_no: Text
    programme: Text
    period: Text
    id_no: PersonRef
    household_no: Text | None = None
    village: Text | None = None
    quantity: Quantity | None = None
    amount_fen: PositiveFen
    account_no: AccountRef | None = None
    agent_id: PersonRef | None = None


class ClaimReviewed(Event, frozen=True, kw_only=True):
    """初审: a second person has looked at it.

    claim_no:  the claim.
    """

    TOPIC: ClassVar[str] = "claim-reviewed/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    claim_no: Text


class ClaimApproved(OverriddenStep, frozen=True, kw_only=True):
    """批准: a third person has approved an amount.

    claim_no:             the claim.
    approved_amount_fen:  核定金额, at most what was claimed.
    """

    TOPIC: ClassVar[str] = "claim-approved/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    claim_no: Text
    approved_amount_fen: PositiveFen


class ClaimRejected(Event, frozen=True, kw_only=True):
    """不予批准: it ends here; the reason is sealed.

    claim_no:  the claim.
    """

    TOPIC: ClassVar[str] = "claim-rejected/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    claim_no: Text


class ClaimWithdrawn(Event, frozen=True, kw_only=True):
    """撤回申请, before it was instructed; the reason is sealed.

    claim_no:  the claim.
    """

    TOPIC: ClassVar[str] = "claim-withdrawn/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    claim_no: Text


class ClaimStage(StrEnum):
    """How far a claim has come."""

    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    INSTRUCTED = "instructed"
    PAID = "paid"
    RETURNED = "returned"
    REVERSED = "reversed"


class ClaimStep(StrEnum):
    """What can be done with a claim."""

    REVIEW = "review"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    INSTRUCT = "instruct"


STEPS: dict[ClaimStage, tuple[ClaimStep, ...]] = {
    ClaimStage.SUBMITTED: (ClaimStep.REVIEW, ClaimStep.REJECT, ClaimStep.WITHDRAW),
    ClaimStage.REVIEWED: (ClaimStep.APPROVE, ClaimStep.REJECT, ClaimStep.WITHDRAW),
    ClaimStage.APPROVED: (ClaimStep.INSTRUCT, ClaimStep.WITHDRAW),
}
"""What is possible in each stage; nothing in the others."""


class Paid(NamedTuple):
    """What the bank has told of a claim, in fen."""

    paid_fen: int = 0
    returned_fen: int = 0
    reversed_fen: int = 0


NOTHING_PAID = Paid()


class Claim(Struct, frozen=True):
    """One claim as its events tell it, `version` of them, and what the bank paid.

    approved_fen:    what was approved.
    instructed_fen:  what the instructions that stand come to.
    """

    submitted: ClaimSubmitted
    stage: ClaimStage = ClaimStage.SUBMITTED
    version: int = 1
    reviewer: str | None = None
    approver: str | None = None
    approved_fen: int = 0
    instructed_fen: int = 0

    @classmethod
    def told_by(cls, events: list[Event], paid: Paid = NOTHING_PAID) -> Self:
        """The claim that `events`, in order, and its payments tell.

        Raises:
            Refused: `E-STATE` when the first is no submission.
        """
        if not events or not isinstance(events[0], ClaimSubmitted):
            raise Refused("E-STATE", why="A claim begins with its submission.", remedy="Submit it first.")
        claim = cls(submitted=events[0])
        for event in events[1:]:
            claim = replace(claim._after(event), version=claim.version + 1)
        return replace(claim, stage=_after_payments(claim.stage, paid))

    @property
    def allowed(self) -> tuple[ClaimStep, ...]:
        """What is possible now."""
        return STEPS.get(self.stage, ())

    def refuse_unless(self, step: ClaimStep) -> None:
        """Refuse a step that is not possible in this stage.

        Raises:
            Refused: `E-STATE`, naming the stage and what is possible.
        """
        refuse_step(f"Claim {self.submitted.claim_no}", self.stage, step, self.allowed, field="claim_no")

    def _after(self, event: Event) -> Self:
        if isinstance(event, ClaimReviewed):
            return replace(self, stage=ClaimStage.REVIEWED, reviewer=event.actor)
        if isinstance(event, ClaimApproved):
            return replace(
                self, stage=ClaimStage.APPROVED, approver=event.actor, approved_fen=event.approved_amount_fen
            )
        if isinstance(event, ClaimRejected):
            return replace(self, stage=ClaimStage.REJECTED)
        if isinstance(event, ClaimWithdrawn):
            return replace(self, stage=ClaimStage.WITHDRAWN)
        if isinstance(event, AmountInstructed):
            stage = ClaimStage.INSTRUCTED if event.instructed_fen else ClaimStage.APPROVED
            return replace(self, stage=stage, instructed_fen=event.instructed_fen)
        return self


def _after_payments(stage: ClaimStage, paid: Paid) -> ClaimStage:
    """What the bank has done stands, whatever the claim's own papers say."""
    if paid.paid_fen > paid.returned_fen + paid.reversed_fen:
        return ClaimStage.PAID
    if paid.reversed_fen:
        return ClaimStage.REVERSED
    return ClaimStage.RETURNED if paid.returned_fen else stage
