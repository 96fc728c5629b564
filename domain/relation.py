"""Relations of cadres to people, as the cadres declare them themselves."""

from datetime import date
from typing import ClassVar

from domain.event import Event
from domain.kinds import PersonRef, Text


class RelationDeclared(Event, frozen=True, kw_only=True):
    """近亲属备案: one relative of one cadre, or what is newly stated of the relation.

    staff_no:     工号 of the cadre.
    relative_id:  reference of the relative; the name is sealed.
    relation:     配偶, 父母, 子女, 兄弟姐妹 or 其他.
    declared_on:  备案日期.
    recused:      whether the cadre keeps out of what concerns the relative.
    """

    TOPIC: ClassVar[str] = "relation-declared/v1"

    staff_no: Text
    relative_id: PersonRef
    relation: Text
    declared_on: date
    recused: bool
