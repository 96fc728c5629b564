"""Microloans (扶贫小额信贷): what the bank lent, and what became of it."""

from datetime import date
from typing import ClassVar

from domain.event import Event
from domain.kinds import AccountRef, Fen, PersonRef, PhoneRef, PositiveFen, Ppm, Text


class LoanRow(Event, frozen=True, kw_only=True):
    """What every row of 小额信贷台账 states.

    loan_no:                借据号, the key.
    id_no:                  reference of the borrower.
    household_no:           户编号 of the borrower.
    bank:                   承办银行.
    principal_fen:          what was lent, in fen.
    rate_ppm:               yearly rate in parts per million: 4.75 % is 47500.
    issued_on, due_on:      放款日, 到期日.
    disbursement_account:   reference of the account that received the loan.
    holder_matches:         whether its holder bears the borrower's name.
    holder_id, agent_id:    references, where the bank names them.
    borrower_present:       whether the borrower came in person.
    phone:                  reference of the telephone left with the bank.
    guarantee_fee_fen:      fee for a guarantee; there should be none.
    renews:                 the loan that this one renews.
    topup_approved:         whether a loan above the usual limit was approved.
    interest_subsidy_fen:   贴息 in total; details in 贴息台账.
    repaid_on, repaid_fen:  the last repayment; details in 还款流水.
    balance_fen:            balance as stated.
    settled_on:             结清日; the outstanding amount is zero from then on.
    status:                 正常, 逾期, 结清, 续贷, 展期 or 核销.

    Names, the purpose and the payer are sealed.
    """

    loan_no: Text
    id_no: PersonRef | None = None
    household_no: Text | None = None
    bank: Text | None = None
    principal_fen: PositiveFen
    rate_ppm: Ppm | None = None
    issued_on: date
    due_on: date
    disbursement_account: AccountRef | None = None
    holder_matches: bool | None = None
    holder_id: PersonRef | None = None
    agent_id: PersonRef | None = None
    borrower_present: bool | None = None
    phone: PhoneRef | None = None
    guarantee_fee_fen: Fen | None = None
    renews: Text | None = None
    topup_approved: bool | None = None
    interest_subsidy_fen: Fen | None = None
    repaid_on: date | None = None
    repaid_fen: Fen | None = None
    balance_fen: Fen | None = None
    settled_on: date | None = None
    status: Text | None = None


class LoanIssued(LoanRow, frozen=True, kw_only=True):
    """放款: the first row of a loan, or a later one that changes neither its standing nor what was repaid."""

    TOPIC: ClassVar[str] = "loan-issued/v1"


class LoanRepaid(LoanRow, frozen=True, kw_only=True):
    """还款: the row as newly stated, with more repaid or settled."""

    TOPIC: ClassVar[str] = "loan-repaid/v1"


class LoanOverdue(LoanRow, frozen=True, kw_only=True):
    """逾期: the row as newly stated, overdue."""

    TOPIC: ClassVar[str] = "loan-overdue/v1"


class LoanExtended(LoanRow, frozen=True, kw_only=True):
    """展期: the row as newly stated, due later."""

    TOPIC: ClassVar[str] = "loan-extended/v1"


class LoanRenewed(LoanRow, frozen=True, kw_only=True):
    """续贷: the row as newly stated, renewed by another loan."""

    TOPIC: ClassVar[str] = "loan-renewed/v1"


class LoanWrittenOff(LoanRow, frozen=True, kw_only=True):
    """核销: the row as newly stated, written off."""

    TOPIC: ClassVar[str] = "loan-written-off/v1"


LOAN_CHANGE_BY_STATUS: dict[str, type[LoanRow]] = {
    "逾期": LoanOverdue,
    "展期": LoanExtended,
    "续贷": LoanRenewed,
    "核销": LoanWrittenOff,
    "结清": LoanRepaid,
}
"""Which event a changed 状态 becomes when the loan is sent again (FORMATS §29)."""
