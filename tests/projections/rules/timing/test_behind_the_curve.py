"""IDL-04 on each day of the curve, at its percentage and one fen below (DOMAIN §4 J)."""

from datetime import date

import pytest

from tests.projections.rules.facts_told import DOCUMENT, allocation, found, live
from tests.projections.rules.town import Town

ARRIVED = date(2020, 1, 6)


@pytest.mark.parametrize(
    ("as_of", "spent_fen", "alerts"),
    [
        (date(2020, 6, 30), 1, 0),
        (date(2020, 7, 1), 50_000_00, 0),
        (date(2020, 7, 1), 49_999_99, 1),
        (date(2020, 10, 1), 75_000_00, 0),
        (date(2020, 10, 1), 74_999_99, 1),
        (date(2021, 1, 1), 92_000_00, 0),
        (date(2021, 1, 1), 91_999_99, 1),
    ],
)
def test_a_document_is_behind_when_less_was_spent_than_the_curve_asks_for(
    town: Town, as_of: date, spent_fen: int, alerts: int
) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 100_000_00)
    town.pay("甲", "2020", date(2020, 3, 1), amount_fen=spent_fen, quota_doc_no=DOCUMENT)
    town.as_of = as_of

    assert len(found(town, "IDL-04")) == alerts


def test_the_alert_says_what_is_missing_and_only_a_payment_by_the_day_withdraws_it(town: Town) -> None:
    arrived = allocation(town, "到达", "ZB-1", ARRIVED, 100_000_00)
    town.pay("甲", "2020", date(2020, 3, 1), amount_fen=60_000_00, quota_doc_no=DOCUMENT)
    [alert] = live(town, "IDL-04").raised
    town.pay("乙", "2020", date(2021, 1, 1), amount_fen=32_000_00, quota_doc_no=DOCUMENT)
    after_the_day = live(town, "IDL-04")
    town.pay("丙", "2020", date(2020, 12, 31), amount_fen=32_000_00, quota_doc_no=DOCUMENT)

    outcome = live(town, "IDL-04")

    assert (after_the_day.changed, after_the_day.withdrawn) == ([], [])
    assert alert["anchor"] == (f"fund:{DOCUMENT}",)
    assert alert["event_refs"] == (arrived,)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (
        32_000_00,
        date(2021, 1, 1),
        "B",
    )
    assert "92%" in alert["why_zh"]
    assert len(outcome.withdrawn) == 1


def test_a_document_that_came_shortly_before_the_day_is_not_behind(town: Town) -> None:
    allocation(town, "到达", "ZB-1", date(2020, 11, 11), 100_000_00)
    town.pay("甲", "2020", date(2020, 12, 1))

    assert found(town, "IDL-04") == []


def test_a_document_out_of_which_another_was_issued_is_judged_in_that_one(town: Town) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 100_000_00, from_org="省财政", to_org="县财政")
    town.pay("甲", "2020", date(2020, 12, 1))
    [above] = live(town, "IDL-04").raised
    child = {"quota_doc_no": "测镇财〔2020〕7号", "parent_doc_no": DOCUMENT}
    allocation(town, "到达", "ZB-2", ARRIVED, 100_000_00, **child)

    outcome = live(town, "IDL-04")

    assert above["anchor"] == (f"fund:{DOCUMENT}",)
    assert [alert["anchor"] for alert in outcome.raised] == [("fund:测镇财〔2020〕7号",)]
    assert len(outcome.withdrawn) == 1


@pytest.mark.parametrize(("spent_fen", "alerts"), [(1_135_802_45, 0), (1_135_802_44, 1)])
def test_the_share_of_an_odd_amount_is_rounded_down_to_the_fen(town: Town, spent_fen: int, alerts: int) -> None:
    allocation(town, "到达", "ZB-1", ARRIVED, 1_234_567_89)
    town.pay("甲", "2020", date(2020, 3, 1), amount_fen=spent_fen, quota_doc_no=DOCUMENT)

    assert len(found(town, "IDL-04")) == alerts
