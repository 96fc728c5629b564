"""Refusals: every one says what is wrong, where, with both numbers, and what to do (DOMAIN §2, STYLE R5).

Refused
(one class, many codes: callers act on the code, people on `why` and `remedy`)
"""

from typing import Any, Self

CODES: dict[str, str] = {
    "E-SCHEMA": "缺项、未知项或不合要求的值 / a field is missing, unknown or not of its kind",
    "E-ID": "证件号码校验不符 / an identity number or credit code fails its check",
    "E-DATE": "日期不存在、不允许或先后颠倒 / a day does not exist, is not allowed, or comes in the wrong order",
    "E-UNIT": "金额单位不明 / the unit of an amount is not certain",
    "E-EXCEL": "表格软件改坏了数字 / the spreadsheet lost digits or holds an error value",
    "E-FILE": "文件无法读取 / the file cannot be read",
    "E-AUTH": "无权办理 / not allowed for this role or place",
    "E-SOD": "审批人与经办人相同 / approver and preparer are one",
    "E-STATE": "当前状态不允许 / not possible in this state",
    "E-REF": "引用的对象不存在 / what it refers to does not exist",
    "E-BALANCE": "金额合不拢 / amounts do not add up",
    "E-DUP": "同一编号内容不同 / the same key with other content",
    "E-CONFLICT": "数据已被他人更新 / somebody else was first",
    "E-OVERLAP": "期间重叠 / two intervals overlap",
    "E-FUNDS": "指标余额不足 / more than what is left",
    "E-PROOF": "存证的历史与现在不同 / anchored history differs",
    "E-PRIVACY": "公示内容含个人隐私 / a notice would publish personal data",
    "E-OVERRIDE": "与已知事实矛盾，需说明 / contradicts known facts; needs an override reason",
}
"""Stable codes with their meaning; a code is never given another one."""


class Refused(Exception):
    """Something was asked that cannot be.

    code:    one of `CODES`.
    why:     what is wrong, with both numbers; never a name, ID, account or phone.
    remedy:  what to do.
    field, value, row: where, if it is about one value; `value` must be masked by who raises.
    """

    def __init__(
        self,
        code: str,
        *,
        why: str,
        remedy: str,
        field: str | None = None,
        value: str | None = None,
        row: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {why} {remedy}")
        self.code = code
        self.why = why
        self.remedy = remedy
        self.field = field
        self.value = value
        self.row = row
        self.more: dict[str, Any] = {}

    def telling(self, **more: Any) -> Self:
        """The refusal with lists of what it is about, by name: `problems` of a row, `soft_stops` of an intent."""
        self.more |= more
        return self

    def as_dict(self) -> dict[str, Any]:
        """What is known of the refusal, without the absent parts."""
        parts = {
            "code": self.code,
            "why": self.why,
            "remedy": self.remedy,
            "field": self.field,
            "value": self.value,
            "row": self.row,
            **self.more,
        }
        return {name: part for name, part in parts.items() if part is not None}
