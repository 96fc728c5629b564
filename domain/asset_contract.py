"""Asset-income contracts (资产收益合同): signed, running, renewed; the principal comes back, or the operator defaults.

signed → active → expired → principal_returned
           └────────┴── renewed (runs on), defaulted → principal_returned
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Self

from msgspec import Struct

from domain.dividend import AssetContractDefaulted, AssetContractSigned, PrincipalReturned
from domain.event import Event
from domain.money import yuan
from domain.refusal import Refused
from domain.steps import refuse_step


class AssetContractStage(StrEnum):
    """How far a contract has come."""

    SIGNED = "signed"
    ACTIVE = "active"
    RENEWED = "renewed"
    EXPIRED = "expired"
    DEFAULTED = "defaulted"
    PRINCIPAL_RETURNED = "principal_returned"


class AssetContractStep(StrEnum):
    """What can be done with a contract."""

    DISTRIBUTE = "distribute"
    RENEW = "renew"
    RETURN_PRINCIPAL = "return_principal"
    DEFAULT = "default"


_ALL = tuple(AssetContractStep)

STEPS: dict[AssetContractStage, tuple[AssetContractStep, ...]] = {
    AssetContractStage.ACTIVE: _ALL,
    AssetContractStage.RENEWED: _ALL,
    AssetContractStage.EXPIRED: _ALL,
    AssetContractStage.DEFAULTED: (AssetContractStep.DISTRIBUTE, AssetContractStep.RETURN_PRINCIPAL),
    AssetContractStage.PRINCIPAL_RETURNED: (AssetContractStep.DISTRIBUTE,),
}
"""What is possible in each stage; nothing in the others. The last dividends may be paid behind the principal."""


class AssetContract(Struct, frozen=True):
    """One contract as its events tell it.

    row:           as it is stated last.
    signer:        工号 of who stated it first.
    returned_fen:  principal that came back.
    version:       of its stream.
    """

    row: AssetContractSigned
    signer: str
    stage: AssetContractStage
    returned_fen: int
    version: int

    @classmethod
    def told_by(cls, events: Sequence[Event], *, version: int, today: date) -> Self:
        """The contract that its events, in order, tell.

        Raises:
            Refused: `E-STATE` when there is no row.
        """
        rows = [event for event in events if isinstance(event, AssetContractSigned)]
        if not rows:
            raise Refused("E-STATE", why="A contract begins with its signing.", remedy="Sign it first.")
        returned_fen = sum(event.amount_fen for event in events if isinstance(event, PrincipalReturned))
        if returned_fen >= rows[-1].principal_fen:
            stage = AssetContractStage.PRINCIPAL_RETURNED
        elif any(isinstance(event, AssetContractDefaulted) for event in events):
            stage = AssetContractStage.DEFAULTED
        else:
            stage = _running(rows, today)
        return cls(rows[-1], rows[0].actor, stage, returned_fen, version)

    @property
    def allowed(self) -> tuple[AssetContractStep, ...]:
        """What is possible now."""
        return STEPS.get(self.stage, ())

    def refuse_unless(self, step: AssetContractStep) -> None:
        """Refuse a step that is not possible in this stage.

        Raises:
            Refused: `E-STATE`, naming the stage and what is possible.
        """
        refuse_step(f"Contract {self.row.contract_no}", self.stage, step, self.allowed, field="contract_no")

    def refuse_more_than_invested(self, amount_fen: int) -> None:
        """Refuse more principal than is still out.

        Raises:
            Refused: `E-BALANCE`, with both amounts.
        """
        left_fen = self.row.principal_fen - self.returned_fen
        if amount_fen > left_fen:
            raise Refused(
                "E-BALANCE",
                field="amount_fen",
                value=str(amount_fen),
                why=f"{yuan(amount_fen)} would come back, and {yuan(left_fen)} of the principal are out.",
                remedy="Record profit as profit (分红到账), and principal as principal.",
            )


def _running(rows: Sequence[AssetContractSigned], today: date) -> AssetContractStage:
    last = rows[-1]
    if today < last.starts_on:
        return AssetContractStage.SIGNED
    if today > last.until:
        return AssetContractStage.EXPIRED
    return AssetContractStage.RENEWED if last.until > rows[0].until else AssetContractStage.ACTIVE
