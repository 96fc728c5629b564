"""`PAY` of DOMAIN §4: net payments of subsidies and dividends to natural persons, as one list of common columns.

Interest subsidies and payments to suppliers are none of it; what came back whole and what is quarantined is left out.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, cast, literal, null, select, true, union_all

from projections.rules.phrases import counted
from projections.tables.dividends import DIVIDENDS
from projections.tables.payments import PAYMENTS

BY_CARD, ON_BEHALF = "一卡通", "代缴"
"""发放方式 of a programme."""

PER_PERSON, PER_HOUSEHOLD = "个人", "户"
"""发放对象 of a programme."""

Keeping = Callable[[Any], ColumnElement[bool]]

_SHARED = ("position", "bank_ref", "id_no", "household_no", "account_no", "period", "village", "net_fen", "paid_on")
_JUDGED = ("holder_matches", "id_quality")


def paid(keep: Keeping = lambda _: true(), name: str = "paid") -> FromClause:
    """A row a funding line of a subsidy, and a row a dividend; `keep` is asked of the columns of either table.

    So the keys that changed narrow both halves through their own indexes: `paid(lambda of: touched(of.id_no))`.
    Columns: position, stream, bank_ref, id_no, household_no, account_no, programme (null of a dividend), contract_no
    (null of a subsidy), claim_no, period, village, net_fen, paid_on, pay_kind, channel, holder_matches, id_quality.
    """
    p, d = PAYMENTS.c, DIVIDENDS.c
    nothing = cast(null(), Text)
    subsidies = select(
        p.stream,
        p.programme,
        nothing.label("contract_no"),
        p.claim_no,
        p.pay_kind,
        p.channel,
        *(p[column] for column in (*_SHARED, *_JUDGED)),
    ).where(counted(p), keep(p))
    dividends = select(
        d.stream,
        nothing.label("programme"),
        d.contract_no,
        nothing.label("claim_no"),
        literal("正常").label("pay_kind"),
        literal("卡").label("channel"),
        *(d[column] for column in (*_SHARED, *_JUDGED)),
    ).where(d.quarantined.is_(False), d.net_fen > 0, d.id_no.is_not(None), keep(d))
    return union_all(subsidies, dividends).subquery(name)
