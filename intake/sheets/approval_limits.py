"""5. 审批限额: one row, one limit."""

from domain.limit import LimitSet
from intake.checks import always, day
from intake.sheet import Cell, Column, Nature, Need, Sheet

APPROVAL_LIMITS = Sheet(
    key="approval_limits",
    title="审批限额",
    number=5,
    columns=(
        Column(
            "限额类型",
            "limit_kind",
            Cell.ENUM,
            values=("审批", "招标"),
            english=("approval", "tender"),
            example="审批",
        ),
        Column("岗位角色", "role", Cell.TEXT, note="role, or * for tender", example="township_leader"),
        Column("限额(元)", "amount", Cell.MONEY, note="an amount ≥ limit needs the next level", example="50000.00"),
        Column("生效日", "from", Cell.DATE, field="starts_on", future=True, example="2020-01-01"),
        Column("失效日", "until", Cell.DATE, Need.O, future=True),
    ),
    business_key=("limit_kind", "role", "from"),
    nature=Nature.REGISTER,
    may_change=frozenset({"until"}),
    becomes=always(LimitSet),
    stream_kind="limit",
    occurred_on=day("from"),
)
