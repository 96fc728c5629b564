"""Which documents pay a payment, by what was there at the moment (OUTPUTS §5 "Funding lines")."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select

from domain.disbursement import PaymentMade
from domain.instruction import PaymentInstructed
from domain.loan import LoanRow
from projections.funding import ClaimPayment, FundingLine, Share, share_out
from projections.history.occurrence import Occurrence
from projections.history.past import Past, chunks
from projections.history.row import Row
from projections.tables.commitments import INSTRUCTION_WITHDRAWALS
from projections.tables.payment_lines import CLAIM


class Funding:
    """The shares of payments; those of subsidies that state no document are taken from the instructions of the claim.

    The taking is decided anew for the moment: by the instructions, payments and returns that held then.
    """

    def __init__(self, past: Past, rows: Iterable[Row]) -> None:
        """Learn of the claims of the payments among `rows`."""
        self._past = past
        claims = {row.now.claim_no for row in rows if _is_open(row)}
        of_claims = past.rows("claim", *claims)
        self._shares = self._share_out(of_claims)

    def of(self, payment: Occurrence) -> list[Share]:
        """The shares of a payment that held at the moment, in taking order; a document of None covers nothing."""
        if isinstance(payment.row.first, LoanRow):
            return [Share(None, payment.amount_fen or 0)]
        worked_out = self._shares.get(payment.row.versions[0].position)
        stated = payment.now
        return worked_out or [Share(stated.quota_doc_no, stated.amount_fen)]

    def _share_out(self, rows: list[Row]) -> dict[int, list[Share]]:
        lines = self._lines([row for row in rows if isinstance(row.first, PaymentInstructed)])
        payments: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if isinstance(row.first, PaymentMade) and row.now.claim_no in lines and self._holds(row):
                payments[row.now.claim_no].append(row)
        came_back = self._came_back(row for of_claim in payments.values() for row in of_claim)
        shares: dict[int, list[Share]] = {}
        for claim_no, of_claim in payments.items():
            of_claim.sort(key=lambda row: (row.now.paid_on, row.now.bank_ref or "", row.versions[0].position))
            shares |= share_out(lines[claim_no], [_payment(row, came_back) for row in of_claim])
        return shares

    def _lines(self, rows: list[Row]) -> dict[str, list[FundingLine]]:
        withdrawn = self._withdrawn({row.now.instruction_no for row in rows})
        standing = [
            row.now
            for row in rows
            if row.now.ref_kind == CLAIM
            and (row.now.instruction_no, row.now.line_no or 1) not in withdrawn
            and self._holds(row)
        ]
        standing.sort(key=lambda line: (line.instructed_on, line.instruction_no, line.line_no or 1))
        lines: defaultdict[str, list[FundingLine]] = defaultdict(list)
        for line in standing:
            lines[line.ref_no].append(FundingLine(line.quota_doc_no, line.amount_fen))
        return dict(lines)

    def _withdrawn(self, instructions: set[str]) -> set[tuple[str, int]]:
        withdrawals = INSTRUCTION_WITHDRAWALS.c
        positions: set[int] = set()
        for some in chunks(instructions):
            found = select(withdrawals.position).where(withdrawals.instruction_no.in_(some))
            positions.update(self._past.connection.execute(found).scalars())
        rows = self._past.rows_at(positions)
        return {(row.now.instruction_no, row.now.line_no) for row in rows if self._holds(row)}

    def _came_back(self, payments: Iterable[Row]) -> dict[str, int]:
        references = [row.now.bank_ref for row in payments if row.now.bank_ref is not None]
        rows = [row for row in self._past.returns_of(references) if self._holds(row)]
        return {row.now.target_ref: row.now.returned_on.toordinal() for row in rows}

    def _holds(self, row: Row) -> bool:
        return self._past.moment.holds(row.first.occurred_on, row.first.known_on)


def _is_open(row: Row) -> bool:
    """Whether a row is a subsidy that states a claim and no document."""
    stated = row.now
    if not isinstance(row.first, PaymentMade) or stated.paid_for is not None:
        return False
    return stated.claim_no is not None and stated.quota_doc_no is None


def _payment(row: Row, came_back: dict[str, int]) -> ClaimPayment:
    stated = row.now
    return ClaimPayment(
        row.versions[0].position,
        stated.amount_fen,
        stated.quota_doc_no,
        stated.paid_on.toordinal(),
        came_back.get(stated.bank_ref or ""),
    )
