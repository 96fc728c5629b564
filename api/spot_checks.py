"""Spot checks: plan over payments, commit to a public event, draw once, let anybody recompute (DOMAIN §7)."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import msgspec

from api.ledger import Ledger, Placed
from audit.sampling.draw import (
    Item,
    monetary_interval,
    monetary_sample,
    population_root,
    seed_of,
    simple_sample,
)
from domain.catalogue import load
from domain.event import KEEPER, BookName
from domain.money import yuan
from domain.refusal import Refused
from domain.spot_check import RandomnessCommitted, SampleDrawn, SpotCheck, SpotCheckPlanned, Stage

SHOWN_ITEMS = 1_000
"""Items that the event itself lists; a longer sample is recomputed from plan and seed."""


class Wanted(NamedTuple):
    """A plan to be made: which payments, how many, by which method, and what will give the randomness."""

    plan_id: str
    n: int
    method: str = "srs"
    programme: str | None = None
    village: str | None = None
    period: str | None = None
    paid_from_day: date | None = None
    paid_until_day: date | None = None
    randomness_from: str = "村务监督委员会当众掷骰 / dice thrown in public"


def sample_size(
    method: str, *, confidence: float, tolerable: float, expected: float = 0.0, population: int | None = None
) -> int:
    """How many items to draw; rates are shares of one (DOMAIN §7 "Sample size").

    Raises:
        Refused: `E-SCHEMA` for another method, or numbers that no sample can answer.
    """
    from audit.sampling import binomial_size, hypergeometric_size, monetary_size

    try:
        if method == "hypergeometric" and population is not None:
            return hypergeometric_size(confidence, tolerable, population, expected)
        if method in ("mus", "binomial"):
            return {"mus": monetary_size, "binomial": binomial_size}[method](confidence, tolerable, expected)
    except ValueError as error:
        raise Refused(
            "E-SCHEMA", why=str(error), remedy="Give rates between 0 and 1, expected below tolerable."
        ) from error
    raise Refused(
        "E-SCHEMA",
        field="method",
        value=method,
        why=f"No sample size for {method!r} with a population of {population}.",
        remedy="Use mus, binomial, or hypergeometric with --population.",
    )


def plan_check(ledger: Ledger, wanted: Wanted, *, actor: str = KEEPER) -> dict[str, Any]:
    """Freeze the population and record the plan; gives the plan.

    Raises:
        Refused: `E-DUP` for a number in use, `E-SCHEMA` for a method or size that does not fit the population.
    """
    _refuse_other_methods_and_numbers_in_use(ledger, wanted)
    size_position = ledger.money.head.position
    items = list(population(ledger, wanted._asdict(), size_position))
    book_value_fen = sum(item.amount_fen for item in items)
    _refuse_impossible_size(wanted, items, book_value_fen)
    planned = SpotCheckPlanned(
        **ledger.envelope(SpotCheckPlanned, actor=actor),
        plan_id=wanted.plan_id,
        population_kind="payments",
        programme=wanted.programme,
        village=wanted.village,
        period=wanted.period,
        paid_from_day=wanted.paid_from_day,
        paid_until_day=wanted.paid_until_day,
        size_position=size_position,
        population=len(items),
        root=population_root([item.id for item in items]),
        method="mus" if wanted.method == "mus" else "srs",
        n=wanted.n,
        interval_fen=monetary_interval(items, wanted.n) if wanted.method == "mus" else None,
        book_value_fen=book_value_fen,
        randomness_from=wanted.randomness_from,
    )
    ledger.append(BookName.SUPERVISION, [Placed(_stream(ledger, wanted.plan_id), 1, planned)])
    ledger.catch_up()
    return spot_check(ledger, wanted.plan_id)


def _refuse_other_methods_and_numbers_in_use(ledger: Ledger, wanted: Wanted) -> None:
    if wanted.method not in ("srs", "mus"):
        raise Refused(
            "E-SCHEMA",
            field="method",
            value=wanted.method,
            why=f"There is no method {wanted.method!r}.",
            remedy="Use srs or mus.",
        )
    if not wanted.plan_id or "|" in wanted.plan_id:
        raise Refused(
            "E-SCHEMA",
            field="plan",
            value=wanted.plan_id,
            why="A plan's number is not empty and has no '|' in it: the seed is made from it.",
            remedy="Give it a number like SC-2021-001.",
        )
    if ledger.supervision.latest([_stream(ledger, wanted.plan_id)]):
        raise Refused(
            "E-DUP",
            field="plan",
            value=wanted.plan_id,
            why=f"There is a plan {wanted.plan_id} already.",
            remedy="Give the new plan another number.",
        )


def _refuse_impossible_size(wanted: Wanted, items: list[Item], book_value_fen: int) -> None:
    if not 1 <= wanted.n <= len(items):
        raise Refused(
            "E-SCHEMA",
            field="n",
            value=str(wanted.n),
            why=f"{wanted.n} items cannot be drawn from {len(items)} payments ({yuan(book_value_fen)}).",
            remedy="Draw at least one, and at most the whole population; or widen the filter.",
        )


def draw(ledger: Ledger, plan_id: str, randomness: str, *, actor: str = KEEPER) -> dict[str, Any]:
    """Commit to the randomness and draw; gives the sample (OUTPUTS §9).

    Raises:
        Refused: `E-STATE` for a second draw or other randomness, `E-PROOF` when the population changed, `E-SCHEMA`
            for no randomness at all.
    """
    check = _told(ledger, plan_id)
    if not randomness.strip():
        raise Refused(
            "E-SCHEMA",
            field="randomness",
            value=randomness,
            why="The randomness is empty.",
            remedy="Record what the public event gave, e.g. DICE:4,1,6.",
        )
    check.refuse_second_draw(randomness)
    items = _frozen(ledger, check.plan)
    seed = seed_of(plan_id, check.plan.root, randomness)
    start_fen, sample = _sample(check.plan, items, seed)
    stream = _stream(ledger, plan_id)
    placed = []
    if check.stage is Stage.PLANNED:
        committed = RandomnessCommitted(
            **ledger.envelope(RandomnessCommitted, actor=actor), plan_id=plan_id, randomness=randomness, seed=seed
        )
        placed.append(Placed(stream, 2, committed))
    drawn = SampleDrawn(
        **ledger.envelope(SampleDrawn, actor=actor),
        plan_id=plan_id,
        seed=seed,
        n=len(sample),
        start_fen=start_fen,
        items=tuple(item.id for item in sample[:SHOWN_ITEMS]),
    )
    placed.append(Placed(stream, 3, drawn))
    ledger.append(BookName.SUPERVISION, placed)
    ledger.catch_up()
    return spot_check(ledger, plan_id)


def verify(ledger: Ledger, plan_id: str) -> dict[str, Any]:
    """Recompute root, seed and sample from the money book; `findings` says what differs."""
    check = _told(ledger, plan_id)
    findings = []
    items = list(population(ledger, _filters(check.plan), check.plan.size_position))
    root = population_root([item.id for item in items]) if items else ""
    if root != check.plan.root:
        findings.append(f"总体的根不同 / population root: planned {check.plan.root}, recomputed {root}")
    if check.randomness is None or check.sample is None:
        findings.append("尚未抽样 / nothing has been drawn yet")
    else:
        seed = seed_of(plan_id, check.plan.root, check.randomness.randomness)
        if seed != check.sample.seed:
            findings.append(f"种子不同 / seed: recorded {check.sample.seed}, recomputed {seed}")
        _, sample = _sample(check.plan, items, seed)
        recomputed = tuple(item.id for item in sample[:SHOWN_ITEMS])
        if recomputed != check.sample.items or len(sample) != check.sample.n:
            findings.append(f"样本不同 / sample: recorded {len(check.sample.items)} items, recomputed others")
    return {**_as_dict(check, items), "ok": not findings, "findings": findings}


def spot_check(ledger: Ledger, plan_id: str) -> dict[str, Any]:
    """One spot check (OUTPUTS §9, and the plan's own fields).

    Raises:
        Refused: `E-REF` when there is no such plan.
    """
    check = _told(ledger, plan_id)
    return _as_dict(check, list(population(ledger, _filters(check.plan), check.plan.size_position)))


def spot_checks(ledger: Ledger) -> list[dict[str, Any]]:
    """All plans, newest last: number, stage, population, n."""
    from projections.spot_checks import listed

    with ledger.engine.connect() as connection:
        return list(listed(connection))


def item_ids(ledger: Ledger, plan_id: str) -> list[str]:
    """The ids of the frozen population, sorted: what `root` is the hash of."""
    return [item.id for item in _frozen(ledger, _told(ledger, plan_id).plan)]


def population(ledger: Ledger, filters: dict[str, Any], size_position: int) -> Iterator[Item]:
    """The payments that a plan is about, sorted by id; those recorded later do not count."""
    from projections.spot_checks import payments_within

    with ledger.engine.connect() as connection:
        for ref, amount_fen in payments_within(connection, filters, size_position):
            yield Item(ref, amount_fen)


def _told(ledger: Ledger, plan_id: str) -> SpotCheck:
    events = [load(sealed.topic, sealed.state) for sealed in ledger.supervision.stream(_stream(ledger, plan_id))]
    if not events:
        raise Refused(
            "E-REF",
            field="plan",
            value=plan_id,
            why=f"There is no plan {plan_id}.",
            remedy="Plan it first: mingzhang spot-check plan.",
        )
    return SpotCheck.told_by(events)


def _frozen(ledger: Ledger, plan: SpotCheckPlanned) -> list[Item]:
    items = list(population(ledger, _filters(plan), plan.size_position))
    root = population_root([item.id for item in items])
    if root != plan.root:
        raise Refused(
            "E-PROOF",
            field="root",
            value=root,
            why=f"The population of {plan.plan_id} has root {root} now; it was frozen with {plan.root}.",
            remedy="Verify the money book: mingzhang verify.",
        )
    return items


def _sample(plan: SpotCheckPlanned, items: list[Item], seed: str) -> tuple[int | None, list[Item]]:
    if plan.method == "mus":
        drawn = monetary_sample(seed, items, plan.interval_fen or 1)
        return drawn.start_fen, list(drawn.sample)
    by_id = {item.id: item for item in items}
    return None, [by_id[item_id] for item_id in simple_sample(seed, list(by_id), plan.n)]


def _filters(plan: SpotCheckPlanned) -> dict[str, Any]:
    names = ("programme", "village", "period", "paid_from_day", "paid_until_day")
    return {name: getattr(plan, name) for name in names}


def _as_dict(check: SpotCheck, items: list[Item]) -> dict[str, Any]:
    plan, randomness = check.plan, check.randomness
    sample: list[Item] = []
    start_fen = None
    if check.sample is not None:
        start_fen, sample = _sample(plan, items, check.sample.seed)
    return {
        "plan": plan.plan_id,
        "stage": check.stage.value,
        "method": plan.method,
        "population": plan.population,
        "root": plan.root,
        "size_position": plan.size_position,
        "book_value_fen": plan.book_value_fen,
        "filter": {name: value for name, value in msgspec.to_builtins(_filters(plan)).items() if value is not None},
        "randomness_from": plan.randomness_from,
        "randomness": randomness.randomness if randomness else None,
        "seed": randomness.seed if randomness else None,
        "n": plan.n,
        "interval_fen": plan.interval_fen,
        "start_fen": start_fen,
        "planned_at": plan.recorded_at,
        "committed_at": randomness.recorded_at if randomness else None,
        "sample": [
            {
                "order": order,
                "id": item.id,
                "amount_fen": item.amount_fen if plan.method == "mus" else None,
                "stratum": None,
            }
            for order, item in enumerate(sample, 1)
        ],
    }


def _stream(ledger: Ledger, plan_id: str) -> Any:
    return ledger.stream("spot-check", plan_id)
