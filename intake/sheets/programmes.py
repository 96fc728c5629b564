"""7. 补贴目录: one row, one programme."""

from domain.subsidy import ProgrammeDefined
from intake.checks import always, at_least, required_when, values_of
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Sheet

PAYROLL = "财政供养"
"""The word in 互斥项目 that means the public payroll and no programme."""

PROGRAMMES = Sheet(
    key="programmes",
    title="补贴目录",
    number=7,
    columns=(
        Column("项目名称", "programme", Cell.TEXT, note="used in every other sheet", example="职业培训补贴"),
        Column("项目代码", "programme_code", Cell.TEXT, note="ASCII", example="TRAIN"),
        Column("发放对象", "unit", Cell.ENUM, values=("个人", "户"), english=("person", "household"), example="个人"),
        Column("周期", "period_kind", Cell.ENUM, values=("月", "季", "年", "一次性"), example="季"),
        Column("每期次数", "max_per_period", Cell.INT, note="≥ 1", example="1"),
        Column(
            "计发方式",
            "amount_rule",
            Cell.ENUM,
            values=("定额", "数量×标准", "上限", "据实"),
            english=("fixed", "quantity", "ceiling", "discretionary"),
            example="定额",
        ),
        Column(
            "互斥项目", "excludes", Cell.LIST, Need.O, note="财政供养 = payroll list", example="孤儿基本生活保障津贴"
        ),
        Column("需公示", "needs_notice", Cell.YN, example="是"),
        Column(
            "公示天数", "notice_days", Cell.INT, Need.C, note="calendar days; required when 需公示=是", example="10"
        ),
        Column("须在册", "requires_roster", Cell.YN, example="是"),
        Column("须核定", "requires_entitlement", Cell.YN, example="否"),
        Column("脱贫后延续", "carry_over_after_exit", Cell.YN, note="退出类型=脱贫 does not stop it", example="是"),
        Column("可身后发放", "posthumous", Cell.YN, note="funeral grants", example="否"),
        Column("发放方式", "pay_mode", Cell.ENUM, values=("一卡通", "代缴", "现金许可"), example="一卡通"),
        Column("发放时限(天)", "deadline_days", Cell.INT, note="days after the period's end", example="30"),
        Column("用途代码", "purpose_code", Cell.TEXT, example="S05"),
        Column("年度限次", "max_per_year", Cell.INT, Need.O, example="1"),
    ),
    business_key=("programme",),
    nature=Nature.REGISTER,
    may_change=frozenset(
        {
            "programme_code",
            "unit",
            "period_kind",
            "max_per_period",
            "amount_rule",
            "excludes",
            "needs_notice",
            "notice_days",
            "requires_roster",
            "requires_entitlement",
            "carry_over_after_exit",
            "posthumous",
            "pay_mode",
            "deadline_days",
            "purpose_code",
            "max_per_year",
        }
    ),
    becomes=always(ProgrammeDefined),
    stream_kind="programme",
    occurred_on=lambda _: None,
    references=(Reference("excludes", "programme", Severity.ERROR, passing=frozenset({PAYROLL})),),
    row_checks=(
        at_least("max_per_period", 1),
        required_when("notice_days", "需公示为“是”", "needs_notice is 是", lambda row: row.get("needs_notice") is True),
    ),
    provides={"programme": values_of("programme")},
)
