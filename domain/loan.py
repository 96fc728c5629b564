"""Microloans (扶贫小额信贷): what the bank lent, and what became of it."""

from datetime import date
from typing import ClassVar

from msgspec import field

from domain.event import Event
from domain.kinds import AccountRef, Count, Fen, Party, PersonRef, PhoneRef, PositiveFen, Ppm, Text


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
    borrower_age:           whole years of the borrower on the day of issue, by the ID number; absent of a bad one.
    purpose_kinds:          which of the barred uses the purpose names: 结婚, 建房, 理财, 家庭用品, 偿债, 转借.
    purpose_token:          keyed token of the purpose, by which equal ones are counted unread.

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
    borrower_age: Count | None = None
    purpose_kinds: tuple[Text, ...] = ()
    purpose_token: Text | None = None


class LoanIssued(LoanRow, frozen=True, kw_only=True):
    """放款: the first row of a loan, or a later one that changes neither its standing nor what was repaid."""

    TOPIC: ClassVar[str] = "loan-issued/v1"


class LoanRepaid(LoanRow, frozen=True, kw_only=True):
    """还款: one repayment of 还款流水 (with `repay_ref`), or a loan's row as newly stated, more repaid or settled.

    repay_ref:             流水号 of the repayment; absent: the event is a row of 小额信贷台账.
    repaid_principal_fen:  本金 of the repayment.
    repaid_interest_fen:   利息 of the repayment.
    payer_id:              reference of who paid, or a credit code; the name is sealed.
    payer_relation:        本人, 配偶, 子女, 父母 or 无.

    A repayment states its `loan_no` and `repaid_on`, and nothing else of the loan.
    """

    TOPIC: ClassVar[str] = "loan-repaid/v1"

    principal_fen: PositiveFen | None = None  # type: ignore[assignment]  # a repayment does not state the loan's
    issued_on: date | None = None  # type: ignore[assignment]
    due_on: date | None = None  # type: ignore[assignment]
    repay_ref: Text | None = None
    repaid_principal_fen: Fen | None = None
    repaid_interest_fen: Fen | None = None
    payer_id: Party | None = None
    payer_relation: Text | None = None


class LoanOverdue(LoanRow, frozen=True, kw_only=True):
    """逾期: the row as newly stated, overdue."""

    TOPIC: ClassVar[str] = "loan-overdue/v1"


class LoanExtended(LoanRow, frozen=True, kw_only=True):
    """展期: the row as newly stated, due later.

    soft_stops:         of one that was granted here, what speaks against it and was overridden (DOMAIN §2).
    override_approver:  工号 of the second person who answers for that; the reason is sealed.
    approver:           工号 of who granted it here; a workbook does not state it.
    """

    TOPIC: ClassVar[str] = "loan-extended/v1"

    soft_stops: tuple[Text, ...] = ()
    override_approver: Text | None = None
    approver: Text | None = None


class LoanRenewed(LoanRow, frozen=True, kw_only=True):
    """续贷: the row as newly stated, renewed by another loan."""

    TOPIC: ClassVar[str] = "loan-renewed/v1"


class LoanWrittenOff(LoanRow, frozen=True, kw_only=True):
    """核销: the row as newly stated, written off."""

    TOPIC: ClassVar[str] = "loan-written-off/v1"


class LoanProceedsMoved(Event, frozen=True, kw_only=True):
    """资金流向: one movement out of the account that received a loan.

    flow_ref:    流水号, the key.
    loan_no:     the loan.
    moved_on:    日期; `occurred_on` is the same day.
    amount_fen:  what moved.
    to_account:  reference of 对方账号.
    to_id:       reference of the counterparty, or a credit code; the name and the summary are sealed.
    invoice_no:  a purchase invoice.
    """

    TOPIC: ClassVar[str] = "loan-proceeds-moved/v1"

    flow_ref: Text
    loan_no: Text | None = None
    moved_on: date
    amount_fen: PositiveFen
    to_account: AccountRef | None = None
    to_id: Party | None = None
    invoice_no: Text | None = None


class InterestSubsidyPaid(Event, frozen=True, kw_only=True):
    """贴息: one interest subsidy.

    bank_ref:      流水号, the key.
    loan_no:       the loan.
    starts_on:     计息起; sealed as `from`.
    ends_before:   计息止, the first day without; sealed as `to`.
    principal_fen: 本金 on which it is reckoned.
    amount_fen:    what was paid.
    payee_id:      reference of the borrower, or 承办银行; the name is sealed.
    account_no:    reference of the account that received it.
    paid_on:       发放日期; `occurred_on` is the same day.
    quota_doc_no:  the document that funds it.
    """

    TOPIC: ClassVar[str] = "interest-subsidy-paid/v1"

    bank_ref: Text
    loan_no: Text | None = None
    starts_on: date | None = field(default=None, name="from")
    ends_before: date | None = field(default=None, name="to")
    principal_fen: Fen | None = None
    amount_fen: PositiveFen
    payee_id: Party | None = None
    account_no: AccountRef | None = None
    paid_on: date
    quota_doc_no: Text | None = None


class LoanStatement(Event, frozen=True, kw_only=True):
    """What a borrower said about a loan (借款核实台账), or an objection by which he denies it.

    loan_no:    the loan.
    id_no:      reference of who said it; the name and the remark are sealed.
    result:     确认 or 否认.
    method:     签字, 电话 or 入户.
    stated_on:  日期; `occurred_on` is the same day.
    visitor:    工号 of 核实人.
    objection_no: of a denial that stands in an objection, its number.
    """

    loan_no: Text
    id_no: PersonRef | None = None
    result: Text
    method: Text | None = None
    stated_on: date
    visitor: Text | None = None
    objection_no: Text | None = None


class LoanConfirmed(LoanStatement, frozen=True, kw_only=True):
    """借款人确认."""

    TOPIC: ClassVar[str] = "loan-confirmed/v1"


class LoanDenied(LoanStatement, frozen=True, kw_only=True):
    """借款人否认."""

    TOPIC: ClassVar[str] = "loan-denied/v1"


LOAN_CHANGE_BY_STATUS: dict[str, type[LoanRow]] = {
    "逾期": LoanOverdue,
    "展期": LoanExtended,
    "续贷": LoanRenewed,
    "核销": LoanWrittenOff,
    "结清": LoanRepaid,
}
"""Which event a changed 状态 becomes when the loan is sent again (FORMATS §29)."""
