"""Claims of an invented township: instructed by several documents, paid in instalments, returned and paid again."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.journeys.inventing import Person
from tests.journeys.making_registers import PROGRAMMES, STAFF, Cells, InventedRegisters

Sheets = dict[str, list[Cells]]


class InventedClaims:
    """Instructions, the payments that they fund, and what came back of all that was paid."""

    def __init__(self, township: InventedRegisters, documents: tuple[str, ...]) -> None:
        self._township, self._draws, self._documents = township, township.draws, documents
        self._number = 0
        self._gone: set[str] = set()

    def first_month(self, works: Sheets) -> Sheets:
        """Claims of each kind, and instructions for contracts; some claims are instructed only a month later."""
        people = [person for person in self._township.people for _ in range(2)][:40]
        sheets: Sheets = {"payment_instructions": [], "subsidy_payments": [], "payment_returns": []}
        kinds = (self._instalments, self._reissued, self._with_own_document, self._short, self._instructed_late)
        for number, person in enumerate(people):
            kinds[number % len(kinds)](person, sheets)
        for contract in works["contracts"][::2]:
            payee = {"payee_name": contract["supplier_name"], "payee_id": contract["supplier_uscc"]}
            sheets["payment_instructions"] += self._instruction(
                {"ref_kind": "项目", "ref_no": contract["contract_no"], "account_no": self._township.accounts[0]}
                | payee,
                [(self._documents[0], contract["amount"])],
                date(2020, 2, 27),
            )
        return sheets

    def second_month(self, sheets: Sheets) -> None:
        """Late instructions, and returns of what was paid a month before."""
        late = [row for row in sheets["subsidy_payments"] if str(row.get("claim_no") or "").startswith("SQ-L")]
        new: list[Cells] = []
        for row in late:
            payee = {"payee_name": row["name"], "payee_id": row["id_no"], "account_no": row["account_no"]}
            of_claim = {"ref_kind": "补贴", "ref_no": row["claim_no"]} | payee
            new += self._instruction(of_claim, [(self._documents[1], row["amount"])], date(2020, 7, 2))
        sheets["payment_instructions"] = [*sheets["payment_instructions"], *new]

    def returns(self, sheets: Sheets, day: date) -> list[Cells]:
        """退票 and 冲正 of payments of every kind on one day, and three rows that take nothing back."""
        whole: dict[str, Decimal] = {}
        paid_on: dict[str, date] = {}
        for sheet, amounts, dated in (
            ("subsidy_payments", ("amount",), "paid_on"),
            ("project_payments", ("amount",), "paid_on"),
            ("interest_subsidies", ("amount",), "paid_on"),
            ("dividends", ("paid",), "paid_on"),
            ("loan_repayments", ("principal", "interest"), "repaid_on"),
        ):
            known = [row for row in sheets[sheet] if row.get("bank_ref") or row.get("repay_ref")]
            for row in known[1 :: 1 + len(known) // 4]:
                reference = row.get("bank_ref") or row["repay_ref"]
                same = [each for each in known if (each.get("bank_ref") or each.get("repay_ref")) == reference]
                unique = {tuple(sorted((name, str(value)) for name, value in each.items())): each for each in same}
                whole[reference] = sum((each[name] for each in unique.values() for name in amounts), Decimal(0))
                paid_on[reference] = row[dated]
        rows = [
            self._return(reference, amount, max(day, paid_on[reference] + timedelta(days=1)))
            | ({"return_kind": "冲正"} if reference.startswith("HK") else {})
            for reference, amount in whole.items()
            if reference not in self._gone
        ]
        self._gone |= set(whole)
        odd = [self._return("TEST-NOWHERE", Decimal(5), day)]
        if rows:
            odd.append(self._return(rows[0]["target_ref"], rows[0]["amount"], day))
        others = [row for row in sheets["subsidy_payments"] if row["bank_ref"] and row["bank_ref"] not in self._gone]
        if others:
            odd.append(self._return(others[0]["bank_ref"], others[0]["amount"] + 1, others[0]["paid_on"]))
        return rows + odd

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _return(self, reference: str, amount: Any, day: date) -> Cells:
        return {
            "return_ref": f"TP{self._next():06}",
            "return_kind": self._draws.one_of(("退票", "冲正")),
            "target_ref": reference,
            "amount": amount,
            "returned_on": day,
            "reason": "账号有误",
            "preparer": self._draws.one_of((STAFF[1], None)),
        }

    def _instalments(self, person: Person, sheets: Sheets) -> None:
        """Three instalments over two instructions of three lines in all: a payment spans two documents."""
        claim = self._claim(person, "A")
        first, second, third = self._documents[:3]
        sheets["payment_instructions"] += self._instruct(claim, [(first, 700), (second, 500)], date(2020, 3, 2))
        sheets["payment_instructions"] += self._instruct(claim, [(third, 300)], date(2020, 3, 1))
        for amount, day in ((400, 5), (600, 9), (500, 9)):
            sheets["subsidy_payments"].append(self._paid(claim, amount, date(2020, 3, day)) | {"pay_kind": "分期"})

    def _reissued(self, person: Person, sheets: Sheets) -> None:
        """Returned, and paid again out of what came back; another paid before that finds nothing left."""
        claim = self._claim(person, "B")
        first, second = self._documents[1:3]
        sheets["payment_instructions"] += self._instruct(claim, [(first, 450), (second, 350)], date(2020, 3, 3))
        paid = self._paid(claim, 800, date(2020, 3, 10))
        between = self._paid(claim, 100, date(2020, 3, 12))
        again = self._paid(claim, 800, date(2020, 3, 15)) | {"pay_kind": "重发"}
        sheets["subsidy_payments"] += [again, paid, between]
        sheets["payment_returns"].append(self._return(paid["bank_ref"], paid["amount"], date(2020, 3, 15)))
        self._gone |= {paid["bank_ref"]}

    def _with_own_document(self, person: Person, sheets: Sheets) -> None:
        """A payment that names its document takes from the lines of that document, and leaves less to the next."""
        claim = self._claim(person, "C")
        first, second = self._documents[:2]
        sheets["payment_instructions"] += self._instruct(claim, [(first, 300), (second, 300)], date(2020, 3, 4))
        sheets["subsidy_payments"] += [
            self._paid(claim, 200, date(2020, 3, 11)) | {"quota_doc_no": second},
            self._paid(claim, 350, date(2020, 3, 12)),
            self._paid(claim, 90, date(2020, 3, 13)) | {"quota_doc_no": "测试财农〔2020〕99号"},
        ]

    def _short(self, person: Person, sheets: Sheets) -> None:
        """Instructed for less than was paid: the rest has no document."""
        claim = self._claim(person, "D")
        sheets["payment_instructions"] += self._instruct(claim, [(self._documents[0], 100)], date(2020, 3, 5))
        sheets["subsidy_payments"] += [
            self._paid(claim, "99.99", date(2020, 3, 20)),
            self._paid(claim, 50, date(2020, 3, 21)),
        ]

    def _instructed_late(self, person: Person, sheets: Sheets) -> None:
        """Instructed only in the month after, so that nothing covers it until then."""
        sheets["subsidy_payments"].append(self._paid(self._claim(person, "L"), 123, date(2020, 4, 2)))

    def _claim(self, person: Person, kind: str) -> Cells:
        return {
            "programme": PROGRAMMES[4][0],
            "period": "2020",
            "name": person.name,
            "id_no": person.id_no,
            "household_no": self._draws.one_of((person.household_no, None)),
            "village": person.village,
            "bank": "测试信用社",
            "account_no": person.card,
            "holder_name": person.name,
            "claim_no": f"SQ-{kind}-{self._next():04}",
            "approver": STAFF[0],
            "preparer": STAFF[1],
            "paid_from": self._draws.one_of((self._township.accounts[2], None)),
        }

    def _paid(self, claim: Cells, amount: Any, day: date) -> Cells:
        keyed = self._draws.one_of((day + timedelta(days=30), None))
        return claim | {
            "amount": Decimal(amount),
            "paid_on": day,
            "bank_ref": f"TESTSQ{self._next():05}",
            "keyed_on": keyed,
        }

    def _instruct(self, claim: Cells, lines: list[tuple[str, Any]], day: date) -> list[Cells]:
        payee = {"payee_name": claim["name"], "payee_id": claim["id_no"], "account_no": claim["account_no"]}
        return self._instruction({"ref_kind": "补贴", "ref_no": claim["claim_no"]} | payee, lines, day)

    def _instruction(self, of: Cells, lines: list[tuple[str, Any]], day: date) -> list[Cells]:
        number = self._next()
        return [
            of
            | {"instruction_no": f"ZL-{number:05}", "line_no": line_no if len(lines) > 1 else None}
            | {"quota_doc_no": document, "amount": Decimal(amount), "purpose_code": "S01", "preparer": STAFF[1]}
            | {"approver": STAFF[0], "approved_on": day - timedelta(days=1), "instructed_on": day}
            for line_no, (document, amount) in enumerate(lines, start=1)
        ]
