"""Bank statements (银行流水): the bank's own side, against which the payment sheets are held."""

from datetime import date
from typing import ClassVar

from msgspec import field

from domain.event import Event
from domain.kinds import AccountOrCash, AccountRef, PositiveFen, Text


class StatementLineRecorded(Event, frozen=True, kw_only=True):
    """银行流水: one line of one account's statement; never a payment of its own.

    bank_ref:           流水号.
    booked_on:          日期; sealed as `date`.
    statement_account:  reference of the account whose statement it is.
    from_account:       付方账号, a reference or 现金; sealed as `from`.
    to_account:         收方账号, a reference or 现金; sealed as `to`.
    amount_fen:         always above zero; the direction is told by the two accounts.
    quota_doc_no:       the source that the bank's note names.
    teller:             柜员/终端.

    The holders' names and the summary are sealed.
    """

    TOPIC: ClassVar[str] = "statement-line-recorded/v1"

    bank_ref: Text
    booked_on: date = field(name="date")
    statement_account: AccountRef | None = None
    from_account: AccountOrCash | None = field(default=None, name="from")
    to_account: AccountOrCash | None = field(default=None, name="to")
    amount_fen: PositiveFen
    quota_doc_no: Text | None = None
    teller: Text | None = None
