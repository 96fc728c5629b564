"""Notices of an invented township with their lines, who objected, and what people said that they received."""

from datetime import date
from decimal import Decimal

from tests.journeys.inventing import card_number
from tests.journeys.making_registers import PROGRAMMES, STAFF, TOWN, Cells, InventedRegisters

Sheets = dict[str, list[Cells]]
SPANS = (("2020-01", "2020-03"), ("2020Q1", "2020Q2"), ("2020", None), ("2019-11", "2020-02"), ("2020Q2", "2020Q2"))


class InventedNotices:
    """公示, 异议, 签收回访, 经营报告 and 银行流水: what stands beside the money."""

    def __init__(self, township: InventedRegisters) -> None:
        self._township, self._draws = township, township.draws
        self._number = 0

    def first_month(self, sheets: Sheets) -> Sheets:
        """Open and resolved objections, a withdrawn notice, denials, receipts that differ, lines of the bank."""
        count = 6 + min(len(self._township.people) // 10, 12)
        notices = [self._notice(number, sheets) for number in range(1, count)]
        notices[1]["withdrawn_on"] = date(2020, 5, 24)
        notices[-1] |= {"from": date(2020, 6, 25), "until": date(2020, 7, 5)}
        lines = [self._line(notice, line_no) for notice in notices for line_no in range(1, 2 + self._draws.below(4))]
        return {
            "notices": notices,
            "notice_lines": lines,
            "objections": self._objections(notices, sheets),
            "receipts": self._receipts(sheets),
            "profit_reports": [
                self._report("HT-01", "2019", Decimal("100000.00")),
                self._report("HT-02", "2020Q1", Decimal("-1.50")),
                self._report("HT-02", "2020Q2", 0),
            ],
            "bank_statement": self._statement(sheets),
        }

    def second_month(self, sheets: Sheets) -> None:
        """Objections are closed and filed, notices withdrawn and put up, reports change."""
        objections, notices = sheets["objections"], sheets["notices"]
        objections[0] |= {"resolved_on": date(2020, 7, 3), "outcome": "部分成立", "resolver": STAFF[3]}
        notices[2]["withdrawn_on"] = date(2020, 7, 4)
        notices[3] |= {"until": date(2020, 6, 2), "responsible": STAFF[0]}
        added = self._notice(90, sheets) | {"from": date(2020, 7, 20), "until": date(2020, 7, 30)}
        sheets["notices"] = [*notices, added]
        sheets["notice_lines"] = [self._line(added, 1), self._line(added, 2), self._line(notices[0], 9)]
        sheets["objections"] = [*objections, self._objection("公示", "GS-2020-090#2", date(2020, 7, 25))]
        sheets["profit_reports"][0]["profit"] = Decimal("90000.01")
        sheets["profit_reports"][1]["status"] = "异常"
        sheets["receipts"] = self._receipts(sheets)
        sheets["bank_statement"] = [*sheets["bank_statement"], *self._statement(sheets)]

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _notice(self, number: int, sheets: Sheets) -> Cells:
        kind = ("补贴", "项目", "分红", "补贴", "贷款", "指标", "验收")[number % 7]
        of = {
            "补贴": {"programme": PROGRAMMES[number % len(PROGRAMMES)][0]},
            "项目": {"project_no": sheets["projects"][0]["project_no"]},
            "验收": {"project_no": sheets["projects"][1]["project_no"]},
            "分红": {"contract_no": "HT-01"},
        }
        return of.get(kind, {}) | {
            "notice_no": f"GS-2020-{number:03}",
            "level": self._draws.one_of("镇村"),
            "kind": self._draws.one_of(("公示", "公告")),
            "subject_kind": kind,
            "village": self._draws.one_of((*self._township.villages, None)),
            "place": "村务公开栏",
            "from": date(2020, 5, 20),
            "until": self._draws.one_of((date(2020, 5, 20), date(2020, 5, 30), date(2020, 6, 1))),
            "responsible": self._draws.one_of((*STAFF, None)),
            "text": self._draws.one_of(("拟发放，欢迎监督", None)),
        }

    def _line(self, notice: Cells, line_no: int) -> Cells:
        person = self._draws.one_of(self._township.people)
        first, last = self._draws.one_of(SPANS)
        return {
            "notice_no": notice["notice_no"],
            "line_no": line_no,
            "village": self._draws.one_of((person.village, None)),
            "household_no": self._draws.one_of((person.household_no, None)),
            "name": person.name,
            "id_no": person.id_no,
            "period_from": first,
            "period_to": last,
            "amount": Decimal(1_000 + self._draws.below(90_000)) / 100,
            "printed_text": self._draws.one_of((f"第{line_no}行", None)),
        }

    def _objections(self, notices: list[Cells], sheets: Sheets) -> list[Cells]:
        loans = [row["loan_no"] for row in sheets["loans"]]
        payment = next(row["bank_ref"] for row in sheets["subsidy_payments"] if row["bank_ref"])
        closed = {"resolved_on": date(2020, 6, 2), "outcome": "不成立", "resolver": STAFF[3]}
        return [
            self._objection("公示", f"{notices[0]['notice_no']}#1", date(2020, 5, 25)),
            self._objection("公示", f"{notices[2]['notice_no']}#1", date(2020, 5, 26)) | closed,
            self._objection("公示", f"{notices[1]['notice_no']}#1", date(2020, 5, 23)),
            self._objection("贷款", loans[0], date(2020, 6, 10)) | {"denial": "是"},
            self._objection("贷款", loans[-1], date(2020, 6, 9))
            | {"denial": "是"}
            | closed
            | {"resolved_on": date(2020, 6, 20)},
            self._objection("贷款", loans[1], date(2020, 6, 9)) | {"denial": "否"},
            self._objection("支付", payment, date(2020, 6, 11)) | {"denial": "是"},
        ]

    def _objection(self, kind: str, reference: str, day: date) -> Cells:
        return {
            "objection_no": f"YY-2020-{self._next():03}",
            "ref_kind": kind,
            "ref_no": reference,
            "filed_on": day,
            "content": "询问面积",
            "denial": self._draws.one_of(("否", None)),
        }

    def _receipts(self, sheets: Sheets) -> list[Cells]:
        paid = [row for row in sheets["subsidy_payments"] if row["bank_ref"]][::5]
        shared = [row for row in sheets["dividends"] if row["bank_ref"]][:2]
        asked = [(row["bank_ref"], row["name"], row["id_no"], row["amount"]) for row in paid]
        asked += [(row["bank_ref"], row["head_name"], row["id_no"], row["paid"]) for row in shared]
        asked.append(("TEST-UNHEARD", *asked[0][1:]))
        return [
            {
                "receipt_no": f"HF-2020-{self._next():04}",
                "bank_ref": reference,
                "name": name,
                "id_no": id_no,
                "stated_amount": self._draws.one_of((amount, amount, 0)),
                "method": self._draws.one_of(("签字", "电话", "入户", "其他")),
                "signed_by": self._draws.one_of((name, None)),
                "signed_by_id": self._draws.one_of((id_no, None)),
                "stated_on": date(2020, 6, 28),
                "visitor": self._draws.one_of((STAFF[4], None)),
            }
            for reference, name, id_no, amount in asked
        ]

    def _report(self, contract_no: str, period: str, profit: Decimal | int) -> Cells:
        stated = {"contract_no": contract_no, "period": period, "profit": profit}
        return stated | {"status": "正常", "reported_on": date(2020, 6, 10)}

    def _statement(self, sheets: Sheets) -> list[Cells]:
        """One account's statement: what it paid, what it got, and cash."""
        own = self._township.accounts[2]
        rows = [
            self._bank_line(row["bank_ref"], row["paid_on"], own, row["account_no"]) | {"to_name": row["name"]}
            for row in sheets["subsidy_payments"][::3]
            if row["bank_ref"]
        ]
        came = self._bank_line(f"YH{self._next():06}", date(2020, 2, 2), card_number(900_001), own)
        cash = self._bank_line(f"YH{self._next():06}", date(2020, 2, 3), own, "现金")
        return [*{row["bank_ref"]: row for row in rows}.values(), came, cash | {"to_name": "现金"}]

    def _bank_line(self, reference: str, day: date, payer: str, payee: str) -> Cells:
        return {
            "bank_ref": reference,
            "date": day,
            "statement_account": self._township.accounts[2],
            "from": payer,
            "from_name": TOWN,
            "to": payee,
            "to_name": TOWN,
            "amount": Decimal(10_000 + self._draws.below(50_000)) / 100,
            "summary": self._draws.one_of(("补贴", None)),
            "quota_doc_no": self._draws.one_of(("测试财农〔2020〕1号", None)),
            "teller": self._draws.one_of(("G07", None)),
        }
