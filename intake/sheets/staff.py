"""4. 干部名册: one row, one post held by one person."""

from collections.abc import Iterable, Iterator

from domain.organisation import StaffPostRegistered
from intake.checks import always, day, values_of
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Row, Sheet

ROLES = (
    "village_clerk",
    "village_supervisor",
    "work_team",
    "township_poverty_office",
    "township_finance",
    "township_leader",
    "dept",
    "county_finance",
    "bank",
    "operator",
    "inspector",
    "auditor",
)


def namesakes(sheet: Sheet, rows: list[Row], known: Known) -> Iterator[Problem]:
    """Two serving staff of one name can only be told apart by 工号 elsewhere."""
    numbers: dict[str, set[str]] = {}
    for row in rows:
        until = row.get("serving_until")
        if until is None or until >= known.today:
            numbers.setdefault(person_name(row), set()).add(row.get("staff_no"))
    for row in rows:
        bearers = numbers.get(person_name(row), set()) | known.staff_named(person_name(row))
        if row.get("name") and len(bearers) > 1:
            yield sheet.problem(
                row,
                "W-NAMESAKE",
                Severity.WARNING,
                "name",
                message=(
                    f"第{row.number}行与另一名在任干部同名 / The person of row {row.number} has a serving namesake."
                ),
                remedy="其他表的经办人、审批人请填工号 / Use the 工号 in the other sheets.",
            )


def person_name(row: Row) -> str:
    """The name without the blanks that set a short one wide."""
    return "".join(str(row.get("name") or "").split())


def names_and_numbers(row: Row) -> Iterable[str]:
    """What other sheets may write for this person."""
    return [value for value in (row.get("staff_no"), person_name(row)) if value]


STAFF = Sheet(
    key="staff",
    title="干部名册",
    number=4,
    columns=(
        Column("工号", "staff_no", Cell.TEXT, note="unique per person", example="G-0007"),
        Column("姓名", "name", Cell.TEXT, personal=True, note="else use 工号 in 审批人/经办人", example="林国栋"),
        Column("身份证号", "id_no", Cell.ID, example="440899196803051173"),
        Column("单位", "org", Cell.TEXT, example="测试一村"),
        Column("职务", "post", Cell.TEXT, example="村文书"),
        Column("岗位角色", "role", Cell.ENUM, values=ROLES, example="village_clerk"),
        Column("任职起", "serving_from", Cell.DATE, example="2018-01-01"),
        Column("任职止", "serving_until", Cell.DATE, Need.O, future=True),
    ),
    business_key=("staff_no", "serving_from"),
    nature=Nature.REGISTER,
    may_change=frozenset({"org", "post", "role", "serving_until"}),
    persons={"id_no": "name"},
    becomes=always(StaffPostRegistered),
    stream_kind="staff",
    occurred_on=day("serving_from"),
    file_checks=(namesakes,),
    provides={"staff": names_and_numbers, "staff_no": values_of("staff_no")},
    on_behalf_of="org",
)
