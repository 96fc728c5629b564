"""Payment instructions (支付指令): what finance told the bank to pay, and out of which documents.

A native instruction is sealed together with what it takes: `FundsCommitted` on the stream of each document that funds
it, and `AmountInstructed` on that of the claim or contract. Whoever else takes of either meets it at the next version.
"""

from datetime import date
from typing import ClassVar

from domain.event import Event, Kind
from domain.kinds import AccountRef, Count, Fen, Party, PositiveFen, Text


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
    soft_stops:         of a native one, what speaks against it and was overridden (DOMAIN §2, SOFT STOP).
    override_approver:  工号 of the second person who answers for that; the reason is sealed.
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
    soft_stops: tuple[Text, ...] = ()
    override_approver: Text | None = None


class InstructionWithdrawn(Event, frozen=True, kw_only=True):
    """撤回支付令: one line of an instruction that the bank has not paid; the reason is sealed.

    instruction_no:  指令号.
    line_no:         行号, from 1.
    """

    TOPIC: ClassVar[str] = "instruction-withdrawn/v1"
    KIND: ClassVar[Kind] = Kind.INTENT

    instruction_no: Text
    line_no: Count


class FundMoved(Event, frozen=True, kw_only=True):
    """What an instruction does to the uncommitted balance of a document at an organisation.

    quota_doc_no:    指标文号.
    org:             单位名称 of the organisation that pays.
    instruction_no:  the instruction.
    amount_fen:      what it takes or gives back.
    committed_fen:   what all instructions have taken of the document there, after this.
    """

    quota_doc_no: Text
    org: Text
    instruction_no: Text
    amount_fen: PositiveFen
    committed_fen: Fen


class FundsCommitted(FundMoved, frozen=True, kw_only=True):
    """资金占用: an instruction takes of a document, in the same append as itself."""

    TOPIC: ClassVar[str] = "funds-committed/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL


class FundsReleased(FundMoved, frozen=True, kw_only=True):
    """资金释放: an instruction was withdrawn before it was paid."""

    TOPIC: ClassVar[str] = "funds-released/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL


class AmountInstructed(Event, frozen=True, kw_only=True):
    """业务已下达支付令金额: what the instructions that stand under a claim or contract come to.

    ref_kind:        补贴 (a claim) or 项目 (a contract).
    ref_no:          its number.
    instruction_no:  the instruction that was given or withdrawn.
    instructed_fen:  the sum of all that stand, after this.
    """

    TOPIC: ClassVar[str] = "amount-instructed/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    ref_kind: Text
    ref_no: Text
    instruction_no: Text
    instructed_fen: Fen
