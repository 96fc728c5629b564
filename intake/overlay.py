"""What a package adds to what the ledger knows, as far as its files are taken."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from intake.known import Known
from intake.payments import PackagePayments
from intake.sheet import Paid, Row, Sheet

TERMS: dict[str, tuple[str, ...]] = {
    "programmes": ("period_kind",),
    "asset_contracts": ("principal", "guaranteed_pct", "total_shares"),
    "notices": ("from",),
    "loans": ("principal", "repaid"),
}
"""What of a sheet's rows the rows of other sheets are held against, by its key."""


@dataclass(slots=True)
class Added:
    """What rows of a package may be referred to by, and held against.

    names:       namespace → values.
    staff:       name or 工号 → 工号.
    terms:       sheet → key → what other sheets' rows are held against (`TERMS`).
    repayments:  loan → 流水号 → fen of principal.
    """

    names: dict[str, set[str]] = field(default_factory=dict)
    staff: dict[str, set[str]] = field(default_factory=dict)
    terms: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {key: {} for key in TERMS})
    repayments: dict[str, dict[str, int]] = field(default_factory=dict)

    def absorb(self, other: "Added") -> None:
        """Take over what another file adds."""
        for mine, theirs in ((self.names, other.names), (self.staff, other.staff)):
            for name, values in theirs.items():
                mine.setdefault(name, set()).update(values)
        for key, terms in other.terms.items():
            self.terms[key].update(terms)
        for loan_no, repaid in other.repayments.items():
            self.repayments.setdefault(loan_no, {}).update(repaid)


class Overlay:
    """`Known` with the rows of this package added, as far as their files are taken."""

    def __init__(self, known: Known, payments: PackagePayments | None = None) -> None:
        """Begin with what the ledger knows; `payments` are those of files that are taken."""
        self._known = known
        self.added = Added()
        self._payments = payments
        self.today = known.today
        self.place_code = known.place_code
        self._staff_no: dict[str, str | None] = {}

    def add(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        """Let `rows` be referred to."""
        self._staff_no.clear()
        for namespace, provided in sheet.provides.items():
            self.added.names.setdefault(namespace, set()).update(value for row in rows for value in provided(row))
        self._remember_terms(sheet, rows)
        if "staff" in sheet.provides:
            for row in rows:
                for name in sheet.provides["staff"](row):
                    self.added.staff.setdefault(name, set()).add(str(row.get("staff_no")))

    def _remember_terms(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        """Keep what rows of this sheet and of others are held against."""
        if sheet.key == "loan_repayments":
            for row in rows:
                of_loan = self.added.repayments.setdefault(row.get("loan_no") or "", {})
                of_loan.setdefault(sheet.key_of(row)[0], row.get("principal") or 0)
            return
        terms = self.added.terms.get(sheet.key)
        if terms is None:
            return
        fields = [(alias, sheet.column(alias).event_field) for alias in TERMS[sheet.key]]
        for row in rows:
            terms[sheet.key_of(row)[0]] = {field: row.get(alias) for alias, field in fields}

    def absorb(self, other: "Overlay") -> None:
        """Let the rows of a file that is taken be referred to."""
        self._staff_no.clear()
        self.added.absorb(other.added)

    def loan(self, loan_no: str) -> dict[str, Any] | None:
        """A loan, the package's before the ledger's."""
        return self.added.terms["loans"].get(loan_no) or self._known.loan(loan_no)

    def repayments(self, loan_no: str) -> dict[str, int]:
        """Repayments of a loan, the ledger's before the package's; one that is sent again counts once."""
        return {**self._known.repayments(loan_no), **self.added.repayments.get(loan_no, {})}

    def payment(self, bank_ref: str) -> Paid | None:
        """What was paid under a 流水号: what the ledger has of it and what the package adds are one payment."""
        recorded = self._known.payment(bank_ref)
        brought = self._payments.under(bank_ref) if self._payments is not None else None
        if recorded is None or brought is None:
            return recorded or brought
        return recorded._replace(amount_fen=recorded.amount_fen + brought.amount_fen)

    def holds(self, namespace: str, value: str) -> bool:
        """Whether the package or the ledger has what is referred to."""
        if namespace == "payment":
            return self.payment(value) is not None
        return value in self.added.names.get(namespace, ()) or self._known.holds(namespace, value)

    def notice(self, notice_no: str) -> dict[str, Any] | None:
        """A notice, the ledger's before the package's: what is sealed decides whether lines may be added."""
        return self._known.notice(notice_no) or self.added.terms["notices"].get(notice_no)

    def programme(self, name: str) -> dict[str, Any] | None:
        """The terms of a programme, the package's before the ledger's."""
        return self.added.terms["programmes"].get(name) or self._known.programme(name)

    def asset_contract(self, contract_no: str) -> dict[str, Any] | None:
        """The terms of a contract, the package's before the ledger's."""
        return self.added.terms["asset_contracts"].get(contract_no) or self._known.asset_contract(contract_no)

    def allocation_sums(self, *, without: AbstractSet[str]) -> tuple[dict[str, int], dict[str, int]]:
        """The ledger's sums; the sheet's own check adds the package's rows."""
        return self._known.allocation_sums(without=without)

    def rates(self) -> dict[tuple[str, str | None], list[tuple[date, date | None]]]:
        """The ledger's standards; the sheet's own check adds the package's rows."""
        return self._known.rates()

    def staff_named(self, name: str) -> AbstractSet[str]:
        """The ledger's; the sheet's own check adds the package's rows."""
        return self._known.staff_named(name)

    def place_named(self, parent_code: str | None, name: str) -> str | None:
        """The ledger's; the sheet's own check adds the package's rows."""
        return self._known.place_named(parent_code, name)

    def staff_no(self, name_or_number: str) -> str | None:
        """The 工号 of the one person of this name or number."""
        if name_or_number not in self._staff_no:
            numbers = set(self.added.staff.get("".join(name_or_number.split()), ()))
            known = self._known.staff_no(name_or_number)
            if known is not None:
                numbers.add(known)
            self._staff_no[name_or_number] = numbers.pop() if len(numbers) == 1 else None
        return self._staff_no[name_or_number]
