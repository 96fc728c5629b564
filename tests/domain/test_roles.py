"""Who may do what: by role, below a limit, and never alone."""

import pytest

from domain.refusal import Refused
from domain.roles import MAY, MAY_RECORD, Actor, Deed

LIMITS_FEN = {"township_leader": 50_000_00}
MONEY = ("allocations", "subsidy_payments", "project_payments", "payment_returns", "dividends", "payment_instructions")


def actor(*roles: str, person: str = "P-abcdefghijklmnop") -> Actor:
    """Somebody with these roles."""
    return Actor("G-0001", person, frozenset(roles))


@pytest.mark.parametrize("role", ["inspector", "auditor", "public"])
def test_whoever_checks_the_books_writes_nothing_into_them(role: str) -> None:
    assert not any(role in roles for roles in (*MAY.values(), *MAY_RECORD.values()))


@pytest.mark.parametrize("sheet", MONEY)
def test_a_row_of_money_is_refused_to_an_inspector_with_the_roles_that_it_takes(sheet: str) -> None:
    with pytest.raises(Refused) as refusal:
        actor("inspector").refuse_unless_may_record(sheet)

    assert refusal.value.code == "E-AUTH"
    assert "township_finance" in refusal.value.remedy


def test_the_keeper_registers_bodies_and_posts_and_no_money() -> None:
    assert {sheet for sheet, roles in MAY_RECORD.items() if "keeper" in roles} == {"places", "orgs", "staff"}


def test_an_amount_of_the_limit_itself_needs_the_next_level() -> None:
    leader = actor("township_leader")

    leader.refuse_from_limit(Deed.APPROVE_CLAIM, 49_999_99, LIMITS_FEN)
    with pytest.raises(Refused) as refusal:
        leader.refuse_from_limit(Deed.APPROVE_CLAIM, 50_000_00, LIMITS_FEN)

    assert refusal.value.code == "E-AUTH"
    assert "¥50,000.00 is not below the limit of ¥50,000.00" in refusal.value.why


def test_a_role_without_a_limit_decides_any_amount() -> None:
    actor("dept").refuse_from_limit(Deed.APPROVE_CLAIM, 10**12, LIMITS_FEN)


@pytest.mark.parametrize("other", ["P-abcdefghijklmnop", "G-0001"])
def test_one_person_under_two_numbers_is_one_hand(other: str) -> None:
    with pytest.raises(Refused) as refusal:
        actor("township_leader").refuse_same_hand(other, as_what="submitted the claim")

    assert refusal.value.code == "E-SOD"


@pytest.mark.parametrize("other", [None, "P-another234567abc", "keeper"])
def test_somebody_else_is_another_hand(other: str | None) -> None:
    actor("township_leader").refuse_same_hand(other, as_what="submitted the claim")


def test_a_deed_is_for_the_roles_of_the_table() -> None:
    actor("village_clerk").refuse_unless_may(Deed.SUBMIT_CLAIM)
    with pytest.raises(Refused, match="may not do this"):
        actor("village_clerk").refuse_unless_may(Deed.APPROVE_CLAIM)


def test_a_sheet_that_nobody_may_record_says_so() -> None:
    with pytest.raises(Refused, match="It takes one of: none"):
        actor("dept").refuse_unless_may_record("manifest")
