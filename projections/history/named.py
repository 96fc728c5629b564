"""Subjects of which OUTPUTS §7 asks no state: what names them, line by line."""

from typing import Any

from projections.history.parts.part import Part
from projections.history.row import Row
from projections.history.subject import Subject


class Named(Subject):
    """A subject with a timeline alone; its lines keep the money of their rows."""

    def find(self) -> list[Row]:
        """Every row that names it."""
        return self.past.rows(self.kind, self.value)

    def begin(self) -> tuple[Part, ...]:
        """Nothing is folded."""
        return ()

    @property
    def figure_fen(self) -> None:
        """There is no figure to follow."""

    def state(self) -> dict[str, Any]:
        """Nothing is asked."""
        return {}


class Claim(Named):
    """申请编号."""

    kind = "claim"


class Objection(Named):
    """异议编号."""

    kind = "objection"


class Receipt(Named):
    """编号 of 签收回访台账."""

    kind = "receipt"


class Class(Named):
    """培训班号."""

    kind = "class"


class Org(Named):
    """统一社会信用代码."""

    kind = "org"


class Staff(Named):
    """工号."""

    kind = "staff"


class Programme(Named):
    """项目名称 of 补贴目录."""

    kind = "programme"


class Phone(Named):
    """联系电话, by reference."""

    kind = "phone"


NAMED = (Claim, Objection, Receipt, Class, Org, Staff, Programme, Phone)
