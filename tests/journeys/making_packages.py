"""Import packages of an invented township, of any seed and size, and the month that comes after.

Deterministic by seed. Nobody in them exists: identity numbers and codes carry the county prefix 440899, which is not
assigned, cards begin with 629999, telephones with 0759-000. What a package has beside the ordinary: rows that are
quarantined, batch lists without 流水号, households left for the roster to tell, accounts that nobody registered,
documents handed down and passed on, loans with repayments and interest subsidies of their own row, 公益金 kept back.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

from tests.journeys.inventing import Person, card_number, credit_code, spoiled
from tests.journeys.making_claims import InventedClaims
from tests.journeys.making_loan_details import InventedLoanDetails
from tests.journeys.making_notices import InventedNotices
from tests.journeys.making_people import InventedLists
from tests.journeys.making_registers import COUNTY, PROGRAMMES, STAFF, TOWN, YEAR, Cells, InventedRegisters
from tests.journeys.making_works import InventedWorks

FIRST_MONTH_ENDS, SECOND_MONTH_ENDS = date(2020, 6, 30), date(2020, 7, 31)
PERIODS = {
    "月": ("2020-01", "2020-02", "2020-03", "2020-04", "2020-05"),
    "季": ("2020Q1", "2020Q2"),
    "年": ("2020",),
    "一次性": ("2020",),
}
CONTRACTS = ("HT-01", "HT-02")
DOCUMENTS = tuple(f"测试财农〔2020〕{number}号" for number in range(1, 6))


Package = dict[str, list[Cells]]
"""What goes into the workbooks: the rows of each sheet."""


class InventedTownship(InventedRegisters):
    """An invented township that writes its first month and the month after."""

    def __init__(self, *, seed: int, households: int) -> None:
        super().__init__(seed=seed, households=households)
        self._seed = seed
        self._works = InventedWorks(self, DOCUMENTS)
        self._loan_details = InventedLoanDetails(self, DOCUMENTS)
        self._claims = InventedClaims(self, DOCUMENTS)
        self._notices = InventedNotices(self)
        self._lists = InventedLists(self)
        self._makers: dict[str, Callable[[], list[Cells]]] = {
            "places": self._places,
            "orgs": self._orgs,
            "staff": self._staff,
            "programmes": self._programmes,
            "programme_rates": self._rates,
            "roster": self._roster,
            "deaths": self._deaths,
            "allocations": self._allocations,
            "asset_contracts": self._contracts,
            "shareholders": self._shareholders,
            "subsidy_payments": lambda: self._paid(self.people, first=date(2020, 2, 1)),
            "loans": self._loans,
            "dividend_receipts": lambda: [self._receipt(contract_no, "2019") for contract_no in (*CONTRACTS, "HT-01")],
            "dividends": lambda: self._dividends(self.people[: len(self.people) // 2], "2019"),
        }

    def first_month(self) -> Package:
        """The package that opens the books."""
        sheets = {"manifest": [self._manifest(FIRST_MONTH_ENDS, "首次导入")]}
        sheets |= {sheet: make() for sheet, make in self._makers.items()}
        sheets["dividend_receipts"].append(self._receipt("HT-99", "2019"))
        sheets |= (
            self._lists.first_month() | self._works.first_month() | self._loan_details.first_month(sheets["loans"])
        )
        claims = self._claims.first_month(sheets)
        sheets["subsidy_payments"] += claims.pop("subsidy_payments")
        sheets |= claims
        sheets["payment_returns"] += self._claims.returns(sheets, date(2020, 6, 1))
        return sheets | self._notices.first_month(sheets)

    def second_month(self, first: Package) -> Package:
        """Registers sent again with changes, journals grown (some with their old rows), nothing else."""
        sheets = deepcopy(first)
        sheets["manifest"] = [self._manifest(SECOND_MONTH_ENDS, "增量")]
        del sheets["payment_returns"]
        self._change_people(sheets)
        self._change_money(sheets)
        paid = self._paid(self.people[::2], first=date(2020, 7, 1))
        sheets["subsidy_payments"] = [*sheets["subsidy_payments"], *paid] if self.draws.once_in(2) else paid
        sheets["allocations"] += [self._entry("到达", "测试财农〔2020〕8号", COUNTY, TOWN, day=date(2020, 7, 3))]
        sheets["dividend_receipts"] = [self._receipt(contract_no, "2020") for contract_no in CONTRACTS]
        sheets["dividends"] += self._dividends(self.people[::3], "2020")
        self._lists.second_month(sheets)
        self._works.second_month(sheets)
        self._loan_details.second_month(sheets)
        self._claims.second_month(sheets | {"subsidy_payments": first["subsidy_payments"]})
        self._notices.second_month(sheets)
        sheets["payment_returns"] = self._claims.returns(first, date(2020, 7, 20))
        return sheets

    def _manifest(self, as_of: date, mode: str) -> Cells:
        package_id = f"PKG-440899101-{self._seed}-{as_of:%m}"
        return {"package_id": package_id, "division_code": "440899101", "as_of": as_of, "import_mode": mode}

    def _change_people(self, sheets: dict[str, list[Cells]]) -> None:
        for row in sheets["roster"][1::9]:
            row |= {"exited_on": row.get("exited_on") or date(2020, 7, 15), "exit_kind": "销户", "hamlet": "三组"}
        for row in sheets["roster"][2::9]:
            row |= {"category": "突发严重困难户", "phone": "0759-0009999", "capacity": "限制"}
        for row in sheets["deaths"]:
            row["known_on"] = date(2020, 3, 25)
        sheets["staff"][0] |= {"post": "主任", "serving_until": date(2020, 7, 1)}
        sheets["places"][2]["aliases"] = "一村、测试一"
        sheets["orgs"][0] |= {"reconciled": "是", "legal_person": self.people[0].name}
        sheets["orgs"][0] |= {"legal_person_id": self.people[0].id_no}
        sheets["programmes"][0] |= {"notice_days": 10, "excludes": "临时救助"}
        sheets["programme_rates"][0]["until"] = date(2020, 6, 30)
        raised = {"programme": PROGRAMMES[0][0], "rate": Decimal("400.50"), "from": date(2020, 7, 1)}
        sheets["programme_rates"].append(raised)

    def _change_money(self, sheets: dict[str, list[Cells]]) -> None:
        for row in sheets["shareholders"][::3]:
            row |= {"until": date(2020, 7, 1), "resolution": "测决〔2020〕3号"}
        sheets["shareholders"][-1]["shares"] = Decimal("2.5")
        for row in sheets["loans"][::2]:
            repaid = (row["repaid"] or 0) + Decimal("900.05")
            row |= {"repaid": repaid, "repaid_on": date(2020, 7, 20), "interest_subsidy": Decimal("123.45")}
            row |= {"balance": row["principal"] - repaid, "status": self.draws.one_of(("逾期", "展期", "核销", "正常"))}
        sheets["loans"][1] |= {"settled_on": date(2020, 7, 9), "status": "结清", "balance": 0}
        sheets["asset_contracts"][0]["reserve_pct"] = Decimal("12.5")

    def _contracts(self) -> list[Cells]:
        return [
            {
                "contract_no": contract_no,
                "operator_name": "测试合作社（虚构）",
                "operator_uscc": credit_code(0),
                "village": self.villages[number % len(self.villages)],
                "principal": Decimal(300_000),
                "guaranteed_pct": Decimal(6),
                "share_pct": Decimal("29.5") if number else None,
                "reserve_pct": Decimal("3.3333") if number else None,
                "day_count": "整年",
                "pay_day": "12-20",
                "from": date(2019, 1, 1),
                "until": date(2023, 12, 31),
                "total_shares": 69,
            }
            for number, contract_no in enumerate(CONTRACTS)
        ]

    def _shareholders(self) -> list[Cells]:
        return [
            {
                "contract_no": self.draws.one_of(CONTRACTS),
                "household_no": person.household_no,
                "name": person.name,
                "id_no": person.id_no,
                "shares": self.draws.one_of((1, 2, Decimal("1.5"))),
                "from": date(2019, 1, 1),
                "until": self.draws.one_of((None, None, date(2020, 3, 31))),
            }
            for person in self.people[::2]
        ]

    def _receipt(self, contract_no: str, period: str) -> Cells:
        number = self._next()
        return {
            "bank_ref": f"DS{number}",
            "contract_no": contract_no,
            "period": period,
            "amount": Decimal(1_000_001 + self.draws.below(900_000)) / 100,
            "to_account": self.draws.one_of((*self.accounts[-2:], card_number(800_001))),
            "received_on": self.draws.day(YEAR, 100),
        }

    def _dividends(self, people: Sequence[Person], period: str) -> list[Cells]:
        heads = list({person.household_no: person for person in people}.values())
        return [
            {
                "contract_no": contract["contract_no"],
                "operator_name": contract["operator_name"],
                "operator_uscc": contract["operator_uscc"],
                "principal": contract["principal"],
                "guaranteed_pct": contract["guaranteed_pct"],
                "period": period,
                "pool_due": Decimal("15000.00"),
                "household_no": head.household_no,
                "head_name": head.name,
                "id_no": head.id_no,
                "shares": 1,
                "paid": Decimal(10_000 + self.draws.below(90_000)) / 100,
                "paid_on": self.draws.day(date(2020, 1, 5), 60),
                "account_no": head.card,
                "holder_name": self.draws.one_of((head.name, None)),
                "bank_ref": self.draws.one_of((f"FH{self._next()}", None)),
            }
            for head in heads
            for contract in [self.draws.one_of(self._contracts())]
        ]

    def _loans(self) -> list[Cells]:
        loans = [self._loan(number, person) for number, person in enumerate(self.people[::3], start=1)]
        loans[-1] |= {"due_on": loans[-1]["issued_on"] - timedelta(days=1)}
        return loans

    def _loan(self, number: int, person: Person) -> Cells:
        issued = self.draws.day(YEAR, 150)
        repaid = self.draws.one_of((None, None, Decimal("1000.10")))
        settled = self.draws.once_in(6)
        return {
            "loan_no": f"JJ-{number:04}",
            "borrower_name": person.name,
            "id_no": person.id_no,
            "household_no": person.household_no,
            "bank": "测试信用社",
            "principal": Decimal(10_000 + 500 * self.draws.below(80)),
            "rate_pct": Decimal("4.3525"),
            "issued_on": issued,
            "due_on": issued + timedelta(days=700),
            "purpose": self.draws.one_of(("养牛", "养鸡")),
            "disbursement_account": self.draws.one_of((person.card, self.people[0].card)),
            "holder_name": person.name,
            "holder_id": self.draws.one_of((person.id_no, None)),
            "borrower_present": self.draws.one_of("是否"),
            "phone": person.phone,
            "guarantee_fee": self.draws.one_of((None, 0)),
            "renews": "JJ-0001" if number == 3 else None,
            "topup_approved": self.draws.one_of((None, "是")),
            "interest_subsidy": self.draws.one_of((None, None, Decimal("45.67"))),
            "repaid": repaid,
            "repaid_on": issued + timedelta(days=20) if repaid else None,
            "payer": person.name if repaid else None,
            "balance": Decimal(0),
            "settled_on": issued + timedelta(days=30) if settled else None,
            "status": "结清" if settled else "正常",
        }

    def _paid(self, people: Sequence[Person], *, first: date) -> list[Cells]:
        rows = [self._payment(person, first) for person in people for _ in range(1 + self.draws.below(3))]
        rows += [rows[0] | {"bank_ref": None}, rows[0] | {"bank_ref": None}]
        part = rows[1] | {"claim_no": f"SQ-{self._next()}", "pay_kind": "分期"}
        rows += [part | {"bank_ref": f"TEST{self._next()}", "amount": part["amount"] + 1} for _ in range(3)]
        return rows + self._quarantined_payments(first)

    def _quarantined_payments(self, first: date) -> list[Cells]:
        odd = [self._payment(person, first) | {"bank_ref": f"TEST{self._next()}"} for person in self.people[:5]]
        odd[0] |= {"id_no": spoiled(odd[0]["id_no"])}
        odd[1] |= {"id_no": spoiled(odd[1]["id_no"]), "household_no": None}
        odd[2] |= {"programme": "查无此项目", "period": "2020"}
        odd[3] |= {"programme": "查无此项目", "period": "2020", "household_no": None}
        odd[4] |= {"programme": PROGRAMMES[0][0], "period": "2020Q1"}
        return odd

    def _payment(self, person: Person, first: date) -> Cells:
        name, _, _, kind, _, rate = self.draws.one_of(PROGRAMMES)
        paid_on = self.draws.day(first, 28)
        quantity = self.draws.one_of((1, 2, Decimal("1.5"), None))
        return {
            "programme": name,
            "period": self.draws.one_of(PERIODS[kind]),
            "name": person.name,
            "id_no": person.id_no,
            "household_no": self.draws.one_of((person.household_no, None)),
            "village": person.village,
            "quantity": quantity,
            "rate": self.draws.one_of((Decimal(rate), None)),
            "amount": Decimal(rate) * (quantity or 1) // Decimal("0.01") / 100,
            "bank": "测试信用社",
            "account_no": person.card,
            "holder_name": person.name,
            "applied_on": self.draws.one_of((paid_on - timedelta(days=20), None)),
            "claim_no": self.draws.one_of((f"SQ-{self._next()}", None)),
            "approved_amount": self.draws.one_of((Decimal(rate), None)),
            "approved_on": self.draws.one_of((paid_on - timedelta(days=5), None)),
            "approver": self.draws.one_of((*STAFF, "G-0002", "查无此人")),
            "preparer": self.draws.one_of(STAFF),
            "cashier": self.draws.one_of((STAFF[2], None)),
            "paid_on": paid_on,
            "bank_ref": self.draws.one_of((f"TEST{self._next()}", f"TEST{self._next()}", None)),
            "pay_kind": self.draws.one_of(("正常", "补发", None)),
            "channel": self.draws.one_of(("卡", "现金", None)),
            "quota_doc_no": self.draws.one_of((*(f"测试财农〔2020〕{n}号" for n in (1, 2, 3, 4, 9)), None)),
            "paid_from": self.draws.one_of((*self.accounts[1:], card_number(800_002), None)),
            "keyed_on": self.draws.one_of((paid_on + timedelta(days=3), None)),
            "remark": self.draws.one_of(("现场核实", None)),
        }
