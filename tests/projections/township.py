"""A township's doings in the words of its workbooks: what the tests of tables and balances tell."""

from datetime import date
from typing import Any

from domain.allocation import ALLOCATION_BY_KIND
from domain.contract import ContractSigned
from domain.control import PackageReceived
from domain.disbursement import EventReversed, PaymentMade, PaymentReturned
from domain.dividend import AssetContractSigned, DividendPaid, DividendReceived
from domain.instruction import InstructionWithdrawn, PaymentInstructed
from domain.loan import (
    InterestSubsidyPaid,
    LoanConfirmed,
    LoanDenied,
    LoanIssued,
    LoanProceedsMoved,
    LoanRepaid,
    LoanRow,
)
from domain.notice import NoticeLinePosted, NoticePublished, NoticeRow
from domain.objection import ObjectionFiled, ObjectionRow
from domain.organisation import OrgAccountRegistered
from domain.person import PersonRegistered, RosterRow
from domain.project import ProjectProposed, ProjectRow
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
        entry_no = more.pop("entry_no", f"ZB-{len(self.money.entries):04d}")
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

    def give_back(self, target_ref: str, amount_fen: int, *, stream: str | None = None, **more: Any) -> int:
        """退票, or 冲正 with `return_kind`, on the stream of the subsidy that it takes back, or on that named."""
        row: dict[str, Any] = {
            "return_ref": f"TP-{target_ref}",
            "return_kind": "退票",
            "target_ref": target_ref,
            "returned_on": date(2020, 7, 20),
        } | more
        becomes = PaymentReturned if row["return_kind"] == "退票" else EventReversed
        stream = stream or f"payment {target_ref}"
        return self.tell(becomes, stream, amount_fen=amount_fen, occurred_on=row["returned_on"], **row)

    def instruct(self, number: str, claim_no: str, quota_doc_no: str, amount_fen: int, **more: Any) -> int:
        """A line of an instruction, both given as `number`: `ZL-1#2`."""
        instruction_no, _, line_no = number.partition("#")
        row: dict[str, Any] = {"ref_kind": "补贴", "ref_no": claim_no, "instructed_on": date(2020, 6, 1)} | more
        return self.tell(
            PaymentInstructed,
            f"instruction {number}",
            instruction_no=instruction_no,
            line_no=int(line_no),
            quota_doc_no=quota_doc_no,
            amount_fen=amount_fen,
            occurred_on=row["instructed_on"],
            **row,
        )

    def withdraw(self, number: str) -> int:
        instruction_no, _, line_no = number.partition("#")
        return self.tell(
            InstructionWithdrawn, f"instruction {number}", instruction_no=instruction_no, line_no=int(line_no)
        )

    def propose(self, project_no: str, *, becomes: type[ProjectRow] = ProjectProposed, **more: Any) -> int:
        return self.tell(becomes, f"project {project_no}", project_no=project_no, **more)

    def sign_works(self, contract_no: str, project_no: str, amount_fen: int) -> int:
        return self.tell(
            ContractSigned,
            f"works {contract_no}",
            contract_no=contract_no,
            project_no=project_no,
            amount_fen=amount_fen,
            signed_on=date(2020, 6, 20),
        )

    def pay_for_project(self, number: str, amount_fen: int, **more: Any) -> int:
        """A line of a bank payment, both given as `number`: `XP1#2`."""
        bank_ref, _, line_no = number.partition("#")
        row: dict[str, Any] = {
            "project_no": "XM-1",
            "contract_no": "GC-1",
            "payee_uscc": "93440899MA9999902H",
            "paid_on": date(2020, 6, 20),
        } | more
        return self.tell(
            PaymentMade,
            f"payment {number}",
            paid_for="project",
            bank_ref=bank_ref,
            line_no=int(line_no),
            amount_fen=amount_fen,
            occurred_on=row["paid_on"],
            **row,
        )

    def repay(self, repay_ref: str, loan_no: str, principal_fen: int, interest_fen: int) -> int:
        return self.tell(
            LoanRepaid,
            f"repayment {repay_ref}",
            repay_ref=repay_ref,
            loan_no=loan_no,
            repaid_principal_fen=principal_fen,
            repaid_interest_fen=interest_fen,
            repaid_on=date(2020, 7, 20),
        )

    def subsidise_interest(self, bank_ref: str, loan_no: str, amount_fen: int, **more: Any) -> int:
        row: dict[str, Any] = {"payee_id": person("测试丁"), "paid_on": date(2020, 7, 20)} | more
        return self.tell(
            InterestSubsidyPaid, f"payment {bank_ref}", bank_ref=bank_ref, loan_no=loan_no, amount_fen=amount_fen, **row
        )

    def move_proceeds(self, flow_ref: str, loan_no: str, amount_fen: int, **more: Any) -> int:
        row: dict[str, Any] = {"to_account": account("外"), "moved_on": date(2020, 7, 20)} | more
        return self.tell(
            LoanProceedsMoved, f"flow {flow_ref}", flow_ref=flow_ref, loan_no=loan_no, amount_fen=amount_fen, **row
        )

    def ask_borrower(self, loan_no: str, result: str, stated_on: date, **more: Any) -> int:
        """What the borrower says: 确认 or 否认."""
        becomes = LoanConfirmed if result == "确认" else LoanDenied
        return self.tell(
            becomes, f"statement {loan_no} {result}", loan_no=loan_no, result=result, stated_on=stated_on, **more
        )

    def notice(self, notice_no: str, *, becomes: type[NoticeRow] = NoticePublished, **more: Any) -> int:
        row: dict[str, Any] = {
            "level": "村",
            "notice_kind": "公示",
            "subject_kind": "补贴",
            "place": "村务公开栏",
            "starts_on": date(2020, 6, 20),
            "until": date(2020, 7, 20),
        } | more
        return self.tell(becomes, f"notice {notice_no}", notice_no=notice_no, **row)

    def notice_line(self, notice_no: str, line_no: int, amount_fen: int, **more: Any) -> int:
        row: dict[str, Any] = {"line_no": line_no, "amount_fen": amount_fen} | more
        return self.tell(NoticeLinePosted, f"notice-line {notice_no} {line_no}", notice_no=notice_no, **row)

    def objection(
        self, objection_no: str, ref_no: str, *, becomes: type[ObjectionRow] = ObjectionFiled, **more: Any
    ) -> int:
        row: dict[str, Any] = {"ref_kind": "公示", "ref_no": ref_no, "filed_on": date(2020, 7, 20)} | more
        return self.tell(becomes, f"objection {objection_no}", objection_no=objection_no, **row)
