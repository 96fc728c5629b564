"""DUP-01 at its threshold, one below, and for each lawful case that resembles it (DOMAIN §4 A)."""

from datetime import date

import pytest
from sqlalchemy import update

from projections.dialect import writing
from projections.rules.alert import alert_id
from projections.rules.pack import Pack
from projections.tables.payments import PAYMENTS
from tests.projections.history import person
from tests.projections.rules.town import DISABILITY, FEW, Town

APRIL_22, APRIL_27, MAY_20 = date(2020, 4, 22), date(2020, 4, 27), date(2020, 5, 20)


@pytest.fixture
def rules() -> tuple[str, ...]:
    """A few rules, whatever others would say."""
    return FEW


def test_a_second_claim_for_one_period_is_raised_from_the_day_on_which_it_was_paid(town: Town) -> None:
    town.programme()
    first = town.pay("甲", "2020-04", APRIL_22)
    second = town.pay("甲", "2020-04", APRIL_27)

    [alert] = town.found("DUP-01")

    assert alert["anchor"] == (f"person:{person('甲')}", f"programme:{DISABILITY}", "2020-04")
    assert alert["alert_id"] == alert_id("DUP-01", alert["anchor"])
    assert alert["subjects"] == (f"person:{person('甲')}", "claim:SQ-1", "claim:SQ-2", "payment:REF1", "payment:REF2")
    assert alert["event_refs"] == (first, second)
    assert alert["amount_at_risk_fen"] == 181_00
    assert alert["holds_from"] == APRIL_27
    assert alert["severity"] == "R"
    assert alert["why_zh"] == ("“困难残疾人生活补贴”2020-04期按2笔申请发放共¥362.00，每期只允许1笔，超出部分¥181.00。")
    assert alert["why_en"] == (
        "困难残疾人生活补贴 for 2020-04 was paid on 2 claims, ¥362.00 in all; the period allows 1. "
        "Beyond that: ¥181.00."
    )


def test_one_claim_in_each_of_two_periods_raises_nothing(town: Town) -> None:
    town.programme()
    town.pay("甲", "2020-04", APRIL_22)
    town.pay("甲", "2020-05", MAY_20)

    assert town.found("DUP-01") == []


def test_payments_to_two_persons_or_under_two_programmes_are_no_duplicates(town: Town) -> None:
    town.programme()
    town.programme("高龄津贴")
    town.pay("甲", "2020-04", APRIL_22)
    town.pay("乙", "2020-04", APRIL_22)
    town.pay("甲", "2020-04", APRIL_22, programme="高龄津贴")

    assert town.found("DUP-01") == []


def test_three_relief_payments_are_allowed_where_the_programme_says_three_and_a_fourth_is_not(town: Town) -> None:
    relief = {"programme": "临时救助", "amount_fen": 1_870_00}
    town.programme("临时救助", max_per_period=3)
    for day in (date(2020, 3, 7), date(2020, 4, 7), date(2020, 5, 8)):
        town.pay("甲", "2020", day, **relief)
    allowed = town.found("DUP-01")
    town.pay("甲", "2020", date(2020, 6, 8), **(relief | {"amount_fen": 500_00}))

    [alert] = town.found("DUP-01")

    assert allowed == []
    assert (alert["amount_at_risk_fen"], alert["holds_from"]) == (500_00, date(2020, 6, 8))


def test_the_largest_claims_are_taken_for_the_lawful_ones_and_the_first_excess_gives_the_day(town: Town) -> None:
    town.programme()
    town.pay("甲", "2020-04", APRIL_22, amount_fen=50_00)
    town.pay("甲", "2020-04", APRIL_27, amount_fen=300_00)
    town.pay("甲", "2020-04", MAY_20, amount_fen=20_00)

    [alert] = town.found("DUP-01")

    assert alert["amount_at_risk_fen"] == 70_00
    assert alert["holds_from"] == APRIL_27


def test_two_instalments_of_one_claim_count_once(town: Town) -> None:
    town.programme()
    town.pay("甲", "2020", date(2020, 3, 22), claim_no="SQ-X", pay_kind="分期")
    town.pay("甲", "2020", date(2020, 9, 21), claim_no="SQ-X", pay_kind="分期")

    assert town.found("DUP-01") == []


def test_a_returned_payment_issued_again_under_its_claim_counts_once(town: Town) -> None:
    town.programme()
    town.pay("甲", "2020", date(2020, 5, 21), claim_no="SQ-X")
    town.pay("甲", "2020", date(2020, 6, 4), claim_no="SQ-X", pay_kind="重发")

    assert town.found("DUP-01") == []


def test_a_payment_that_was_taken_back_whole_counts_no_more(town: Town) -> None:
    town.programme()
    town.pay("甲", "2020-04", APRIL_22)
    taken_back = town.pay("甲", "2020-04", APRIL_27)
    with writing(town.views) as connection:
        payment = PAYMENTS.c.position == taken_back
        connection.execute(update(PAYMENTS.table).where(payment).values(returned_fen=181_00, net_fen=0))

    assert town.found("DUP-01") == []


def test_supplementary_pay_is_no_second_claim_whether_arrears_or_difference(town: Town) -> None:
    town.programme()
    town.pay("甲", "2020-02", date(2020, 2, 24))
    town.pay("甲", "2020-02", date(2020, 3, 23), amount_fen=61_00, pay_kind="补差")
    town.pay("甲", "2020-02", date(2020, 4, 23), amount_fen=12_00, pay_kind="补发")

    assert town.found("DUP-01") == []


def test_members_of_a_household_split_within_the_period_are_two_persons(town: Town) -> None:
    town.programme("最低生活保障金")
    town.pay("甲", "2020-05", date(2020, 5, 19), programme="最低生活保障金", household_no="H-0457")
    town.pay("乙", "2020-05", date(2020, 5, 19), programme="最低生活保障金", household_no="H-8002")

    assert town.found("DUP-01") == []


def test_rows_without_a_claim_number_are_each_a_claim_of_their_own(town: Town) -> None:
    town.programme()
    town.pay("甲", "2020-04", APRIL_22, claim_no=None)
    town.pay("甲", "2020-04", APRIL_22, claim_no=None, bank_ref=None)

    [alert] = town.found("DUP-01")

    assert alert["subjects"] == (f"person:{person('甲')}", "payment:REF1")
    assert alert["amount_at_risk_fen"] == 181_00


def test_a_quarantined_row_is_not_joined_to_the_person_it_names(town: Town) -> None:
    town.programme()
    town.pay("甲", "2020-04", APRIL_22)
    town.pay("甲", "2020-04", APRIL_27, quarantine=("E-ID:id_no",))

    assert town.found("DUP-01") == []


def test_payments_of_an_unknown_programme_are_judged_once_its_terms_arrive(town: Town) -> None:
    town.pay("甲", "2020-04", APRIL_22)
    town.pay("甲", "2020-04", APRIL_27)
    before = town.run()
    town.programme()

    after = town.run()

    assert before.raised == []
    assert [alert["rule_id"] for alert in after.raised] == ["DUP-01"]


def test_where_the_programme_does_not_say_the_pack_says_how_many_claims_are_allowed(town: Town) -> None:
    town.pack = Pack.read('version = "2"\n[DUP-01]\nmax_per_period = 2')
    town.programme(max_per_period=None)
    town.pay("甲", "2020-04", APRIL_22)
    town.pay("甲", "2020-04", APRIL_27)
    at_the_limit = town.found("DUP-01")
    town.pay("甲", "2020-04", APRIL_27)

    beyond_it = town.found("DUP-01")

    assert at_the_limit == []
    assert len(beyond_it) == 1
