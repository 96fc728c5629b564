"""1. 导入清单: one row, one package."""

from domain.control import PackageReceived
from intake.checks import always, day
from intake.sheet import Cell, Column, Nature, Need, Sheet

MODES = ("首次导入", "增量")

MANIFEST = Sheet(
    key="manifest",
    title="导入清单",
    number=1,
    columns=(
        Column("包编号", "package_id", Cell.TEXT, note="unique per sender", example="PKG-440899101-2020"),
        Column("区划代码", "division_code", Cell.TEXT, note="9 or 12 digits", example="440899101"),
        Column("数据截止日", "as_of", Cell.DATE, note="periodic rules are evaluated on this day", example="2021-03-31"),
        Column(
            "导入方式",
            "import_mode",
            Cell.ENUM,
            values=MODES,
            english=("initial_load", "increment"),
            example="首次导入",
        ),
        Column("说明", "remark", Cell.TEXT, Need.O, personal=True, example="测试镇2020年度"),
    ),
    business_key=("package_id",),
    nature=Nature.JOURNAL,
    becomes=always(PackageReceived),
    stream_kind="package",
    occurred_on=day("as_of"),
)
