"""Receipts (签收回访): what beneficiaries themselves say that they received."""

from datetime import date
from typing import ClassVar

from domain.event import Event
from domain.kinds import Fen, PersonRef, Text


class ReceiptConfirmed(Event, frozen=True, kw_only=True):
    """签收回访: one statement of one beneficiary about one payment.

    receipt_no:         编号, the key.
    bank_ref:           流水号 of the payment or dividend asked about.
    id_no:              reference of the beneficiary; the name is sealed.
    stated_amount_fen:  what the beneficiary says was received; nothing is an answer too.
    method:             签字, 电话, 入户 or 其他.
    signed_by_id:       reference of who signed, when not the payee.
    stated_on:          日期 of the statement; `occurred_on` is the same day.
    visitor:            工号 of who asked.
    """

    TOPIC: ClassVar[str] = "receipt-confirmed/v1"

    receipt_no: Text
    bank_ref: Text | None = None
    id_no: PersonRef | None = None
    stated_amount_fen: Fen
    method: Text | None = None
    signed_by_id: PersonRef | None = None
    stated_on: date
    visitor: Text | None = None
