"""An asset-income contract is signed, runs, is renewed, and ends with its principal back or a default."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.asset_contract import STEPS, AssetContract, AssetContractStage, AssetContractStep
from domain.dividend import AssetContractDefaulted, AssetContractSigned, PrincipalReturned
from domain.event import Event, Kind, Source
from domain.refusal import Refused

BEGINS, UNTIL, PRINCIPAL_FEN = date(2019, 1, 1), date(2023, 12, 31), 100_000_000


def envelope(actor: str = "G-0001") -> dict[str, Any]:
    """What an event of the contract says beside its own."""
    return {
        "salt": "3d771f144987ef1fc943130fb48d70b7",
        "kind": Kind.FACT,
        "occurred_on": BEGINS,
        "recorded_at": "2026-11-24T03:39:18.123456Z",
        "actor": actor,
        "source": Source(channel="api"),
        "contract_no": "HT-1",
    }


def signed(until: date = UNTIL, actor: str = "G-0001") -> AssetContractSigned:
    """The contract's row."""
    return AssetContractSigned(
        **envelope(actor),
        operator_name="测试合作社",
        operator_uscc="93440899MA9999902H",
        village="测试一村",
        principal_fen=PRINCIPAL_FEN,
        guaranteed_ppm=50_000,
        day_count="整年",
        pay_day="12-20",
        starts_on=BEGINS,
        until=until,
        total_shares="69",
    )


def returned(amount_fen: int) -> PrincipalReturned:
    """Principal that came back."""
    return PrincipalReturned(**envelope("G-0004"), amount_fen=amount_fen, returned_on=UNTIL)


DEFAULTED = AssetContractDefaulted(**envelope("G-0004"))
RENEWED = signed(UNTIL + timedelta(days=365), "G-0006")


def told(*events: Event, today: date = UNTIL) -> AssetContract:
    """The contract on its last day."""
    return AssetContract.told_by(events, version=len(events), today=today)


@pytest.mark.parametrize(
    ("events", "today", "stage"),
    [
        ([signed()], BEGINS - timedelta(days=1), AssetContractStage.SIGNED),
        ([signed()], BEGINS, AssetContractStage.ACTIVE),
        ([signed()], UNTIL, AssetContractStage.ACTIVE),
        ([signed()], UNTIL + timedelta(days=1), AssetContractStage.EXPIRED),
        ([signed(), RENEWED], UNTIL + timedelta(days=1), AssetContractStage.RENEWED),
        ([signed(), RENEWED], UNTIL + timedelta(days=366), AssetContractStage.EXPIRED),
        ([signed(), DEFAULTED], UNTIL, AssetContractStage.DEFAULTED),
        ([signed(), DEFAULTED, returned(PRINCIPAL_FEN)], UNTIL, AssetContractStage.PRINCIPAL_RETURNED),
        ([signed(), returned(PRINCIPAL_FEN - 1)], UNTIL, AssetContractStage.ACTIVE),
        ([signed(), returned(1), returned(PRINCIPAL_FEN - 1)], UNTIL, AssetContractStage.PRINCIPAL_RETURNED),
    ],
)
def test_a_contract_stands_by_its_events_and_its_days(
    events: list[Event], today: date, stage: AssetContractStage
) -> None:
    contract = told(*events, today=today)

    assert (contract.stage, contract.version, contract.signer) == (stage, len(events), "G-0001")


@pytest.mark.parametrize("step", AssetContractStep)
@pytest.mark.parametrize("stage", AssetContractStage)
def test_each_step_with_a_contract_is_taken_only_in_the_stages_that_allow_it(
    stage: AssetContractStage, step: AssetContractStep
) -> None:
    contract, allowed = AssetContract(signed(), "G-0001", stage, 0, 1), STEPS.get(stage, ())
    if step in allowed:
        contract.refuse_unless(step)
        return

    with pytest.raises(Refused, match=f"Contract HT-1 is {stage.value}; it cannot {step.value}") as refusal:
        contract.refuse_unless(step)

    assert refusal.value.code == "E-STATE"
    assert refusal.value.remedy == f"Possible now: {', '.join(allowed) or 'nothing'}."


def test_no_more_principal_comes_back_than_is_still_out() -> None:
    contract = told(signed(), returned(PRINCIPAL_FEN - 100))
    contract.refuse_more_than_invested(100)

    with pytest.raises(Refused, match=r"¥1.01 would come back, and ¥1.00 of the principal are out") as refusal:
        contract.refuse_more_than_invested(101)

    assert refusal.value.code == "E-BALANCE"


def test_a_contract_without_a_row_is_refused() -> None:
    with pytest.raises(Refused, match="A contract begins with its signing"):
        told(returned(1))
