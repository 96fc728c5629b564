"""A claim is submitted, reviewed, approved and instructed, by its own events; the bank moves it on."""

from datetime import date
from typing import Any

import pytest

from domain.claim import (
    Claim,
    ClaimApproved,
    ClaimRejected,
    ClaimReviewed,
    ClaimStage,
    ClaimStep,
    ClaimSubmitted,
    ClaimWithdrawn,
    Paid,
)
from domain.event import Event, Kind, Source
from domain.instruction import AmountInstructed
from domain.refusal import Refused

NUMBER = "SQ-2020-00001"


def envelope(actor: str) -> dict[str, Any]:
    """What an event of the claim says beside its own."""
    return {
        "salt": "3d771f144987ef1fc943130fb48d70b7",
        "kind": Kind.INTENT,
        "occurred_on": date(2020, 6, 1),
        "recorded_at": "2026-11-24T03:39:18.123456Z",
        "actor": actor,
        "source": Source(channel="api"),
    }


SUBMITTED = ClaimSubmitted(
    **envelope("G-0001"),
    claim_no=NUMBER,
    programme="职业培训补贴",
    period="2020Q2",
    id_no="P-abcdefghijklmnop",
    amount_fen=60_000,
)
REVIEWED = ClaimReviewed(**envelope("G-0002"), claim_no=NUMBER)
APPROVED = ClaimApproved(**envelope("G-0003"), claim_no=NUMBER, approved_amount_fen=50_000)
REJECTED = ClaimRejected(**envelope("G-0003"), claim_no=NUMBER)
WITHDRAWN = ClaimWithdrawn(**envelope("G-0001"), claim_no=NUMBER)


def instructed(fen: int) -> AmountInstructed:
    """What is instructed under the claim in all."""
    return AmountInstructed(
        **envelope("G-0004"), ref_kind="补贴", ref_no=NUMBER, instruction_no="ZL-1", instructed_fen=fen
    )


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ([SUBMITTED], ClaimStage.SUBMITTED),
        ([SUBMITTED, REVIEWED], ClaimStage.REVIEWED),
        ([SUBMITTED, REVIEWED, APPROVED], ClaimStage.APPROVED),
        ([SUBMITTED, REJECTED], ClaimStage.REJECTED),
        ([SUBMITTED, REVIEWED, WITHDRAWN], ClaimStage.WITHDRAWN),
        ([SUBMITTED, REVIEWED, APPROVED, instructed(50_000)], ClaimStage.INSTRUCTED),
        ([SUBMITTED, REVIEWED, APPROVED, instructed(50_000), instructed(0)], ClaimStage.APPROVED),
    ],
)
def test_a_claim_stands_where_its_events_have_brought_it(events: list[Event], stage: ClaimStage) -> None:
    claim = Claim.told_by(events)

    assert claim.stage is stage
    assert claim.version == len(events)


@pytest.mark.parametrize(
    ("paid", "stage"),
    [
        (Paid(50_000), ClaimStage.PAID),
        (Paid(50_000, returned_fen=50_000), ClaimStage.RETURNED),
        (Paid(50_000, reversed_fen=50_000), ClaimStage.REVERSED),
        (Paid(100_000, returned_fen=50_000), ClaimStage.PAID),
    ],
)
def test_what_the_bank_has_done_decides_whatever_the_papers_say(paid: Paid, stage: ClaimStage) -> None:
    assert Claim.told_by([SUBMITTED], paid).stage is stage


@pytest.mark.parametrize("step", [ClaimStep.APPROVE, ClaimStep.INSTRUCT])
def test_a_step_that_is_not_possible_yet_is_refused_with_what_is(step: ClaimStep) -> None:
    with pytest.raises(Refused) as refusal:
        Claim.told_by([SUBMITTED]).refuse_unless(step)

    assert refusal.value.code == "E-STATE"
    assert refusal.value.why == f"Claim {NUMBER} is submitted; it cannot {step.value}."
    assert refusal.value.remedy == "Possible now: review, reject, withdraw."


def test_a_rejected_claim_allows_nothing_any_more() -> None:
    claim = Claim.told_by([SUBMITTED, REJECTED])

    with pytest.raises(Refused, match="Possible now: nothing"):
        claim.refuse_unless(ClaimStep.APPROVE)

    assert claim.allowed == ()


def test_the_amounts_and_the_hands_of_a_claim_are_those_of_its_events() -> None:
    claim = Claim.told_by([SUBMITTED, REVIEWED, APPROVED, instructed(20_000)])

    assert (claim.reviewer, claim.approver) == ("G-0002", "G-0003")
    assert (claim.approved_fen, claim.instructed_fen) == (50_000, 20_000)


def test_what_belongs_to_no_claim_changes_no_stage() -> None:
    assert Claim.told_by([SUBMITTED, SUBMITTED]).stage is ClaimStage.SUBMITTED


@pytest.mark.parametrize("events", [[], [REVIEWED]])
def test_a_claim_without_its_submission_is_refused(events: list[Event]) -> None:
    with pytest.raises(Refused, match="A claim begins with its submission"):
        Claim.told_by(events)
