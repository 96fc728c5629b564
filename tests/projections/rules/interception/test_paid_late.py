"""INT-03 on the thirtieth day and the thirty-first, and for each lawful case that resembles it (DOMAIN §4 D)."""

from datetime import date

import pytest

from domain.notice import NoticeLinePosted, NoticePublished
from tests.projections.history import person
from tests.projections.rules.facts_told import found, live, programme, returned
from tests.projections.rules.town import DISABILITY, Town

APRIL_10, MAY_10, MAY_11 = date(2020, 4, 10), date(2020, 5, 10), date(2020, 5, 11)


@pytest.fixture
def office(town: Town) -> Town:
    """A town with the disability programme."""
    programme(town)
    return town


def announce(town: Town, until: date, number: str = "GS-1") -> None:
    """A notice that names 甲 for April."""
    kinds = {"level": "村", "notice_kind": "公示", "subject_kind": "补贴", "programme": DISABILITY, "place": "公开栏"}
    days = {"starts_on": date(2020, 4, 1), "until": until}
    town.history.tell(NoticePublished, f"notice {number}", notice_no=number, **kinds, **days)
    named = {"line_no": 1, "id_no": person("甲"), "period_from": "2020-04", "amount_fen": 181_00}
    town.history.tell(NoticeLinePosted, f"line {number}", notice_no=number, **named)


def test_a_payment_more_than_thirty_days_after_its_approval_is_late(office: Town) -> None:
    office.pay("甲", "2020-04", MAY_10, approved_on=APRIL_10)
    in_time = found(office, "INT-03")
    late = office.pay("乙", "2020-04", MAY_11, approved_on=APRIL_10)

    [alert] = found(office, "INT-03")

    assert in_time == []
    assert alert["anchor"] == (f"person:{person('乙')}", "claim:SQ-2")
    assert alert["subjects"] == (f"person:{person('乙')}", "claim:SQ-2", "payment:REF2")
    assert alert["event_refs"] == (late,)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (181_00, MAY_11, "Y")


def test_the_days_are_counted_from_the_notice_where_that_matured_later(office: Town) -> None:
    office.pay("甲", "2020-04", MAY_11, approved_on=APRIL_10)
    raised = live(office, "INT-03")
    announce(office, date(2020, 4, 11))

    outcome = live(office, "INT-03")

    assert len(raised.raised) == len(outcome.withdrawn) == 1


def test_without_an_approval_the_notice_alone_is_counted_from(office: Town) -> None:
    office.pay("甲", "2020-04", MAY_11)
    unknown = live(office, "INT-03")
    announce(office, APRIL_10)

    outcome = live(office, "INT-03")

    assert unknown.raised == []
    assert len(outcome.raised) == 1


def test_an_agreed_second_instalment_is_not_late(office: Town) -> None:
    for day in (date(2020, 4, 14), date(2020, 9, 21)):
        office.pay("甲", "2020", day, approved_on=APRIL_10, claim_no="SQ-X", pay_kind="分期")

    assert found(office, "INT-03") == []


def test_a_returned_payment_issued_again_is_not_late(office: Town) -> None:
    office.pay("甲", "2020-04", date(2020, 4, 14), approved_on=APRIL_10, claim_no="SQ-X")
    returned(office, "REF1", date(2020, 4, 20), 181_00)
    office.pay("甲", "2020-04", date(2020, 5, 20), approved_on=APRIL_10, claim_no="SQ-X", pay_kind="重发")

    assert found(office, "INT-03") == []


def test_terms_that_arrive_after_the_payment_let_it_be_judged(town: Town) -> None:
    town.pay("甲", "2020-04", MAY_11, approved_on=APRIL_10)
    before = live(town, "INT-03")
    programme(town)

    outcome = live(town, "INT-03")

    assert before.raised == []
    assert len(outcome.raised) == 1
