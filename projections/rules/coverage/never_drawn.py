"""COV-04: a village's payments of a programme were in no spot check for a year."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, literal, null, select, union_all

from domain.clock import business_day
from projections.rules.rule import BLUE, Found, Limits, Mode, Parameter, Touched, plan, rule
from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.supervision import SPOT_CHECK_SAMPLES

LATEST = (2**62, 0)


def not_seen(found: Iterable[Found], limits: Limits) -> Iterator[Mapping[str, Any]]:
    """Of what is paid for a year, whatever no sample of the last year drew from."""
    as_of = limits.as_of.toordinal()
    drawn: dict[str, int] = {}
    first: dict[tuple[str, str], tuple[int, int]] = {}
    seen: dict[tuple[str, str], int] = {}
    for row in found:
        if row["items"] is not None:
            day = business_day(datetime.fromisoformat(row["recorded_at"])).toordinal()
            drawn |= {item: max(day, drawn.get(item, 0)) for item in json.loads(row["items"])}
            continue
        where = (row["place"], row["programme"])
        first[where] = min((row["paid_on"], row["position"]), first.get(where, LATEST))
        if (day := drawn.get(row["bank_ref"], 0)) > seen.get(where, 0):
            seen[where] = day
    for where, (since, position) in first.items():
        unseen_since = max(since, seen.get(where, 0))
        if unseen_since + limits.days < as_of:
            yield {
                "place": where[0],
                "programme": where[1],
                "evidence": str(position),
                "at_risk_fen": 0,
                "since_on": unseen_since,
                "holds_from": unseen_since + limits.days + 1,
                "days": limits.days,
            }


@rule(
    "COV-04",
    zh="抽查空白",
    en="never drawn",
    severity=BLUE,
    mode=Mode.PERIODIC,
    clause=plan(17, "开展扶贫资金管理使用情况专项抽查"),
    needs=(SPOT_CHECK_SAMPLES, PAYMENTS),
    parameters={"days": Parameter(365, "days", "至少抽到一次的期间", least=1)},
    anchor=("place", "programme"),
    subjects=("place", "programme"),
    keyed_by=None,
    why_zh="{place}的“{programme}”自{since_on}起超过{days}天未被抽查到。",
    why_en="{programme} in {place}: no spot check drew a payment since {since_on}, more than {days} days.",
    decides=not_seen,
)
def no_sample_drew_from_it(_: Touched, limits: Limits) -> Select[Any]:
    """Spot checks reach everywhere: the samples, then the payments, of which the drawn ones are told apart."""
    s, p = SPOT_CHECK_SAMPLES.c, PAYMENTS.c
    names = ("place", "programme", "bank_ref", "paid_on", "position")
    nothing = [null().label(name) for name in names]
    samples = select(literal(0).label("turn"), s["items"], s.recorded_at, *nothing)
    named = p.village.is_not(None) & p.programme.is_not(None)
    paid = select(literal(1), null(), null(), p.village, p.programme, p.bank_ref, p.paid_on, p.position).where(
        p.kind == SUBSIDY, named, p.paid_on <= limits.as_of.toordinal(), exists(select(s.position))
    )
    both = union_all(samples, paid).subquery("both")
    told = [both.c[name] for name in ("items", "recorded_at", *names)]
    return select(*told).order_by(both.c.turn)
