"""Funding lines of subsidies that state no document: worked out through 支付指令台账 (OUTPUTS §5), a claim at a time.

A payment keeps its first line in the row that came in, and has a row more for each further line.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, delete, exists, or_, select, update

from projections.batch import Batch, scratched
from projections.dialect import insert_missing, insert_rows
from projections.funding import ClaimPayment, FundingLine, Share, share_out
from projections.tables.commitments import INSTRUCTION_WITHDRAWALS, stands
from projections.tables.instructions import INSTRUCTIONS
from projections.tables.internal import SUBJECT_INDEX
from projections.tables.payments import PAYMENTS, SUBSIDY

CLAIM = "补贴"
FUNDING = "funding"
CLAIMS_AT_ONCE = 500

Key = TypeVar("Key", str, int)

Line = Mapping[str, Any]
"""A row of the payments table."""


def derive_payment_lines(batch: Batch) -> None:
    """Share the payments of each claim that the batch concerns out to the lines of its instructions."""
    _find_concerned(batch)
    claims: list[str] = [row.key for row in batch.connection.execute(scratched(FUNDING))]
    for some in _chunks(claims):
        _share_out(batch, some)


def _find_concerned(batch: Batch) -> None:
    payments, instructions = PAYMENTS.c, INSTRUCTIONS.c
    instructed = exists().where(instructions.ref_no == payments.claim_no, instructions.ref_kind == CLAIM)
    if INSTRUCTIONS.name in batch.changed:
        new = batch.new(instructions.position) & (instructions.ref_kind == CLAIM)
        batch.scratch_from(FUNDING, select(instructions.ref_no).where(new))
    if INSTRUCTION_WITHDRAWALS.name in batch.changed:
        withdrawn = instructions.instruction_no.in_(batch.those("instruction")) & (instructions.ref_kind == CLAIM)
        batch.scratch_from(FUNDING, select(instructions.ref_no).where(withdrawn))
    if batch.corrects:
        batch.scratch_from(FUNDING, select(payments.claim_no).where(payments.claim_no.in_(batch.those("claim"))))
    if batch.changed & {"payments", "payment_returns"}:
        concerned = or_(batch.new(payments.position), payments.bank_ref.in_(batch.those("returned")))
        batch.scratch_from(FUNDING, select(payments.claim_no).where(concerned, instructed))


def _share_out(batch: Batch, claims: Sequence[str]) -> None:
    standing = _standing(batch, claims)
    lines = _instructed(batch, claims)
    changed: dict[int, list[Line]] = {}
    for claim_no, rows in groupby(standing.values(), key=lambda rows: rows[0]["claim_no"]):
        of_claim = list(rows)
        shares = share_out(lines.get(claim_no, ()), map(_payment, of_claim))
        for rows_now in of_claim:
            position = rows_now[0]["position"]
            after = list(_lines(rows_now[0], shares[position]))
            if after != rows_now:
                changed[position] = after
    if changed:
        _write(batch, changed)


def _standing(batch: Batch, claims: Sequence[str]) -> dict[int, list[Line]]:
    """The rows of each subsidy of the claims by position, in the order in which they take."""
    payments = PAYMENTS.c
    found = batch.connection.execute(
        select(*(payments[name] for name in PAYMENTS.column_names)).where(
            payments.kind == SUBSIDY, payments.claim_no.in_(claims)
        )
    ).mappings()
    in_order = sorted(
        map(dict, found),
        key=lambda row: (row["claim_no"], row["paid_on"], row["bank_ref"] or "", row["position"], row["line_no"]),
    )
    return {position: list(rows) for position, rows in groupby(in_order, key=lambda row: row["position"])}


def _instructed(batch: Batch, claims: Sequence[str]) -> dict[str, list[FundingLine]]:
    instructions = INSTRUCTIONS.c
    found = batch.connection.execute(
        select(instructions.ref_no, instructions.quota_doc_no, instructions.amount_fen)
        .where(instructions.ref_kind == CLAIM, instructions.ref_no.in_(claims), stands())
        .order_by(instructions.ref_no, instructions.instructed_on, instructions.instruction_no, instructions.line_no)
    )
    return {
        claim_no: [FundingLine(quota_doc_no, amount_fen) for _, quota_doc_no, amount_fen in rows]
        for claim_no, rows in groupby(found, key=lambda row: row.ref_no)
    }


def _payment(rows: Sequence[Line]) -> ClaimPayment:
    first = rows[0]
    return ClaimPayment(
        first["position"],
        first["stated_amount_fen"],
        first["stated_quota_doc_no"],
        first["paid_on"],
        first["returned_on"],
    )


def _lines(first: Line, shares: Iterable[Share]) -> Iterator[Line]:
    """The rows of a payment, one a share; what came back came back of every line."""
    returned, reversed_ = bool(first["returned_fen"]), bool(first["reversed_fen"])
    for line_no, (quota_doc_no, fen) in enumerate(shares, start=1):
        yield {
            **first,
            "line_no": line_no,
            "quota_doc_no": quota_doc_no,
            "amount_fen": fen,
            "returned_fen": fen if returned else 0,
            "reversed_fen": fen if reversed_ else 0,
            "net_fen": 0 if returned or reversed_ else fen,
        }


def _write(batch: Batch, changed: Mapping[int, Sequence[Line]]) -> None:
    payments, connection = PAYMENTS.c, batch.connection
    for some in _chunks(changed):
        ours = payments.position.in_(some)
        batch.touch_rows(PAYMENTS, ours)
        connection.execute(delete(PAYMENTS.table).where(ours, payments.line_no > 1))
        _restate_first(batch, [changed[position][0] for position in some])
        further = [tuple(line.values()) for position in some for line in changed[position][1:]]
        if further:
            insert_rows(connection, PAYMENTS.table, PAYMENTS.column_names, further)
        batch.touch_rows(PAYMENTS, ours)
        _name_documents(batch, ours, some, changed)
        batch.scratch("claim", {str(changed[position][0]["claim_key"]) for position in some})
    batch.changed.add(PAYMENTS.name)


def _restate_first(batch: Batch, lines: Sequence[Line]) -> None:
    names = ("quota_doc_no", "amount_fen", "returned_fen", "reversed_fen", "net_fen")
    statement = (
        update(PAYMENTS.table)
        .where(PAYMENTS.c.position == bindparam("its_position"), PAYMENTS.c.line_no == 1)
        .values({name: bindparam(f"new_{name}") for name in names})
    )
    batch.connection.execute(
        statement,
        [{"its_position": line["position"]} | {f"new_{name}": line[name] for name in names} for line in lines],
    )


def _name_documents(
    batch: Batch, ours: ColumnElement[bool], positions: Sequence[int], changed: Mapping[int, Sequence[Line]]
) -> None:
    """Name each document under the payments that it pays; those that state their own are named by their entry."""
    index = SUBJECT_INDEX.c
    worked_out = select(PAYMENTS.c.position).where(ours, PAYMENTS.c.stated_quota_doc_no.is_(None))
    batch.connection.execute(delete(SUBJECT_INDEX).where(index.kind == "fund", index.position.in_(worked_out)))
    named = {
        ("fund", str(line["quota_doc_no"]), position)
        for position in positions
        for line in changed[position]
        if line["quota_doc_no"] is not None
    }
    insert_missing(batch.connection, SUBJECT_INDEX, ("kind", "value", "position"), sorted(named))


def _chunks(keys: Iterable[Key]) -> Iterator[list[Key]]:
    remaining = iter(sorted(keys))
    while some := list(islice(remaining, CLAIMS_AT_ONCE)):
        yield some
