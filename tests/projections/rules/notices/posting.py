"""Rows of 公示台账, 公示明细 and 异议台账 for the tests of the rules about notices.

Unless a test says otherwise the notice GS-1 is about the disability programme, hangs from 1 until 11 May 2020, and
its first line names 甲 for May with what `Town.pay` pays.
"""

from datetime import date
from typing import Any

from domain.notice import NoticeLinePosted, NoticePublished, NoticeWithdrawn
from domain.objection import ObjectionFiled, ObjectionResolved
from tests.projections.history import person
from tests.projections.rules.town import AN_AMOUNT_FEN, DISABILITY, Town

POSTED, LAST_DAY, PAID = date(2020, 5, 1), date(2020, 5, 11), date(2020, 5, 12)
MAY = "2020-05"
NOTICE = "GS-1"


def subsidised(town: Town, **stated: Any) -> int:
    """A row of 补贴目录: what is paid to persons must hang for ten days, unless it says otherwise."""
    terms: dict[str, Any] = {"unit": "个人", "needs_notice": True, "notice_days": 10} | stated
    return town.programme(**terms)


def post(town: Town, number: str = NOTICE, **stated: Any) -> int:
    """A row of 公示台账, new or as newly stated."""
    row = {"level": "村", "notice_kind": "公示", "subject_kind": "补贴", "programme": DISABILITY, "place": "村务公开栏"}
    told = {"notice_no": number} | row | {"starts_on": POSTED, "until": LAST_DAY} | stated
    event_class = NoticeWithdrawn if told.get("withdrawn_on") else NoticePublished
    return town.history.tell(event_class, f"notice {number}", **told)


def name(town: Town, who: str = "甲", number: str = NOTICE, line_no: int = 1, **stated: Any) -> int:
    """A row of 公示明细."""
    row = {"notice_no": number, "line_no": line_no, "id_no": person(who), "period_from": MAY}
    told = row | {"amount_fen": AN_AMOUNT_FEN} | stated
    return town.history.tell(NoticeLinePosted, f"notice {number} line {line_no}", **told)


def object_to(town: Town, ref_no: str = f"{NOTICE}#1", filed_on: date = date(2020, 5, 8), **stated: Any) -> int:
    """The row YY-1 of 异议台账, new or as newly stated."""
    told = {"objection_no": "YY-1", "ref_kind": "公示", "ref_no": ref_no, "filed_on": filed_on} | stated
    event_class = ObjectionResolved if told.get("resolved_on") else ObjectionFiled
    return town.history.tell(event_class, "objection YY-1", **told)


def turn(town: Town, rule_id: str) -> tuple[int, int]:
    """How many alerts of the rule a live round raised and withdrew, after which a whole run has nothing to add."""
    live = town.live_is_whole()
    raised, withdrawn = (sum(alert["rule_id"] == rule_id for alert in told) for told in (live.raised, live.withdrawn))
    return raised, withdrawn
