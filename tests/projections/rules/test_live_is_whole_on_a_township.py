"""Live is whole, for every rule: a township's year, told in any order and interrupted by what becomes known late."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random  # noqa: TID251  the seed is Hypothesis's
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import UUID, uuid5

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.importing import import_path
from api.ledger import Ledger
from domain.catalogue import load
from domain.disbursement import EventReversed, PaymentMade, PaymentReturned
from domain.event import Event, encode
from domain.loan import LoanIssued
from domain.person import PersonDied, PersonRegistered
from projections.dialect import writing
from projections.rules.engine import Scope
from tests.projections.history import Told
from tests.projections.rules.town import Town

TOWNSHIP = Path(__file__).parents[3] / "samples" / "township"
EVENTS, AT_ONCE = 1_500, 125
LATER = 0.1
"""Of so many of the events something becomes known afterwards."""


class Happening(NamedTuple):
    """An event, and the stream on which it stands; its version is the next one there."""

    stream: UUID
    event: Event


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> list[Happening]:
    """Everything that the sample township's workbooks tell, its irregularities among it."""
    folder = tmp_path_factory.mktemp("a-year")
    with Ledger.create(folder / "books", place_code="440899101", place_name="测试镇") as ledger:
        import_path(ledger, TOWNSHIP)
        return [Happening(sealed.stream, load(sealed.topic, sealed.state)) for sealed in ledger.money.read(2)]


def in_any_order(year: Sequence[Happening], chance: Random) -> Iterator[Happening]:
    """Some of the year's events in any order; behind some of them what becomes known of them late."""
    told = chance.sample(year, EVENTS)
    for number, happening in enumerate(told):
        yield happening
        if chance.random() < LATER:
            yield from becomes_known(told[chance.randrange(number + 1)], chance)


def becomes_known(happening: Happening, chance: Random) -> Iterator[Happening]:
    """What may become known of an event: a payment came back, a member left, a loan was settled, a death."""
    stream, event = happening
    if isinstance(event, PaymentMade) and event.bank_ref is not None:
        becomes = chance.choice((PaymentReturned, EventReversed))
        shared: dict[str, Any] = {
            "salt": event.salt,
            "kind": becomes.KIND,
            "recorded_at": event.recorded_at,
            "actor": event.actor,
        }
        yield Happening(
            uuid5(stream, "return"),
            becomes(
                **shared,
                occurred_on=event.paid_on + timedelta(days=4),
                source=event.source,
                return_ref=f"TP-{event.bank_ref}",
                return_kind="退票" if becomes is PaymentReturned else "冲正",
                target_ref=event.bank_ref,
                amount_fen=event.amount_fen,
                returned_on=event.paid_on + timedelta(days=4),
            ),
        )
    elif isinstance(event, PersonRegistered):
        left = date(2020, chance.randint(1, 12), 1)
        exit_kind = chance.choice(("清退", "死亡", "脱贫", "迁出"))
        yield Happening(stream, msgspec.structs.replace(event, exited_on=left, exit_kind=exit_kind))
    elif isinstance(event, LoanIssued):
        settled = msgspec.structs.replace(event, settled_on=event.due_on, status="结清", balance_fen=0)
        yield Happening(stream, settled)
    elif isinstance(event, PersonDied):
        yield Happening(stream, msgspec.structs.replace(event, known_on=event.death_on + timedelta(days=90)))


def tell(town: Town, happenings: Sequence[Happening], versions: Counter[UUID]) -> None:
    """Append the events to the town's book."""
    entries = town.history.money.entries
    for stream, event in happenings:
        versions[stream] += 1
        state = encode(event)
        leaf = sha256(b"\0" + state).digest()
        entries.append(Told(len(entries) + 1, stream, versions[stream], event.TOPIC, state, leaf))


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_whatever_the_order_alerts_after_live_batches_are_those_of_a_whole_run(
    year: list[Happening], seed: int
) -> None:
    with TemporaryDirectory() as folder:
        town, versions = Town(Path(folder)), Counter[UUID]()
        happenings = list(in_any_order(year, Random(seed)))
        for begin in range(0, len(happenings), AT_ONCE):
            tell(town, happenings[begin : begin + AT_ONCE], versions)
            town.run()
        town.run(Scope.DAY_TURNED)

        with writing(town.views) as connection:
            whole = town.judged(connection, Scope.EVERYTHING)

        town.history.close()
    assert (whole.raised, whole.changed, whole.withdrawn) == ([], [], [])
