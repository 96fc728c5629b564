"""6. 近亲属备案: one row, one declared relation."""

from domain.relation import RelationDeclared
from intake.checks import always, day
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Reference, Sheet

RELATIONS = Sheet(
    key="relations",
    title="近亲属备案",
    number=6,
    columns=(
        Column("工号", "staff_no", Cell.TEXT, example="G-0007"),
        Column("亲属姓名", "relative_name", Cell.TEXT, personal=True, example="林秀英"),
        Column("亲属证号", "relative_id", Cell.ID, example="440899197109222264"),
        Column("关系", "relation", Cell.ENUM, values=("配偶", "父母", "子女", "兄弟姐妹", "其他"), example="配偶"),
        Column("备案日期", "declared_on", Cell.DATE, example="2020-01-05"),
        Column("是否回避", "recused", Cell.YN, example="是"),
    ),
    business_key=("staff_no", "relative_id"),
    nature=Nature.REGISTER,
    may_change=frozenset({"relation", "recused"}),
    persons={"relative_id": "relative_name"},
    becomes=always(RelationDeclared),
    stream_kind="relation",
    occurred_on=day("declared_on"),
    references=(Reference("staff_no", "staff_no", Severity.ERROR),),
)
