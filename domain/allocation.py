"""Allocations: quota money arrives, is broken down, and is transferred between organisations."""

from typing import ClassVar

from domain.event import Event
from domain.kinds import AccountRef, Count, PositiveFen, Text


class AllocationRow(Event, frozen=True, kw_only=True):
    """What every row of 资金指标台账 states.

    entry_no:         流水编号, the key.
    entry_kind:       到达, 分解 or 拨付.
    quota_doc_no:     指标文号; of a breakdown or transfer the document that it comes from.
    parent_doc_no:    the document above, of an arrival.
    fund_source:      中央, 省级, 市级, 县级, 帮扶 or 社会.
    from_org:         下达单位.
    to_org:           接收单位.
    to_account:       reference of the account that received a transfer.
    amount_fen:       the amount, above zero.
    purpose_codes:    what the money is for.
    target:           programme or project of a breakdown.
    year:             the budget year.
    bank_ref:         the bank's reference of a transfer.
    integration_doc:  permission to pool agricultural funds; lifts MIS-01.
    """

    entry_no: Text
    entry_kind: Text
    quota_doc_no: Text
    parent_doc_no: Text | None = None
    fund_source: Text
    from_org: Text
    to_org: Text
    to_account: AccountRef | None = None
    amount_fen: PositiveFen
    purpose_codes: tuple[Text, ...] = ()
    target: Text | None = None
    year: Count
    bank_ref: Text | None = None
    integration_doc: Text | None = None


class AllocationReceived(AllocationRow, frozen=True, kw_only=True):
    """指标到达: a quota document's money arrived at an organisation. It moves nothing."""

    TOPIC: ClassVar[str] = "allocation-received/v1"


class SubAllocated(AllocationRow, frozen=True, kw_only=True):
    """分解下达: says for what the money is. It moves nothing."""

    TOPIC: ClassVar[str] = "sub-allocated/v1"


class Transferred(AllocationRow, frozen=True, kw_only=True):
    """拨付: money went from one organisation to another."""

    TOPIC: ClassVar[str] = "transferred/v1"


ALLOCATION_BY_KIND: dict[str, type[AllocationRow]] = {
    "到达": AllocationReceived,
    "分解": SubAllocated,
    "拨付": Transferred,
}
