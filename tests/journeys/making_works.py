"""Projects, their contracts and what was paid for them, by a township that exists nowhere.

Village-run projects are among them, payments of several rows under one 流水号, off-library and unknown ones.
"""

from datetime import date, timedelta
from decimal import Decimal

from tests.journeys.inventing import card_number, credit_code
from tests.journeys.making_registers import STAFF, TOWN, YEAR, Cells, InventedRegisters

Sheets = dict[str, list[Cells]]


class InventedWorks:
    """The projects of a township: some proposed, some under way, some accepted."""

    def __init__(self, township: InventedRegisters, documents: tuple[str, ...]) -> None:
        self._township, self._documents, self._draws = township, documents, township.draws
        self._paid = 0

    def first_month(self) -> Sheets:
        """Projects, contracts and payments that open the books."""
        projects = [self._project(number) for number in range(1, 4 + min(len(self._township.people) // 20, 9))]
        contracts = [self._contract(project, number) for project in projects[1:] for number in range(1, 3)]
        payments = [row for contract in contracts for row in self._payments(contract, date(2020, 3, 1))]
        return {"projects": projects, "contracts": contracts, "project_payments": payments + self._odd(contracts[0])}

    def second_month(self, sheets: Sheets) -> None:
        """Projects move on, a contract is amended, more is paid."""
        projects, contracts = sheets["projects"], sheets["contracts"]
        projects[0] |= {"entered_on": date(2020, 7, 2), "status": "入库", "budget": projects[0]["budget"] + 5_000}
        projects[1] |= {"accepted_on": date(2020, 7, 20), "status": "验收", "paid": projects[1]["received"]}
        projects[2] |= {"beneficiary_households": 99, "supplier_name": "测试改名建设有限公司"}
        contracts[0] |= {"amended_amount": contracts[0]["amount"] + 1_000, "amended_on": date(2020, 7, 5)}
        contracts[1]["recurring"] = "是"
        late = self._project(90) | {"approved_on": date(2020, 7, 8)}
        sheets["projects"] = [*projects, late]
        added = self._contract(late, 1) | {"signed_on": date(2020, 7, 9)}
        sheets["contracts"] = [*contracts, added]
        new = [row for contract in [*contracts[:2], added] for row in self._payments(contract, date(2020, 7, 10))]
        sheets["project_payments"] = [*sheets["project_payments"], *new] if self._draws.once_in(2) else new

    def _project(self, number: int) -> Cells:
        draws, village = self._draws, self._draws.one_of(self._township.villages)
        budget = Decimal(100 * (100 + draws.below(9_000)))
        entered = draws.day(YEAR, 25) if number % 4 else None
        approved = entered + timedelta(days=14) if entered and number % 3 else None
        return {
            "project_no": f"XM-2020-{number:02}",
            "project_name": f"{village}村道硬化{number}",
            "project_class": draws.one_of(("基础设施", "饮水安全", "产业扶贫")),
            "location": village,
            "fund_source": "省级",
            "quota_doc_no": draws.one_of(self._documents),
            "budget": budget,
            "received": draws.one_of((budget, 0)),
            "paid": 0,
            "implementer": draws.one_of((TOWN, f"{village}股份经济联合社")),
            "supplier_name": draws.one_of(("测试建设有限公司", None)),
            "supplier_uscc": draws.one_of((credit_code(300 + number), None)),
            "contract_amount": draws.one_of((budget, None)),
            "entered_on": entered,
            "approved_on": approved,
            "status": draws.one_of(("在建", None)) if approved else "申报",
            "started_on": draws.one_of((date(2020, 3, 1), None)),
            "accepted_on": date(2020, 5, 22) if number % 5 == 0 and approved else None,
            "beneficiary_households": draws.below(80),
            "performance_target": "受益户满意度不低于95%",
            "notice_from": draws.one_of((date(2020, 1, 16), None)),
            "notice_until": date(2020, 1, 26),
        }

    def _contract(self, project: Cells, number: int) -> Cells:
        amended = self._draws.once_in(4)
        amount = Decimal(100 * (50 + self._draws.below(900)))
        return {
            "contract_no": f"GC-{project['project_no'][3:]}-{number}",
            "project_no": project["project_no"],
            "supplier_name": "测试建设有限公司",
            "supplier_uscc": credit_code(400 + number),
            "method": self._draws.one_of(("公开招标", "询价", "直接委托")),
            "amount": amount,
            "signed_on": self._draws.day(date(2020, 2, 1), 25),
            "recurring": "否",
            "amended_amount": amount + Decimal("0.37") if amended else None,
            "amended_on": date(2020, 4, 1) if amended else None,
        }

    def _payments(self, contract: Cells, first: date) -> list[Cells]:
        """One to three bank payments, each of one to three rows with their own documents."""
        rows = []
        for _ in range(1 + self._draws.below(3)):
            self._paid += 1
            several = self._draws.one_of((1, 1, 2, 3))
            shared = self._payment(contract, first)
            rows += [
                shared
                | {"line_no": number if several > 1 or self._draws.once_in(2) else None}
                | {"amount": self._amount(), "quota_doc_no": self._draws.one_of(self._documents)}
                for number in range(1, several + 1)
            ]
        return rows

    def _amount(self) -> Decimal:
        return Decimal(10_000 + self._draws.below(900_000)) / 100

    def _payment(self, contract: Cells, first: date) -> Cells:
        draws, paid_on = self._draws, self._draws.day(first, 20)
        return {
            "bank_ref": f"TESTZF{self._paid:06}",
            "project_no": contract["project_no"],
            "contract_no": draws.one_of((contract["contract_no"], contract["contract_no"], None)),
            "payee_name": contract["supplier_name"],
            "payee_uscc": contract["supplier_uscc"],
            "account_no": card_number(600_000 + draws.below(5)),
            "purpose_code": draws.one_of(("I01", "I02", "N02")),
            "summary": "进度款",
            "paid_from": draws.one_of((*self._township.accounts[2:], card_number(800_003))),
            "invoice_no": draws.one_of((f"FP{self._paid}", None)),
            "invoice_total": draws.one_of((Decimal(99_999), None)),
            "evidence_sha256": draws.one_of((f"{self._paid:064x}", None)),
            "preparer": draws.one_of(STAFF),
            "approver": draws.one_of(STAFF),
            "cashier": draws.one_of((STAFF[2], None)),
            "approved_on": paid_on - timedelta(days=2),
            "paid_on": paid_on,
            "keyed_on": draws.one_of((paid_on + timedelta(days=4), None)),
        }

    def _odd(self, contract: Cells) -> list[Cells]:
        """Off the library, of no contract that is known, to an organisation whose code is wrong."""
        odd = []
        changes = ({"project_no": "XM-NOWHERE"}, {"contract_no": "GC-NOWHERE"}, {"payee_uscc": "91440899MA0000000A"})
        for change in changes:
            self._paid += 1
            row = self._payment(contract, date(2020, 4, 1)) | {"amount": self._amount(), "line_no": None}
            odd.append(row | {"quota_doc_no": self._documents[0]} | change)
        odd[0]["contract_no"] = None
        return odd
