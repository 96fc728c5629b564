"""What an instruction is given for: an approved claim, or a contract; and how much of it is instructed already."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from api.claims import CLAIM as CLAIM_STREAM
from api.claims import stops_of, told_of
from api.ledger import Ledger
from domain.catalogue import load
from domain.claim import ClaimStage, ClaimStep
from domain.event import Event
from domain.instruction import AmountInstructed, PaymentInstructed
from domain.money import yuan
from domain.refusal import Refused
from projections.contradictions import Contradiction, against_contract
from projections.tables.contracts import CONTRACTS
from projections.tables.payments import PAYMENTS
from projections.uncommitted import CLAIM, CONTRACT

CONTRACT_STREAM = "contract-instructed"


class Obligation(NamedTuple):
    """A claim or contract, and how far it is instructed and paid.

    stream, version: where `AmountInstructed` is told.
    owed_fen:        what was approved, or agreed.
    instructed_fen:  what instructions that stand come to.
    paid_fen:        what the bank paid, net.
    payee:           reference or credit code of whom it is owed to, where that is known.
    stops:           known facts that speak against paying it.
    """

    ref_kind: str
    ref_no: str
    stream: UUID
    version: int
    owed_fen: int
    instructed_fen: int
    paid_fen: int
    payee: str | None
    stops: Sequence[Contradiction]

    def refuse_unless_covers(self, amount_fen: int, *, by_instalments: bool) -> None:
        """Refuse lines that are not what is owed, or with an instalment plan more than what is left of it.

        Raises:
            Refused: `E-STATE` when it is instructed already, `E-BALANCE` with both numbers.
        """
        if self.instructed_fen and not by_instalments:
            raise Refused(
                "E-STATE",
                field="ref_no",
                value=self.ref_no,
                why=f"{self.ref_no} is instructed already, with {yuan(self.instructed_fen)}.",
                remedy="Withdraw the first instruction, or agree on instalments: instalment_plan.",
            )
        left_fen = self.owed_fen - self.instructed_fen
        if amount_fen > left_fen or (amount_fen < left_fen and not by_instalments):
            raise Refused(
                "E-BALANCE",
                field="lines",
                value=self.ref_no,
                why=f"The lines come to {yuan(amount_fen)}; {yuan(left_fen)} of {self.ref_no} are to be paid.",
                remedy="Make the lines come to what was approved, or agree on instalments: instalment_plan.",
            )

    def refuse_other_payee(self, event: Event) -> None:
        """Refuse to pay somebody to whom it is not owed.

        Raises:
            Refused: `E-REF`.
        """
        if not isinstance(event, PaymentInstructed) or self.payee is None or event.payee_id == self.payee:
            return
        raise Refused(
            "E-REF",
            field="payee_id",
            why=f"The payee is not the one to whom {self.ref_no} is owed.",
            remedy="Pay whom the claim or contract names.",
        )


def obligation(ledger: Ledger, ref_kind: str, ref_no: str, *, must_stand: bool = True) -> Obligation:
    """The claim or contract `ref_no`.

    must_stand: False where an imported instruction names a claim that has no papers here.

    Raises:
        Refused: `E-REF` when there is none, `E-STATE` for a claim that was not approved.
    """
    if ref_kind == CONTRACT:
        return _contract(ledger, ref_no)
    if not must_stand:
        return Obligation(CLAIM, ref_no, ledger.stream(CLAIM_STREAM, ref_no), 0, 0, 0, _paid(ledger, ref_no), None, ())
    return _claim(ledger, ref_no)


def _claim(ledger: Ledger, claim_no: str) -> Obligation:
    told, _ = told_of(ledger, claim_no)
    if told.stage not in (ClaimStage.INSTRUCTED, ClaimStage.PAID, ClaimStage.RETURNED) or not told.instructed_fen:
        told.refuse_unless(ClaimStep.INSTRUCT)
    return Obligation(
        CLAIM,
        claim_no,
        ledger.stream(CLAIM_STREAM, claim_no),
        told.version,
        told.approved_fen,
        told.instructed_fen,
        _paid(ledger, claim_no),
        told.submitted.id_no,
        stops_of(ledger, told),
    )


def _contract(ledger: Ledger, contract_no: str) -> Obligation:
    stream = ledger.stream(CONTRACT_STREAM, contract_no)
    latest = ledger.money.latest([stream]).get(stream)
    last: Any = load(latest.topic, latest.state) if latest else None
    rows = CONTRACTS.c
    agreed = func.coalesce(rows.amended_amount_fen, rows.amount_fen)
    with ledger.engine.connect() as connection:
        asked = select(agreed, rows.supplier_uscc).where(rows.contract_no == contract_no)
        found = connection.execute(asked.order_by(rows.position.desc()).limit(1)).first()
        stops = against_contract(connection, contract_no)
    if found is None:
        raise Refused(
            "E-REF",
            field="ref_no",
            value=contract_no,
            why=f"There is no contract {contract_no}.",
            remedy="Record the contract first: 合同台账.",
        )
    return Obligation(
        CONTRACT,
        contract_no,
        stream,
        latest.version if latest else 0,
        int(found[0]),
        last.instructed_fen if isinstance(last, AmountInstructed) else 0,
        _paid(ledger, contract_no, of_contract=True),
        found[1],
        stops,
    )


def _paid(ledger: Ledger, number: str, *, of_contract: bool = False) -> int:
    payments = PAYMENTS.c
    named = payments.contract_no if of_contract else payments.claim_no
    with ledger.engine.connect() as connection:
        return int(connection.execute(select(func.sum(payments.net_fen)).where(named == number)).scalar() or 0)
