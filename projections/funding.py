"""Which funding lines pay what of a claim (OUTPUTS §5 "Funding lines"): decided over the claim as a whole.

Instruction lines in order of 指令日期, 指令号, 行号, each up to what is not yet taken; payments in order of 发放日期,
流水号. A payment with its own 指标文号 is paid out of that document, and takes from its lines. What a return or
reversal gave back on or before 发放日期 may be taken again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class FundingLine(NamedTuple):
    """One line of 支付指令台账 about the claim."""

    quota_doc_no: str
    amount_fen: int


class ClaimPayment(NamedTuple):
    """One payment of the claim.

    position:      of its entry.
    amount_fen:    gross.
    quota_doc_no:  its own 指标文号, if it states one.
    paid_on:       day number.
    returned_on:   day number on which it came back whole, if it did.
    """

    position: int
    amount_fen: int
    quota_doc_no: str | None
    paid_on: int
    returned_on: int | None


class Share(NamedTuple):
    """What of a payment one document pays; None: no line covers it."""

    quota_doc_no: str | None
    amount_fen: int


@dataclass(slots=True)
class _Taken:
    """What a payment took, until it is given back."""

    returned_on: int | None
    shares: list[tuple[int, int]]


def share_out(lines: Sequence[FundingLine], payments: Iterable[ClaimPayment]) -> dict[int, list[Share]]:
    """The shares of each payment by position, in taking order; both come in the order of the rule.

    The shares of a payment add up to its amount.
    """
    left = [line.amount_fen for line in lines]
    standing: list[_Taken] = []
    shares: dict[int, list[Share]] = {}
    for payment in payments:
        standing = _give_back(left, standing, payment.paid_on)
        own = payment.quota_doc_no
        taken = _take(left, lines, payment.amount_fen, own)
        standing.append(_Taken(payment.returned_on, taken))
        if own is not None:
            shares[payment.position] = [Share(own, payment.amount_fen)]
            continue
        parts = [Share(lines[place].quota_doc_no, fen) for place, fen in taken]
        uncovered = payment.amount_fen - sum(part.amount_fen for part in parts)
        shares[payment.position] = [*parts, *([Share(None, uncovered)] if uncovered or not parts else [])]
    return shares


def _take(left: list[int], lines: Sequence[FundingLine], wanted: int, own: str | None) -> list[tuple[int, int]]:
    taken: list[tuple[int, int]] = []
    for place, line in enumerate(lines):
        fen = min(left[place], wanted)
        if fen <= 0 or (own is not None and line.quota_doc_no != own):
            continue
        left[place] -= fen
        wanted -= fen
        taken.append((place, fen))
    return taken


def _give_back(left: list[int], standing: list[_Taken], day: int) -> list[_Taken]:
    """Give back what came back by `day`; gives what still stands."""
    still = []
    for one in standing:
        if one.returned_on is None or one.returned_on > day:
            still.append(one)
            continue
        for place, fen in one.shares:
            left[place] += fen
    return still
