"""Rows about projects, hands and limits for the tests of misappropriation, splitting and conflicts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from domain.contract import ContractSigned
from domain.disbursement import EventReversed, PaymentMade
from domain.limit import LimitSet
from domain.organisation import StaffPostRegistered
from domain.project import ProjectAmended, ProjectApproved
from domain.relation import RelationDeclared
from tests.projections.history import account, person
from tests.projections.rules.town import Town

SUPPLIER = "91440899MA9999910J"
PROJECT, CONTRACT = "XM-1", "GC-1"
DOCUMENT = "测财农〔2020〕1号"
A_PRICE_FEN = 300_000_00


def project(town: Town, number: str = PROJECT, **stated: Any) -> int:
    """A row of 项目台账: 300 000 yuan in 一村, entered and approved in January 2020, accepted in June."""
    row = {"project_no": number, "project_class": "基础设施", "location": "一村", "quota_doc_no": DOCUMENT}
    plan = {"budget_fen": A_PRICE_FEN, "beneficiary_households": 50, "status": "验收"}
    days = {"entered_on": date(2020, 1, 11), "approved_on": date(2020, 1, 31), "accepted_on": date(2020, 6, 4)}
    return town.history.tell(ProjectApproved, f"project {number}", **(row | plan | days | stated))


def amend(town: Town, number: str = PROJECT, **stated: Any) -> int:
    """The same row, changed here with a second person's approval."""
    row = {"project_no": number, "project_class": "基础设施", "location": "一村", "quota_doc_no": DOCUMENT}
    plan = {"budget_fen": A_PRICE_FEN, "beneficiary_households": 50, "approver": "G-9"}
    days = {"entered_on": date(2020, 1, 11), "approved_on": date(2020, 1, 31)}
    return town.history.tell(ProjectAmended, f"project {number}", **(row | plan | days | stated))


def contract(town: Town, number: str = CONTRACT, project_no: str = PROJECT, **stated: Any) -> int:
    """A row of 合同台账: the whole project, signed on 2020-02-25."""
    row = {"contract_no": number, "project_no": project_no, "supplier_uscc": SUPPLIER, "amount_fen": A_PRICE_FEN}
    told = row | {"signed_on": date(2020, 2, 25), "recurring": False} | stated
    return town.history.tell(ContractSigned, f"contract {number}", **told)


def pay(town: Town, ref: str, paid_on: date, fen: int, **stated: Any) -> int:
    """A row of 支付台账 for the project, under its contract, for small works (I01)."""
    row = {"bank_ref": ref, "paid_for": "project", "project_no": PROJECT, "contract_no": CONTRACT}
    money = {"payee_uscc": SUPPLIER, "account_no": account("supplier"), "amount_fen": fen, "purpose_code": "I01"}
    hands = {"preparer": "G-1", "approver": "G-2", "cashier": "G-3", "quota_doc_no": DOCUMENT}
    told = row | money | hands | {"paid_on": paid_on, "approved_on": paid_on} | stated
    return town.history.tell(PaymentMade, f"works {ref} {told.get('line_no')}", **told)


def staff(town: Town, number: str, of: str, role: str = "township_leader", **stated: Any) -> int:
    """A row of 干部名册, in force since 2017."""
    row = {"staff_no": number, "id_no": person(of), "org": "镇人民政府", "post": "分管领导", "role": role}
    told = row | {"serving_from": date(2017, 1, 1)} | stated
    return town.history.tell(StaffPostRegistered, f"staff {number} {told['serving_from']} {role}", **told)


def limit(town: Town, fen: int, role: str = "township_leader", kind: str = "审批", **stated: Any) -> int:
    """A row of 审批限额, in force since 2020."""
    row = {"limit_kind": kind, "role": role, "amount_fen": fen, "starts_on": date(2020, 1, 1)}
    told = row | stated
    return town.history.tell(LimitSet, f"limit {kind} {role} {told['starts_on']}", **told)


def declare(town: Town, number: str, relative: str, on: date = date(2020, 1, 5), **stated: Any) -> int:
    """A row of 近亲属备案: a sibling, without a promise to keep out of it."""
    row = {"staff_no": number, "relative_id": person(relative), "relation": "兄弟姐妹", "declared_on": on}
    return town.history.tell(RelationDeclared, f"relation {number} {relative}", **(row | {"recused": False} | stated))


def reverse(town: Town, ref: str, day: date, fen: int, **stated: Any) -> int:
    """A row of 退票冲正台账: the payment of that 流水号 was reversed."""
    row = {"return_ref": f"CZ-{ref}", "return_kind": "冲正", "target_ref": ref, "amount_fen": fen, "returned_on": day}
    return town.history.tell(EventReversed, f"return {ref}", **(row | stated))


def count(rule_id: str, alerts: Iterable[Mapping[str, Any]]) -> int:
    """How many of `alerts`, or of what was withdrawn, are the rule's."""
    return sum(alert["rule_id"] == rule_id for alert in alerts)
