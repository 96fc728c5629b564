"""Committing funds: what an instruction takes of the documents that fund it, at the next version of each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from api.ledger import Ledger, Placed
from domain.catalogue import load
from domain.event import Event
from domain.fund import Fund
from domain.instruction import FundMoved, FundsCommitted, FundsReleased, PaymentInstructed
from domain.refusal import Refused
from projections.uncommitted import is_registered, paying_organisation, uncommitted_fen

FUND = "fund"


def commitments(ledger: Ledger, events: Iterable[Event], *, actor: str, org: str | None = None) -> list[Placed]:
    """What the instructions among `events` take, one event a document; `org` pays, by default the first 镇财政.

    The fund's version is read before the views are asked: whatever is taken meanwhile takes that version, and the
    append conflicts. So no two writers decide on one balance.

    Raises:
        Refused: `E-FUNDS` when a document does not cover it, `E-REF` when no organisation pays.
    """
    lines = [event for event in events if isinstance(event, PaymentInstructed)]
    if not lines:
        return []
    wanted = _by_document(lines)
    at = _organisation(ledger, org)
    funds = {document: _fund(ledger, document, at) for document in wanted}
    ledger.project()
    with ledger.engine.connect() as connection:
        left = {document: uncommitted_fen(connection, document, at) for document in wanted}
    return [
        _moved(
            ledger,
            FundsCommitted,
            (funds[document], lines[0].instruction_no, amount_fen),
            funds[document].commit(amount_fen, left_fen=left[document]),
            actor,
        )
        for document, amount_fen in wanted.items()
    ]


def releases(ledger: Ledger, taken: Sequence[tuple[str, str, int]], instruction_no: str, actor: str) -> list[Placed]:
    """What a withdrawn instruction gives back: `taken` are document, organisation and fen."""
    placed = []
    for document, org, amount_fen in taken:
        fund = _fund(ledger, document, org)
        moved = (fund, instruction_no, amount_fen)
        placed.append(_moved(ledger, FundsReleased, moved, fund.release(amount_fen), actor))
    return placed


def _by_document(lines: Sequence[PaymentInstructed]) -> Mapping[str, int]:
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line.quota_doc_no] = wanted.get(line.quota_doc_no, 0) + line.amount_fen
    return wanted


def _organisation(ledger: Ledger, org: str | None) -> str:
    with ledger.engine.connect() as connection:
        at = org or paying_organisation(connection)
        if at is not None and is_registered(connection, at):
            return at
    raise Refused(
        "E-REF",
        field="org",
        value=org,
        why=f"{org or 'No 镇财政'} has no account in 单位账户登记, so nobody can pay.",
        remedy="Register the paying organisation's account first.",
    )


def _fund(ledger: Ledger, quota_doc_no: str, org: str) -> Fund:
    stream = ledger.stream(FUND, quota_doc_no, org)
    fund = Fund(quota_doc_no, org)
    latest = ledger.money.latest([stream]).get(stream)
    if latest is None:
        return fund
    return fund.after(cast("FundMoved", load(latest.topic, latest.state)), latest.version)


def _moved(
    ledger: Ledger,
    event_class: type[FundMoved],
    moved: tuple[Fund, str, int],
    committed_fen: int,
    actor: str,
) -> Placed:
    fund, instruction_no, amount_fen = moved
    event = event_class(
        **ledger.envelope(event_class, actor=actor),
        quota_doc_no=fund.quota_doc_no,
        org=fund.org,
        instruction_no=instruction_no,
        amount_fen=amount_fen,
        committed_fen=committed_fen,
    )
    return Placed(ledger.stream(FUND, fund.quota_doc_no, fund.org), fund.version + 1, event)
