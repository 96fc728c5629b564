"""14. 应享名单: one row, one person (or household head), programme and interval."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.entitlement import EntitlementEnded, EntitlementGranted, EntitlementRow
from intake.checks import day, not_before, number_is_sound
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet


def ends(row: Row, before: Mapping[str, Any]) -> bool:
    """Whether a 止 that was not stated before has passed; one that lies ahead stays on the grant."""
    last_day = row.get("to")
    newly_stated = last_day is not None and last_day != before.get("to")
    return newly_stated and row.as_of is not None and last_day <= row.as_of


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[EntitlementRow]:
    """A row is a grant; sent again with an end that has passed, it is that."""
    return EntitlementEnded if before is not None and ends(row, before) else EntitlementGranted


def when_changed(row: Row, before: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """An end is about its own day, any other change about 核定日期 (OUTPUTS §1)."""
    return row.get("to") if ends(row, before) else row.get("granted_on"), None


ENTITLEMENTS = Sheet(
    key="entitlements",
    title="应享名单",
    number=14,
    columns=(
        Column("项目名称", "programme", Cell.TEXT, example="困难残疾人生活补贴"),
        Column("户编号", "household_no", Cell.TEXT, example="H-0001"),
        Column("姓名", "name", Cell.TEXT, personal=True, example="测试甲"),
        Column("身份证号", "id_no", Cell.ID, example="440899196803051173"),
        Column("起", "from", Cell.DATE, field="starts_on", example="2020-01-01"),
        Column("止", "to", Cell.DATE, Need.O, field="ends_on", future=True, note="last day", example="2020-12-31"),
        Column("每期金额(元)", "amount_per_period", Cell.MONEY, example="175.00"),
        Column("核定日期", "granted_on", Cell.DATE, example="2019-12-20"),
        Column("书面放弃日期", "declined_on", Cell.DATE, Need.O, note="lifts COV-01/02 from that day"),
    ),
    business_key=("id_no", "programme", "from"),
    nature=Nature.REGISTER,
    may_change=frozenset({"to", "amount_per_period", "declined_on"}),
    persons={"id_no": "name"},
    becomes=becomes,
    stream_kind="entitlement",
    occurred_on=day("granted_on"),
    when_changed=when_changed,
    references=(
        Reference("programme", "programme", Severity.ERROR),
        Reference("id_no", "person", Severity.ERROR, when=number_is_sound("id_no")),
    ),
    row_checks=(not_before("to", "from"),),
)
