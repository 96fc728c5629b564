"""ACC-06: a programme that is paid by card was paid in cash."""

from typing import Any

from sqlalchemy import Select, func, select

from projections.rules.duplicates.same_person_programme_period import persons_paid_under
from projections.rules.paid import BY_CARD
from projections.rules.phrases import counted, every, evidence
from projections.rules.rule import ORANGE, Limits, Mode, Touched, plan, rule
from projections.tables.payments import PAYMENTS
from projections.tables.programmes import PROGRAMMES

CASH = "现金"


@rule(
    "ACC-06",
    zh="现金发放",
    en="cash",
    severity=ORANGE,
    mode=Mode.STREAMING,
    clause=plan(17, "健全扶贫资金项目常态化监管机制"),
    needs=(PAYMENTS, PROGRAMMES),
    anchor=("person", "programme"),
    subjects=("person", "claim", "payment"),
    keyed_by="person",
    reached_by={"terms": persons_paid_under},
    why_zh="“{programme}”规定打卡发放，却有{payments}笔共{at_risk_yuan}以现金发放。",
    why_en="{programme} is to be paid by card; {payments} payments, {at_risk_yuan} in all, were made in cash.",
)
def cash_where_a_card_is_prescribed(touched: Touched, limits: Limits) -> Select[Any]:
    """Keep payments under constant watch: by card they leave a trace, in cash none.

    Where the programme allows cash, as relief after a disaster does, there is nothing to say.
    """
    p, g = PAYMENTS.c, PROGRAMMES.c
    return (
        select(
            p.id_no.label("person"), p.programme, every(p.claim_no).label("claim"), every(p.bank_ref).label("payment")
        )
        .add_columns(evidence(p.position), func.sum(p.net_fen).label("at_risk_fen"))
        .add_columns(func.min(p.paid_on).label("holds_from"), func.count(p.stream.distinct()).label("payments"))
        .join(PROGRAMMES.table, g.programme == p.programme)
        .where(counted(p), touched(p.id_no), p.channel == CASH, g.pay_mode == BY_CARD)
        .group_by(p.id_no, p.programme)
    )
