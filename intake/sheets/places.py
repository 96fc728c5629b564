"""2. 区划登记: one row, one place."""

from collections.abc import Iterator

from domain.place import PlaceRegistered
from intake.checks import always, values_of
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet


def two_of_one_name(sheet: Sheet, rows: list[Row], known: Known) -> Iterator[Problem]:
    """Two places of one parent may not bear one name."""
    first: dict[tuple[str | None, str], Row] = {}
    for row in rows:
        name = row.get("place_name")
        if name is None:
            continue
        other = first.setdefault((row.get("parent_code"), name), row)
        if other is not row and other.get("place_code") != row.get("place_code"):
            yield sheet.problem(
                row,
                "E-DUP",
                Severity.ERROR,
                "place_name",
                message=(
                    f"第{row.number}行与第{other.number}行是同一上级下的同名区划“{name}” / "
                    f"Rows {other.number} and {row.number} give one name to two places of one parent."
                ),
                remedy="改正名称或代码 / Correct the name or the code.",
            )


PLACES = Sheet(
    key="places",
    title="区划登记",
    number=2,
    columns=(
        Column(
            "区划代码", "place_code", Cell.TEXT, note="6 digits county, 9 township, 12 village", example="440899101201"
        ),
        Column("名称", "place_name", Cell.TEXT, note="used in 村 of every other sheet", example="测试一村"),
        Column("级别", "level", Cell.ENUM, values=("县", "镇", "村"), example="村"),
        Column("上级代码", "parent_code", Cell.TEXT, Need.C, note="not for the county", example="440899101"),
        Column("别名", "aliases", Cell.LIST, Need.O, note="other spellings in use", example="一村、测试一"),
    ),
    business_key=("place_code",),
    nature=Nature.REGISTER,
    may_change=frozenset({"place_name", "parent_code", "aliases"}),
    becomes=always(PlaceRegistered),
    stream_kind="place",
    occurred_on=lambda _: None,
    references=(Reference("parent_code", "place_code", Severity.ERROR),),
    file_checks=(two_of_one_name,),
    provides={"place_code": values_of("place_code")},
)
