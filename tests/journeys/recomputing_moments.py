"""What had happened by a day and was known by another (OUTPUTS §1 "Three times", §7)."""

from typing import NamedTuple

from tests.journeys.reading_workbooks import Values

_DAYS = {
    "roster": "included_on",
    "allocations": "occurred_on",
    "entitlements": "granted_on",
    "contracts": "signed_on",
    "shareholders": "from",
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
}
"""The sheets whose rows count from a day; rows of other sheets are attributes, shown whatever the day."""
_KNOWN = {"subsidy_payments": "keyed_on", "project_payments": "keyed_on", "roster": "registered_on"}


class Moment(NamedTuple):
    """As of a day, and as the office says it knew on another; None: all that it ever knew."""

    as_of: str
    known_on: str | None = None

    def shows(self, sheet: str, row: Values) -> bool:
        """Whether a row had happened and was known."""
        if sheet not in _DAYS:
            return True
        occurred_on = row[_DAYS[sheet]]
        return self.reached(occurred_on, row.get(_KNOWN.get(sheet, "")))

    def reached(self, day: str | None, known_on: str | None = None) -> bool:
        """Whether a day had come, and what it brought was known; what says nothing was known on its day."""
        if day is None or day > self.as_of:
            return False
        return self.known_on is None or (known_on or day) <= self.known_on
