"""Who may do what (DOMAIN §1): roles come from the posts of 干部名册 that are in force, and this table from the law.

Inspectors and auditors record no money and no register of it: whoever checks the books does not write them.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from domain.event import KEEPER
from domain.money import yuan
from domain.refusal import Refused

CLERK = "village_clerk"
SUPERVISOR = "village_supervisor"
TEAM = "work_team"
OFFICE = "township_poverty_office"
FINANCE = "township_finance"
LEADER = "township_leader"
DEPARTMENT = "dept"
COUNTY = "county_finance"
BANK = "bank"
OPERATOR = "operator"
INSPECTOR = "inspector"
AUDITOR = "auditor"

CADRES = frozenset({CLERK, SUPERVISOR, TEAM, OFFICE, FINANCE, LEADER, DEPARTMENT, COUNTY})
VILLAGE = frozenset({CLERK, OFFICE})
BODIES = frozenset({OFFICE, LEADER, DEPARTMENT, COUNTY})
TREASURY = frozenset({FINANCE, COUNTY})
PAYERS = frozenset({FINANCE, COUNTY, BANK})
LENDERS = frozenset({BANK, OFFICE, FINANCE})
DEPARTMENTS = frozenset({DEPARTMENT, COUNTY})
LISTS = BODIES
"""Lists that a department of the county keeps, and that a township copies into its own ledger."""


class Deed(StrEnum):
    """What somebody does beside recording a row."""

    SUBMIT_CLAIM = "submit_claim"
    REVIEW_CLAIM = "review_claim"
    APPROVE_CLAIM = "approve_claim"
    WITHDRAW_CLAIM = "withdraw_claim"
    OVERRIDE = "override"
    INSTRUCT = "instruct"
    APPROVE_INSTRUCTION = "approve_instruction"
    WITHDRAW_INSTRUCTION = "withdraw_instruction"
    APPLY_FOR_LOAN = "apply_for_loan"
    CREDIT_LOAN = "credit_loan"
    WITHDRAW_LOAN = "withdraw_loan"
    CHECK_LOAN = "check_loan"
    EXTEND_LOAN = "extend_loan"
    APPROVE_EXTENSION = "approve_extension"
    PUBLISH_NOTICE = "publish_notice"
    CLOSE_NOTICE = "close_notice"
    RESOLVE_OBJECTION = "resolve_objection"
    PROPOSE_PROJECT = "propose_project"
    ENTER_PROJECT = "enter_project"
    APPROVE_PROJECT = "approve_project"
    ACCEPT_PROJECT = "accept_project"
    CLOSE_PROJECT = "close_project"
    KEEP_ASSET_CONTRACT = "keep_asset_contract"
    RENEW_ASSET_CONTRACT = "renew_asset_contract"
    PAY_DIVIDENDS = "pay_dividends"
    CORRECT = "correct"
    REVERSE = "reverse"


MAY: Mapping[Deed, frozenset[str]] = {
    Deed.SUBMIT_CLAIM: frozenset({CLERK, TEAM, OFFICE}),
    Deed.REVIEW_CLAIM: frozenset({SUPERVISOR, OFFICE, DEPARTMENT}),
    Deed.APPROVE_CLAIM: frozenset({LEADER, DEPARTMENT, COUNTY}),
    Deed.WITHDRAW_CLAIM: frozenset({CLERK, TEAM, OFFICE}),
    Deed.OVERRIDE: frozenset({LEADER, DEPARTMENT, COUNTY}),
    Deed.INSTRUCT: TREASURY,
    Deed.APPROVE_INSTRUCTION: frozenset({LEADER, DEPARTMENT, COUNTY}),
    Deed.WITHDRAW_INSTRUCTION: TREASURY,
    Deed.APPLY_FOR_LOAN: frozenset({CLERK, TEAM, OFFICE, BANK}),
    Deed.CREDIT_LOAN: frozenset({LEADER, DEPARTMENT, COUNTY, BANK}),
    Deed.WITHDRAW_LOAN: frozenset({CLERK, TEAM, OFFICE, BANK}),
    Deed.CHECK_LOAN: frozenset({TEAM, BANK}),
    Deed.EXTEND_LOAN: frozenset({OFFICE, BANK}),
    Deed.APPROVE_EXTENSION: frozenset({LEADER, DEPARTMENT, COUNTY, BANK}),
    Deed.PUBLISH_NOTICE: VILLAGE | {FINANCE, DEPARTMENT},
    Deed.CLOSE_NOTICE: VILLAGE | {FINANCE, DEPARTMENT},
    Deed.RESOLVE_OBJECTION: frozenset({SUPERVISOR, OFFICE, LEADER, DEPARTMENT}),
    Deed.PROPOSE_PROJECT: VILLAGE | {DEPARTMENT},
    Deed.ENTER_PROJECT: frozenset({OFFICE, DEPARTMENT, COUNTY}),
    Deed.APPROVE_PROJECT: frozenset({LEADER, DEPARTMENT, COUNTY}),
    Deed.ACCEPT_PROJECT: frozenset({OFFICE, LEADER, DEPARTMENT, COUNTY}),
    Deed.CLOSE_PROJECT: frozenset({FINANCE, DEPARTMENT, COUNTY}),
    Deed.KEEP_ASSET_CONTRACT: VILLAGE | {FINANCE},
    Deed.RENEW_ASSET_CONTRACT: frozenset({OFFICE, LEADER, DEPARTMENT}),
    Deed.PAY_DIVIDENDS: VILLAGE | {FINANCE, BANK},
    Deed.CORRECT: frozenset({CLERK, OFFICE, FINANCE, LEADER, DEPARTMENT, COUNTY, BANK}),
    Deed.REVERSE: frozenset({FINANCE, LEADER, COUNTY, BANK}),
}
"""The roles that each deed is for."""

MAY_RECORD: Mapping[str, frozenset[str]] = {
    "places": BODIES | {KEEPER},
    "orgs": BODIES | {FINANCE, KEEPER},
    "staff": BODIES | {KEEPER},
    "approval_limits": frozenset({LEADER, DEPARTMENT, COUNTY}),
    "relations": CADRES,
    "programmes": LISTS,
    "programme_rates": LISTS,
    "roster": VILLAGE | {DEPARTMENT},
    "guardians": VILLAGE | {DEPARTMENT},
    "deaths": VILLAGE | {DEPARTMENT},
    "payroll": DEPARTMENTS | {FINANCE},
    "entitlements": LISTS,
    "allocations": TREASURY,
    "projects": VILLAGE | {DEPARTMENT},
    "contracts": VILLAGE | {FINANCE, DEPARTMENT},
    "notices": VILLAGE | {FINANCE, DEPARTMENT},
    "notice_lines": VILLAGE | {FINANCE, DEPARTMENT},
    "objections": frozenset({CLERK, SUPERVISOR, TEAM, OFFICE, DEPARTMENT}),
    "training_classes": LISTS,
    "training_attendance": LISTS,
    "payment_instructions": TREASURY,
    "subsidy_payments": PAYERS,
    "project_payments": PAYERS,
    "payment_returns": PAYERS,
    "receipts": frozenset({TEAM, SUPERVISOR, CLERK, OFFICE}),
    "loans": LENDERS,
    "loan_flows": LENDERS,
    "loan_repayments": LENDERS,
    "interest_subsidies": PAYERS,
    "loan_confirmations": frozenset({TEAM, OFFICE}),
    "asset_contracts": VILLAGE | {FINANCE},
    "shareholders": VILLAGE | {FINANCE},
    "profit_reports": VILLAGE | {FINANCE, OPERATOR},
    "dividend_receipts": VILLAGE | {FINANCE, BANK},
    "dividends": VILLAGE | {FINANCE, BANK},
    "bank_statement": PAYERS,
}
"""The roles that may record a row of each sheet by hand, by the sheet's key (DOMAIN §2, "by")."""


class Actor(Struct, frozen=True):
    """Who acts: the posts of one person that are in force today.

    staff_no:  工号.
    person:    reference of the person; two numbers of one person are one hand.
    roles:     of the posts.
    orgs:      where the posts are.
    """

    staff_no: str
    person: str | None
    roles: frozenset[str]
    orgs: frozenset[str] = frozenset()

    def refuse_unless_may(self, deed: Deed) -> None:
        """Refuse what is not for the actor's roles.

        Raises:
            Refused: `E-AUTH`, naming the roles that it takes.
        """
        self._refuse_without(MAY[deed], f"do this ({deed.value})")

    def refuse_unless_may_record(self, sheet_key: str) -> None:
        """Refuse a row of a sheet that is not for the actor's roles.

        Raises:
            Refused: `E-AUTH`, naming the roles that it takes.
        """
        self._refuse_without(MAY_RECORD.get(sheet_key, frozenset()), f"record a row of {sheet_key}")

    def refuse_unless_among(self, roles: frozenset[str], what: str) -> None:
        """Refuse what is for `roles` only; `what` is the deed, as `confirm an alert`.

        Raises:
            Refused: `E-AUTH`, naming the roles that it takes.
        """
        self._refuse_without(roles, what)

    def refuse_from_limit(self, deed: Deed, amount_fen: int, limits_fen: Mapping[str, int]) -> None:
        """Refuse an amount of a limit or more: then the next level decides (FORMATS §5).

        limits_fen: of the roles that have one in force, the amount from which on they may not.

        Raises:
            Refused: `E-AUTH`, with both amounts.
        """
        able = self.roles & MAY[deed]
        if any(role not in limits_fen or amount_fen < limits_fen[role] for role in able):
            return
        limit_fen = max((limits_fen[role] for role in able), default=0)
        raise Refused(
            "E-AUTH",
            field="actor",
            value=self.staff_no,
            why=f"{yuan(amount_fen)} is not below the limit of {yuan(limit_fen)} of {', '.join(sorted(able))}.",
            remedy="Let the next level decide, whose limit is higher.",
        )

    def refuse_same_hand(self, other: str | None, *, as_what: str) -> None:
        """Refuse to act on what the same person did: `other` is the reference of that person, or a 工号.

        Raises:
            Refused: `E-SOD`.
        """
        if other is None or other not in (self.person, self.staff_no):
            return
        raise Refused(
            "E-SOD",
            field="actor",
            value=self.staff_no,
            why=f"{self.staff_no} is the person who {as_what}.",
            remedy="Let a second person do it.",
        )

    def _refuse_without(self, roles: frozenset[str], what: str) -> None:
        if self.roles & roles:
            return
        raise Refused(
            "E-AUTH",
            field="actor",
            value=self.staff_no,
            why=f"{self.staff_no} has the roles {', '.join(sorted(self.roles))} and may not {what}.",
            remedy=f"It takes one of: {', '.join(sorted(roles)) or 'none'}.",
        )
