"""A township's office made by hand, row by row, as the first morning with a new ledger is."""

from datetime import date
from typing import Any

from api.entries import Entered, Entry, enter
from api.ledger import Ledger
from domain.event import KEEPER
from tests.journeys.inventing import card_number, credit_code, identity_number

CLERK, SUPERVISOR, OFFICE = "G-0001", "G-0002", "G-0003"
FINANCE, OTHER_FINANCE, LEADER, COUNTY = "G-0004", "G-0005", "G-0006", "G-0007"
INSPECTOR, RETIRED, LEADERS_SECOND_POST = "G-0008", "G-0009", "G-0010"

POSTS = (
    (CLERK, 1, "village_clerk"),
    (SUPERVISOR, 2, "village_supervisor"),
    (OFFICE, 3, "township_poverty_office"),
    (FINANCE, 4, "township_finance"),
    (OTHER_FINANCE, 5, "township_finance"),
    (LEADER, 6, "township_leader"),
    (COUNTY, 7, "dept"),
    (INSPECTOR, 8, "inspector"),
    (LEADERS_SECOND_POST, 6, "township_finance"),
)
"""工号, the person's serial, and the role; one person has two numbers."""

TREASURY, DOCUMENT, PROGRAMME, CONTRACT = "测试镇财政所", "测试财社〔2020〕1号", "职业培训补贴", "GC-2020-01"
NAME = "测试甲"


def born(serial: int) -> str:
    """An ID number of an adult."""
    return identity_number(born=date(1970, 1, 1 + serial % 28), serial=serial % 1_000)


PAYEE = born(101)
CARD = card_number(101)


def enter_row(ledger: Ledger, sheet: str, actor: str, **row: Any) -> Entered:
    """One row of `sheet` by `actor`."""
    return enter(ledger, Entry(sheet, actor, row))


def furnish(ledger: Ledger, *, arrived: str = "100.00", needs_notice: str = "否") -> None:
    """Staff, the treasury's account, one document with money, one programme, and one contract of a project."""
    for staff_no, serial, role in POSTS:
        post(ledger, staff_no, serial, role)
    post(ledger, RETIRED, 9, "township_finance", serving_until="2020-12-31")
    enter_row(
        ledger,
        "orgs",
        KEEPER,
        org_code="ORG-ZJ",
        org_name=TREASURY,
        org_kind="镇财政",
        account_no=card_number(1),
        reconciled=True,
    )
    arrive(ledger, DOCUMENT, arrived)
    programme(ledger, needs_notice=needs_notice)


def post(ledger: Ledger, staff_no: str, serial: int, role: str, **changes: Any) -> Entered:
    """One post of 干部名册."""
    row = {
        "staff_no": staff_no,
        "name": f"测试干部{serial}",
        "id_no": born(serial),
        "org": "测试镇",
        "post": "干部",
        "role": role,
        "serving_from": "2018-01-01",
    }
    return enter_row(ledger, "staff", KEEPER, **row | changes)


def arrive(ledger: Ledger, document: str, amount: str) -> Entered:
    """Money of a document."""
    return enter_row(
        ledger,
        "allocations",
        FINANCE,
        entry_no=f"ZB-{document}",
        entry_kind="到达",
        quota_doc_no=document,
        fund_source="省级",
        from_org="测试县财政局",
        to_org=TREASURY,
        amount=amount,
        purpose_codes=["S05"],
        occurred_on="2020-01-10",
        year=2020,
    )


def programme(ledger: Ledger, name: str = PROGRAMME, **changes: Any) -> Entered:
    """One programme, by default open to everybody."""
    row = {
        "programme": name,
        "programme_code": "TRAIN",
        "unit": "个人",
        "period_kind": "季",
        "max_per_period": 1,
        "amount_rule": "定额",
        "needs_notice": "否",
        "notice_days": 10,
        "requires_roster": "否",
        "requires_entitlement": "否",
        "carry_over_after_exit": "是",
        "posthumous": "否",
        "pay_mode": "一卡通",
        "deadline_days": 30,
        "purpose_code": "S05",
    }
    return enter_row(ledger, "programmes", COUNTY, **row | changes)


def contract(ledger: Ledger, contract_no: str, amount: str, *, entered_on: str | None = "2020-01-15") -> None:
    """A contract and its project."""
    project_no = f"XM-{contract_no}"
    enter_row(
        ledger,
        "projects",
        OFFICE,
        project_no=project_no,
        project_name="村道",
        project_class="基础设施",
        location="测试一村",
        fund_source="省级",
        quota_doc_no=DOCUMENT,
        budget="100.00",
        received="100.00",
        paid="0.00",
        implementer="测试镇",
        status="在建",
        beneficiary_households=26,
        performance_target="通路",
        entered_on=entered_on,
    )
    enter_row(
        ledger,
        "contracts",
        OFFICE,
        contract_no=contract_no,
        project_no=project_no,
        supplier_name="测试建筑公司",
        supplier_uscc=credit_code(1),
        method="询价",
        amount=amount,
        signed_on="2020-02-20",
        recurring=False,
    )


def paid(bank_ref: str, **changes: Any) -> dict[str, Any]:
    """A row of 补贴发放表."""
    row = {
        "programme": PROGRAMME,
        "period": "2020Q2",
        "name": NAME,
        "id_no": PAYEE,
        "village": "测试一村",
        "amount": "30.00",
        "bank": "测试信用社",
        "account_no": CARD,
        "holder_name": NAME,
        "approver": LEADER,
        "preparer": CLERK,
        "paid_on": "2020-06-20",
        "bank_ref": bank_ref,
    }
    return row | changes
