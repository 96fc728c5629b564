"""Disbursements: what the bank paid, and what came back of it."""

from datetime import date
from typing import ClassVar, Literal

from domain.event import Event
from domain.kinds import AccountRef, Count, Fen, PersonRef, PositiveFen, Quantity, Text, Uscc


class PaymentMade(Event, frozen=True, kw_only=True):
    """支付到账: the bank paid one beneficiary, supplier or implementer.

    bank_ref:             流水号, unique in the ledger; absent in a batch list, where the row itself is the key.
    programme, period:    what was paid for: `2020`, `2020Q2`, `2020-03`.
    id_no:                reference of the payee; the name as the row states it is sealed.
    household_no:         户编号, as the row states it.
    village:              the village that reported the payee.
    quantity:             units, decimal text.
    rate_fen:             fen per unit, as stated.
    variant:              档次: which of several standards.
    amount_fen:           amount paid, in fen, always above zero.
    bank:                 the bank that holds the receiving account.
    account_no:           reference of the account that received it.
    holder_matches:       whether the account's holder bears the payee's name, checked at intake.
    holder_staff_no:      工号 of the serving person whose name the holder bears, where it is not the payee's.
    account_place:        of an amount without a standard, a keyed token of the account's place in the numbering of its
                          bank (STA-04).
    next_place:           the token of the place behind it.
    applied_on:           申请日期.
    claim_no:             instalments and re-issues of one claim share it; empty: every row its own claim.
    approved_amount_fen:  approved for the whole claim.
    approved_on:          审批日期.
    approver, preparer, cashier: 工号 of the hands named on the row.
    paid_on:              day on which the bank executed it; `occurred_on` is the same day.
    pay_kind:             正常, 补发, 补差, 分期, 重发 or 丧葬.
    channel:              卡, 代缴 or 现金 (the workbook's 发放渠道).
    quota_doc_no:         the document that funds it.
    paid_from:            reference of the paying account.
    class_id:             培训班号, of a training subsidy.
    invoice_no:           凭证号.
    evidence_sha256:      SHA-256 of the supporting papers, as stated.
    keyed_on:             day on which the clerk keyed it; `known_on` is the same day.
    paid_for:             `project`: the row is one of 支付台账, and the fields below are stated; absent: a subsidy.
    line_no:              行号: one bank payment funded by several documents is one row each.
    project_no:           项目编号.
    contract_no:          合同编号.
    payee_name:           收款单位.
    payee_uscc:           收款代码.
    purpose_code:         用途代码.
    invoice_total_fen:    发票总额, when one invoice is shared by several payments.
    """

    TOPIC: ClassVar[str] = "payment-made/v1"

    bank_ref: Text | None = None
    programme: Text | None = None
    period: Text | None = None
    id_no: PersonRef | None = None
    household_no: Text | None = None
    village: Text | None = None
    quantity: Quantity | None = None
    rate_fen: Fen | None = None
    variant: Text | None = None
    amount_fen: PositiveFen
    bank: Text | None = None
    account_no: AccountRef | None = None
    holder_matches: bool | None = None
    holder_staff_no: Text | None = None
    account_place: Text | None = None
    next_place: Text | None = None
    applied_on: date | None = None
    claim_no: Text | None = None
    approved_amount_fen: Fen | None = None
    approved_on: date | None = None
    approver: Text | None = None
    preparer: Text | None = None
    cashier: Text | None = None
    paid_on: date
    pay_kind: Text = "正常"
    channel: Text = "卡"
    quota_doc_no: Text | None = None
    paid_from: AccountRef | None = None
    class_id: Text | None = None
    invoice_no: Text | None = None
    evidence_sha256: Text | None = None
    keyed_on: date | None = None
    paid_for: Literal["project"] | None = None
    line_no: Count | None = None
    project_no: Text | None = None
    contract_no: Text | None = None
    payee_name: Text | None = None
    payee_uscc: Uscc | None = None
    purpose_code: Text | None = None
    invoice_total_fen: Fen | None = None


class ReturnRow(Event, frozen=True, kw_only=True):
    """What every row of 退票冲正台账 states.

    return_ref:   退票流水号, the key.
    return_kind:  退票 or 冲正.
    target_ref:   流水号 of the payment, dividend, interest subsidy or repayment that it takes back whole.
    amount_fen:   the full original amount.
    returned_on:  日期; `occurred_on` is the same day.
    preparer:     工号 of 经办人.

    The reason is sealed.
    """

    return_ref: Text
    return_kind: Text
    target_ref: Text
    amount_fen: PositiveFen
    returned_on: date
    preparer: Text | None = None


class PaymentReturned(ReturnRow, frozen=True, kw_only=True):
    """退票: the bank sent the money back."""

    TOPIC: ClassVar[str] = "payment-returned/v1"


class EventReversed(ReturnRow, frozen=True, kw_only=True):
    """冲正: a full reversal."""

    TOPIC: ClassVar[str] = "event-reversed/v1"


RETURNS = frozenset({PaymentReturned.TOPIC, EventReversed.TOPIC})
"""Topics that stand on the stream of what they return."""
