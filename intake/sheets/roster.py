"""9. 花名册: one row, one person in one household for one interval."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from domain.person import ROSTER_CHANGE_BY_EXIT_KIND, MemberChanged, PersonRegistered, RosterRow
from intake.checks import day, not_before, values_of
from intake.known import Known
from intake.problem import Problem, Severity
from intake.sheet import Cell, Column, Nature, Need, Row, Sheet
from vault.vault import Vault

RELATIONS = ("户主", "配偶", "子女", "父母", "孙子女", "兄弟姐妹", "其他")
CATEGORIES = (
    "低保贫困户",
    "一般贫困户",
    "五保户",
    "脱贫户",
    "脱贫不稳定户",
    "边缘易致贫户",
    "突发严重困难户",
)
INCLUDED_KINDS = ("首次识别", "新增", "返贫", "出生", "婚入", "迁入", "分户")
EXIT_KINDS = ("脱贫", "清退", "销户", "死亡", "迁出", "分户", "婚出")
OUT_OF_POVERTY = "脱贫"


def exit_without_kind(sheet: Sheet, row: Row, known: Known) -> Iterator[Problem]:
    """An exit without its kind is read as 脱贫, and said so (`W-EXIT`)."""
    if row.get("exited_on") is not None and row.get("exit_kind") is None and "exit_kind" not in row.words:
        row.values["exit_kind"] = OUT_OF_POVERTY
        yield sheet.problem(
            row,
            "W-EXIT",
            Severity.WARNING,
            "exit_kind",
            message="有退出日期而无退出类型，按“脱贫”处理 / An exit day without its kind is read as 脱贫.",
            remedy="如系清退、死亡等，请在“退出类型”中注明 / Name the kind if it is another.",
        )


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[RosterRow]:
    """A new row registers a person; a later one is an exit if it brings one, else a change."""
    if before is None:
        return PersonRegistered
    brings_an_exit = row.get("exited_on") is not None and before.get("exited_on") is None
    return (
        ROSTER_CHANGE_BY_EXIT_KIND.get(row.get("exit_kind") or "", MemberChanged) if brings_an_exit else MemberChanged
    )


def when_changed(row: Row, before: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """An exit is about its own day, and known on the later of 退出日期 and 登记日期 (OUTPUTS §1)."""
    exited_on, registered_on = row.get("exited_on"), row.get("registered_on")
    if exited_on is None or before.get("exited_on") is not None:
        return row.get("included_on"), registered_on
    return exited_on, max(exited_on, registered_on) if registered_on else None


def assessed(row: Row, _vault: Vault) -> Mapping[str, Any]:
    """`incapable`, of whom 民事行为能力 is 无: the word itself is sealed."""
    return {"incapable": True} if row.stated("capacity") == "无" else {}


ROSTER = Sheet(
    key="roster",
    title="花名册",
    number=9,
    columns=(
        Column("序号", "row_no", Cell.INT, Need.O, example="1"),
        Column("村", "village", Cell.TEXT, example="测试一村"),
        Column("组", "hamlet", Cell.TEXT, Need.O, example="一组"),
        Column("户编号", "household_no", Cell.TEXT, example="H-0001"),
        Column("户主姓名", "head_name", Cell.TEXT, personal=True, example="测试甲"),
        Column("姓名", "name", Cell.TEXT, personal=True, example="测试甲"),
        Column("与户主关系", "relation", Cell.ENUM, values=RELATIONS, example="户主"),
        Column("身份证号", "id_no", Cell.ID, note="18 or 15", example="440899196803051173"),
        Column("户类型", "category", Cell.ENUM, values=CATEGORIES, example="脱贫不稳定户"),
        Column("纳入日期", "included_on", Cell.DATE, example="2016-05-01"),
        Column("纳入方式", "included_kind", Cell.ENUM, Need.O, values=INCLUDED_KINDS, example="首次识别"),
        Column("退出日期", "exited_on", Cell.DATE, Need.O, note="first day without the status", example="2020-09-01"),
        Column("退出类型", "exit_kind", Cell.ENUM, Need.C, values=EXIT_KINDS, example="清退"),
        Column("原户编号", "from_household", Cell.TEXT, Need.C, note="for 分户/迁入", example="H-0003"),
        Column("健康/残疾", "disability_level", Cell.TEXT, Need.O, personal=True, example="二级"),
        Column(
            "民事行为能力", "capacity", Cell.ENUM, Need.O, values=("完全", "限制", "无"), personal=True, example="完全"
        ),
        Column("联系电话", "phone", Cell.PHONE, Need.O, example="0759-0000001"),
        Column("登记日期", "registered_on", Cell.DATE, Need.O, note="if later than 纳入日期", example="2020-03-01"),
    ),
    business_key=("household_no", "id_no", "included_on"),
    nature=Nature.REGISTER,
    may_change=frozenset(
        {
            "hamlet",
            "head_name",
            "relation",
            "category",
            "exited_on",
            "exit_kind",
            "disability_level",
            "capacity",
            "phone",
        }
    ),
    persons={"id_no": "name"},
    assessed=assessed,
    becomes=becomes,
    stream_kind="roster",
    occurred_on=day("included_on"),
    known_on=day("registered_on"),
    when_changed=when_changed,
    not_content=frozenset({"row_no"}),
    row_checks=(not_before("exited_on", "included_on"), exit_without_kind),
    provides={"person": values_of("id_no")},
)
