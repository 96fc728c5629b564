"""异议台账: what somebody holds against a notice, a loan or a payment."""

from collections.abc import Callable
from typing import Any

from domain.event import Versioned
from domain.objection import ObjectionFiled, ObjectionResolved, ObjectionRow
from projections.tables.by_hand import by_hand_on, keep_day_by_hand
from projections.tables.column import Unit, internal, personal, stated
from projections.tables.fact_table import FactTable

NOTICE, LOAN, PAYMENT = "公示", "贷款", "支付"


def notice_of(ref_no: str) -> str:
    """The notice of `notice_no#line_no`, or of a notice's own number."""
    return ref_no.partition("#")[0]


def _reference(ref_kind: str, read: Callable[[str], str] = str) -> Callable[[Versioned], Any]:
    """What gives the reference of an objection to this kind of thing; none to another."""

    def of(placed: Versioned) -> str | None:
        event = placed.event
        if not isinstance(event, ObjectionRow) or event.ref_kind != ref_kind:
            return None
        return read(event.ref_no)

    return of


OBJECTIONS = FactTable(
    "objections",
    columns=(
        *stated(ObjectionRow, "objection_no ref_kind ref_no filed_on"),
        personal("content"),
        *stated(ObjectionRow, "denial resolved_on outcome resolver"),
        internal("notice_no", Unit.TEXT, _reference(NOTICE, notice_of)),
        internal("loan_no", Unit.TEXT, _reference(LOAN)),
        internal("bank_ref", Unit.TEXT, _reference(PAYMENT)),
        by_hand_on(),
    ),
    events=(ObjectionFiled, ObjectionResolved),
    register=True,
    keys={"objection_no": "objection", "notice_no": "notice", "loan_no": "loan", "bank_ref": "payment"},
    indexes=("objection_no", "notice_no", "loan_no", "bank_ref"),
    key=("objection_no",),
    carry=keep_day_by_hand,
)
