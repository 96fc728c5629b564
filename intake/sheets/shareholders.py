"""20. 股东名册: one row, one household (or person) in one contract for one interval."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.dividend import ShareRow, SharesChanged, SharesHeld
from intake.checks import day, not_before
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet


def shares_add_up(sheet: Sheet, rows: list[Row], known: Known) -> Iterator[Problem]:
    """On every day Σ shares should be the contract's total (`W-SHARES`, once per contract, on its first row)."""
    by_contract: dict[str, list[Row]] = {}
    for row in rows:
        if row.get("contract_no") and row.get("from") and row.get("shares"):
            by_contract.setdefault(row.get("contract_no"), []).append(row)
    for contract_no, held in by_contract.items():
        terms = known.asset_contract(contract_no)
        if terms is None or terms.get("total_shares") is None:
            continue
        total = Decimal(terms["total_shares"])
        for first_day in sorted({row.get("from") for row in held}):
            on_day = sum((Decimal(row.get("shares")) for row in held if in_force(row, first_day)), Decimal(0))
            if on_day != total:
                yield sheet.problem(
                    held[0],
                    "W-SHARES",
                    Severity.WARNING,
                    "shares",
                    message=(
                        f"{contract_no} 自 {first_day} 股份合计 {on_day}，合同总股数 {total} / "
                        f"{contract_no}: shares add up to {on_day} from {first_day}, the contract has {total}."
                    ),
                    remedy="请核对股东名册与合同 / Check the register against the contract.",
                )
                break


def in_force(row: Row, on: date) -> bool:
    """Whether the holding counts on the day."""
    return bool(row.get("from") <= on <= (row.get("until") or date.max))


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[ShareRow]:
    """A holding, or the holding as it was changed."""
    return SharesHeld if before is None else SharesChanged


SHAREHOLDERS = Sheet(
    key="shareholders",
    title="股东名册",
    number=20,
    columns=(
        Column("合同编号", "contract_no", Cell.TEXT, example="HT-01"),
        Column("户编号", "household_no", Cell.TEXT, example="H-0001"),
        Column("姓名", "name", Cell.TEXT, personal=True, example="测试甲"),
        Column("身份证号", "id_no", Cell.ID, example="440899196803051173"),
        Column("股份", "shares", Cell.QTY, example="2"),
        Column("起", "from", Cell.DATE, field="starts_on", example="2019-01-01"),
        Column("止", "until", Cell.DATE, Need.O, future=True),
        Column("决议文号", "resolution", Cell.TEXT, Need.O, note="reallocation after exit"),
    ),
    business_key=("contract_no", "id_no", "from"),
    nature=Nature.REGISTER,
    may_change=frozenset({"shares", "until", "resolution"}),
    persons={"id_no": "name"},
    becomes=becomes,
    stream_kind="share",
    occurred_on=day("from"),
    references=(Reference("contract_no", "asset_contract", Severity.ERROR),),
    row_checks=(not_before("until", "from"),),
    file_checks=(shares_add_up,),
)
