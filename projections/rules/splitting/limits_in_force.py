"""审批限额 as rules read it: which amounts, and for whom, are in force on a day."""

from typing import Any, Final

from sqlalchemy import ColumnElement, or_

from projections.tables.limits import APPROVAL_LIMITS

APPROVAL: Final = "审批"
TENDER: Final = "招标"


def in_force(day: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a row of the limits is in force on `day`; 失效日 is the last day."""
    t = APPROVAL_LIMITS.c
    return (t.starts_on <= day) & or_(t.until.is_(None), t.until >= day)
