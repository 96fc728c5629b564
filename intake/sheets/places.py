"""2. 区划登记: one row, one place."""

from collections.abc import Iterator

from domain.place import PlaceRegistered
from intake.checks import always, required_when, values_of
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet


def two_of_one_name(sheet: Sheet, rows: list[Row], known: Known) -> Iterator[Problem]:
    """Two places of one parent may not bear one name."""
    first: dict[tuple[str | None, str], Row] = {}
    stated = {row.get("place_code") for row in rows}
    for row in rows:
        parent_code, name = row.get("parent_code"), row.get("place_name")
        if name is None:
            continue
        other = first.setdefault((parent_code, name), row)
        there = known.place_named(parent_code, name)
        if other is not row and other.get("place_code") != row.get("place_code"):
            yield same_name(sheet, row, f"第{other.number}行", f"Row {other.number}")
        elif there not in (None, row.get("place_code")) and there not in stated:
            yield same_name(sheet, row, f"账内的 {there}", f"Place {there} of the ledger")


def same_name(sheet: Sheet, row: Row, where_zh: str, where_en: str) -> Problem:
    """The problem of two places of one parent with one name."""
    return sheet.problem(
        row,
        "E-DUP",
        Severity.ERROR,
        "place_name",
        message=(
            f"第{row.number}行与{where_zh}是同一上级下的同名区划“{row.get('place_name')}” / "
            f"{where_en} and row {row.number} give one name to two places of one parent."
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
    row_checks=(
        required_when(
            "parent_code", "县以下的区划", "it is not a county", lambda row: row.get("level") in ("镇", "村")
        ),
    ),
    file_checks=(two_of_one_name,),
    provides={"place_code": values_of("place_code")},
)
