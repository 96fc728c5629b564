"""What hangs on the board, and what is objected to it."""

from datetime import date

from domain.notice import NoticeWithdrawn
from domain.objection import ObjectionResolved
from tests.projections.office.doing import Doings

JULY, AUGUST = date(2020, 7, 20), date(2020, 8, 20)

BOARD: Doings = {
    "GS-1 is hung, and withdrawn": (
        lambda town: town.notice("GS-1"),
        lambda town: town.notice("GS-1", becomes=NoticeWithdrawn, withdrawn_on=JULY),
    ),
    "GS-2 is hung": (lambda town: town.notice("GS-2"),),
    "GS-1 has a line for three months": (
        lambda town: town.notice_line("GS-1", 1, 100, period_from="2020-01", period_to="2020-03"),
    ),
    "GS-1 has a line that is corrected to two months": (
        lambda town: town.notice_line("GS-1", 7, 100, period_from="2020-01"),
        lambda town: town.correct("notice-line GS-1 7", period_to="2020-02"),
    ),
    "GS-2 has a line for one month": (lambda town: town.notice_line("GS-2", 1, 100, period_from="2020-01"),),
    "somebody objects to a line of GS-2, and is right": (
        lambda town: town.objection("YY-2", "GS-2#1"),
        lambda town: town.objection(
            "YY-2", "GS-2#1", becomes=ObjectionResolved, resolved_on=AUGUST, outcome="成立", occurred_on=AUGUST
        ),
    ),
}
