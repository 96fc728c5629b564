"""34. 分红到账: one row, one receipt by the village from the operator."""

from domain.dividend import DividendReceived
from intake.checks import always, day
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Reference, Sheet

DIVIDEND_RECEIPTS = Sheet(
    key="dividend_receipts",
    title="分红到账",
    number=34,
    columns=(
        Column("流水号", "bank_ref", Cell.TEXT, fixed_key=True, example="DS20201215001"),
        Column("合同编号", "contract_no", Cell.TEXT, fixed_key=True, example="HT-01"),
        Column("期", "period", Cell.PERIOD, fixed_key=True, example="2020"),
        Column("金额(元)", "amount", Cell.MONEY, above_zero=True, fixed_key=True, example="50000.00"),
        Column("收款账号", "to_account", Cell.ACCT, note="village account", example="6299990000000000046"),
        Column("到账日期", "received_on", Cell.DATE, fixed_key=True, example="2020-12-15"),
    ),
    business_key=("bank_ref",),
    nature=Nature.JOURNAL,
    facts=True,
    becomes=always(DividendReceived),
    stream_kind="dividend-receipt",
    occurred_on=day("received_on"),
    references=(Reference("contract_no", "asset_contract", Severity.QUARANTINE),),
)
