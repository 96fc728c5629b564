"""A loan is applied for and credited by its papers, and lent, repaid and settled by what the bank told."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.event import Event, Kind, Source
from domain.lending import (
    FRESH_DAYS,
    STEPS,
    Lent,
    Loan,
    LoanApplied,
    LoanCredited,
    LoanDeclined,
    LoanRenewalSought,
    LoanStage,
    LoanStep,
    LoanWithdrawn,
    PostLoanCheck,
)
from domain.refusal import Refused

NUMBER, TODAY, DUE = "JJ-0001", date(2021, 3, 1), date(2022, 3, 9)


def envelope(actor: str, kind: Kind = Kind.INTENT) -> dict[str, Any]:
    """What a paper of the loan says beside its own."""
    return {
        "salt": "3d771f144987ef1fc943130fb48d70b7",
        "kind": kind,
        "occurred_on": date(2020, 3, 1),
        "recorded_at": "2026-11-24T03:39:18.123456Z",
        "actor": actor,
        "source": Source(channel="api"),
    }


APPLIED = LoanApplied(
    **envelope("G-0001"),
    loan_no=NUMBER,
    id_no="P-abcdefghijklmnop",
    household_no="H-0003",
    bank="测试信用社",
    amount_fen=5_000_000,
    starts_on=date(2020, 3, 10),
    due_on=DUE,
)
CREDITED = LoanCredited(**envelope("G-0002"), loan_no=NUMBER, credited_fen=4_000_000)
DECLINED = LoanDeclined(**envelope("G-0002"), loan_no=NUMBER)
WITHDRAWN = LoanWithdrawn(**envelope("G-0001"), loan_no=NUMBER)
SOUGHT = LoanRenewalSought(**envelope("G-0001"), loan_no=NUMBER, renewed_by="JJ-0002")
GIVEN_UP = LoanRenewalSought(**envelope("G-0001"), loan_no=NUMBER)
LENT = Lent("正常", DUE, 4_000_000)


def checked(on: date, use: str = "as_stated") -> PostLoanCheck:
    """A look after the loan."""
    return PostLoanCheck(**envelope("G-0005", Kind.FACT), loan_no=NUMBER, checked_on=on, use=use)


def told(*events: Event, lent: Lent | None = None) -> Loan:
    """The loan on the first of March 2021."""
    return Loan.told_by(NUMBER, list(events), lent, today=TODAY)


def at(stage: LoanStage) -> Loan:
    """A loan that stands at `stage`."""
    return Loan(NUMBER, stage=stage)


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ([APPLIED], LoanStage.APPLIED),
        ([APPLIED, CREDITED], LoanStage.CREDITED),
        ([APPLIED, DECLINED], LoanStage.DECLINED),
        ([APPLIED, WITHDRAWN], LoanStage.WITHDRAWN),
        ([APPLIED, CREDITED, WITHDRAWN], LoanStage.WITHDRAWN),
    ],
)
def test_a_loan_that_was_not_lent_stands_where_its_papers_have_brought_it(
    events: list[Event], stage: LoanStage
) -> None:
    loan = told(*events)

    assert loan.stage is stage
    assert loan.version == len(events)


@pytest.mark.parametrize(
    ("lent", "stage"),
    [
        (LENT, LoanStage.ISSUED),
        (LENT._replace(repaid_fen=1), LoanStage.REPAYING),
        (LENT._replace(status="展期"), LoanStage.EXTENDED),
        (LENT._replace(status="逾期"), LoanStage.OVERDUE),
        (LENT._replace(due_on=TODAY), LoanStage.ISSUED),
        (LENT._replace(due_on=TODAY - timedelta(days=1)), LoanStage.OVERDUE),
        (LENT._replace(due_on=TODAY - timedelta(days=1), outstanding_fen=0, settled=True), LoanStage.SETTLED),
        (LENT._replace(status="结清"), LoanStage.SETTLED),
        (LENT._replace(status="续贷"), LoanStage.RENEWED),
        (LENT._replace(renewed=True), LoanStage.RENEWED),
        (LENT._replace(status="核销"), LoanStage.WRITTEN_OFF),
    ],
)
def test_a_loan_that_was_lent_stands_where_the_bank_says_whatever_the_papers_say(lent: Lent, stage: LoanStage) -> None:
    assert told(lent=lent).stage is stage
    assert told(APPLIED, WITHDRAWN, lent=lent).stage is stage


@pytest.mark.parametrize("step", LoanStep)
@pytest.mark.parametrize("stage", LoanStage)
def test_each_step_is_taken_only_in_the_stages_that_allow_it(stage: LoanStage, step: LoanStep) -> None:
    allowed = STEPS.get(stage, ())
    if step in allowed:
        at(stage).refuse_unless(step)
        return

    with pytest.raises(Refused) as refusal:
        at(stage).refuse_unless(step)

    assert refusal.value.code == "E-STATE"
    assert refusal.value.why == f"Loan {NUMBER} is {stage.value}; it cannot {step.value}."
    assert refusal.value.remedy == f"Possible now: {', '.join(allowed) or 'nothing'}."


@pytest.mark.parametrize("step", [LoanStep.RENEW, LoanStep.EXTEND])
def test_a_check_of_the_sixtieth_day_before_still_lets_a_loan_be_prolonged(step: LoanStep) -> None:
    loan = told(checked(TODAY - timedelta(days=FRESH_DAYS)), lent=LENT)

    loan.refuse_unless_prolonged_rightly(step, TODAY)

    assert loan.possible(TODAY) == (LoanStep.CHECK, LoanStep.EXTEND, LoanStep.RENEW)


@pytest.mark.parametrize(
    ("events", "lent", "why"),
    [
        ([], LENT, "looked after last: never; it takes a check since 2020-12-31"),
        ([checked(date(2020, 12, 30))], LENT, "looked after last: 2020-12-30"),
        ([checked(TODAY)], LENT._replace(prior_renewals=2), "renewed 2 times before; 1 is the most"),
        ([checked(TODAY), SOUGHT], LENT, "JJ-0002 is to renew it already"),
    ],
)
def test_a_loan_is_not_prolonged_without_a_fresh_check_too_often_or_twice_at_once(
    events: list[Event], lent: Lent, why: str
) -> None:
    loan = told(*events, lent=lent)

    with pytest.raises(Refused, match=why) as refusal:
        loan.refuse_unless_prolonged_rightly(LoanStep.RENEW, TODAY)

    assert refusal.value.code == "E-STATE"
    assert loan.possible(TODAY) == (LoanStep.CHECK,)


def test_a_loan_that_was_renewed_once_may_be_renewed_again_and_one_given_up_is_free() -> None:
    loan = told(checked(TODAY), SOUGHT, GIVEN_UP, lent=LENT._replace(prior_renewals=1))

    loan.refuse_unless_prolonged_rightly(LoanStep.RENEW, TODAY)


def test_the_application_that_took_a_loan_for_itself_may_go_on() -> None:
    loan = told(checked(TODAY), SOUGHT, lent=LENT)

    loan.refuse_unless_prolonged_rightly(LoanStep.RENEW, TODAY, by="JJ-0002")


def test_the_last_look_by_its_day_says_what_the_money_was_used_for() -> None:
    later, earlier = checked(date(2021, 2, 1), "deviated"), checked(date(2021, 1, 1))

    loan = told(later, earlier, lent=LENT._replace(entries=3))

    assert (loan.use, loan.checked) == ("deviated", later)
    assert (loan.papers, loan.version) == (2, 5)
    assert told(lent=LENT).use == "unknown"


def test_the_amounts_and_the_hands_of_a_loan_are_those_of_its_papers() -> None:
    loan = told(APPLIED, CREDITED)

    assert (loan.applied, loan.creditor, loan.credited_fen) == (APPLIED, "G-0002", 4_000_000)


def test_a_loan_with_neither_an_application_nor_a_row_of_the_bank_is_refused() -> None:
    with pytest.raises(Refused, match="A loan begins with its application"):
        told(checked(TODAY))
