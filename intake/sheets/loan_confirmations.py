"""33. 借款核实台账: one row, one statement of a borrower."""

from collections.abc import Mapping
from typing import Any

from domain.loan import LoanConfirmed, LoanDenied, LoanStatement
from intake.checks import day
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet

STATEMENTS: dict[str, type[LoanStatement]] = {"确认": LoanConfirmed, "否认": LoanDenied}


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[LoanStatement] | None:
    """What the borrower said; nothing when nobody was reached."""
    return STATEMENTS.get(row.get("result"))


LOAN_CONFIRMATIONS = Sheet(
    key="loan_confirmations",
    title="借款核实台账",
    number=33,
    columns=(
        Column("借据号", "loan_no", Cell.TEXT, example="JJ-0001"),
        Column("姓名", "name", Cell.TEXT, personal=True, example="测试丁"),
        Column("身份证号", "id_no", Cell.ID, example="440899198307305284"),
        Column(
            "结果",
            "result",
            Cell.ENUM,
            values=("确认", "否认", "未联系上"),
            english=("confirmed", "denied"),
            example="确认",
        ),
        Column("方式", "method", Cell.ENUM, values=("签字", "电话", "入户"), example="入户"),
        Column("日期", "stated_on", Cell.DATE, example="2020-08-01"),
        Column("核实人", "visitor", Cell.STAFF, Need.O, example="周建军"),
        Column("备注", "remark", Cell.TEXT, Need.O, personal=True),
    ),
    business_key=("loan_no", "stated_on"),
    nature=Nature.JOURNAL,
    persons={"id_no": "name"},
    becomes=becomes,
    stream_kind="loan-confirmation",
    occurred_on=day("stated_on"),
    references=(Reference("loan_no", "loan", Severity.ERROR),),
)
