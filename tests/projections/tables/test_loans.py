"""Loans, and the repayment and interest subsidy that stand in their rows."""

from datetime import date
from typing import Any

from sqlalchemy import select

from domain.loan import LoanOverdue, LoanRepaid
from projections.facts import rows
from projections.tables.internal import TOUCHED
from tests.projections.history import account, person
from tests.projections.township import TOWNSHIP, Township


def printed(township: Township, name: str) -> list[dict[str, Any]]:
    with township.project().connect() as connection:
        return list(rows(connection, name))


def test_a_loan_as_issued_owes_its_principal_and_nobody_has_confirmed_it(township: Township) -> None:
    township.loan("JJ-0001")

    [told] = printed(township, "loans")

    assert told["outstanding_fen"] == told["principal_fen"] == 5_000_000
    assert (told["principal_repaid_fen"], told["interest_repaid_fen"], told["moved_fen"]) == (0, 0, 0)
    assert (told["interest_subsidy_net_fen"], told["identity"]) == (0, "unconfirmed")


def test_what_the_row_says_was_repaid_is_one_repayment_all_principal(township: Township) -> None:
    position = township.loan("JJ-0001", repaid_fen=1_000_000, repaid_on=date(2020, 9, 10))

    assert printed(township, "loan_repayments") == [
        {
            "repay_ref": "HK/JJ-0001",
            "loan_no": "JJ-0001",
            "repaid_on": "2020-09-10",
            "principal_fen": 1_000_000,
            "interest_fen": 0,
            "payer_name": None,
            "payer_id": None,
            "payer_relation": None,
            "reversed_fen": 0,
            "position": position,
        }
    ]
    [loan] = printed(township, "loans")
    assert (loan["principal_repaid_fen"], loan["outstanding_fen"]) == (1_000_000, 4_000_000)


def test_a_row_sent_again_replaces_the_loan_and_keeps_its_first_position(township: Township) -> None:
    position = township.loan("JJ-0001", repaid_fen=1_000_000, repaid_on=date(2020, 9, 10))
    township.project()

    township.loan(
        "JJ-0001", becomes=LoanRepaid, repaid_fen=2_000_000, repaid_on=date(2020, 12, 10), balance_fen=3_000_000
    )

    [loan] = printed(township, "loans")
    [repayment] = printed(township, "loan_repayments")
    assert (loan["position"], loan["balance_fen"], loan["outstanding_fen"]) == (position, 3_000_000, 3_000_000)
    assert (repayment["repaid_on"], repayment["principal_fen"]) == ("2020-12-10", 2_000_000)


def test_a_settled_loan_owes_nothing_whatever_was_repaid(township: Township) -> None:
    township.loan("JJ-0001", repaid_fen=1, settled_on=date(2020, 12, 10), status="结清")

    [loan] = printed(township, "loans")

    assert loan["outstanding_fen"] == 0


def test_a_stated_interest_subsidy_is_a_payment_on_the_cut_off_day_of_its_package(township: Township) -> None:
    township.account("镇", TOWNSHIP)
    township.package("PKG-1", date(2021, 3, 31))
    position = township.loan("JJ-0001", interest_subsidy_fen=66_370, correlation_id="PKG-1")

    [subsidy] = printed(township, "interest_subsidies")
    [payment] = printed(township, "payments")

    assert (subsidy["bank_ref"], subsidy["paid_on"], subsidy["org"]) == ("TX/JJ-0001", "2021-03-31", TOWNSHIP)
    assert (subsidy["payee_id"], subsidy["net_fen"], subsidy["quota_doc_no"]) == (person("测试丁"), 66_370, None)
    assert payment | {"kind": "interest_subsidy", "position": position} == payment
    assert (payment["bank_ref"], payment["loan_no"], payment["household_no"]) == ("TX/JJ-0001", "JJ-0001", "H-0003")
    assert (payment["org"], payment["paid_on"], payment["amount_fen"]) == (TOWNSHIP, "2021-03-31", 66_370)
    assert printed(township, "loans")[0]["interest_subsidy_net_fen"] == 66_370
    assert printed(township, "claims") == []


def test_the_same_subsidy_stated_again_keeps_its_day_and_a_larger_one_moves_it(township: Township) -> None:
    township.package("PKG-1", date(2020, 12, 31))
    township.loan("JJ-0001", interest_subsidy_fen=100, correlation_id="PKG-1")
    township.package("PKG-2", date(2021, 3, 31))
    township.loan("JJ-0001", becomes=LoanOverdue, interest_subsidy_fen=100, status="逾期", correlation_id="PKG-2")
    first = printed(township, "interest_subsidies")[0]["paid_on"]

    township.package("PKG-3", date(2021, 6, 30))
    township.loan("JJ-0001", becomes=LoanOverdue, interest_subsidy_fen=150, status="逾期", correlation_id="PKG-3")

    [later] = printed(township, "interest_subsidies")
    assert (first, later["paid_on"], later["amount_fen"]) == ("2020-12-31", "2021-06-30", 150)
    assert [told["amount_fen"] for told in printed(township, "payments")] == [150]


def test_without_a_package_the_subsidy_is_paid_on_the_day_of_recording(township: Township) -> None:
    township.loan("JJ-0001", interest_subsidy_fen=100, recorded_at="2021-03-31T16:00:00.000000Z")

    assert printed(township, "interest_subsidies")[0]["paid_on"] == "2021-04-01"


def test_a_changed_loan_touches_what_it_named_before_and_what_it_names_now(township: Township) -> None:
    township.loan("JJ-0001", phone=None)
    views = township.project()
    with views.begin() as connection:
        connection.execute(TOUCHED.delete())

    township.loan("JJ-0001", disbursement_account=account("别人"), household_no="H-0004")

    with township.project().connect() as connection:
        touched = connection.execute(select(TOUCHED.c.kind, TOUCHED.c.key)).all()
    assert {
        ("account", account("测试丁")),
        ("account", account("别人")),
        ("household", "H-0003"),
        ("household", "H-0004"),
        ("loan", "JJ-0001"),
        ("person", person("测试丁")),
    } == set(map(tuple, touched))
