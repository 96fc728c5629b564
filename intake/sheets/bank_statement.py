"""37. 银行流水: one row, one line of one account's statement."""

from collections.abc import Iterator

from domain.bank import StatementLineRecorded
from intake.checks import always, day
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Row, Sheet

CASH = frozenset({"现金"})


def is_of_one_side(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """A statement is of the account that paid or of the one that received."""
    account = row.get("statement_account")
    if account is None or account in (row.get("from"), row.get("to")):
        return
    yield sheet.problem(
        row,
        "E-SCHEMA",
        Severity.ERROR,
        "statement_account",
        message=("对账账号既不是付方也不是收方账号 / The statement's account neither paid nor received."),
        remedy="核对对账账号 / Check whose statement it is.",
    )


BANK_STATEMENT = Sheet(
    key="bank_statement",
    title="银行流水",
    number=37,
    columns=(
        Column("流水号", "bank_ref", Cell.TEXT, fixed_key=True, example="TEST20200620001"),
        Column("日期", "date", Cell.DATE, fixed_key=True, field="booked_on", example="2020-06-20"),
        Column(
            "对账账号",
            "statement_account",
            Cell.ACCT,
            fixed_key=True,
            note="whose statement",
            example="6299990000000000046",
        ),
        Column(
            "付方账号",
            "from",
            Cell.ACCT,
            field="from_account",
            in_clear=CASH,
            note="现金",
            example="6299990000000000046",
        ),
        Column("付方户名", "from_name", Cell.TEXT, personal=True, example="测试镇财政所"),
        Column(
            "收方账号", "to", Cell.ACCT, field="to_account", in_clear=CASH, note="现金", example="6299990000000000012"
        ),
        Column("收方户名", "to_name", Cell.TEXT, personal=True, example="测试甲"),
        Column("金额(元)", "amount", Cell.MONEY, above_zero=True, fixed_key=True, example="600.00"),
        Column("摘要", "summary", Cell.TEXT, Need.O, personal=True, example="职业培训补贴"),
        Column("指标文号", "quota_doc_no", Cell.TEXT, Need.O, note="source in 附言"),
        Column("柜员/终端", "teller", Cell.TEXT, Need.O),
    ),
    business_key=("statement_account", "bank_ref"),
    nature=Nature.JOURNAL,
    facts=True,
    becomes=always(StatementLineRecorded),
    stream_kind="bank-line",
    occurred_on=day("date"),
    row_checks=(is_of_one_side,),
)
