"""Training (培训): the classes that were held, and who sat in them."""

from typing import ClassVar

from domain.event import Event
from domain.kinds import Count, Moment, PersonRef, Text


class TrainingHeld(Event, frozen=True, kw_only=True):
    """培训班次: one class, or what is newly stated of it.

    class_id:          培训班号, the key.
    provider:          培训机构.
    venue:             地点.
    capacity:          how many the venue holds.
    skill, level:      工种 and 等级.
    start_at, end_at:  开始 and 结束; a class of whole days runs from 00:00 to 23:59.
    """

    TOPIC: ClassVar[str] = "training-held/v1"

    class_id: Text
    provider: Text
    venue: Text
    capacity: Count
    skill: Text
    level: Text
    start_at: Moment
    end_at: Moment


class TrainingAttended(Event, frozen=True, kw_only=True):
    """培训签到: one person in one session of a class.

    class_id:          the class.
    id_no:             reference of the person; the name is sealed.
    start_at, end_at:  签到 and 签退; `occurred_on` is the day of 签到.
    result:            合格, 不合格, 补考合格 or 在训.
    subsidised:        是否领补: whether a subsidy is drawn for it.
    device:            签到设备.
    """

    TOPIC: ClassVar[str] = "training-attended/v1"

    class_id: Text
    id_no: PersonRef
    start_at: Moment
    end_at: Moment
    result: Text
    subsidised: bool
    device: Text | None = None
