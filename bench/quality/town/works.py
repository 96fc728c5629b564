"""Projects of the library, contracted, built, accepted and paid as the rules ask."""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from bench.quality.town.book import Row
from bench.quality.town.township import COUNTY_FINANCE, TOWNSHIP_FINANCE, YEAR, Township

INSTALMENTS = ((30, date(YEAR, 3, 20)), (46, date(YEAR, 5, 8)), (24, date(YEAR, 6, 24)))
"""Shares in percent and the days on which an honest project is paid; it is accepted before the last."""

ARRIVED_ON, SIGNED_ON, STARTED_ON, ACCEPTED_ON = (
    date(YEAR, 2, 20), date(YEAR, 3, 5), date(YEAR, 3, 10), date(YEAR, 6, 15),
)  # fmt: skip
HUNDRED = 100
KINDS = ("村道硬化", "饮水管网", "灌溉水渠", "巷道整治")
CONTRACT_FEN = 180_000_00


@dataclass
class Work:
    """A project with its document, its contract and its supplier."""

    project: Row
    contract: Row
    supplier: Row
    document: str

    @property
    def number(self) -> str:
        """项目编号."""
        return str(self.project["project_no"])


def plan(town: Township, *, fen: int = CONTRACT_FEN, village: str | None = None, **stated: Any) -> Work:
    """A project in the library with a document of its own, approved, contracted with a firm of its own.

    `stated` are columns of 项目台账.
    """
    village = village or town.next_village()
    document = new_document(town)
    supplier = town.company()
    kind = town.chance.choice(KINDS)
    told = {
        "project_no": f"XM-{YEAR}-{town.ordinal('project'):03d}",
        "project_name": f"{village}{kind}",
        "project_class": "饮水安全" if kind == "饮水管网" else "基础设施",
        "location": village,
        "fund_source": "省级",
        "quota_doc_no": document,
        "budget": fen,
        "received": fen,
        "paid": fen,
        "implementer": "测试镇人民政府",
        "supplier_name": supplier["org_name"],
        "supplier_uscc": supplier["uscc"],
        "contract_amount": fen,
        "entered_on": date(YEAR, 1, 10),
        "approved_on": date(YEAR, 2, 1),
        "status": "验收",
        "started_on": STARTED_ON,
        "accepted_on": ACCEPTED_ON,
        "beneficiary_households": 60,
        "performance_target": "受益户满意度不低于95%",
        "notice_from": date(YEAR, 1, 12),
        "notice_until": date(YEAR, 1, 24),
    }
    project = town.book.add("projects", **(told | stated))
    contract = agree(town, project, supplier, fen)
    return Work(project, contract, supplier, document)


def agree(town: Township, project: Row, supplier: Row, fen: int, **stated: Any) -> Row:
    """A row of 合同台账."""
    told = {
        "contract_no": f"GC-{YEAR}-{town.ordinal('works contract'):03d}",
        "project_no": project["project_no"],
        "supplier_name": supplier["org_name"],
        "supplier_uscc": supplier["uscc"],
        "method": "公开招标" if fen >= town_tender_fen() else "询价",
        "amount": fen,
        "signed_on": SIGNED_ON,
        "recurring": False,
    }
    return town.book.add("contracts", **(told | stated))


def town_tender_fen() -> int:
    """From here on a contract is put to tender."""
    return 400_000_00


def settle(town: Township, work: Work, fen: int, paid_on: date, **stated: Any) -> Row:
    """A row of 支付台账: one payment to the supplier under the contract."""
    ordinal = town.ordinal("works payment")
    told = {
        "bank_ref": f"TESTZF{paid_on:%Y%m%d}{ordinal:04d}",
        "line_no": 1,
        "project_no": work.number,
        "contract_no": work.contract["contract_no"],
        "payee_name": work.supplier["org_name"],
        "payee_uscc": work.supplier["uscc"],
        "account_no": work.supplier["account_no"],
        "amount": fen,
        "purpose_code": "I01",
        "summary": f"第{ordinal}期进度款",
        "quota_doc_no": work.document,
        "paid_from": town.accounts[TOWNSHIP_FINANCE],
        "invoice_no": f"FP{ordinal:08d}",
        "invoice_total": fen,
        "evidence_sha256": sha256(f"invoice {ordinal}".encode()).hexdigest(),
        "preparer": town.clerk(),
        "approver": town.approver(fen),
        "cashier": town.cashier(),
        "approved_on": paid_on - timedelta(days=3),
        "paid_on": paid_on,
        "keyed_on": paid_on,
    }
    return town.book.add("project_payments", **(told | stated))


def build(town: Township, *, fen: int = CONTRACT_FEN, **stated: Any) -> tuple[Work, list[Row]]:
    """An honest project from the library to the last payment; its document is as large as what it cost."""
    work = plan(town, fen=fen, **stated)
    payments = [settle(town, work, fen * percent // HUNDRED, day) for percent, day in INSTALMENTS]
    return work, payments


def new_document(town: Township) -> str:
    """The number of a quota document."""
    return f"测试财农〔{YEAR}〕{town.ordinal('document')}号"


def arrive(town: Township, document: str, fen: int, on: date, **stated: Any) -> Row:
    """A row 到达 of 资金指标台账: the county sends quota to the township."""
    told = {
        "entry_no": entry(town),
        "entry_kind": "到达",
        "quota_doc_no": document,
        "fund_source": "省级",
        "from_org": COUNTY_FINANCE,
        "to_org": TOWNSHIP_FINANCE,
        "amount": fen,
        "purpose_codes": ("I01",),
        "occurred_on": on,
        "year": YEAR,
    }
    return town.book.add("allocations", **(told | stated))


def assign(town: Township, document: str, fen: int, on: date, target: str, **stated: Any) -> Row:
    """A row 分解: what it is for."""
    told = {
        "entry_kind": "分解", "from_org": TOWNSHIP_FINANCE, "to_org": TOWNSHIP_FINANCE, "target": target,
    }  # fmt: skip
    return arrive(town, document, fen, on, **(told | stated))


def transfer(town: Township, document: str, fen: int, on: date, **stated: Any) -> Row:
    """A row 拨付: the cash, by default from the county's account into the township's."""
    told = {
        "entry_kind": "拨付",
        "to_account": town.accounts[stated.get("to_org", TOWNSHIP_FINANCE)],
        "bank_ref": f"TESTZB{YEAR}{town.ordinal('transfer'):05d}",
    }
    return arrive(town, document, fen, on, **(told | stated))


def entry(town: Township) -> str:
    """流水编号 of 资金指标台账."""
    return f"ZB-{YEAR}-{town.ordinal('allocation'):04d}"
