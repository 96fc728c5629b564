"""The fact tables and balances that packages come to, computed straight from their rows (OUTPUTS §5 and §6).

Nothing of the product is imported: this is what its answers are held against. Only the fifteen sheets of the first
thread are known here, so that nothing is returned or reversed, no instruction funds a payment, and an interest subsidy
comes from the row of its loan.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from tests.journeys.reading_workbooks import COLUMNS, Statement, Values, kinds

BUSINESS_KEYS = {
    "manifest": ("package_id",),
    "places": ("place_code",),
    "orgs": ("account_no",),
    "staff": ("staff_no", "serving_from"),
    "programmes": ("programme",),
    "programme_rates": ("programme", "variant", "from"),
    "roster": ("household_no", "id_no", "included_on"),
    "deaths": ("id_no",),
    "allocations": ("entry_no",),
    "asset_contracts": ("contract_no",),
    "shareholders": ("contract_no", "id_no", "from"),
    "subsidy_payments": ("bank_ref",),
    "loans": ("loan_no",),
    "dividend_receipts": ("bank_ref",),
    "dividends": ("bank_ref",),
}
TOPICS = {
    "manifest": "package-received",
    "places": "place-registered",
    "orgs": "org-account-registered",
    "staff": "staff-post-registered",
    "programmes": "programme-defined",
    "programme_rates": "programme-defined",
    "roster": "person-registered",
    "deaths": "person-died",
    "asset_contracts": "asset-contract-signed",
    "shareholders": "shares-held",
    "subsidy_payments": "payment-made",
    "loans": "loan-issued",
    "dividend_receipts": "dividend-received",
    "dividends": "dividend-paid",
}
TOPICS_OF_ALLOCATIONS = {"到达": "allocation-received", "分解": "sub-allocated", "拨付": "transferred"}
TOPICS_OF_EXITS = {"脱贫": "household-exited", "清退": "household-removed", "销户": "household-removed"}
TOPICS_OF_EXITS |= {"迁出": "person-moved", "迁入": "person-moved"}
TOPICS_OF_STANDINGS = {"逾期": "loan-overdue", "展期": "loan-extended", "核销": "loan-written-off", "结清": "loan-repaid"}
BATCH_KEY = ("programme", "period", "id_no", "account_no", "amount_fen", "paid_on")
PERIODS = {"月": r"\d{4}-\d\d", "季": r"\d{4}Q[1-4]", "年": r"\d{4}", "一次性": r"\d{4}"}
NOWHERE = "未登记账户"
RETURNS = {"returned_fen": 0, "reversed_fen": 0}

_OWN_PAYMENT = (
    "bank_ref line_no kind programme period project_no contract_no loan_no claim_no id_no payee_uscc household_no "
    "village quota_doc_no org account_no purpose_code pay_kind channel preparer approver cashier amount_fen "
    "returned_fen reversed_fen net_fen paid_on keyed_on returned_on"
).split()
_OWN_REPAYMENT = (
    "repay_ref loan_no repaid_on principal_fen interest_fen payer_name payer_id payer_relation reversed_fen"
).split()
_OWN_INTEREST_SUBSIDY = (
    "bank_ref loan_no from to principal_fen amount_fen payee_name payee_id account_no paid_on quota_doc_no org "
    "returned_fen reversed_fen net_fen returned_on"
).split()
_OF_THE_CLAIM = (
    "claim_no programme period id_no household_no village quantity approved_amount_fen applied_on approved_on "
    "approver preparer"
).split()


@dataclass(frozen=True)
class Fact:
    """A row of a fact table, without its position, and the statement whose entry has that position."""

    values: Values
    statement: Statement


@dataclass(frozen=True)
class Record:
    """What the rows of one business key come to: the first statement, the values as they stand now, the changes."""

    key: tuple[Any, ...]
    first: Statement
    values: Values
    changes: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Fate:
    """A statement, and the values that stood under its business key before: None, when it is the first."""

    statement: Statement
    before: Values | None

    @property
    def is_unchanged(self) -> bool:
        """Whether it says what was said before."""
        return self.before is not None and _content(self.before) == _content(self.statement.values)


def id_is_valid(number: str | None) -> bool:
    """Whether this is a resident's number of GB 11643, of 18 digits with their check digit, or of 15."""
    match = re.fullmatch(r"\d{6}(?:(\d{4})(\d\d)(\d\d)\d{3}[\dX]|(\d\d)(\d\d)(\d\d)\d{3})", number or "")
    if number is None or match is None:
        return False
    year, month, day = (part for part in match.groups() if part)
    try:
        date(int(year if len(year) == len("1960") else f"19{year}"), int(month), int(day))
    except ValueError:
        return False
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return len(number) == len("440899600101123") or number[17] == "10X98765432"[total % 11]


class Township:
    """All packages of one township, in the order of their import, and what they come to."""

    def __init__(self, packages: Sequence[Sequence[Statement]]) -> None:
        self._records: dict[str, dict[tuple[Any, ...], Record]] = {sheet: {} for sheet in COLUMNS}
        self._fates: list[dict[str, list[Fate]]] = []
        for package in packages:
            by_sheet = groupby(package, key=lambda statement: statement.sheet)
            self._fates.append({sheet: list(self._take(sheet, statements)) for sheet, statements in by_sheet})

    def _take(self, sheet: str, statements: Iterable[Statement]) -> Iterator[Fate]:
        """Record each statement, and say what stood there before."""
        equals: Counter[tuple[Any, ...]] = Counter()
        for statement in statements:
            key = tuple(statement.values[name] for name in BUSINESS_KEYS[sheet])
            if key == (None,):
                key = tuple(statement.values[name] for name in _names_without_reference(sheet))
                equals[key] += sheet == "subsidy_payments"
                key = (*key, equals[key])
            known = self._records[sheet].get(key)
            if known is None:
                self._records[sheet][key] = Record(key, statement, statement.values)
            elif _content(known.values) != _content(statement.values):
                changes = (*known.changes, statement)
                self._records[sheet][key] = replace(known, values=statement.values, changes=changes)
            yield Fate(statement, known and known.values)

    def fates(self, package: int) -> dict[str, Counter[str]]:
        """How many rows of each sheet of the package are taken, quarantined and unchanged."""
        return {
            sheet: Counter(
                "unchanged" if fate.is_unchanged else "taken" if self.is_joined(fate.statement) else "quarantined"
                for fate in fates
            )
            for sheet, fates in self._fates[package].items()
        }

    def is_joined(self, statement: Statement) -> bool:
        """Whether a row is joined to people, programmes and contracts: not one that is quarantined."""
        row, sheet = statement.values, statement.sheet
        numbers = (row[name] for name, kind in kinds(sheet).items() if kind == "id")
        if not all(number is None or id_is_valid(number) for number in numbers):
            return False
        if sheet == "subsidy_payments":
            period_kind = self.programmes.get(row["programme"], {"period_kind": None})["period_kind"]
            return re.fullmatch(PERIODS.get(period_kind, "never"), row["period"]) is not None
        if sheet in {"dividend_receipts", "dividends"}:
            return row["contract_no"] in self.contracts
        return sheet != "loans" or row["due_on"] > row["issued_on"]

    def topics(self) -> Counter[str]:
        """How many events of each topic the rows come to (FORMATS, "Becomes"): a row is one event."""
        told: Counter[str] = Counter()
        for sheets in self._fates:
            for sheet, fates in sheets.items():
                told.update(f"{_topic(sheet, fate)}/v1" for fate in fates if not fate.is_unchanged)
        return told

    def records(self, sheet: str) -> list[Record]:
        """The records of a sheet in the order in which they first came."""
        return list(self._records[sheet].values())

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
        return Fact({name: (row | added).get(name) for name in _OWN_PAYMENT}, record.first)

    def _interest_payment(self, subsidy: Fact) -> Fact:
        loan = next(loan for loan in self.records("loans") if loan.key == (subsidy.values["loan_no"],)).values
        added = {
            "line_no": 1,
            "kind": "interest_subsidy",
            "id_no": loan["id_no"],
            "household_no": loan["household_no"],
        }
        return Fact({name: (subsidy.values | added).get(name) for name in _OWN_PAYMENT}, subsidy.statement)

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
                facts.append(Fact({name: paid.get(name) for name in _OWN_INTEREST_SUBSIDY}, record.first))
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
            own = {name: values[name] for name in _OF_THE_CLAIM} | {
                "claim_no": values["claim_no"] or values["bank_ref"]
            }
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
                facts.append(Fact({name: repaid.get(name) for name in _OWN_REPAYMENT}, record.first))
        return facts

    def _dividend_receipts(self) -> list[Fact]:
        return [
            Fact(record.values | {"org": self.org_of(record.values["to_account"], NOWHERE)}, record.first)
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
    def programmes(self) -> dict[str, Values]:
        """The programmes by their name."""
        return {record.values["programme"]: record.values for record in self.records("programmes")}

    @cached_property
    def contracts(self) -> dict[str, Values]:
        """The contracts of asset income by their number."""
        return {record.values["contract_no"]: record.values for record in self.records("asset_contracts")}

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

    def org_of(self, account_no: str | None, otherwise: str | None = None) -> str:
        """The organisation of an account; of none the first 镇财政, unless something else stands for it."""
        orgs = [record.values for record in self.records("orgs")]
        if account_no is None:
            return next((org["org_name"] for org in orgs if org["org_kind"] == "镇财政"), otherwise or NOWHERE)
        return next((org["org_name"] for org in orgs if org["account_no"] == account_no), NOWHERE)

    def balances(self) -> dict[str, list[Values]]:
        """The answer of `balances --json`."""
        return {"documents": self._documents(), "dividends": self._dividend_balances()}

    def _documents(self) -> list[Values]:
        entries = [record.values for record in self.records("allocations")]
        sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for document, org, figure, amount_fen in _allocated(entries):
            sums[document, org][figure] += amount_fen
        for fact in self._payments():
            sums[fact.values["quota_doc_no"] or "", fact.values["org"]]["paid_fen"] += fact.values["amount_fen"]
        return [
            {"quota_doc_no": document, "org": org} | {figure: sums[document, org][figure] for figure in _FIGURES}
            | {"unspent_fen": _unspent(sums[document, org])}
            for document, org in sorted(sums)
        ]  # fmt: skip

    def _dividend_balances(self) -> list[Values]:
        sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for receipt in (record.values for record in self.records("dividend_receipts")):
            share_ppm = self.contracts.get(receipt["contract_no"], {}).get("reserve_ppm") or 0
            sums[receipt["contract_no"], receipt["period"]]["received_fen"] += receipt["amount_fen"]
            reserve_fen = receipt["amount_fen"] * share_ppm // 1_000_000
            sums[receipt["contract_no"], receipt["period"]]["reserve_fen"] += reserve_fen
        for row in (record.values for record in self.records("dividends")):
            sums[row["contract_no"], row["period"]]["paid_fen"] += row["paid_fen"]
        return [
            RETURNS
            | {
                "contract_no": contract_no,
                "period": period,
                "village": self.contracts.get(contract_no, {"village": None})["village"],
                "undistributed_fen": figures["received_fen"] - figures["reserve_fen"] - figures["paid_fen"],
            }
            | {figure: figures[figure] for figure in ("received_fen", "reserve_fen", "paid_fen")}
            for (contract_no, period), figures in sorted(sums.items())
        ]


_FIGURES = (
    "arrived_fen", "sub_allocated_fen", "received_fen", "transferred_in_fen", "handed_down_fen", "passed_on_fen",
    "paid_fen", "returned_fen", "reversed_fen",
)  # fmt: skip


def _unspent(figures: Mapping[str, int]) -> int:
    came = figures["arrived_fen"] + figures["transferred_in_fen"]
    return came - figures["handed_down_fen"] - figures["passed_on_fen"] - figures["paid_fen"]


def _allocated(entries: Sequence[Values]) -> Iterable[tuple[str, str, str, int]]:
    """Document, organisation, figure and amount of all that 资金指标台账 moves or names (OUTPUTS §5)."""
    came = {(entry["quota_doc_no"], entry["to_org"]) for entry in entries if entry["entry_kind"] in {"到达", "拨付"}}
    arrived = {(e["quota_doc_no"], e["to_org"], e["from_org"]) for e in entries if e["entry_kind"] == "到达"}
    arrived_at = {(document, org) for document, org, _ in arrived}
    for entry in entries:
        document, giver, taker = entry["quota_doc_no"], entry["from_org"], entry["to_org"]
        amount_fen = entry["amount_fen"]
        parent = entry["parent_doc_no"] or document
        if entry["entry_kind"] == "分解":
            yield document, giver, "sub_allocated_fen", amount_fen
        elif entry["entry_kind"] == "到达":
            yield document, taker, "arrived_fen", amount_fen
            if giver != taker and (parent, giver) in came:
                yield parent, giver, "handed_down_fen", amount_fen
        elif (document, taker) in arrived_at and ((document, taker, giver) in arrived or (document, giver) not in came):
            yield document, taker, "received_fen", amount_fen
        else:
            yield document, taker, "transferred_in_fen", amount_fen
            yield document, giver, "passed_on_fen", amount_fen


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


def _content(values: Values) -> Values:
    """What makes a row of a register another one: not its running number in the list."""
    return values | {"row_no": None}


def _topic(sheet: str, fate: Fate) -> str:
    """The topic of the event that a new or changed row becomes (FORMATS, "Becomes")."""
    now, before = fate.statement.values, fate.before
    if sheet == "allocations":
        return TOPICS_OF_ALLOCATIONS[now["entry_kind"]]
    if before is None:
        return TOPICS[sheet]
    if sheet == "roster":
        return TOPICS_OF_EXITS.get(now["exit_kind"], "member-changed") if not before["exited_on"] else "member-changed"
    if sheet == "loans":
        repaid = now["repaid_fen"] != before["repaid_fen"]
        standing = TOPICS_OF_STANDINGS.get(now["status"]) if now["status"] != before["status"] else None
        return standing or ("loan-repaid" if repaid else "loan-issued")
    return "shares-changed" if sheet == "shareholders" else TOPICS[sheet]


def _names_without_reference(sheet: str) -> tuple[str, ...]:
    return BATCH_KEY if sheet == "subsidy_payments" else ("contract_no", "period", "household_no")
