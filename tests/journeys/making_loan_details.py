"""What 还款流水, 贴息台账, 放款资金流向 and 借款核实台账 of an invented township say of some of its loans."""

from datetime import date, timedelta
from decimal import Decimal

from tests.journeys.inventing import card_number, credit_code
from tests.journeys.making_registers import STAFF, Cells, InventedRegisters

Sheets = dict[str, list[Cells]]


class InventedLoanDetails:
    """Movements, repayments, interest subsidies and statements; some of loans that nobody knows."""

    def __init__(self, township: InventedRegisters, documents: tuple[str, ...]) -> None:
        self._township, self._draws, self._documents = township, township.draws, documents
        self._number = 0

    def first_month(self, loans: list[Cells]) -> Sheets:
        """Details of every second loan, and rows of loans that are not known."""
        detailed = loans[1::2] or loans
        sheets = self._details(detailed)
        stranger = detailed[0] | {"loan_no": "JJ-NOWHERE"}
        for rows, row in (("loan_flows", self._flow), ("loan_repayments", self._repayment)):
            sheets[rows].append(row(stranger))
        backwards = self._subsidy(detailed[0])
        backwards["to"] = backwards["from"]
        sheets["interest_subsidies"] += [self._subsidy(stranger), backwards]
        results = ("确认", "否认", "未联系上")
        days = (date(2020, 6, 1), date(2020, 6, 8), date(2020, 6, 20))
        sheets["loan_confirmations"] = [
            self._confirmation(loan, self._draws.one_of(results), day) for loan in loans[::2] for day in days[:2]
        ]
        sheets["loan_confirmations"].append(self._confirmation(loans[0], "未联系上", days[2]))
        return sheets

    def second_month(self, sheets: Sheets) -> None:
        """More of the same, also of loans that had no details: their own rows count no more."""
        for sheet, rows in self._details(sheets["loans"][::3]).items():
            sheets[sheet] = rows
        said = [self._confirmation(loan, "确认", date(2020, 7, 22)) for loan in sheets["loans"][::4]]
        sheets["loan_confirmations"] = [*sheets["loan_confirmations"], *said]

    def _details(self, loans: list[Cells]) -> Sheets:
        return {
            "loan_flows": [self._flow(loan) for loan in loans for _ in range(1 + self._draws.below(2))],
            "loan_repayments": [self._repayment(loan) for loan in loans for _ in range(1 + self._draws.below(2))],
            "interest_subsidies": [self._subsidy(loan) for loan in loans if not self._draws.once_in(3)]
            + [self._subsidy(loans[0])],
        }

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _flow(self, loan: Cells) -> Cells:
        other = self._draws.one_of(self._township.people)
        to_id = self._draws.one_of((other.id_no, credit_code(0), None))
        return {
            "flow_ref": f"LX{self._next():07}",
            "loan_no": loan["loan_no"],
            "moved_on": loan["issued_on"] + timedelta(days=2 + self._draws.below(9)),
            "amount": Decimal(100_000 + self._draws.below(400_000)) / 100,
            "to_account": card_number(610_000 + self._draws.below(4)),
            "to_name": other.name if to_id == other.id_no else "测试合作社（虚构）",
            "to_id": to_id,
            "summary": self._draws.one_of(("购牛苗", None)),
            "invoice_no": self._draws.one_of((f"FP9{self._number}", None)),
        }

    def _repayment(self, loan: Cells) -> Cells:
        other = self._draws.one_of(self._township.people)
        own = not self._draws.once_in(3)
        return {
            "repay_ref": f"HK{self._next():07}",
            "loan_no": loan["loan_no"],
            "repaid_on": loan["issued_on"] + timedelta(days=12 + self._draws.below(19)),
            "principal": self._draws.one_of((Decimal("500.00"), Decimal("123.45"), 0)),
            "interest": self._draws.one_of((Decimal("12.34"), Decimal("0.01"))),
            "payer_name": loan["borrower_name"] if own else other.name,
            "payer_id": loan["id_no"] if own else other.id_no,
            "payer_relation": "本人" if own else self._draws.one_of(("无", None)),
        }

    def _subsidy(self, loan: Cells) -> Cells:
        to_bank = self._draws.once_in(3)
        return {
            "bank_ref": f"TX{self._next():07}",
            "loan_no": loan["loan_no"],
            "from": loan["issued_on"],
            "to": loan["issued_on"] + timedelta(days=20),
            "principal": loan["principal"],
            "amount": Decimal(1_000 + self._draws.below(40_000)) / 100,
            "payee_name": "测试信用社" if to_bank else loan["borrower_name"],
            "payee_id": "承办银行" if to_bank else loan["id_no"],
            "account_no": card_number(620_000) if to_bank else loan["disbursement_account"],
            "paid_on": loan["issued_on"] + timedelta(days=21 + self._draws.below(9)),
            "quota_doc_no": self._draws.one_of((*self._documents, None)),
        }

    def _confirmation(self, loan: Cells, result: str, day: date) -> Cells:
        return {
            "loan_no": loan["loan_no"],
            "name": loan["borrower_name"],
            "id_no": loan["id_no"],
            "result": result,
            "method": self._draws.one_of(("签字", "电话", "入户")),
            "stated_on": day,
            "visitor": self._draws.one_of((STAFF[0], None)),
            "remark": self._draws.one_of(("称从未贷款", None)),
        }
