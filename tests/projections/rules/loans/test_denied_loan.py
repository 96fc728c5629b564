"""LNM-10: denials, objections, and what a confirmation or a finding makes of them (DOMAIN §4 B)."""

from datetime import date
from typing import Any

import pytest

from domain.objection import ObjectionFiled
from tests.projections.history import person
from tests.projections.rules.loans.lending import ISSUED, confirms, denies, named
from tests.projections.rules.town import Town

MAY, JUNE = date(2020, 5, 10), date(2020, 6, 10)


@pytest.fixture(autouse=True)
def _a_loan(town: Town) -> None:
    """A loan of 40 000 yuan to 甲, and one to 乙 that he confirmed."""
    town.lend("JJ-1", "甲", "H-1", "card", ISSUED)
    town.lend("JJ-2", "乙", "H-2", "card two", ISSUED)
    confirms(town, "JJ-2", "乙", MAY)


def objects(town: Town, **stated: Any) -> int:
    """A row of 异议台账 that names the loan of 甲."""
    row = {"objection_no": "YY-1", "ref_kind": "贷款", "ref_no": "JJ-1", "filed_on": JUNE}
    return town.history.tell(ObjectionFiled, "objection YY-1", **(row | stated))


def test_a_borrower_who_denies_the_loan_is_heard(town: Town) -> None:
    position = denies(town, "JJ-1", "甲", MAY)

    [alert] = town.found("LNM-10")

    assert alert["anchor"] == ("loan:JJ-1",)
    assert alert["subjects"] == ("loan:JJ-1", f"person:{person('甲')}", "household:H-1")
    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("R", 40_000_00, MAY)
    assert position in alert["event_refs"]
    assert alert["why_zh"] == "2020-03-10放款¥40,000.00的贷款，被借款人否认1次，被提出异议0次；此后确认0次。"


def test_a_denial_in_an_objection_names_the_objection(town: Town) -> None:
    objects(town, denial=True)
    denies(town, "JJ-1", "甲", JUNE, objection_no="YY-1")

    [alert] = town.found("LNM-10")

    assert "objection:YY-1" in alert["subjects"]
    assert (alert["severity"], alert["holds_from"]) == ("R", JUNE)


def test_a_confirmation_after_the_denial_makes_it_yellow(town: Town) -> None:
    denies(town, "JJ-1", "甲", MAY)
    town.run()
    confirms(town, "JJ-1", "甲", JUNE)

    outcome = town.live_is_whole()

    [changed] = named(outcome.changed, "LNM-10")
    assert changed["severity"] == "Y"


def test_a_denial_after_the_confirmation_is_red(town: Town) -> None:
    confirms(town, "JJ-1", "甲", MAY)
    denies(town, "JJ-1", "甲", JUNE)

    [alert] = town.found("LNM-10")

    assert alert["severity"] == "R"


@pytest.mark.parametrize(
    ("outcome", "severities"), [(None, ["O"]), ("成立", ["O"]), ("部分成立", ["O"]), ("不成立", []), ("撤回", [])]
)
def test_an_objection_that_denies_nothing_is_orange_unless_baseless(
    town: Town, outcome: str | None, severities: list[str]
) -> None:
    objects(town, outcome=outcome, resolved_on=JUNE if outcome else None)

    assert [alert["severity"] for alert in town.found("LNM-10")] == severities


def test_an_objection_that_was_found_baseless_withdraws_the_alert(town: Town) -> None:
    objects(town)
    town.run()
    objects(town, outcome="不成立", resolved_on=JUNE)

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-10")) == 1


def test_an_objection_to_something_else_names_no_loan(town: Town) -> None:
    objects(town, ref_kind="支付", ref_no="REF1")

    assert town.found("LNM-10") == []
