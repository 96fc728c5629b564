"""Asset-income contracts by hand: signed, renewed, dividends paid out together, the principal back, or a default.

Everything that a contract's steps seal stands on its stream, or beside something that does: of two who pay out one
period at once, the second reads what the first has paid.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from api.acting import acting, person_of
from api.by_hand import Hand, decided, refuse_set_aside, seal
from api.ledger import Ledger, Placed
from api.stepping import (
    Command,
    Papers,
    first_stated,
    papers_there,
    row_after,
    sealed_for_today,
    take,
    timeline,
)
from domain.asset_contract import AssetContract, AssetContractStep
from domain.dividend import AssetContractDefaulted, AssetContractSigned, DividendsDistributed, PrincipalReturned
from domain.money import plain_yuan, yuan
from domain.refusal import Refused
from domain.roles import Actor, Deed
from intake.entry import Stated
from intake.sheets.asset_contracts import ASSET_CONTRACTS as CONTRACTS_SHEET
from intake.sheets.dividends import DIVIDENDS as DIVIDENDS_SHEET
from projections.tables.dividends import DIVIDENDS

CONTRACT = CONTRACTS_SHEET.stream_kind
PPM_PER_PERCENT = 10_000


class Repayment(NamedTuple):
    """Principal that came back."""

    amount_fen: int
    returned_on: date
    bank_ref: str | None = None


class Distribution(NamedTuple):
    """Dividends of one period, paid together.

    pool_due_fen:  应分总额: what all lines of the period come to.
    lines:         what each states, by the columns of 分红台账: household, head, number, shares, amount, account.
    """

    period: str
    pool_due_fen: int
    paid_on: date
    lines: Sequence[Mapping[str, Stated]]


def sign(ledger: Ledger, actor: str, stated: Mapping[str, Stated]) -> tuple[dict[str, Any], bool]:
    """Sign a contract; gives it, and whether it is new.

    Raises:
        Refused: the first error's code with all `problems`; `E-AUTH`, `E-DUP` for a number in use.
    """

    def decide() -> tuple[dict[str, Any], bool]:
        who = acting(ledger, actor)
        who.refuse_unless_may_record(CONTRACTS_SHEET.key)
        hand = Hand(ledger, CONTRACTS_SHEET, who, recorded=lambda sheet, keys: first_stated(ledger, sheet, keys))
        fate = hand.fate_of(stated)
        if not fate.to_record:
            return asset_contract(ledger, fate.unchanged[0].get("contract_no")), False
        [(row, before)] = fate.to_record
        if before is not None:
            _refuse_number_in_use(row.get("contract_no"))
        refuse_set_aside(CONTRACTS_SHEET, fate.problems)
        seal(ledger, hand.placed(hand.written(fate)))
        return asset_contract(ledger, row.get("contract_no")), True

    return decided(ledger, decide)


def renew(ledger: Ledger, command: Command, until: date) -> dict[str, Any]:
    """续约: it runs to a later day, decided by somebody else than who signed it.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-SOD`, `E-STATE`, `E-DATE` for a day that is not later, `E-CONFLICT`.
    """

    def place(told: AssetContract, actor: Actor) -> list[Placed]:
        actor.refuse_same_hand(person_of(ledger, told.signer), as_what="signed the contract")
        actor.refuse_unless_may(Deed.RENEW_ASSET_CONTRACT)
        _refuse_not_later(until, told.row.until)
        event = row_after(ledger, CONTRACTS_SHEET, told.row, AssetContractSigned, actor, until=until)
        return [_next(ledger, told, event)]

    return _take(ledger, command, AssetContractStep.RENEW, place)


def return_principal(ledger: Ledger, command: Command, repayment: Repayment) -> dict[str, Any]:
    """本金收回, all of it or a part.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-STATE`, `E-BALANCE` for more than is out, `E-DATE` for a day to come,
            `E-CONFLICT`.
    """

    def place(told: AssetContract, actor: Actor) -> list[Placed]:
        actor.refuse_unless_may(Deed.KEEP_ASSET_CONTRACT)
        _refuse_to_come(repayment.returned_on, ledger.today, "returned_on")
        told.refuse_more_than_invested(repayment.amount_fen)
        envelope = ledger.envelope(PrincipalReturned, actor=actor.staff_no, occurred_on=repayment.returned_on)
        event = PrincipalReturned(
            **envelope,
            contract_no=command.number,
            amount_fen=repayment.amount_fen,
            returned_on=repayment.returned_on,
            bank_ref=repayment.bank_ref,
        )
        return [_next(ledger, told, event)]

    return _take(ledger, command, AssetContractStep.RETURN_PRINCIPAL, place)


def default(ledger: Ledger, command: Command) -> dict[str, Any]:
    """违约, with a reason.

    Raises:
        Refused: `E-REF`, `E-AUTH`, `E-STATE`, `E-CONFLICT` for a stale version.
    """

    def place(told: AssetContract, actor: Actor) -> list[Placed]:
        actor.refuse_unless_may(Deed.KEEP_ASSET_CONTRACT)
        envelope = ledger.envelope(AssetContractDefaulted, actor=actor.staff_no)
        reason = sealed_for_today(ledger, command.reason)
        event = AssetContractDefaulted(**envelope, **reason, contract_no=command.number)
        return [_next(ledger, told, event)]

    return _take(ledger, command, AssetContractStep.DEFAULT, place)


def distribute(ledger: Ledger, command: Command, wanted: Distribution) -> dict[str, Any]:
    """Pay out the dividends of a period: its lines, with what was paid of it before, come to 应分总额.

    Raises:
        Refused: the first error of a line with all `problems`; `E-REF`, `E-AUTH`, `E-STATE`, `E-CONFLICT`, `E-BALANCE`
            with both amounts.
    """

    def place(told: AssetContract, actor: Actor) -> list[Placed]:
        actor.refuse_unless_may(Deed.PAY_DIVIDENDS)
        ledger.project()  # behind the reading of the contract: what was paid meanwhile took its next version
        hand = Hand(ledger, DIVIDENDS_SHEET, actor)
        fate = hand.fate_of(*_rows(told.row, wanted))
        refuse_set_aside(DIVIDENDS_SHEET, fate.problems)
        if not fate.to_record:
            return []
        new_fen = sum(row.get("paid") for row, _ in fate.to_record)
        _refuse_other_sum(wanted, _paid_fen(ledger, command.number, wanted.period) + new_fen)
        event = DividendsDistributed(
            **ledger.envelope(DividendsDistributed, actor=actor.staff_no),
            contract_no=command.number,
            period=wanted.period,
            pool_due_fen=wanted.pool_due_fen,
            amount_fen=new_fen,
            line_count=len(fate.to_record),
        )
        return [_next(ledger, told, event), *hand.placed(hand.written(fate))]

    return _take(ledger, command, AssetContractStep.DISTRIBUTE, place)


def asset_contract(ledger: Ledger, contract_no: str) -> dict[str, Any]:
    """A contract as it stands: stage, version, principal, days, what is possible, and its timeline.

    Raises:
        Refused: `E-REF` when there is none.
    """
    ledger.project()
    found = _papers(ledger, contract_no)
    told = AssetContract.told_by(found.told, version=found.version, today=ledger.today)
    row = told.row
    return {
        "contract_no": contract_no,
        "stage": told.stage.value,
        "version": told.version,
        "operator_uscc": row.operator_uscc,
        "village": row.village,
        "principal_fen": row.principal_fen,
        "returned_fen": told.returned_fen,
        "from": str(row.starts_on),
        "until": str(row.until),
        "distributed": [
            {"period": event.period, "pool_due_fen": event.pool_due_fen, "amount_fen": event.amount_fen}
            for event in found.told
            if isinstance(event, DividendsDistributed)
        ],
        "signer": told.signer,
        "allowed": [step.value for step in told.allowed],
        "timeline": timeline(found.events),
    }


def _take(
    ledger: Ledger,
    command: Command,
    step: AssetContractStep,
    place: Callable[[AssetContract, Actor], Sequence[Placed]],
) -> dict[str, Any]:
    def read() -> AssetContract:
        found = _papers(ledger, command.number)
        return AssetContract.told_by(found.told, version=found.version, today=ledger.today)

    take(ledger, command, step, read, place)
    return asset_contract(ledger, command.number)


def _papers(ledger: Ledger, contract_no: str) -> Papers:
    remedy = "Sign it first, or check the number: mingzhang facts asset_contracts."
    return papers_there(ledger, CONTRACT, contract_no, field="contract_no", remedy=remedy)


def _next(ledger: Ledger, told: AssetContract, event: Any) -> Placed:
    return Placed(ledger.stream(CONTRACT, told.row.contract_no), told.version + 1, event)


def _rows(contract: AssetContractSigned, wanted: Distribution) -> list[Mapping[str, Stated]]:
    """The lines as rows of 分红台账: what is the contract's is the contract's."""
    shared: dict[str, Stated] = {
        "contract_no": contract.contract_no,
        "operator_name": contract.operator_name,
        "operator_uscc": contract.operator_uscc,
        "principal": plain_yuan(contract.principal_fen),
        "guaranteed_pct": _percent(contract.guaranteed_ppm),
        "period": wanted.period,
        "pool_due": plain_yuan(wanted.pool_due_fen),
        "paid_on": wanted.paid_on.isoformat(),
    }
    return [{**shared, **line} for line in wanted.lines]


def _percent(ppm: int) -> str:
    whole, rest = divmod(ppm, PPM_PER_PERCENT)
    return f"{whole}.{rest:04}"


def _paid_fen(ledger: Ledger, contract_no: str, period: str) -> int:
    """What was paid of the period before, net of what came back."""
    rows = DIVIDENDS.c
    asked = select(func.sum(rows.net_fen)).where(rows.contract_no == contract_no, rows.period == period)
    with ledger.engine.connect() as connection:
        return int(connection.execute(asked).scalar() or 0)


def _refuse_other_sum(wanted: Distribution, total_fen: int) -> None:
    if total_fen != wanted.pool_due_fen:
        raise Refused(
            "E-BALANCE",
            field="lines",
            value=plain_yuan(total_fen),
            why=f"The lines of {wanted.period} come to {yuan(total_fen)}; {yuan(wanted.pool_due_fen)} are due.",
            remedy="Make the lines, with what was paid of the period before, come to what is due (应分总额).",
        )


def _refuse_number_in_use(contract_no: str) -> None:
    raise Refused(
        "E-DUP",
        field="contract_no",
        value=contract_no,
        why=f"Contract {contract_no} was signed already, and states otherwise.",
        remedy="Give the new contract another number, or renew the first.",
    )


def _refuse_not_later(until: date, before: date) -> None:
    if until <= before:
        raise Refused(
            "E-DATE",
            field="until",
            value=str(until),
            why=f"The contract runs until {before}; {until} is no later.",
            remedy="Renew it to a later day.",
        )


def _refuse_to_come(day: date, today: date, field: str) -> None:
    if day > today:
        raise Refused(
            "E-DATE",
            field=field,
            value=str(day),
            why=f"{day} is to come; today is {today}.",
            remedy="Record it when it has happened.",
        )
