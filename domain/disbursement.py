"""Disbursements: what the bank paid."""

from datetime import date
from typing import ClassVar

from domain.event import Event
from domain.kinds import AccountRef, Fen, PersonRef, PositiveFen, Quantity, Text


class PaymentMade(Event, frozen=True, kw_only=True):
    """支付到账: the bank paid one beneficiary.

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
