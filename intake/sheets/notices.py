"""22. 公示台账: one row, one notice."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from domain.notice import NoticePublished, NoticeRow, NoticeWithdrawn
from intake.checks import day, newly_stated, not_before, required_when, values_of
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Row, Sheet
from intake.unmasked import unmasked_numbers
from vault.vault import Vault


def about(subject_kind: str) -> Callable[[Row], bool]:
    """Whether the notice tells of this kind of thing."""
    return lambda row: bool(row.get("subject_kind") == subject_kind)


def becomes(row: Row, before: Mapping[str, Any] | None) -> type[NoticeRow]:
    """A row is a notice; a 撤回日期 that arrives later withdraws it."""
    return NoticeWithdrawn if newly_stated(row, before, "withdrawn_on") else NoticePublished


def when_changed(row: Row, before: Mapping[str, Any]) -> tuple[date | None, date | None]:
    """A withdrawal is about its own day, any other change about 公示起 (OUTPUTS §1)."""
    return row.get("withdrawn_on" if newly_stated(row, before, "withdrawn_on") else "from"), None


def unmasked(row: Row, _: Vault) -> dict[str, Any]:
    """What 公示文本 shows whole that must be masked; an office's own telephone may stand there."""
    text = str(row.words.get("text") or row.values.get("text") or "")
    kinds = [kind for kind in unmasked_numbers(text, today=row.as_of or date.max) if kind != "landline"]
    return {"unmasked": tuple(kinds)} if kinds else {}


NOTICES = Sheet(
    key="notices",
    title="公示台账",
    number=22,
    columns=(
        Column("公示编号", "notice_no", Cell.TEXT, example="GS-2020-001"),
        Column("公示层级", "level", Cell.ENUM, values=("县", "镇", "村"), example="村"),
        Column(
            "类别", "kind", Cell.ENUM, values=("公示", "公告"), field="notice_kind", note="before/after", example="公示"
        ),
        Column(
            "内容类型",
            "subject_kind",
            Cell.ENUM,
            values=("补贴", "项目", "贷款", "分红", "指标", "验收"),
            example="补贴",
        ),
        Column("项目名称", "programme", Cell.TEXT, Need.C, note="补贴", example="职业培训补贴"),
        Column("项目编号", "project_no", Cell.TEXT, Need.C, note="项目"),
        Column("合同编号", "contract_no", Cell.TEXT, Need.C, note="分红"),
        Column("村", "village", Cell.TEXT, Need.O, example="测试一村"),
        Column("张贴地点", "place", Cell.TEXT, example="村务公开栏"),
        Column("公示起", "from", Cell.DATE, field="starts_on", example="2020-05-20"),
        Column("公示止", "until", Cell.DATE, future=True, example="2020-05-30"),
        Column("撤回日期", "withdrawn_on", Cell.DATE, Need.O, note="withdrawn = never matured"),
        Column("责任人", "responsible", Cell.STAFF, Need.O, example="林国栋"),
        Column("公示文本", "text", Cell.TEXT, Need.O, personal=True, note="text as printed (PUB-06 scans it)"),
    ),
    business_key=("notice_no",),
    nature=Nature.REGISTER,
    may_change=frozenset({"until", "withdrawn_on", "responsible"}),
    becomes=becomes,
    stream_kind="notice",
    occurred_on=day("from"),
    when_changed=when_changed,
    assessed=unmasked,
    references=(
        Reference("programme", "programme", Severity.WARNING),
        Reference("project_no", "project", Severity.WARNING),
        Reference("contract_no", "asset_contract", Severity.WARNING),
    ),
    row_checks=(
        not_before("until", "from"),
        required_when("programme", "内容类型为补贴", "the notice is about a subsidy", about("补贴")),
        required_when("project_no", "内容类型为项目", "the notice is about a project", about("项目")),
        required_when("contract_no", "内容类型为分红", "the notice is about dividends", about("分红")),
    ),
    provides={"notice": values_of("notice_no")},
)
