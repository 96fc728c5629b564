"""17. 培训班次: one row, one class."""

from domain.training import TrainingHeld
from intake.checks import always, day_of_moment, not_before, values_of
from intake.sheet import Cell, Column, Nature, Sheet

TRAINING_CLASSES = Sheet(
    key="training_classes",
    title="培训班次",
    number=17,
    columns=(
        Column("培训班号", "class_id", Cell.TEXT, example="PX-2020-01"),
        Column("培训机构", "provider", Cell.TEXT, example="测试职校"),
        Column("地点", "venue", Cell.TEXT, example="测试镇文化站"),
        Column("容量", "capacity", Cell.INT, example="40"),
        Column("工种", "skill", Cell.TEXT, example="中式烹调"),
        Column("等级", "level", Cell.TEXT, example="初级"),
        Column("开始", "start_at", Cell.START, note="or date = whole day", example="2020-05-11 08:30"),
        Column("结束", "end_at", Cell.END, future=True, example="2020-05-15 17:30"),
    ),
    business_key=("class_id",),
    nature=Nature.REGISTER,
    may_change=frozenset({"venue", "capacity", "end_at"}),
    becomes=always(TrainingHeld),
    stream_kind="class",
    occurred_on=day_of_moment("start_at"),
    row_checks=(not_before("end_at", "start_at", same_day=False),),
    provides={"class": values_of("class_id")},
    on_behalf_of="provider",
)
