"""11. 死亡名单: one row, one death."""

from domain.person import PersonDied
from intake.checks import always, day, not_before
from intake.sheet import Cell, Column, Nature, Sheet

DEATHS = Sheet(
    key="deaths",
    title="死亡名单",
    number=11,
    columns=(
        Column("姓名", "name", Cell.TEXT, personal=True, example="测试丙"),
        Column("身份证号", "id_no", Cell.ID, example="440899195501014137"),
        Column("死亡日期", "death_on", Cell.DATE, example="2020-05-06"),
        Column("知悉日期", "known_on", Cell.DATE, note="day the office could know", example="2020-05-20"),
        Column("来源", "source", Cell.TEXT, field="origin", note="公安/民政/卫健/殡葬", example="民政"),
    ),
    business_key=("id_no",),
    nature=Nature.REGISTER,
    may_change=frozenset({"known_on", "source"}),
    persons={"id_no": "name"},
    becomes=always(PersonDied),
    stream_kind="death",
    occurred_on=day("death_on"),
    known_on=day("known_on"),
    row_checks=(not_before("known_on", "death_on", blame="death_on"),),
)
