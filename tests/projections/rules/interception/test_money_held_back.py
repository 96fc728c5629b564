"""INT-02 on its last lawful day and one later, by source, and for each lawful case that resembles it (DOMAIN §4 D)."""

from datetime import date

import pytest

from tests.projections.history import account
from tests.projections.rules.facts_told import (
    CONTRACT,
    DOCUMENT,
    TOWNSHIP,
    VILLAGE,
    allocation,
    contract,
    dividend,
    dividend_received,
    found,
    line,
    live,
    org,
    returned,
)
from tests.projections.rules.town import Town

OCT_2, NOV_1, NOV_2 = date(2020, 10, 2), date(2020, 11, 1), date(2020, 11, 2)


@pytest.fixture
def village(town: Town) -> Town:
    """A village with an account of its own, to which the township sent 120 000 yuan of a document."""
    org(town, VILLAGE)
    org(town, TOWNSHIP, "镇财政")
    line(town, "IN", OCT_2, 120_000_00, sender=TOWNSHIP, to=VILLAGE, of=VILLAGE, quota_doc_no=DOCUMENT)
    return town


def pass_on(town: Town, ref: str, day: date, fen: int, to: str = "施工方", document: str | None = DOCUMENT) -> int:
    """The village pays somebody out of what came."""
    return line(town, ref, day, fen, sender=VILLAGE, to=to, of=VILLAGE, quota_doc_no=document)


def test_what_stays_more_than_thirty_days_is_held_back_since_the_day_it_came(village: Town) -> None:
    out = pass_on(village, "OUT", date(2020, 10, 17), 70_000_00)
    village.as_of = NOV_1
    on_the_thirtieth_day = found(village, "INT-02")
    village.as_of = NOV_2

    [alert] = found(village, "INT-02")

    assert on_the_thirtieth_day == []
    assert alert["anchor"] == (f"account:{account(VILLAGE)}", f"source:{DOCUMENT}")
    assert alert["subjects"] == (f"account:{account(VILLAGE)}", f"fund:{DOCUMENT}", "payment:IN", "payment:OUT")
    assert alert["event_refs"] == (3, out)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (50_000_00, NOV_2, "R")
    assert "2020-10-02" in alert["why_en"]


def test_a_gap_that_closes_later_is_withdrawn_and_a_fen_is_no_gap(village: Town) -> None:
    raised = live(village, "INT-02")
    pass_on(village, "OUT", date(2021, 1, 5), 119_999_00)

    outcome = live(village, "INT-02")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_money_goes_out_in_the_order_in_which_it_came(village: Town) -> None:
    pass_on(village, "OUT", date(2020, 10, 17), 120_000_00)
    line(village, "NEW", date(2021, 3, 20), 9_000_00, sender=TOWNSHIP, to=VILLAGE, of=VILLAGE, quota_doc_no=DOCUMENT)

    assert found(village, "INT-02") == []


def test_a_source_is_not_covered_by_what_went_out_of_another(village: Town) -> None:
    pass_on(village, "OUT", date(2020, 10, 17), 120_000_00, document="另一文号")

    [alert] = found(village, "INT-02")

    assert alert["amount_at_risk_fen"] == 120_000_00


def test_the_source_of_a_line_that_names_none_is_that_of_the_payment_with_its_reference(village: Town) -> None:
    pass_on(village, "OUT", date(2020, 10, 17), 120_000_00, document=None)
    raised = live(village, "INT-02")
    village.pay("甲", "2020", date(2020, 10, 17), amount_fen=120_000_00, bank_ref="OUT", quota_doc_no=DOCUMENT)

    outcome = live(village, "INT-02")

    assert len(raised.raised) == 1
    assert [gone["rule_id"] for gone in outcome.withdrawn] == ["INT-02"]


def test_wages_taken_back_by_a_village_are_of_no_source_and_held_back_all_the_same(village: Town) -> None:
    """万源公益岗: 193 200 yuan of wages paid to holders of public posts came back to the village."""
    pass_on(village, "OUT", date(2020, 10, 17), 120_000_00)
    for number, fen in enumerate((100_000_00, 93_200_00)):
        line(village, f"BACK{number}", date(2020, 11, 5), fen, sender=f"卡{number}", to=VILLAGE, of=VILLAGE)

    [alert] = found(village, "INT-02")

    assert alert["anchor"][1] == "source:未注明来源"
    assert alert["amount_at_risk_fen"] == 193_200_00


def test_a_dividend_is_passed_on_net_of_the_agreed_reserve(village: Town) -> None:
    pass_on(village, "OUT", date(2020, 10, 17), 120_000_00)
    contract(village, reserve_ppm=100_000)
    dividend_received(village, "DS", 48_000_00)
    line(village, "DS", date(2020, 12, 12), 48_000_00, sender="合作社", to=VILLAGE, of=VILLAGE)
    before = live(village, "INT-02")
    dividend(village, "H-1", 43_200_00, bank_ref="FH")
    pass_on(village, "FH", date(2020, 12, 20), 43_200_00, to="H-1", document=None)

    outcome = live(village, "INT-02")

    [held] = before.raised
    assert held["anchor"][1] == f"source:{CONTRACT}"
    assert held["amount_at_risk_fen"] == 43_200_00
    assert len(outcome.withdrawn) == 1


def test_a_dividend_that_came_back_is_of_its_contract_again(village: Town) -> None:
    pass_on(village, "OUT", date(2020, 10, 17), 120_000_00)
    contract(village)
    dividend_received(village, "DS", 5_000_00)
    line(village, "DS", date(2020, 12, 12), 5_000_00, sender="合作社", to=VILLAGE, of=VILLAGE)
    dividend(village, "H-1", 5_000_00, bank_ref="FH")
    pass_on(village, "FH", date(2020, 12, 20), 5_000_00, to="H-1", document=None)
    returned(village, "FH", date(2020, 12, 22), 5_000_00)
    line(village, "TP-FH", date(2020, 12, 22), 5_000_00, sender="H-1", to=VILLAGE, of=VILLAGE)

    [alert] = found(village, "INT-02")

    assert (alert["anchor"][1], alert["amount_at_risk_fen"]) == (f"source:{CONTRACT}", 5_000_00)


def test_a_twentieth_of_works_money_may_stay_as_retention_and_more_may_not(village: Town) -> None:
    pass_on(village, "OUT", date(2020, 10, 17), 114_000_00)
    before = live(village, "INT-02")
    allocation(village, "到达", "ZB-1", date(2020, 9, 22), 120_000_00, purpose_codes=("I01",))
    known_as_works = live(village, "INT-02")
    line(village, "MORE", OCT_2, 1, sender=TOWNSHIP, to=VILLAGE, of=VILLAGE, quota_doc_no=DOCUMENT)

    outcome = live(village, "INT-02")

    assert len(before.raised) == 1
    assert len(known_as_works.withdrawn) == 1
    assert len(outcome.raised) == 1


def test_an_account_that_passes_nothing_on_is_not_judged(town: Town) -> None:
    org(town, "施工公司", "施工单位")
    line(town, "IN", OCT_2, 120_000_00, sender=TOWNSHIP, to="施工公司", of="施工公司", quota_doc_no=DOCUMENT)

    assert found(town, "INT-02") == []


def test_only_an_account_whose_own_statement_is_loaded_is_judged(town: Town) -> None:
    org(town, VILLAGE)
    line(town, "IN", OCT_2, 120_000_00, sender=TOWNSHIP, to=VILLAGE, of=TOWNSHIP, quota_doc_no=DOCUMENT)

    assert found(town, "INT-02") == []
