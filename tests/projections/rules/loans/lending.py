"""What the tests of the rules about loans tell of: who is of which household, where money went, who repaid it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from domain.loan import LoanConfirmed, LoanDenied, LoanProceedsMoved, LoanRepaid
from domain.organisation import OrgAccountRegistered
from domain.person import PersonRegistered
from tests.projections.history import account, person
from tests.projections.rules.town import Town

ISSUED = date(2020, 3, 10)
A_LOAN_FEN = 40_000_00
"""What `Town.lend` lends."""


def of_household(town: Town, who: str, household: str, **stated: Any) -> int:
    """A row of 花名册: a head of household since 2016 in 测试一村, unless stated otherwise."""
    row = {"village": "测试一村", "relation": "户主", "category": "一般贫困户", "included_on": date(2016, 5, 1)}
    told = row | {"id_no": person(who), "household_no": household} | stated
    return town.history.tell(PersonRegistered, f"roster {household} {who} {told['included_on']}", **told)


def moves(town: Town, ref: str, loan_no: str, into: str, amount_fen: int, on: date, **stated: Any) -> int:
    """A row of 放款资金流向, which names nobody unless stated otherwise."""
    told = {"flow_ref": ref, "loan_no": loan_no, "to_account": account(into), "amount_fen": amount_fen, "moved_on": on}
    return town.history.tell(LoanProceedsMoved, f"flow {ref}", **(told | stated))


def repays(town: Town, ref: str, loan_no: str, by: str | None, principal_fen: int, on: date, **stated: Any) -> int:
    """A row of 还款流水: somebody of no relation repays principal, unless stated otherwise."""
    payer = {"payer_id": person(by) if by else None, "payer_relation": "无"}
    money = {"repaid_principal_fen": principal_fen, "repaid_interest_fen": 0, "repaid_on": on}
    told = {"repay_ref": ref, "loan_no": loan_no} | payer | money | stated
    return town.history.tell(LoanRepaid, f"repayment {ref}", **told)


def denies(town: Town, loan_no: str, who: str, on: date, **stated: Any) -> int:
    """A row of 借款核实台账: the borrower denies the loan."""
    told = {"loan_no": loan_no, "id_no": person(who), "result": "否认", "method": "入户", "stated_on": on}
    return town.history.tell(LoanDenied, f"statement {loan_no} {on}", **(told | stated))


def confirms(town: Town, loan_no: str, who: str, on: date, **stated: Any) -> int:
    """A row of 借款核实台账: the borrower confirms the loan."""
    told = {"loan_no": loan_no, "id_no": person(who), "result": "确认", "method": "签字", "stated_on": on}
    return town.history.tell(LoanConfirmed, f"statement {loan_no} {on}", **(told | stated))


def registers(town: Town, name: str, into: str, **stated: Any) -> int:
    """A row of 单位账户登记: a cooperative and its account, unless stated otherwise."""
    row = {"org_code": name, "org_name": name, "org_kind": "合作社", "account_no": account(into), "reconciled": False}
    return town.history.tell(OrgAccountRegistered, f"org {into}", **(row | stated))


def named(alerts: Iterable[Mapping[str, Any]], rule_id: str) -> list[Mapping[str, Any]]:
    """Those of an outcome that a rule raised, changed or withdrew."""
    return [alert for alert in alerts if alert["rule_id"] == rule_id]
