"""Spot checks as lists: the plans, and the payments that a plan draws from."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, case, func, select

from projections.tables.payments import PAYMENTS, SUBSIDY
from projections.tables.supervision import SPOT_CHECK_RANDOMNESS, SPOT_CHECK_SAMPLES, SPOT_CHECKS


def listed(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every plan in the order in which it was made, with how far it has come."""
    plans, thrown, drawn = SPOT_CHECKS.c, SPOT_CHECK_RANDOMNESS.c, SPOT_CHECK_SAMPLES.c
    stage = case(
        (drawn.plan_id.is_not(None), "drawn"), (thrown.plan_id.is_not(None), "randomness_committed"), else_="planned"
    )
    asked = (
        select(plans.plan_id, stage, plans.population, plans.n, plans.method, plans.root, plans.recorded_at)
        .select_from(
            SPOT_CHECKS.table.outerjoin(SPOT_CHECK_RANDOMNESS.table, thrown.plan_id == plans.plan_id).outerjoin(
                SPOT_CHECK_SAMPLES.table, drawn.plan_id == plans.plan_id
            )
        )
        .order_by(plans.position)
    )
    for plan_id, told, population, n, method, root, recorded_at in connection.execute(asked):
        yield {
            "plan": plan_id,
            "stage": told,
            "population": population,
            "n": n,
            "method": method,
            "root": root,
            "planned_at": recorded_at,
        }


def payments_within(connection: Connection, wanted: Mapping[str, Any], size_position: int) -> Iterator[tuple[str, int]]:
    """(reference, fen) of the payments recorded up to a position that a plan's filter lets through, sorted.

    Subsidy payments only: they are journal rows and never change, so the population can be had again at any time.
    One without a bank reference cannot be named and is left out.
    """
    payments = PAYMENTS.c
    asked = (
        select(payments.bank_ref, func.sum(payments.amount_fen))
        .where(payments.position <= size_position, payments.kind == SUBSIDY, payments.bank_ref.is_not(None))
        .group_by(payments.bank_ref)
        .order_by(payments.bank_ref)
    )
    for name in ("programme", "village", "period"):
        if wanted.get(name) is not None:
            asked = asked.where(payments[name] == wanted[name])
    since: date | None = wanted.get("paid_from_day")
    until: date | None = wanted.get("paid_until_day")
    if since is not None:
        asked = asked.where(payments.paid_on >= since.toordinal())
    if until is not None:
        asked = asked.where(payments.paid_on <= until.toordinal())
    for bank_ref, amount_fen in connection.execute(asked):
        yield bank_ref, int(amount_fen)
