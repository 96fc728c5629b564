"""总台账 (OUTPUTS §5): one test a rule."""

from datetime import date
from typing import Any

from projections.balances import balances, dividend_balances, document_balances
from tests.projections.history import account
from tests.projections.township import ABOVE, COUNTY, DOCUMENT, PROVINCE, TOWNSHIP, VILLAGE, Township

ARRIVED, BROKEN_DOWN, TRANSFERRED = "到达", "分解", "拨付"


def documents(township: Township) -> dict[tuple[str, str | None], dict[str, int]]:
    """The balances by document and organisation, each without its zeros."""
    with township.project().connect() as connection:
        told = document_balances(connection)
    return {
        (line["quota_doc_no"], line["org"]): {
            name: fen for name, fen in line.items() if name.endswith("_fen") and (fen or name == "unspent_fen")
        }
        for line in told
    }


def test_the_example_of_the_paper_gives_the_papers_figures(township: Township) -> None:
    township.account("镇", TOWNSHIP)
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 10_000_000)
    township.allocation(BROKEN_DOWN, TOWNSHIP, "测试合作社", 10_000_000)
    township.allocation(TRANSFERRED, COUNTY, TOWNSHIP, 10_000_000)
    township.allocation(TRANSFERRED, TOWNSHIP, VILLAGE, 4_000_000)
    township.payment("TEST1", 6_000_000, quota_doc_no=DOCUMENT, paid_from=account("镇"))

    with township.project().connect() as connection:
        told = balances(connection)

    assert told["documents"][1] == {
        "quota_doc_no": DOCUMENT,
        "org": TOWNSHIP,
        "arrived_fen": 10_000_000,
        "sub_allocated_fen": 10_000_000,
        "received_fen": 10_000_000,
        "transferred_in_fen": 0,
        "handed_down_fen": 0,
        "passed_on_fen": 4_000_000,
        "paid_fen": 6_000_000,
        "returned_fen": 0,
        "reversed_fen": 0,
        "unspent_fen": 0,
    }
    assert told["dividends"] == []


def test_a_breakdown_says_for_what_and_moves_nothing_whoever_receives_it(township: Township) -> None:
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 500)
    township.allocation(BROKEN_DOWN, TOWNSHIP, VILLAGE, 300)

    told = documents(township)

    assert told == {(DOCUMENT, TOWNSHIP): {"arrived_fen": 500, "sub_allocated_fen": 300, "unspent_fen": 500}}


def test_cash_from_the_organisation_that_handed_the_quota_down_is_shown_and_not_counted(township: Township) -> None:
    township.allocation(ARRIVED, PROVINCE, COUNTY, 900)
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 500)
    township.allocation(TRANSFERRED, COUNTY, TOWNSHIP, 500)

    told = documents(township)

    assert told[DOCUMENT, TOWNSHIP] == {"arrived_fen": 500, "received_fen": 500, "unspent_fen": 500}
    assert told[DOCUMENT, COUNTY] == {"arrived_fen": 900, "handed_down_fen": 500, "unspent_fen": 400}


def test_cash_of_an_arrived_quota_from_one_to_which_the_document_never_came_is_not_counted(township: Township) -> None:
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 500)
    township.allocation(TRANSFERRED, "测试县国库", TOWNSHIP, 500)

    told = documents(township)

    assert told == {(DOCUMENT, TOWNSHIP): {"arrived_fen": 500, "received_fen": 500, "unspent_fen": 500}}


def test_whether_a_document_came_is_asked_of_the_row_itself_and_not_of_any_other(township: Township) -> None:
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 500)
    township.allocation(TRANSFERRED, "市级帮扶办", TOWNSHIP, 200)
    township.allocation(TRANSFERRED, TOWNSHIP, VILLAGE, 100)

    told = documents(township)

    assert told[DOCUMENT, TOWNSHIP] == {
        "arrived_fen": 500,
        "received_fen": 200,
        "passed_on_fen": 100,
        "unspent_fen": 400,
    }
    assert (DOCUMENT, "市级帮扶办") not in told


def test_a_transfer_from_another_holder_of_the_document_is_counted_at_both_ends(township: Township) -> None:
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 500)
    township.allocation(ARRIVED, COUNTY, "邻镇财政所", 700)
    township.allocation(TRANSFERRED, "邻镇财政所", TOWNSHIP, 200)

    told = documents(township)

    assert told[DOCUMENT, TOWNSHIP] == {"arrived_fen": 500, "transferred_in_fen": 200, "unspent_fen": 700}
    assert told[DOCUMENT, "邻镇财政所"] == {"arrived_fen": 700, "passed_on_fen": 200, "unspent_fen": 500}


def test_a_document_comes_by_a_later_transfer_as_well_whatever_the_day(township: Township) -> None:
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 500)
    township.allocation(TRANSFERRED, VILLAGE, TOWNSHIP, 100, occurred_on=date(2020, 2, 1))
    township.allocation(TRANSFERRED, TOWNSHIP, VILLAGE, 300, occurred_on=date(2020, 9, 1))

    told = documents(township)

    assert told[DOCUMENT, VILLAGE] == {"transferred_in_fen": 300, "passed_on_fen": 100, "unspent_fen": 200}
    assert told[DOCUMENT, TOWNSHIP] == {
        "arrived_fen": 500,
        "transferred_in_fen": 100,
        "passed_on_fen": 300,
        "unspent_fen": 300,
    }


def test_a_lower_document_is_handed_down_out_of_the_one_that_it_names(township: Township) -> None:
    township.allocation(ARRIVED, PROVINCE, COUNTY, 900, quota_doc_no=ABOVE)
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 500, parent_doc_no=ABOVE)

    told = documents(township)

    assert told == {
        (ABOVE, COUNTY): {"arrived_fen": 900, "handed_down_fen": 500, "unspent_fen": 400},
        (DOCUMENT, TOWNSHIP): {"arrived_fen": 500, "unspent_fen": 500},
    }


def test_a_parent_document_that_never_came_to_the_organisation_lies_outside_these_books(township: Township) -> None:
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 500, parent_doc_no=ABOVE)

    told = documents(township)

    assert told == {(DOCUMENT, TOWNSHIP): {"arrived_fen": 500, "unspent_fen": 500}}


def test_an_arrival_from_the_organisation_to_itself_hands_nothing_down(township: Township) -> None:
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 500)
    township.allocation(ARRIVED, TOWNSHIP, TOWNSHIP, 100)

    told = documents(township)

    assert told == {(DOCUMENT, TOWNSHIP): {"arrived_fen": 600, "unspent_fen": 600}}


def test_a_village_run_project_is_passed_on_and_paid_by_the_village(township: Township) -> None:
    township.account("镇", TOWNSHIP)
    township.account("村", VILLAGE, "村集体")
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 500)
    township.allocation(TRANSFERRED, TOWNSHIP, VILLAGE, 300)
    township.payment("TEST1", 280, quota_doc_no=DOCUMENT, paid_from=account("村"))

    told = documents(township)

    assert told[DOCUMENT, TOWNSHIP] == {"arrived_fen": 500, "passed_on_fen": 300, "unspent_fen": 200}
    assert told[DOCUMENT, VILLAGE] == {"transferred_in_fen": 300, "paid_fen": 280, "unspent_fen": 20}


def test_a_village_that_pays_without_a_transfer_goes_negative(township: Township) -> None:
    township.account("村", VILLAGE, "村集体")
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 500)
    township.payment("TEST1", 280, quota_doc_no=DOCUMENT, paid_from=account("村"))

    told = documents(township)

    assert told[DOCUMENT, VILLAGE] == {"paid_fen": 280, "unspent_fen": -280}
    assert told[DOCUMENT, TOWNSHIP] == {"arrived_fen": 500, "unspent_fen": 500}


def test_a_payment_without_a_document_stands_under_the_empty_one_as_unexplained(township: Township) -> None:
    township.account("镇", TOWNSHIP)
    township.payment("TEST1", 60_000, paid_from=account("镇"))

    told = documents(township)

    assert told == {("", TOWNSHIP): {"paid_fen": 60_000, "unspent_fen": -60_000}}


def test_the_payer_is_the_first_township_finance_where_no_account_is_given(township: Township) -> None:
    township.account("县", COUNTY, "县财政")
    township.account("镇", TOWNSHIP)
    township.account("镇二", "测试镇财政二所")
    township.payment("TEST1", 60_000, quota_doc_no=DOCUMENT)

    told = documents(township)

    assert told == {(DOCUMENT, TOWNSHIP): {"paid_fen": 60_000, "unspent_fen": -60_000}}


def test_an_account_that_nobody_registered_pays_under_its_own_heading(township: Township) -> None:
    township.account("镇", TOWNSHIP)
    township.payment("TEST1", 60_000, quota_doc_no=DOCUMENT, paid_from=account("生"))

    told = documents(township)

    assert told == {(DOCUMENT, "未登记账户"): {"paid_fen": 60_000, "unspent_fen": -60_000}}


def test_quarantined_payments_count_because_the_money_has_left(township: Township) -> None:
    township.account("镇", TOWNSHIP)
    township.payment("TEST1", 60_000, quota_doc_no=DOCUMENT, quarantine=("E-ID:id_no",))
    township.payment("TEST2", 1, quota_doc_no=DOCUMENT)

    told = documents(township)

    assert told[DOCUMENT, TOWNSHIP]["paid_fen"] == 60_001


def test_an_interest_subsidy_stated_on_the_loan_is_paid_by_the_township_without_document(township: Township) -> None:
    township.account("镇", TOWNSHIP)
    township.loan("JJ-0001", interest_subsidy_fen=66_370)

    told = documents(township)

    assert told == {("", TOWNSHIP): {"paid_fen": 66_370, "unspent_fen": -66_370}}


def test_the_principal_of_a_loan_is_the_banks_money_and_never_counts(township: Township) -> None:
    township.account("镇", TOWNSHIP)
    township.loan("JJ-0001", repaid_fen=1_000_000, repaid_on=date(2020, 9, 10))

    told = documents(township)

    assert told == {}


def test_documents_are_sorted_by_number_and_organisation_with_null_first(township: Township) -> None:
    township.payment("TEST1", 1)
    township.allocation(ARRIVED, COUNTY, TOWNSHIP, 5, quota_doc_no="乙号")
    township.allocation(ARRIVED, COUNTY, VILLAGE, 5, quota_doc_no="丙号")
    township.allocation(ARRIVED, COUNTY, COUNTY, 5, quota_doc_no="丙号")

    told = list(documents(township))

    assert told == [("", None), ("丙号", VILLAGE), ("丙号", COUNTY), ("乙号", TOWNSHIP)]


def dividends(township: Township) -> list[dict[str, Any]]:
    with township.project().connect() as connection:
        return dividend_balances(connection)


def test_dividends_balance_per_contract_and_period_apart_from_quota_money(township: Township) -> None:
    township.contract("HT-01")
    township.receipt("DS1", "HT-01", 5_000_000)
    township.dividend("FH1", "HT-01", 4_500_000)

    assert documents(township) == {}
    assert dividends(township) == [
        {
            "contract_no": "HT-01",
            "period": "2020",
            "village": VILLAGE,
            "received_fen": 5_000_000,
            "reserve_fen": 500_000,
            "paid_fen": 4_500_000,
            "returned_fen": 0,
            "reversed_fen": 0,
            "undistributed_fen": 0,
        }
    ]


def test_the_reserve_of_each_receipt_is_rounded_down_to_the_fen(township: Township) -> None:
    township.contract("HT-01", reserve_ppm=333_333)
    township.receipt("DS1", "HT-01", 100)
    township.receipt("DS2", "HT-01", 101)

    [told] = dividends(township)

    assert told["reserve_fen"] == 33 + 33


def test_the_reserve_of_the_largest_amount_is_exact(township: Township) -> None:
    township.contract("HT-01", reserve_ppm=999_999)
    township.receipt("DS1", "HT-01", 2**53 - 1)

    [told] = dividends(township)

    assert told["reserve_fen"] == (2**53 - 1) * 999_999 // 1_000_000


def test_an_operator_that_pays_households_past_the_village_leaves_less_than_nothing(township: Township) -> None:
    township.contract("HT-01", reserve_ppm=None)
    township.dividend("FH1", "HT-01", 100)

    [told] = dividends(township)

    assert (told["received_fen"], told["reserve_fen"], told["undistributed_fen"]) == (0, 0, -100)


def test_a_dividend_of_an_unknown_contract_balances_without_village_or_reserve(township: Township) -> None:
    township.receipt("DS1", "HT-77", 100)
    township.contract("HT-01")

    [told] = dividends(township)

    assert (told["contract_no"], told["village"], told["undistributed_fen"]) == ("HT-77", None, 100)
