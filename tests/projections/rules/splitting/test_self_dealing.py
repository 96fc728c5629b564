"""SOD-02: the hands on the row and whom they are near to, by number only (DOMAIN §4 F)."""

from datetime import date

import pytest

from tests.projections.history import person
from tests.projections.rules.facts_told import member, returned
from tests.projections.rules.town import Town
from tests.projections.rules.works import count, declare, staff

PAID = date(2020, 5, 21)
BY_OTHERS = {"preparer": "G-1", "approver": "G-2", "cashier": "G-3"}


@pytest.mark.parametrize("duty", ["preparer", "approver", "cashier"])
def test_a_declared_relative_is_paid_by_the_cadres_own_hand(town: Town, duty: str) -> None:
    staff(town, "G-6", "领导")
    declared = declare(town, "G-6", "弟")
    payment = town.pay("弟", "2020", PAID, amount_fen=12_700_00, **(BY_OTHERS | {duty: "G-6"}))

    [alert] = town.found("SOD-02")

    assert alert["anchor"] == (f"person:{person('弟')}", "staff:G-6")
    assert alert["subjects"] == (f"person:{person('弟')}", "claim:SQ-1", "payment:REF1", "staff:G-6")
    assert alert["event_refs"] == (declared, payment)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (12_700_00, PAID, "R")
    assert alert["why_zh"] == "受领人是经办、审批或出纳人员的备案亲属：1笔共¥12,700.00，首笔2020-05-21。"


def test_a_cadre_who_declared_and_kept_out_of_it_raises_nothing(town: Town) -> None:
    staff(town, "G-6", "领导")
    declare(town, "G-6", "弟", recused=True)
    town.pay("弟", "2020", PAID, **BY_OTHERS)

    assert town.found("SOD-02") == []


def test_a_cadre_who_promised_to_keep_out_of_it_and_did_not_is_orange(town: Town) -> None:
    staff(town, "G-6", "领导")
    declare(town, "G-6", "弟", recused=True)
    town.pay("弟", "2020", PAID, **(BY_OTHERS | {"approver": "G-6"}))

    assert [alert["severity"] for alert in town.found("SOD-02")] == ["O"]


def test_whoever_pays_himself_is_raised(town: Town) -> None:
    staff(town, "G-1", "文书", role="village_clerk")
    town.pay("文书", "2020", PAID, **BY_OTHERS)

    [alert] = town.found("SOD-02")

    assert alert["anchor"] == (f"person:{person('文书')}", "staff:G-1")


def test_a_member_of_the_household_counts_while_both_live_in_it(town: Town) -> None:
    staff(town, "G-1", "文书", role="village_clerk")
    member(town, "文书", "H-1")
    member(town, "妻", "H-1", exited_on=date(2020, 6, 1), exit_kind="婚出")
    town.pay("妻", "2020", date(2020, 6, 1), **BY_OTHERS)
    after = town.found("SOD-02")
    town.pay("妻", "2020", date(2020, 5, 31), **BY_OTHERS)

    while_there = town.found("SOD-02")

    assert after == []
    assert [alert["anchor"][0] for alert in while_there] == [f"person:{person('妻')}"]
    assert while_there[0]["amount_at_risk_fen"] == 181_00


def test_two_posts_of_one_cadre_count_the_money_once(town: Town) -> None:
    staff(town, "G-6", "领导")
    staff(town, "G-6", "领导", serving_from=date(2019, 1, 1), role="dept")
    member(town, "领导", "H-1")
    member(town, "弟", "H-1")
    declare(town, "G-6", "弟")
    town.pay("弟", "2020", PAID, amount_fen=12_700_00, **(BY_OTHERS | {"approver": "G-6"}))

    [alert] = town.found("SOD-02")

    assert alert["amount_at_risk_fen"] == 12_700_00


def test_premiums_that_are_paid_on_behalf_go_to_nobodys_family(town: Town) -> None:
    staff(town, "G-6", "领导")
    declare(town, "G-6", "弟")
    town.pay("弟", "2020", PAID, channel="代缴", **(BY_OTHERS | {"approver": "G-6"}))

    assert town.found("SOD-02") == []


def test_a_relation_told_later_raises_and_a_return_withdraws(town: Town) -> None:
    staff(town, "G-6", "领导")
    town.pay("弟", "2020", PAID, **(BY_OTHERS | {"approver": "G-6"}))
    town.live_is_whole()
    declare(town, "G-6", "弟")
    told = town.live_is_whole()
    returned(town, "REF1", PAID, 181_00)

    came_back = town.live_is_whole()

    assert count("SOD-02", told.raised) == count("SOD-02", came_back.withdrawn) == 1


def test_a_cadre_or_a_household_that_becomes_known_later_raises_live_as_well(town: Town) -> None:
    declare(town, "G-6", "弟")
    town.pay("弟", "2020", PAID, **(BY_OTHERS | {"approver": "G-6"}))
    town.pay("妻", "2020", PAID, **BY_OTHERS)
    town.run()
    staff(town, "G-1", "文书", role="village_clerk")
    town.live_is_whole()
    member(town, "妻", "H-1")
    town.live_is_whole()
    member(town, "文书", "H-1")

    outcome = town.live_is_whole()

    assert count("SOD-02", outcome.raised) == 1
