"""Spot checks (专项抽查): planned, committed to a public event, drawn once (DOMAIN §7).

The state machine refuses what would let somebody grind for a convenient sample: randomness before the plan, other
randomness than was committed, a second draw.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal, Self

from msgspec import Struct
from msgspec.structs import replace

from domain.event import BookName, Event, Kind
from domain.kinds import Count, Fen, PositiveFen, Sha256, Text
from domain.refusal import Refused


class SpotCheckPlanned(Event, frozen=True, kw_only=True):
    """抽查计划: the population is frozen by its root before anybody knows the randomness.

    plan_id:          e.g. `SC-2021-001`.
    population_kind:  what is drawn; now `payments`.
    programme, village, period: the filter; absent means all.
    paid_from_day:    first day of payment that counts; absent means from the beginning.
    paid_until_day:   last day of payment that counts; absent means to the end.
    size_position:    the money book's last position that counts.
    population:       number of items.
    root:             SHA-256 of the item ids, sorted, joined by line feeds.
    method:           `srs` or `mus`.
    n:                items to draw.
    interval_fen:     sampling interval of `mus`.
    book_value_fen:   sum of the items.
    randomness_from:  which public event gives the randomness, in words.
    """

    TOPIC: ClassVar[str] = "spot-check-planned/v1"
    BOOK: ClassVar[BookName] = BookName.SUPERVISION
    KIND: ClassVar[Kind] = Kind.CONTROL

    plan_id: Text
    population_kind: Literal["payments"]
    programme: Text | None = None
    village: Text | None = None
    period: Text | None = None
    paid_from_day: date | None = None
    paid_until_day: date | None = None
    size_position: Count
    population: Count
    root: Sha256
    method: Literal["srs", "mus"]
    n: Count
    interval_fen: PositiveFen | None = None
    book_value_fen: Fen
    randomness_from: Text


class RandomnessCommitted(Event, frozen=True, kw_only=True):
    """随机数: what the public event gave, as everybody saw it.

    plan_id:     the plan.
    randomness:  text as it enters the seed, e.g. `DICE:4,1,6,2`.
    seed:        SHA-256 of plan, root and randomness (DOMAIN §7).
    """

    TOPIC: ClassVar[str] = "randomness-committed/v1"
    BOOK: ClassVar[BookName] = BookName.SUPERVISION
    KIND: ClassVar[Kind] = Kind.CONTROL

    plan_id: Text
    randomness: Text
    seed: Sha256


class SampleDrawn(Event, frozen=True, kw_only=True):
    """抽样结果: the items drawn, in drawing order; anybody recomputes them from plan and randomness.

    plan_id:    the plan.
    seed:       the seed that it was drawn with.
    n:          items drawn.
    start_fen:  the first hit of `mus`.
    items:      item ids in drawing order (the first 1,000; a longer sample is recomputed from the seed).
    """

    TOPIC: ClassVar[str] = "sample-drawn/v1"
    BOOK: ClassVar[BookName] = BookName.SUPERVISION
    KIND: ClassVar[Kind] = Kind.CONTROL

    plan_id: Text
    seed: Sha256
    n: Count
    start_fen: PositiveFen | None = None
    items: tuple[Text, ...]


class Stage(StrEnum):
    """How far a spot check has come."""

    PLANNED = "planned"
    RANDOMNESS_COMMITTED = "randomness_committed"
    DRAWN = "drawn"


class SpotCheck(Struct, frozen=True):
    """One spot check as its events tell it."""

    plan: SpotCheckPlanned
    stage: Stage = Stage.PLANNED
    randomness: RandomnessCommitted | None = None
    sample: SampleDrawn | None = None

    @classmethod
    def told_by(cls, events: list[Event]) -> Self:
        """The spot check that `events`, in order, tell.

        The first randomness and the first sample bind; whatever is written behind them changes nothing.

        Raises:
            Refused: `E-STATE` when the first is not a plan.
        """
        if not events or not isinstance(events[0], SpotCheckPlanned):
            raise Refused("E-STATE", why="A spot check begins with its plan.", remedy="Plan it first.")
        check = cls(plan=events[0])
        for event in events[1:]:
            if isinstance(event, RandomnessCommitted) and check.stage is Stage.PLANNED:
                check = replace(check, stage=Stage.RANDOMNESS_COMMITTED, randomness=event)
            elif isinstance(event, SampleDrawn) and check.stage is not Stage.DRAWN:
                check = replace(check, stage=Stage.DRAWN, sample=event)
        return check

    def refuse_second_draw(self, randomness: str) -> None:
        """Refuse to draw again, or with other randomness than was committed.

        Raises:
            Refused: `E-STATE`, naming the plan and both values.
        """
        if self.stage is Stage.DRAWN:
            raise Refused(
                "E-STATE",
                field="plan",
                value=self.plan.plan_id,
                why=f"The sample of {self.plan.plan_id} has been drawn already; a plan is drawn once.",
                remedy="Recompute it with `mingzhang spot-check verify`, or make a new plan.",
            )
        if self.randomness is not None and self.randomness.randomness != randomness:
            raise Refused(
                "E-STATE",
                field="randomness",
                value=randomness,
                why=f"Plan {self.plan.plan_id} is committed to {self.randomness.randomness!r}, not to {randomness!r}.",
                remedy="Draw with the randomness that was committed.",
            )
