"""IDL-01 on the thirtieth day and the thirty-first (DOMAIN §4 J)."""

from datetime import date

from tests.projections.rules.facts_told import DOCUMENT, allocation, found, live
from tests.projections.rules.town import Town

ARRIVED = date(2020, 11, 11)


def test_what_is_not_broken_down_thirty_days_after_it_arrived_lies_idle(town: Town) -> None:
    arrived = allocation(town, "到达", "ZB-1", ARRIVED, 100_000_00)
    allocation(town, "分解", "ZB-2", date(2020, 11, 17), 60_000_00, target="XM-1")
    town.as_of = date(2020, 12, 11)
    on_the_thirtieth_day = found(town, "IDL-01")
    town.as_of = date(2020, 12, 12)

    [alert] = found(town, "IDL-01")

    assert on_the_thirtieth_day == []
    assert alert["anchor"] == (f"fund:{DOCUMENT}",)
    assert alert["subjects"] == (f"fund:{DOCUMENT}", "entry:ZB-1")
    assert alert["event_refs"] == (arrived,)
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (40_000_00, date(2020, 12, 12))
    assert alert["severity"] == "O"


def test_a_breakdown_that_comes_late_withdraws_it_to_the_fen(town: Town) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 100_000_00)
    raised = live(town, "IDL-01")
    allocation(town, "分解", "ZB-2", date(2021, 2, 1), 99_999_99)
    [a_fen_is_left] = live(town, "IDL-01").changed
    allocation(town, "分解", "ZB-3", date(2021, 2, 1), 1)

    outcome = live(town, "IDL-01")

    assert a_fen_is_left["amount_at_risk_fen"] == 1
    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_a_document_issued_out_of_it_breaks_it_down_once_even_where_a_row_says_so_too(town: Town) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 100_000_00, from_org="省财政", to_org="县财政")
    raised = live(town, "IDL-01")
    child = {"quota_doc_no": "测镇财〔2020〕7号", "parent_doc_no": DOCUMENT}
    allocation(town, "到达", "ZB-2", date(2020, 12, 1), 60_000_00, **child)
    allocation(town, "分解", "ZB-3", date(2020, 12, 1), 60_000_00)
    allocation(town, "分解", "ZB-4", date(2020, 12, 2), 60_000_00, quota_doc_no="测镇财〔2020〕7号")

    [changed] = live(town, "IDL-01").changed

    assert len(raised.raised) == 1
    assert changed["amount_at_risk_fen"] == 40_000_00


def test_what_arrived_first_is_broken_down_first(town: Town) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 100_000_00)
    allocation(town, "到达", "ZB-2", date(2021, 3, 20), 50_000_00)
    allocation(town, "分解", "ZB-3", date(2020, 11, 20), 100_000_00)

    assert found(town, "IDL-01") == []


def test_a_document_handed_on_to_the_next_office_has_arrived_once(town: Town) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 100_000_00, from_org="省财政", to_org="县财政")
    allocation(town, "到达", "ZB-2", ARRIVED, 100_000_00, from_org="县财政", to_org="镇财政")
    allocation(town, "分解", "ZB-3", date(2020, 11, 20), 100_000_00)

    assert found(town, "IDL-01") == []
