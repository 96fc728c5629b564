"""Which events rows become, and on which days: by FORMATS "Becomes" and the three times of OUTPUTS §1."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.journeys.reading_workbooks import Statement, Values
from tests.journeys.recorded_rows import Fate, RecordedRows

_TOPICS = {
    "manifest": "package-received",
    "places": "place-registered",
    "orgs": "org-account-registered",
    "staff": "staff-post-registered",
    "approval_limits": "limit-set",
    "relations": "relation-declared",
    "programmes": "programme-defined",
    "programme_rates": "programme-defined",
    "roster": "person-registered",
    "guardians": "guardian-registered",
    "deaths": "person-died",
    "payroll": "payroll-listed",
    "entitlements": "entitlement-granted",
    "projects": "project-proposed",
    "contracts": "contract-signed",
    "training_classes": "training-held",
    "training_attendance": "training-attended",
    "asset_contracts": "asset-contract-signed",
    "shareholders": "shares-held",
    "profit_reports": "profit-reported",
    "notices": "notice-published",
    "notice_lines": "notice-line-posted",
    "objections": "objection-filed",
    "payment_instructions": "payment-instructed",
    "subsidy_payments": "payment-made",
    "project_payments": "payment-made",
    "loans": "loan-issued",
    "loan_flows": "loan-proceeds-moved",
    "loan_repayments": "loan-repaid",
    "interest_subsidies": "interest-subsidy-paid",
    "dividend_receipts": "dividend-received",
    "dividends": "dividend-paid",
    "receipts": "receipt-confirmed",
    "bank_statement": "statement-line-recorded",
}
_OF_ALLOCATIONS = {"到达": "allocation-received", "分解": "sub-allocated", "拨付": "transferred"}
_OF_EXITS: dict[str | None, str] = {
    "脱贫": "household-exited",
    "清退": "household-removed",
    "销户": "household-removed",
}
_OF_EXITS |= {"迁出": "person-moved", "迁入": "person-moved", None: "household-exited"}
_OF_STANDINGS = {"逾期": "loan-overdue", "展期": "loan-extended", "核销": "loan-written-off", "结清": "loan-repaid"}
_OF_RETURNS = {"退票": "payment-returned", "冲正": "event-reversed"}
_OF_STATEMENTS = {"确认": "loan-confirmed", "否认": "loan-denied"}
_DAYS = {
    "staff": "serving_from",
    "approval_limits": "from",
    "relations": "declared_on",
    "programme_rates": "from",
    "roster": "included_on",
    "guardians": "from",
    "deaths": "death_on",
    "payroll": "from",
    "allocations": "occurred_on",
    "entitlements": "granted_on",
    "contracts": "signed_on",
    "training_classes": "start_at",
    "training_attendance": "start_at",
    "asset_contracts": "from",
    "shareholders": "from",
    "profit_reports": "reported_on",
    "notices": "from",
    "projects": "entered_on",
    "objections": "filed_on",
    "payment_instructions": "instructed_on",
    "subsidy_payments": "paid_on",
    "project_payments": "paid_on",
    "payment_returns": "returned_on",
    "loans": "issued_on",
    "loan_flows": "moved_on",
    "loan_repayments": "repaid_on",
    "interest_subsidies": "paid_on",
    "loan_confirmations": "stated_on",
    "dividend_receipts": "received_on",
    "dividends": "paid_on",
    "receipts": "stated_on",
    "bank_statement": "date",
}
"""The business day that a row is about, else its start date; what is not here has the 数据截止日 of its package."""
_KNOWN = {"subsidy_payments": "keyed_on", "project_payments": "keyed_on", "roster": "registered_on"}
_KNOWN |= {"deaths": "known_on"}


class Event(NamedTuple):
    """One event that a row becomes: its topic without version, and its two days of business."""

    topic: str
    occurred_on: str
    known_on: str | None


def events_of(fate: Fate) -> list[Event]:
    """What a row comes to: one event; none, if nobody was reached; two, if an objection denies a loan."""
    own = _event(fate)
    row = fate.statement.values
    denies = fate.statement.sheet == "objections" and row["ref_kind"] == "贷款" and row["denial"]
    denial = [Event("loan-denied", row["filed_on"], None)] if denies and fate.before is None else []
    return ([own] if own else []) + denial


def events(rows: RecordedRows) -> Iterator[tuple[Statement, Event]]:
    """Every event of every package with the row that it comes from."""
    for package in rows.packages:
        for fate in rows.rows_of(package):
            for event in events_of(fate):
                yield fate.statement, event._replace(occurred_on=_posted(rows, fate.statement) or event.occurred_on)


def _posted(rows: RecordedRows, statement: Statement) -> str | None:
    """The day on which a line was put up: 公示起 of its notice."""
    if statement.sheet != "notice_lines":
        return None
    notice_no = statement.values["notice_no"]
    return str(next(r.first.values["from"] for r in rows.records("notices") if r.values["notice_no"] == notice_no))


def _event(fate: Fate) -> Event | None:
    statement, before = fate.statement, fate.before
    sheet, row = statement.sheet, statement.values
    plain = Event(_TOPICS.get(sheet, ""), _day(statement), row[_KNOWN[sheet]] if sheet in _KNOWN else None)
    by_kind = {"allocations": (_OF_ALLOCATIONS, "entry_kind"), "payment_returns": (_OF_RETURNS, "return_kind")}
    if sheet in by_kind:
        topics, column = by_kind[sheet]
        return plain._replace(topic=topics[row[column]])
    if sheet == "loan_confirmations":
        return plain._replace(topic=_OF_STATEMENTS[row["result"]]) if row["result"] in _OF_STATEMENTS else None
    if before is not None and sheet in _CHANGES:
        return _CHANGES[sheet](statement, before, plain)
    return plain


def _day(statement: Statement) -> str:
    day = statement.values.get(_DAYS.get(statement.sheet, "")) or statement.values.get("started_on")
    return str(day or statement.as_of)[:10]


def _roster(statement: Statement, before: Values, plain: Event) -> Event:
    """An exit that is newly stated is known on the later of 退出日期 and 登记日期."""
    row = statement.values
    if not row["exited_on"] or before["exited_on"]:
        return plain._replace(topic="member-changed")
    known_on = max(row["exited_on"], row["registered_on"]) if row["registered_on"] else None
    return Event(_OF_EXITS.get(row["exit_kind"], "member-changed"), row["exited_on"], known_on)


def _entitlement(statement: Statement, before: Values, plain: Event) -> Event:
    ended = statement.values["to"]
    if ended and ended != before["to"] and ended <= statement.as_of:
        return Event("entitlement-ended", ended, None)
    return plain


def _project(statement: Statement, before: Values, plain: Event) -> Event:
    reached = {"accepted_on": "accepted", "approved_on": "approved", "entered_on": "entered"}
    for column, word in reached.items():
        if statement.values[column] and statement.values[column] != before[column]:
            return Event(f"project-{word}", statement.values[column], None)
    return plain


def _contract(statement: Statement, before: Values, plain: Event) -> Event:
    row = statement.values
    if (row["amended_amount_fen"], row["amended_on"]) != (before["amended_amount_fen"], before["amended_on"]):
        return Event("project-changed", row["amended_on"], None)
    return plain


def _report(statement: Statement, before: Values, plain: Event) -> Event:
    same = statement.values["profit_fen"] == before["profit_fen"]
    return plain._replace(topic="operator-status-reported") if same else plain


def _notice(statement: Statement, before: Values, plain: Event) -> Event:
    withdrawn = statement.values["withdrawn_on"]
    return Event("notice-withdrawn", withdrawn, None) if withdrawn and not before["withdrawn_on"] else plain


def _objection(statement: Statement, before: Values, plain: Event) -> Event:
    resolved = statement.values["resolved_on"]
    return Event("objection-resolved", resolved, None) if resolved and not before["resolved_on"] else plain


def _loan(statement: Statement, before: Values, plain: Event) -> Event:
    """By status if that is new, else by 还款金额; on the latest day of repayment or settlement newly stated."""
    row = statement.values
    standing = _OF_STANDINGS.get(row["status"]) if row["status"] != before["status"] else None
    repaid = "loan-repaid" if row["repaid_fen"] != before["repaid_fen"] else "loan-issued"
    days = [row[name] for name in ("repaid_on", "settled_on") if row[name] and row[name] != before[name]]
    return plain._replace(topic=standing or repaid, occurred_on=max(days, default=plain.occurred_on))


_CHANGES: dict[str, Callable[[Statement, Values, Event], Event]] = {
    "roster": _roster,
    "entitlements": _entitlement,
    "projects": _project,
    "contracts": _contract,
    "profit_reports": _report,
    "notices": _notice,
    "objections": _objection,
    "loans": _loan,
    "shareholders": lambda _statement, _before, plain: plain._replace(topic="shares-changed"),
}
