"""Loans: issued, repaid in details and in one sum, subsidised, moved on, confirmed and denied."""

from datetime import date

from domain.loan import LoanRepaid
from tests.projections.office.doing import Doings
from tests.projections.township import DOCUMENT

JULY, AUGUST, DECEMBER = date(2020, 7, 20), date(2020, 8, 20), date(2020, 12, 1)

LOANS: Doings = {
    "JJ-1 is issued, repaid in part, and settled": (
        lambda town: town.loan("JJ-1", interest_subsidy_fen=70, correlation_id="PKG-1"),
        lambda town: town.loan(
            "JJ-1", interest_subsidy_fen=70, correlation_id="PKG-2", repaid_fen=900, repaid_on=AUGUST
        ),
        lambda town: town.loan(
            "JJ-1",
            becomes=LoanRepaid,
            interest_subsidy_fen=90,
            correlation_id="PKG-2",
            repaid_fen=5_000_000,
            repaid_on=DECEMBER,
            settled_on=DECEMBER,
        ),
    ),
    "JJ-2 is issued to nobody who is named, and falls overdue": (
        lambda town: town.loan("JJ-2", id_no=None, household_no=None, interest_subsidy_fen=20, correlation_id="PKG-2"),
        lambda town: town.loan("JJ-2", status="逾期", interest_subsidy_fen=20, correlation_id="PKG-2"),
    ),
    "HK1 repays JJ-1, and is reversed": (
        lambda town: town.repay("HK1", "JJ-1", 100, 5),
        lambda town: town.give_back("HK1", 105, stream="repayment HK1", return_kind="冲正", returned_on=AUGUST),
    ),
    "HK7 repays JJ-1, which is corrected to JJ-2": (
        lambda town: town.repay("HK7", "JJ-1", 7, 1),
        lambda town: town.correct("repayment HK7", loan_no="JJ-2"),
    ),
    "TX1 subsidises the interest of JJ-1, and comes back": (
        lambda town: town.subsidise_interest("TX1", "JJ-1", 40, quota_doc_no=DOCUMENT),
        lambda town: town.give_back("TX1", 40, returned_on=AUGUST),
    ),
    "TX2 subsidises the interest of a loan that nobody knows": (
        lambda town: town.subsidise_interest("TX2", "JJ-9", 41, quarantine=("E-REF:loan_no",)),
    ),
    "TX7 subsidises the interest of JJ-1, which is corrected to JJ-2 and 甲号": (
        lambda town: town.subsidise_interest("TX7", "JJ-1", 7),
        lambda town: town.correct("payment TX7", loan_no="JJ-2", quota_doc_no="甲号"),
    ),
    "money of JJ-1 goes to another account": (lambda town: town.move_proceeds("LS1", "JJ-1", 12),),
    "money of JJ-1 goes on, which is corrected to JJ-2": (
        lambda town: town.move_proceeds("LS7", "JJ-1", 3),
        lambda town: town.correct("flow LS7", loan_no="JJ-2"),
    ),
    "the borrower of JJ-1 says that it is his": (lambda town: town.ask_borrower("JJ-1", "确认", JULY),),
    "the borrower of JJ-1 says in an objection that it is not his": (
        lambda town: town.ask_borrower("JJ-1", "否认", AUGUST, objection_no="YY-1"),
    ),
}
