"""The fact tables that packages come to, computed straight from their rows (OUTPUTS §6).

Nothing of the product is imported: this is what its answers are held against. Only the fifteen sheets of the first
thread are known here, so that nothing is returned or reversed, no instruction funds a payment, and an interest subsidy
comes from the row of its loan.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.journeys.reading_workbooks import Statement, Values
from tests.journeys.recorded_rows import Record, RecordedRows, id_is_valid

NOWHERE = "未登记账户"
RETURNS = {"returned_fen": 0, "reversed_fen": 0}

_OWN_PAYMENT = (
    "bank_ref line_no kind programme period project_no contract_no loan_no claim_no id_no payee_uscc household_no "
    "village quota_doc_no org account_no purpose_code pay_kind channel preparer approver cashier amount_fen "
    "returned_fen reversed_fen net_fen paid_on keyed_on returned_on"
)
_OWN_REPAYMENT = (
    "repay_ref loan_no repaid_on principal_fen interest_fen payer_name payer_id payer_relation reversed_fen"
)
_OWN_INTEREST_SUBSIDY = (
    "bank_ref loan_no from to principal_fen amount_fen payee_name payee_id account_no paid_on quota_doc_no org "
    "returned_fen reversed_fen net_fen returned_on"
)
_OF_THE_CLAIM = (
    "claim_no programme period id_no household_no village quantity approved_amount_fen applied_on approved_on "
    "approver preparer"
)


@dataclass(frozen=True)
class Fact:
    """A row of a fact table, without its position, and the statement whose entry has that position."""

    values: Values
    statement: Statement


class Township(RecordedRows):
    """All packages of one township, in the order of their import, and what they come to."""

    def facts(self, table: str) -> list[Fact]:
        """The rows of a fact table, every column but `position`."""
        own: Mapping[str, Callable[[], list[Fact]]] = {
            "payments": self._payments,
            "claims": self._claims,
            "loans": self._loans,
            "loan_repayments": self._repayments,
            "interest_subsidies": self._interest_subsidies,
            "dividend_receipts": self._dividend_receipts,
            "dividends": self._dividends,
            "roster_spans": self._roster_spans,
        }
        plain = {"accounts": "orgs", "shares": "shareholders"}
        return own[table]() if table in own else self._plain(plain.get(table, table))

    def _plain(self, sheet: str) -> list[Fact]:
        return [Fact(record.values, record.first) for record in self.records(sheet)]

    def _roster_spans(self) -> list[Fact]:
        return [
            Fact(_exit_named(values) | {"known_on": values["registered_on"]}, record.first)
            for record in self.records("roster")
            for values in [record.values]
        ]

    def _payments(self) -> list[Fact]:
        subsidies = [self._subsidy(record) for record in self.records("subsidy_payments")]
        return subsidies + [self._interest_payment(fact) for fact in self._interest_subsidies()]

    def _subsidy(self, record: Record) -> Fact:
        row = record.values
        joined = self.is_joined(record.first)
        added = RETURNS | {
            "line_no": 1,
            "kind": "subsidy",
            "household_no": row["household_no"]
            or (self.household_of(row["id_no"], row["paid_on"]) if joined else None),
            "org": self.org_of(row["paid_from"]),
            "purpose_code": self.programmes[row["programme"]]["purpose_code"] if joined else None,
            "pay_kind": row["pay_kind"] or "正常",
            "channel": row["channel"] or "卡",
            "net_fen": row["amount_fen"],
        }
        return Fact(only(_OWN_PAYMENT, row | added), record.first)

    def _interest_payment(self, subsidy: Fact) -> Fact:
        loan = next(loan for loan in self.records("loans") if loan.key == (subsidy.values["loan_no"],)).values
        added = {
            "line_no": 1,
            "kind": "interest_subsidy",
            "id_no": loan["id_no"],
            "household_no": loan["household_no"],
        }
        return Fact(only(_OWN_PAYMENT, subsidy.values | added), subsidy.statement)

    def _interest_subsidies(self) -> list[Fact]:
        """One payment `TX/<loan_no>` of each loan that says 贴息金额, without document, on the 数据截止日."""
        facts = []
        for record in self.records("loans"):
            row = record.values
            if row["interest_subsidy_fen"]:
                said = _first_to_say("interest_subsidy_fen", record)
                paid = RETURNS | {
                    "bank_ref": f"TX/{row['loan_no']}",
                    "loan_no": row["loan_no"],
                    "amount_fen": row["interest_subsidy_fen"],
                    "net_fen": row["interest_subsidy_fen"],
                    "payee_id": row["id_no"],
                    "paid_on": said.as_of,
                    "org": self.org_of(None),
                }
                facts.append(Fact(only(_OWN_INTEREST_SUBSIDY, paid), record.first))
        return facts

    def _claims(self) -> list[Fact]:
        claims: dict[Any, list[Record]] = defaultdict(list)
        for record in self.records("subsidy_payments"):
            claims[record.values["claim_no"] or record.key].append(record)
        facts = []
        for records in claims.values():
            first = min(records, key=lambda record: (record.values["paid_on"], record.values["bank_ref"] or ""))
            paid = sum(record.values["amount_fen"] for record in records)
            values = first.values | self._subsidy(first).values
            own = only(_OF_THE_CLAIM, values) | {"claim_no": values["claim_no"] or values["bank_ref"]}
            facts.append(Fact(own | RETURNS | {"paid_fen": paid, "net_fen": paid}, first.first))
        return facts

    def _loans(self) -> list[Fact]:
        facts = []
        for record in self.records("loans"):
            row = record.values
            repaid = row["repaid_fen"] or 0
            added = {
                "principal_repaid_fen": repaid,
                "interest_repaid_fen": 0,
                "outstanding_fen": 0 if row["settled_on"] else row["principal_fen"] - repaid,
                "moved_fen": 0,
                "interest_subsidy_net_fen": row["interest_subsidy_fen"] or 0,
                "identity": "unconfirmed",
            }
            facts.append(Fact(row | added, record.first))
        return facts

    def _repayments(self) -> list[Fact]:
        """One repayment `HK/<loan_no>`, all principal, of each loan that says 还款金额."""
        facts = []
        for record in self.records("loans"):
            row = record.values
            if row["repaid_fen"]:
                repaid = {
                    "repay_ref": f"HK/{row['loan_no']}",
                    "loan_no": row["loan_no"],
                    "repaid_on": row["repaid_on"],
                    "principal_fen": row["repaid_fen"],
                    "interest_fen": 0,
                    "payer_name": row["payer"],
                    "reversed_fen": 0,
                }
                facts.append(Fact(only(_OWN_REPAYMENT, repaid), record.first))
        return facts

    def _dividend_receipts(self) -> list[Fact]:
        return [
            Fact(record.values | {"org": self.org_of(record.values["to_account"])}, record.first)
            for record in self.records("dividend_receipts")
        ]

    def _dividends(self) -> list[Fact]:
        facts = []
        for record in self.records("dividends"):
            row = record.values
            added = RETURNS | {
                "bank_ref": row["bank_ref"] or f"DIV/{row['contract_no']}/{row['period']}/{row['household_no']}",
                "holder_name": row["holder_name"] or row["head_name"],
                "village": self.contracts.get(row["contract_no"], {"village": None})["village"],
                "net_fen": row["paid_fen"],
                "returned_on": None,
            }
            facts.append(Fact(row | added, record.first))
        return facts

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
        for span in self.spans:
            spans[span["id_no"]].append(span)
        return spans

    def org_of(self, account_no: str | None) -> str | None:
        """The organisation of an account; of none the first 镇财政 of the register."""
        orgs = [record.values for record in self.records("orgs")]
        if account_no is None:
            return next((org["org_name"] for org in orgs if org["org_kind"] == "镇财政"), None)
        return next((org["org_name"] for org in orgs if org["account_no"] == account_no), NOWHERE)


def only(names: str, values: Values) -> Values:
    """The values of these names, null where there is none."""
    return {name: values.get(name) for name in names.split()}


def stands(span: Values, day: str) -> bool:
    """Whether this span of the roster covers the day; 退出日期 is the first day without."""
    return span["included_on"] <= day and (span["exited_on"] is None or day < span["exited_on"])


def _exit_named(values: Values) -> Values:
    kind = values["exit_kind"] or ("脱贫" if values["exited_on"] else None)
    return values | {"exit_kind": kind, "capacity": values["capacity"] or "完全"}


def _first_to_say(name: str, record: Record) -> Statement:
    """The statement that first gave a column the value that it still has."""
    said = record.first
    for change in record.changes:
        said = said if change.values[name] == said.values[name] else change
    return said
