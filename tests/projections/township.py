"""A township's doings in the words of its workbooks: what the tests of tables and balances tell."""

from datetime import date
from typing import Any

from domain.allocation import ALLOCATION_BY_KIND
from domain.control import PackageReceived
from domain.disbursement import PaymentMade
from domain.dividend import AssetContractSigned, DividendPaid, DividendReceived
from domain.loan import LoanIssued, LoanRow
from domain.organisation import OrgAccountRegistered
from domain.person import PersonRegistered, RosterRow
from domain.subsidy import ProgrammeDefined
from tests.projections.history import History, account, person

TOWNSHIP, VILLAGE, COUNTY, PROVINCE = "测试镇财政所", "测试一村", "测试县财政局", "省财政厅"
DOCUMENT, ABOVE = "测试财农〔2020〕1号", "粤测财农〔2020〕9号"


class Township(History):
    """A history told by rows: each method is one row of one sheet, and gives its position."""

    def package(self, package_id: str, as_of: date) -> int:
        return self.tell(
            PackageReceived,
            f"package {package_id}",
            package_id=package_id,
            division_code="440899101",
            as_of=as_of,
            import_mode="增量",
        )

    def account(self, number: str, org_name: str, org_kind: str = "镇财政", **more: Any) -> int:
        row = {"org_code": org_name, "org_name": org_name, "org_kind": org_kind, "reconciled": True}
        return self.tell(OrgAccountRegistered, f"account {number}", account_no=account(number), **(row | more))

    def allocation(self, entry_kind: str, from_org: str, to_org: str, amount_fen: int, **more: Any) -> int:
        entry_no = f"ZB-{len(self.money.entries):04d}"
        row = {
            "entry_no": entry_no,
            "entry_kind": entry_kind,
            "quota_doc_no": DOCUMENT,
            "fund_source": "省级",
            "from_org": from_org,
            "to_org": to_org,
            "amount_fen": amount_fen,
            "purpose_codes": ("S05",),
            "year": 2020,
        }
        return self.tell(ALLOCATION_BY_KIND[entry_kind], f"allocation {entry_no}", **(row | more))

    def programme(self, programme: str, **more: Any) -> int:
        row = {"programme_code": "TRAIN", "unit": "个人", "purpose_code": "S05"}
        return self.tell(ProgrammeDefined, f"programme {programme}", programme=programme, **(row | more))

    def payment(self, bank_ref: str | None, amount_fen: int, **more: Any) -> int:
        row: dict[str, Any] = {
            "programme": "职业培训补贴",
            "period": "2020Q2",
            "id_no": person("测试甲"),
            "village": VILLAGE,
            "account_no": account("测试甲"),
            "paid_on": date(2020, 6, 20),
        } | more
        stream = f"payment {bank_ref or len(self.money.entries)}"
        return self.tell(
            PaymentMade, stream, bank_ref=bank_ref, amount_fen=amount_fen, occurred_on=row["paid_on"], **row
        )

    def roster(self, name: str, household_no: str, *, becomes: type[RosterRow] = PersonRegistered, **more: Any) -> int:
        row: dict[str, Any] = {
            "village": VILLAGE,
            "household_no": household_no,
            "relation": "户主",
            "id_no": person(name),
            "category": "脱贫户",
            "included_on": date(2016, 5, 1),
        } | more
        return self.tell(becomes, f"roster {household_no} {name} {row['included_on']}", **row)

    def loan(self, loan_no: str, *, becomes: type[LoanRow] = LoanIssued, **more: Any) -> int:
        row = {
            "id_no": person("测试丁"),
            "household_no": "H-0003",
            "principal_fen": 5_000_000,
            "issued_on": date(2020, 3, 10),
            "due_on": date(2022, 3, 9),
            "disbursement_account": account("测试丁"),
            "status": "正常",
        }
        return self.tell(becomes, f"loan {loan_no}", loan_no=loan_no, **(row | more))

    def contract(self, contract_no: str, **more: Any) -> int:
        row = {
            "operator_name": "测试合作社",
            "operator_uscc": "93440899MA9999902H",
            "village": VILLAGE,
            "principal_fen": 100_000_000,
            "guaranteed_ppm": 50_000,
            "reserve_ppm": 100_000,
            "day_count": "整年",
            "pay_day": "12-20",
            "starts_on": date(2019, 1, 1),
            "until": date(2023, 12, 31),
            "total_shares": "69",
        }
        return self.tell(AssetContractSigned, f"contract {contract_no}", contract_no=contract_no, **(row | more))

    def receipt(self, bank_ref: str, contract_no: str, amount_fen: int, **more: Any) -> int:
        row: dict[str, Any] = {"period": "2020", "received_on": date(2020, 12, 15)} | more
        return self.tell(
            DividendReceived,
            f"receipt {bank_ref}",
            bank_ref=bank_ref,
            contract_no=contract_no,
            amount_fen=amount_fen,
            **row,
        )

    def dividend(self, bank_ref: str, contract_no: str, paid_fen: int, **more: Any) -> int:
        row: dict[str, Any] = {"period": "2020", "household_no": "H-0001", "paid_on": date(2020, 12, 20)} | more
        return self.tell(
            DividendPaid, f"payment {bank_ref}", bank_ref=bank_ref, contract_no=contract_no, paid_fen=paid_fen, **row
        )
