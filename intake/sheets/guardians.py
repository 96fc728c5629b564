"""10. 监护代管登记: one row, one ward and the person or home that may receive for him."""

from collections.abc import Iterator

from domain.person import GuardianRegistered
from intake.checks import always, day
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Row, Sheet


def somebody_else(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """Nobody is his own guardian."""
    if row.get("guardian_id") is not None and row.get("guardian_id") == row.get("ward_id"):
        yield sheet.problem(
            row,
            "E-SCHEMA",
            Severity.ERROR,
            "guardian_id",
            message=f"第{row.number}行监护人与被监护人是同一人 / In row {row.number} the ward is the guardian too.",
            remedy="改正两个证号之一 / Correct one of the two numbers.",
        )


GUARDIANS = Sheet(
    key="guardians",
    title="监护代管登记",
    number=10,
    columns=(
        Column("被监护人", "ward_name", Cell.TEXT, personal=True, example="测试戊"),
        Column("被监护人证号", "ward_id", Cell.ID, example="440899201206143313"),
        Column("监护人", "guardian_name", Cell.TEXT, personal=True, example="测试丁"),
        Column("监护人证号", "guardian_id", Cell.ID, example="440899198307305284"),
        Column("收款账号", "account_no", Cell.ACCT, Need.O, example="6299990000000000020"),
        Column("关系", "relation", Cell.TEXT, note="父母/祖父母/养老机构/其他", example="父母"),
        Column("生效日", "from", Cell.DATE, field="starts_on", example="2020-01-01"),
        Column("失效日", "until", Cell.DATE, Need.O, future=True),
    ),
    business_key=("ward_id", "from"),
    nature=Nature.REGISTER,
    may_change=frozenset({"account_no", "relation", "until"}),
    persons={"ward_id": "ward_name", "guardian_id": "guardian_name"},
    becomes=always(GuardianRegistered),
    stream_kind="guardian",
    occurred_on=day("from"),
    row_checks=(somebody_else,),
)
