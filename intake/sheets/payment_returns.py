"""28. 退票冲正台账: one row, one return by the bank or one full reversal."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.disbursement import EventReversed, PaymentReturned, ReturnRow
from domain.money import plain_yuan
from intake.checks import day
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet, Thing

RETURN, REVERSAL = "退票", "冲正"


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[ReturnRow]:
    """退票 or 冲正."""
    return EventReversed if row.get("return_kind") == REVERSAL else PaymentReturned


def on_what_it_returns(row: Row, known: Known) -> Thing | None:
    """The payment that it takes back; None when there is none."""
    target = known.payment(row.get("target_ref") or "")
    return target.thing if target else None


def takes_back_the_whole(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """A return is of the full original amount; a payment of several rows is returned whole."""
    target, amount = known.payment(row.get("target_ref") or ""), row.get("amount")
    if target is None or amount is None or amount == target.amount_fen:
        return
    yield sheet.problem(
        row,
        "E-BALANCE",
        Severity.QUARANTINE,
        "amount",
        message=(
            f"退回 {plain_yuan(amount)} 元，原支付 {target.bank_ref} 为 {plain_yuan(target.amount_fen)} 元 / "
            f"{plain_yuan(amount)} yuan come back of {plain_yuan(target.amount_fen)} yuan of {target.bank_ref}."
        ),
        remedy="已照实入账、暂不冲抵；退票冲正须为全额 / Recorded, not set off; a return is of the full amount.",
    )


def takes_back_once(sheet: Sheet, rows: list[Row], known: Known) -> Iterator[Problem]:
    """A payment comes back once: the second return of one target is set aside."""
    first: dict[str, str] = {}
    for row in rows:
        target_ref, return_ref = row.get("target_ref"), row.get("return_ref")
        target = known.payment(target_ref or "")
        if target is None or return_ref is None:
            continue
        earlier = min(target.returned_by - {return_ref}, default=None) or first.get(target_ref)
        if earlier is None or earlier == return_ref:
            if row.get("amount") == target.amount_fen:
                first[target_ref] = return_ref
            continue
        yield sheet.problem(
            row,
            "E-BALANCE",
            Severity.QUARANTINE,
            "target_ref",
            message=(
                f"原支付 {target_ref} 已由 {earlier} 全额退回或冲正 / "
                f"{target_ref} was taken back whole by {earlier} already."
            ),
            remedy="已照实入账、暂不冲抵；请核对原流水号 / Recorded, not set off; check which payment it returns.",
        )


PAYMENT_RETURNS = Sheet(
    key="payment_returns",
    title="退票冲正台账",
    number=28,
    columns=(
        Column("退票流水号", "return_ref", Cell.TEXT, fixed_key=True, example="TP20200625001"),
        Column(
            "类型",
            "return_kind",
            Cell.ENUM,
            values=(RETURN, REVERSAL),
            english=("PaymentReturned", "EventReversed"),
            fixed_key=True,
            example=RETURN,
        ),
        Column(
            "原流水号",
            "target_ref",
            Cell.TEXT,
            fixed_key=True,
            note="payment, dividend or repayment",
            example="TEST20200620001",
        ),
        Column("金额(元)", "amount", Cell.MONEY, above_zero=True, fixed_key=True, note="in full", example="600.00"),
        Column("日期", "returned_on", Cell.DATE, fixed_key=True, example="2020-06-25"),
        Column("原因", "reason", Cell.TEXT, personal=True, example="账号有误"),
        Column("经办人", "preparer", Cell.STAFF, Need.O, example="林国栋"),
    ),
    business_key=("return_ref",),
    nature=Nature.JOURNAL,
    facts=True,
    becomes=becomes,
    stream_kind="payment-return",
    stands_on=on_what_it_returns,
    last=True,
    occurred_on=day("returned_on"),
    references=(Reference("target_ref", "payment", Severity.QUARANTINE),),
    row_checks=(takes_back_the_whole,),
    file_checks=(takes_back_once,),
)
