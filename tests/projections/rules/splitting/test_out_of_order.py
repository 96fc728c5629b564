"""LED-03: a claim is asked for, approved and then paid, and only what was paid comes back (DOMAIN §3, §4 F)."""

from datetime import date, timedelta

import pytest

from domain.claim import ClaimRejected, ClaimWithdrawn
from domain.disbursement import PaymentReturned
from tests.projections.history import person
from tests.projections.rules.facts_told import returned
from tests.projections.rules.town import AN_AMOUNT_FEN, Town
from tests.projections.rules.works import pay as pay_for_works

MAY, PAID = "2020-05", date(2020, 5, 12)
A_DAY = timedelta(days=1)

ClaimEnd = type[ClaimRejected] | type[ClaimWithdrawn]


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rule of this module alone."""
    return ("LED-03",)


def end(town: Town, how: ClaimEnd, on: date, claim: str = "SQ-1") -> int:
    """A claim ends without payment."""
    return town.history.tell(how, f"claim {claim}", claim_no=claim, occurred_on=on)


@pytest.mark.parametrize("how", [ClaimRejected, ClaimWithdrawn])
@pytest.mark.parametrize(("days", "expected"), [(0, 0), (1, 1)])
def test_what_is_paid_after_the_claim_ended_is_raised(town: Town, how: ClaimEnd, days: int, expected: int) -> None:
    end(town, how, PAID - days * A_DAY)
    town.pay("甲", MAY, PAID)

    assert len(town.found("LED-03")) == expected


def test_the_alert_names_claim_payments_and_payee(town: Town) -> None:
    ended = end(town, ClaimRejected, PAID - A_DAY)
    paid = town.pay("甲", MAY, PAID)

    [alert] = town.found("LED-03")

    assert alert["anchor"] == ("claim:SQ-1",)
    assert alert["subjects"] == ("claim:SQ-1", "payment:REF1", f"person:{person('甲')}")
    assert (alert["event_refs"], alert["amount_at_risk_fen"]) == ((ended, paid), AN_AMOUNT_FEN)
    assert (alert["severity"], alert["holds_from"]) == ("O", PAID)
    assert alert["why_en"].startswith("1 payments on the claim are out of order, ¥181.00 in all: 1 after")


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (1, 1)])
def test_a_payment_before_its_approval_is_raised_and_one_of_that_day_is_not(
    town: Town, days: int, expected: int
) -> None:
    town.pay("甲", MAY, PAID, approved_on=PAID + days * A_DAY)

    assert len(town.found("LED-03")) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (1, 1)])
def test_an_approval_before_the_application_is_raised_and_one_of_that_day_is_not(
    town: Town, days: int, expected: int
) -> None:
    approved_on = PAID - 5 * A_DAY
    town.pay("甲", MAY, PAID, approved_on=approved_on, applied_on=approved_on + days * A_DAY)

    assert len(town.found("LED-03")) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (1, 1)])
def test_what_came_back_before_it_was_paid_is_raised_and_on_that_day_is_not(
    town: Town, days: int, expected: int
) -> None:
    town.pay("甲", MAY, PAID)
    returned(town, "REF1", PAID - days * A_DAY, AN_AMOUNT_FEN)

    assert len(town.found("LED-03")) == expected


def test_a_return_in_quarantine_says_nothing_of_a_payment(town: Town) -> None:
    town.pay("甲", MAY, PAID)
    row = {"return_ref": "TP-1", "return_kind": "退票", "target_ref": "REF1", "amount_fen": 1}
    held = {"returned_on": PAID - A_DAY, "quarantine": ("E-BALANCE:amount",)}
    town.history.tell(PaymentReturned, "return REF1", **row, **held)

    assert town.found("LED-03") == []


def test_a_claim_that_ended_twice_is_at_risk_once(town: Town) -> None:
    end(town, ClaimRejected, PAID - 2 * A_DAY)
    end(town, ClaimWithdrawn, PAID - A_DAY)
    town.pay("甲", MAY, PAID, approved_on=PAID + A_DAY)

    [alert] = town.found("LED-03")

    assert alert["amount_at_risk_fen"] == AN_AMOUNT_FEN


def test_a_payment_with_no_days_but_its_own_and_one_for_works_is_of_no_claim_s_order(town: Town) -> None:
    town.pay("甲", MAY, PAID, claim_no=None, bank_ref=None)
    pay_for_works(town, "ZF-1", PAID, 100_00, approved_on=PAID + A_DAY)

    assert town.found("LED-03") == []


def test_ends_payments_and_returns_that_change_turn_it_live(town: Town) -> None:
    town.pay("甲", MAY, PAID)
    town.pay("乙", MAY, PAID)
    assert town.live_is_whole().raised == []

    end(town, ClaimRejected, PAID - A_DAY)
    assert len(town.live_is_whole().raised) == 1
    town.history.correct("payment 1", paid_on=(PAID - A_DAY).isoformat())
    assert len(town.live_is_whole().withdrawn) == 1
    returned(town, "REF2", PAID - A_DAY, AN_AMOUNT_FEN)
    assert len(town.live_is_whole().raised) == 1
    town.history.correct("payment 2", paid_on=(PAID - A_DAY).isoformat())
    assert len(town.live_is_whole().withdrawn) == 1
