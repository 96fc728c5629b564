"""LNM-15: what intake found in a purpose is raised, and nothing else (DOMAIN §4 B)."""

from tests.projections.history import person
from tests.projections.rules.loans.lending import ISSUED, named
from tests.projections.rules.town import Town


def test_a_loan_whose_purpose_names_barred_uses_is_raised(town: Town) -> None:
    position = town.lend("JJ-1", "甲", "H-1", "card", ISSUED, purpose_kinds=("结婚", "建房"))

    [alert] = town.found("LNM-15")

    assert alert["anchor"] == ("loan:JJ-1",)
    assert alert["subjects"] == ("loan:JJ-1", f"person:{person('甲')}", "household:H-1")
    assert (alert["severity"], alert["amount_at_risk_fen"], alert["holds_from"]) == ("O", 40_000_00, ISSUED)
    assert alert["event_refs"] == (position,)
    assert alert["why_zh"] == "2020-03-10放款¥40,000.00，填写的用途属于不得使用的：结婚、建房。"


def test_a_loan_whose_purpose_names_none_is_let_pass(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card", ISSUED)

    assert town.found("LNM-15") == []


def test_a_row_that_is_stated_anew_for_another_purpose_withdraws_the_alert(town: Town) -> None:
    town.lend("JJ-1", "甲", "H-1", "card", ISSUED, purpose_kinds=("理财",))
    town.run()
    town.lend("JJ-1", "甲", "H-1", "card", ISSUED)

    outcome = town.live_is_whole()

    assert len(named(outcome.withdrawn, "LNM-15")) == 1
