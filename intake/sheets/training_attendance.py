"""18. 培训签到表: one row, one person in one session."""

from domain.training import TrainingAttended
from intake.checks import always, day_of_moment
from intake.problem import Severity
from intake.sheet import Cell, Column, Nature, Need, Reference, Sheet

TRAINING_ATTENDANCE = Sheet(
    key="training_attendance",
    title="培训签到表",
    number=18,
    columns=(
        Column("培训班号", "class_id", Cell.TEXT, example="PX-2020-01"),
        Column("姓名", "name", Cell.TEXT, personal=True, example="测试甲"),
        Column("身份证号", "id_no", Cell.ID, example="440899196803051173"),
        Column("签到", "start_at", Cell.START, example="2020-05-11 08:30"),
        Column("签退", "end_at", Cell.END, future=True, example="2020-05-11 11:30"),
        Column("结果", "result", Cell.ENUM, values=("合格", "不合格", "补考合格", "在训"), example="合格"),
        Column("是否领补", "subsidised", Cell.YN, note="FAL-06 counts 是 only", example="是"),
        Column("签到设备", "device", Cell.TEXT, Need.O),
    ),
    business_key=("class_id", "id_no", "start_at"),
    nature=Nature.JOURNAL,
    persons={"id_no": "name"},
    becomes=always(TrainingAttended),
    stream_kind="attendance",
    occurred_on=day_of_moment("start_at"),
    references=(Reference("class_id", "class", Severity.ERROR),),
)
