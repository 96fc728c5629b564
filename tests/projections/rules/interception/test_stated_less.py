"""INT-05 at its threshold and one fen below, and the case of 冕宁危房 (DOMAIN §4 D, §8)."""

from datetime import date

from domain.objection import ObjectionFiled, ObjectionResolved
from tests.projections.history import person
from tests.projections.rules.facts_told import dividend, found, live, receipt, returned
from tests.projections.rules.town import Town

MAY_21 = date(2020, 5, 21)


def object_to(town: Town, ref: str, outcome: str | None = None) -> int:
    """An objection to a payment, open or decided."""
    event = ObjectionFiled if outcome is None else ObjectionResolved
    row = {"objection_no": "YY-1", "ref_kind": "支付", "ref_no": ref, "filed_on": date(2020, 7, 1), "outcome": outcome}
    decided = None if outcome is None else date(2020, 7, 9)
    return town.history.tell(event, "objection YY-1", **row, resolved_on=decided)


def test_a_beneficiary_who_got_less_than_was_paid_is_heard_at_orange(town: Town) -> None:
    paid = town.pay("甲", "2020", MAY_21, amount_fen=14_500_00)
    stated = receipt(town, "HF-1", "REF1", 10_000_00)

    [alert] = found(town, "INT-05")

    assert alert["anchor"] == ("payment:REF1",)
    assert alert["subjects"] == ("payment:REF1", f"person:{person('甲')}", "claim:SQ-1", "receipt:HF-1")
    assert alert["event_refs"] == (paid, stated)
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (4_500_00, date(2020, 6, 10))
    assert alert["severity"] == "O"


def test_exactly_one_yuan_less_is_memory_and_one_fen_more_is_not(town: Town) -> None:
    town.pay("甲", "2020", MAY_21, amount_fen=600_00)
    receipt(town, "HF-1", "REF1", 599_00)
    tolerated = found(town, "INT-05")
    receipt(town, "HF-2", "REF1", 598_99)

    [alert] = found(town, "INT-05")

    assert tolerated == []
    assert alert["severity"] == "O"


def test_two_statements_are_red_and_one_about_the_whole_sum_is_none(town: Town) -> None:
    town.pay("甲", "2020", MAY_21, amount_fen=16_000_00)
    receipt(town, "HF-1", "REF1", 10_000_00)
    receipt(town, "HF-2", "REF1", 16_000_00)
    [one] = live(town, "INT-05").raised
    receipt(town, "HF-3", "REF1", 5_000_00)

    [two] = live(town, "INT-05").changed

    assert (one["severity"], two["severity"]) == ("O", "R")
    assert two["amount_at_risk_fen"] == 11_000_00


def test_an_objection_is_a_second_statement_until_it_is_found_to_be_unfounded(town: Town) -> None:
    town.pay("甲", "2020", MAY_21, amount_fen=16_000_00)
    object_to(town, "REF1")
    alone = live(town, "INT-05")
    receipt(town, "HF-1", "REF1", 10_000_00)
    [both] = live(town, "INT-05").raised
    object_to(town, "REF1", "不成立")

    [unfounded] = live(town, "INT-05").changed

    assert alone.raised == []
    assert (both["severity"], unfounded["severity"]) == ("R", "O")
    assert "objection:YY-1" in both["subjects"]


def test_what_the_bank_took_back_did_not_arrive_and_is_no_gap(town: Town) -> None:
    town.pay("甲", "2020", MAY_21, amount_fen=600_00)
    receipt(town, "HF-1", "REF1", 0)
    raised = live(town, "INT-05")
    returned(town, "REF1", date(2020, 5, 25), 600_00)

    outcome = live(town, "INT-05")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_a_dividend_is_asked_about_like_a_subsidy(town: Town) -> None:
    receipt(town, "HF-1", "FH-HT-01-H-1", 1_000_00, of="H-1")
    before = live(town, "INT-05")
    dividend(town, "H-1", 6_000_00)

    [alert] = live(town, "INT-05").raised

    assert before.raised == []
    assert "contract:HT-01" in alert["subjects"]
    assert alert["amount_at_risk_fen"] == 5_000_00


def test_the_houses_of_mianning_signed_for_whole_and_paid_in_part_are_found_one_by_one(town: Town) -> None:
    """Signed 16 000 yuan each, received 10 000 and 5 000."""
    for name, stated_fen in (("甲", 10_000_00), ("乙", 5_000_00)):
        town.pay(name, "2020", MAY_21, amount_fen=16_000_00, bank_ref=f"WF-{name}")
        receipt(town, f"HF-{name}", f"WF-{name}", stated_fen, of=name)

    alerts = found(town, "INT-05")

    assert sorted(alert["amount_at_risk_fen"] for alert in alerts) == [6_000_00, 11_000_00]


def test_a_statement_that_is_not_joined_to_its_payer_says_nothing(town: Town) -> None:
    town.pay("甲", "2020", MAY_21, amount_fen=600_00)
    receipt(town, "HF-1", "REF1", 1_00, quarantine=("E-REF:bank_ref",))

    assert found(town, "INT-05") == []
