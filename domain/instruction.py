"""Payment instructions (支付指令): what finance told the bank to pay, and out of which documents."""

from datetime import date
from typing import ClassVar

from domain.event import Event
from domain.kinds import AccountRef, Count, Party, PositiveFen, Text


class PaymentInstructed(Event, frozen=True, kw_only=True):
    """支付令: one funding line of one approved instruction to pay one payee.

    instruction_no:   指令号.
    line_no:          行号, from 1 (absent: 1); several funding lines of one instruction have a row each.
    ref_kind:         补贴 (a claim) or 项目 (a contract).
    ref_no:           申请编号 or 合同编号.
    payee_id:         reference of the payee, or an organisation's credit code; the name is sealed.
    account_no:       reference of the account that is to receive it.
    quota_doc_no:     the document that funds this line.
    amount_fen:       the line's amount, above zero.
    purpose_code:     what the money is for.
    preparer, approver: 工号 of 经办人 and 审批人.
    approved_on:      审批日期.
    instructed_on:    指令日期; `occurred_on` is the same day.
    instalment_plan:  agreed dates and amounts: `2020-06-20:1500.00;2020-12-20:1500.00`.
    """

    TOPIC: ClassVar[str] = "payment-instructed/v1"

    instruction_no: Text
    line_no: Count | None = None
    ref_kind: Text
    ref_no: Text
    payee_id: Party | None = None
    account_no: AccountRef | None = None
    quota_doc_no: Text
    amount_fen: PositiveFen
    purpose_code: Text | None = None
    preparer: Text | None = None
    approver: Text | None = None
    approved_on: date | None = None
    instructed_on: date
    instalment_plan: Text | None = None
