"""The lists beside the payments, as a clerk tells them: roster, entitlements, guardians, posts, classes."""

from datetime import date
from typing import Any

from domain.disbursement import PaymentReturned
from domain.dividend import DividendPaid
from domain.entitlement import EntitlementGranted
from domain.organisation import OrgAccountRegistered, StaffPostRegistered
from domain.person import GuardianRegistered, PayrollListed, PersonRegistered
from domain.place import PlaceRegistered
from domain.receipt import ReceiptConfirmed
from domain.subsidy import ProgrammeDefined
from domain.training import TrainingAttended, TrainingHeld
from tests.projections.history import account, person
from tests.projections.rules.town import AN_AMOUNT_FEN, DISABILITY, Town

LONG_AGO = date(2016, 5, 1)
NEW_YEAR, YEAR_END = date(2020, 1, 1), date(2020, 12, 31)
FIRST_VILLAGE, SECOND_VILLAGE = "测试一村", "测试二村"


def roster(town: Town, who: str, household: str = "H-1", since: date = LONG_AGO, **stated: Any) -> int:
    """A row of 花名册, new or as newly stated."""
    row = {"village": FIRST_VILLAGE, "relation": "户主", "category": "一般贫困户"}
    told = {"household_no": household, "id_no": person(who), "included_on": since}
    return town.history.tell(PersonRegistered, f"roster {household} {who} {since}", **(row | told | stated))


def entitlement(town: Town, who: str, programme: str = DISABILITY, since: date = NEW_YEAR, **stated: Any) -> int:
    """A row of 应享名单 for the year 2020, new or as newly stated."""
    row = {"household_no": "H-1", "ends_on": YEAR_END, "amount_per_period_fen": AN_AMOUNT_FEN, "granted_on": since}
    told = {"programme": programme, "id_no": person(who), "starts_on": since}
    return town.history.tell(EntitlementGranted, f"entitlement {who} {programme} {since}", **(told | row | stated))


def rate(town: Town, programme: str, rate_fen: int, since: date = date(2019, 1, 1), **stated: Any) -> int:
    """A row of 补贴标准."""
    name = f"rate {programme} {stated.get('variant')} {since}"
    told = {"programme": programme, "rate_fen": rate_fen, "starts_on": since}
    return town.history.tell(ProgrammeDefined, name, **told, **stated)


def guardian(town: Town, ward: str, of: str, into: str | None = None, since: date = NEW_YEAR, **stated: Any) -> int:
    """A row of 监护代管登记."""
    told = {"ward_id": person(ward), "guardian_id": person(of), "starts_on": since, "relation": "父母"}
    where = {"account_no": account(into) if into else None}
    return town.history.tell(GuardianRegistered, f"guardian {ward} {since}", **told, **where, **stated)


def organisation(town: Town, account_of: str, kind: str, uscc: str | None = None) -> int:
    """A row of 单位账户登记."""
    told = {"org_code": account_of, "org_name": account_of, "org_kind": kind, "uscc": uscc, "reconciled": False}
    return town.history.tell(OrgAccountRegistered, f"account {account_of}", account_no=account(account_of), **told)


def post(town: Town, staff_no: str, who: str, since: date = date(2017, 1, 1), until: date | None = None) -> int:
    """A row of 干部名册."""
    told = {"org": FIRST_VILLAGE, "post": "村文书", "role": "village_clerk"}
    when = {"serving_from": since, "serving_until": until}
    return town.history.tell(
        StaffPostRegistered, f"post {staff_no} {since}", staff_no=staff_no, id_no=person(who), **told, **when
    )


def payroll(town: Town, who: str, since: date, until: date | None = None) -> int:
    """A row of 财政供养名单."""
    told = {"id_no": person(who), "org": "测试镇中心小学", "starts_on": since, "until": until}
    return town.history.tell(PayrollListed, f"payroll {who} {since}", **told)


def place(town: Town, name: str, *aliases: str) -> int:
    """A village of 区划登记."""
    told = {"place_code": f"code {name}", "level": "村", "place_name": name, "aliases": aliases}
    return town.history.tell(PlaceRegistered, f"place {name}", **told)


def dividend(town: Town, to: str, into: str, paid_on: date, **stated: Any) -> int:
    """A row of 分红台账 over 500 yuan."""
    row = {"contract_no": "HT-01", "period": "2020", "paid_fen": 500_00, "household_no": None}
    told = {"id_no": person(to), "account_no": account(into), "paid_on": paid_on}
    bank_ref = f"FH-{to}-{paid_on}"
    return town.history.tell(DividendPaid, f"dividend {bank_ref}", **({"bank_ref": bank_ref} | row | told | stated))


def sent_back(town: Town, bank_ref: str, amount_fen: int = AN_AMOUNT_FEN, on: date = date(2020, 7, 1)) -> int:
    """A row of 退票冲正台账."""
    told = {"return_ref": f"TP-{bank_ref}", "return_kind": "退票", "target_ref": bank_ref}
    return town.history.tell(PaymentReturned, f"return {bank_ref}", amount_fen=amount_fen, returned_on=on, **told)


def receipt(town: Town, receipt_no: str, who: str, bank_ref: str, stated_fen: int, method: str = "入户") -> int:
    """A row of 签收回访台账."""
    told = {"id_no": person(who), "bank_ref": bank_ref, "stated_amount_fen": stated_fen, "method": method}
    return town.history.tell(
        ReceiptConfirmed, f"receipt {receipt_no}", receipt_no=receipt_no, stated_on=date(2020, 8, 1), **told
    )


def training_class(town: Town, class_id: str, skill: str = "电工", capacity: int = 40, **stated: Any) -> int:
    """A row of 培训班次."""
    row = {"provider": "测试职校", "venue": "测试镇文化站", "level": "初级"}
    when = {"start_at": "2020-03-06 08:30", "end_at": "2020-03-10 17:30"}
    told = {"class_id": class_id, "skill": skill, "capacity": capacity}
    return town.history.tell(TrainingHeld, f"class {class_id}", **(row | when | told | stated))


def attended(town: Town, class_id: str, who: str, since: str, until: str, **stated: Any) -> int:
    """A row of 培训签到表: passed, with a subsidy."""
    row = {"result": "合格", "subsidised": True, "device": None}
    told = {"class_id": class_id, "id_no": person(who), "start_at": since, "end_at": until}
    return town.history.tell(TrainingAttended, f"attended {class_id} {who} {since}", **(told | row | stated))
