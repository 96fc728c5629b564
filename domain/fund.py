"""Funds (资金): what instructions have taken of one quota document at one organisation.

Every event of the stream carries the running total, so the last one tells the fund; who takes of it at once with
somebody else meets him at the next version.
"""

from typing import Self

from msgspec import Struct

from domain.event import Event
from domain.instruction import FundMoved
from domain.money import yuan
from domain.refusal import Refused


class Fund(Struct, frozen=True):
    """One document at one organisation.

    committed_fen:  what all instructions have taken.
    version:        of the stream, 0 before anything was taken.
    """

    quota_doc_no: str
    org: str
    committed_fen: int = 0
    version: int = 0

    def after(self, event: Event, version: int) -> Self:
        """The fund as the event at `version` of its stream leaves it."""
        if not isinstance(event, FundMoved):
            return self
        return type(self)(self.quota_doc_no, self.org, event.committed_fen, version)

    def commit(self, amount_fen: int, *, left_fen: int) -> int:
        """The new total after `amount_fen` more; `left_fen` is what nobody has taken or spent yet.

        Raises:
            Refused: `E-FUNDS`, with both numbers.
        """
        if amount_fen > left_fen:
            raise Refused(
                "E-FUNDS",
                field="quota_doc_no",
                value=self.quota_doc_no,
                why=(
                    f"Payment of {yuan(amount_fen)} exceeds the {yuan(left_fen)} still unspent "
                    f"of {self.quota_doc_no} at {self.org}."
                ),
                remedy="Lower the amount, or record a supplementary appropriation first.",
            )
        return self.committed_fen + amount_fen

    def release(self, amount_fen: int) -> int:
        """The new total after `amount_fen` was given back."""
        return max(self.committed_fen - amount_fen, 0)
