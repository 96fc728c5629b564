"""PUB-06: a notice shows a whole ID, card or telephone number, or the full name of a minor."""

from typing import Any

from sqlalchemy import Select, String, cast, func, literal, null, select, union_all

from projections.rules.phrases import every, evidence
from projections.rules.rule import RED, Clause, Limits, Mode, Touched, rule
from projections.tables.notices import NOTICE_LINES, NOTICES

NOTHING = "[]"


@rule(
    "PUB-06",
    zh="泄露隐私",
    en="personal data shown",
    severity=RED,
    mode=Mode.STREAMING,
    clause=Clause(
        "公示脱敏要求（待客户确认）/ masking of notices, to be confirmed",
        "身份证号印作440899********11**，未成年人印作李某某",
    ),
    needs=(NOTICES,),
    anchor=("notice",),
    subjects=("notice", "person"),
    keyed_by="notice",
    why_zh="公示{from_on}起张贴，其中{places}处印有完整的证号、卡号、电话或未成年人姓名。",
    why_en="The notice posted on {from_on} shows whole ID, card or telephone numbers, or the name of a minor, in "
    "{places} places.",
)
def shown_whole_on_a_notice(touched: Touched, _: Limits) -> Select[Any]:
    """A notice is masked: what it shows was found, with its check digit, when the printed text came in."""
    n, line = NOTICES.c, NOTICE_LINES.c
    header = select(n.notice_no, n.last_position.label("position"), cast(null(), String).label("id_no"))
    lines = select(line.notice_no, line.position, line.id_no)
    shown = (
        union_all(
            header.where(n.unmasked != NOTHING, touched(n.notice_no)),
            lines.where(line.unmasked != NOTHING, touched(line.notice_no)),
        )
        .subquery("shown")
        .c
    )
    return (
        select(shown.notice_no.label("notice"), every(shown.id_no).label("person"), n.starts_on.label("from_on"))
        .add_columns(evidence(shown.position, n.last_position), literal(0).label("at_risk_fen"))
        .add_columns(n.starts_on.label("holds_from"), func.count().label("places"))
        .join(NOTICES.table, n.notice_no == shown.notice_no)
        .group_by(shown.notice_no, n.starts_on)
    )
