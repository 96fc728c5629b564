"""The fact tables that packages come to, computed straight from their rows (OUTPUTS §6).

Nothing of the product is imported: this is what its answers are held against.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tests.journeys.reading_columns import COLUMNS
from tests.journeys.reading_workbooks import Statement, Values
from tests.journeys.recomputing_moments import Moment
from tests.journeys.recomputing_notices import notice_figures
from tests.journeys.recomputing_payments import (
    Line,
    Payment,
    four,
    in_taking_order,
    interest_records,
    organisation,
    payments_of,
    reversal,
)
from tests.journeys.recorded_rows import Record, RecordedRows, dividend_reference, id_is_valid, uscc_is_valid

_OWN_PAYMENT = (
    "bank_ref line_no kind programme period project_no contract_no loan_no claim_no id_no payee_uscc household_no "
    "village quota_doc_no org account_no purpose_code pay_kind channel preparer approver cashier amount_fen "
    "returned_fen reversed_fen net_fen paid_on keyed_on returned_on"
)
_OWN_REPAYMENT = " ".join(column.fact for column in COLUMNS["loan_repayments"])
_OWN_INTEREST_SUBSIDY = " ".join(column.fact for column in COLUMNS["interest_subsidies"])
_OF_THE_CLAIM = (
    "claim_no programme period id_no household_no village quantity approved_amount_fen applied_on approved_on "
    "approver preparer"
)
_SHEETS = {
    "accounts": "orgs",
    "shares": "shareholders",
    "bank_lines": "bank_statement",
    "instructions": "payment_instructions",
    "training": "training_attendance",
    "loan_movements": "loan_flows",
}


@dataclass(frozen=True)
class Fact:
    """A row of a fact table, without its position, and the statement whose entry has that position."""

    values: Values
    statement: Statement


class Township(RecordedRows):
    """All packages of one township, in the order of their import, and what they come to.

    `moment` hides what had not yet happened or was not yet known (OUTPUTS §7); None hides nothing.
    """

    def __init__(
        self,
        packages: Sequence[Sequence[Statement]],
        keep: Callable[[Statement], bool] | None = None,
        moment: Moment | None = None,
    ) -> None:
        super().__init__(packages, keep)
        self._moment = moment

    def records(self, sheet: str) -> list[Record]:
        """The records of a sheet that had happened and were known, in the order in which they first came."""
        everything = super().records(sheet)
        if self._moment is None:
            return everything
        return [record for record in everything if self._moment.shows(sheet, record.values)]

    def ever(self, sheet: str) -> list[Values]:
        """The rows of a sheet as last stated, whatever the day."""
        return [record.values for record in super().records(sheet)]

    def knows(self, kind: str, value: str) -> bool:
        """Whether a subject is anywhere in these books: a household, a project … by the row that names it first."""
        columns = {
            "household": (("roster", "household_no"),),
            "person": (("roster", "id_no"),),
            "loan": (("loans", "loan_no"),),
            "fund": (("allocations", "quota_doc_no"),),
            "payment": (
                ("subsidy_payments", "bank_ref"),
                ("project_payments", "bank_ref"),
                ("interest_subsidies", "bank_ref"),
                ("dividends", "bank_ref"),
            ),
            "project": (("projects", "project_no"),),
            "contract": (("contracts", "contract_no"), ("asset_contracts", "contract_no")),
            "notice": (("notices", "notice_no"),),
            "account": (("orgs", "account_no"),),
            "place": (("places", "place_name"),),
        }
        return any(row[column] == value for sheet, column in columns[kind] for row in self.ever(sheet))

    def facts(self, table: str) -> list[Fact]:
        """The rows of a fact table, every column but `position`."""
        own: Mapping[str, Callable[[], list[Fact]]] = {
            "payments": self._payment_lines,
            "claims": self._claims,
            "loans": self._loans,
            "loan_repayments": self._repayments,
            "loan_confirmations": self._confirmations,
            "interest_subsidies": self._interest_subsidies,
            "dividend_receipts": self._dividend_receipts,
            "dividends": self._dividends,
            "roster_spans": self._roster_spans,
            "projects": lambda: self._netted("projects", "project_no"),
            "contracts": lambda: self._netted("contracts", "contract_no"),
            "notices": self._notices,
            "notice_lines": self._notice_lines,
        }
        return own[table]() if table in own else self._plain(_SHEETS.get(table, table))

    def _plain(self, sheet: str) -> list[Fact]:
        return [Fact(record.values, record.first) for record in self.records(sheet)]

    @cached_property
    def payments(self) -> list[Payment]:
        """Every payment of quota money with its lines."""
        return payments_of(self)

    def _payment_lines(self) -> list[Fact]:
        return [
            Fact(only(_OWN_PAYMENT, self._payment_line(payment, line)), line.statement)
            for payment in self.payments
            for line in payment.lines
        ]

    def _payment_line(self, payment: Payment, line: Line) -> Values:
        added = {"subsidy": self._of_subsidy, "project": _of_work, "interest_subsidy": self._of_interest}
        back = reversal(line.amount_fen, payment.taken_back)
        return (
            line.values
            | added[payment.kind](line)
            | back
            | {"kind": payment.kind, "bank_ref": payment.reference, "line_no": line.line_no, "org": line.org}
            | {"quota_doc_no": line.quota_doc_no, "amount_fen": line.amount_fen}
            | {"net_fen": line.amount_fen - back["returned_fen"] - back["reversed_fen"]}
        )

    def _of_subsidy(self, line: Line) -> Values:
        joined = self.is_joined(line.statement)
        row = line.values
        return {
            "household_no": row["household_no"]
            or (self.household_of(row["id_no"], row["paid_on"]) if joined else None),
            "purpose_code": self.programmes[row["programme"]]["purpose_code"] if joined else None,
        }

    def _of_interest(self, line: Line) -> Values:
        payee = line.values["payee_id"]
        loan = self.loans.get(line.values["loan_no"])
        return {
            "id_no": payee if id_is_valid(payee) else None,
            "payee_uscc": payee if not id_is_valid(payee) and uscc_is_valid(payee or "") else None,
            "household_no": loan["household_no"] if loan else None,
        }

    def _interest_subsidies(self) -> list[Fact]:
        facts = []
        for row, statement in interest_records(self):
            back = reversal(row["amount_fen"], self.taken_back.get(row["bank_ref"]))
            net_fen = row["amount_fen"] - back["returned_fen"] - back["reversed_fen"]
            added = back | {"net_fen": net_fen, "org": organisation(self, None)}
            facts.append(Fact(only(_OWN_INTEREST_SUBSIDY, row) | added, statement))
        return facts

    def _claims(self) -> list[Fact]:
        claims: dict[object, list[Record]] = defaultdict(list)
        for record in self.records("subsidy_payments"):
            claims[record.values["claim_no"] or record.key].append(record)
        paid = {id(line.statement): (payment, line) for payment in self.payments for line in payment.lines}
        facts = []
        for records in claims.values():
            first = in_taking_order(records)[0]
            values = first.values | self._of_subsidy(paid[id(first.first)][1])
            own = only(_OF_THE_CLAIM, values) | {"claim_no": values["claim_no"] or values["bank_ref"]}
            sums = four((record.values["amount_fen"], paid[id(record.first)][0].taken_back) for record in records)
            facts.append(Fact(own | sums, first.first))
        return facts

    @cached_property
    def loans(self) -> dict[str, Values]:
        """The loans by their number."""
        return {record.values["loan_no"]: record.values for record in self.records("loans")}

    def _loans(self) -> list[Fact]:
        facts = []
        moved: dict[str, int] = defaultdict(int)
        for flow in self.records("loan_flows"):
            moved[flow.values["loan_no"]] += flow.values["amount_fen"]
        subsidised: dict[str, int] = defaultdict(int)
        for subsidy in self._interest_subsidies():
            subsidised[subsidy.values["loan_no"]] += subsidy.values["net_fen"]
        for record in self.records("loans"):
            row = record.values
            added = self.repaid(row["loan_no"]) | {
                "moved_fen": moved[row["loan_no"]],
                "interest_subsidy_net_fen": subsidised[row["loan_no"]],
                "identity": self.identity(row["loan_no"]),
            }
            facts.append(Fact(row | added, record.first))
        return facts

    def repaid(self, loan_no: str) -> Values:
        """What was repaid on a loan and not reversed, and what is left of it; from 结清日 on nothing."""
        principal_fen = interest_fen = 0
        for repayment in self.repayments_by_loan[loan_no]:
            if repayment["repay_ref"] not in self.taken_back:
                principal_fen += repayment["principal_fen"]
                interest_fen += repayment["interest_fen"]
        loan = self.loans[loan_no]
        settled = loan["settled_on"] and (self._moment is None or loan["settled_on"] <= self._moment.as_of)
        return {
            "principal_repaid_fen": principal_fen,
            "interest_repaid_fen": interest_fen,
            "outstanding_fen": 0 if settled else loan["principal_fen"] - principal_fen,
        }

    @cached_property
    def repayments_by_loan(self) -> Mapping[str, list[Values]]:
        """The repayments of each loan, those of its own row among them."""
        repayments: dict[str, list[Values]] = defaultdict(list)
        for fact in self._repayments():
            repayments[fact.values["loan_no"]].append(fact.values)
        return repayments

    def identity(self, loan_no: str) -> str:
        """What the borrower said last: in 借款核实台账, or by an objection of his own."""
        said = []
        for record in self.records("loan_confirmations"):
            word = {"确认": "confirmed", "否认": "denied"}.get(record.values["result"])
            if word and record.values["loan_no"] == loan_no:
                said.append((record.values["stated_on"], word))
        for record in self.records("objections"):
            row = record.values
            if row["ref_kind"] == "贷款" and row["ref_no"] == loan_no and row["denial"]:
                said.append((row["filed_on"], "denied"))
        return max(said, default=("", "unconfirmed"), key=lambda each: each[0])[1]

    def _repayments(self) -> list[Fact]:
        """Rows of 还款流水, and one `HK/<loan_no>`, all principal, of a loan with 还款金额 and none there."""
        facts, detailed = [], set()
        for record in self.records("loan_repayments"):
            row = record.values
            detailed.add(row["loan_no"])
            back = reversal(row["principal_fen"] + row["interest_fen"], self.taken_back.get(row["repay_ref"]))
            facts.append(Fact(row | {"reversed_fen": back["reversed_fen"]}, record.first))
        for record in self.records("loans"):
            row = record.values
            if row["repaid_fen"] and row["loan_no"] not in detailed and self._is_reached(row["repaid_on"]):
                repaid = {
                    "repay_ref": f"HK/{row['loan_no']}",
                    "loan_no": row["loan_no"],
                    "repaid_on": row["repaid_on"],
                    "principal_fen": row["repaid_fen"],
                    "interest_fen": 0,
                    "payer_name": row["payer"],
                }
                facts.append(Fact(only(_OWN_REPAYMENT, repaid) | {"reversed_fen": 0}, record.first))
        return facts

    def _is_reached(self, day: str | None) -> bool:
        return self._moment is None or self._moment.reached(day)

    def _confirmations(self) -> list[Fact]:
        """Whoever was not reached said nothing: such a row is in no table."""
        return [fact for fact in self._plain("loan_confirmations") if fact.values["result"] != "未联系上"]

    def _dividend_receipts(self) -> list[Fact]:
        return [
            Fact(record.values | {"org": organisation(self, record.values["to_account"])}, record.first)
            for record in self.records("dividend_receipts")
        ]

    def _dividends(self) -> list[Fact]:
        facts = []
        for record in self.records("dividends"):
            row = record.values
            reference = dividend_reference(row)
            back = reversal(row["paid_fen"], self.taken_back.get(reference))
            added = back | {
                "bank_ref": reference,
                "holder_name": row["holder_name"] or row["head_name"],
                "village": self.contracts.get(row["contract_no"], {"village": None})["village"],
                "net_fen": row["paid_fen"] - back["returned_fen"] - back["reversed_fen"],
            }
            facts.append(Fact(row | added, record.first))
        return facts

    def _roster_spans(self) -> list[Fact]:
        return [
            Fact(_exit_named(record.values) | {"known_on": record.values["registered_on"]}, record.first)
            for record in self.records("roster")
        ]

    def _netted(self, sheet: str, column: str) -> list[Fact]:
        net: dict[str, int] = defaultdict(int)
        for payment in self.payments:
            for line in payment.lines if payment.kind == "project" and payment.taken_back is None else ():
                net[line.values[column]] += line.amount_fen
        return [
            Fact(fact.values | {"net_fen": net[fact.values[column]]}, fact.statement) for fact in self._plain(sheet)
        ]

    def _notices(self) -> list[Fact]:
        today = self._moment.as_of if self._moment else "9999-12-31"
        return [
            Fact(fact.values | notice_figures(self, fact.values, today), fact.statement)
            for fact in self._plain("notices")
        ]

    def _notice_lines(self) -> list[Fact]:
        return [
            Fact(fact.values | {"period_to": fact.values["period_to"] or fact.values["period_from"]}, fact.statement)
            for fact in self._plain("notice_lines")
        ]

    @cached_property
    def spans(self) -> list[Values]:
        """The spans of the roster whose persons are known by a valid number."""
        return [record.values for record in self.records("roster") if id_is_valid(record.values["id_no"])]

    def household_of(self, id_no: str, day: str) -> str | None:
        """The household in which the person stands on the roster on that day, the first by number."""
        return min((span["household_no"] for span in self._spans_of[id_no] if stands(span, day)), default=None)

    @cached_property
    def _spans_of(self) -> dict[str, list[Values]]:
        spans: dict[str, list[Values]] = defaultdict(list)
        for span in self.ever("roster"):
            spans[span["id_no"]].append(span)
        return spans


def only(names: str, values: Values) -> Values:
    """The values of these names, null where there is none."""
    return {name: values.get(name) for name in names.split()}


def stands(span: Values, day: str) -> bool:
    """Whether this span of the roster covers the day; 退出日期 is the first day without."""
    return span["included_on"] <= day and (span["exited_on"] is None or day < span["exited_on"])


def _of_work(_line: Line) -> Values:
    return {}


def _exit_named(values: Values) -> Values:
    kind = values["exit_kind"] or ("脱贫" if values["exited_on"] else None)
    return values | {"exit_kind": kind, "capacity": values["capacity"] or "完全"}
