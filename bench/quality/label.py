"""What a package says of itself: which rows are irregular, and which only look so."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import KW_ONLY, dataclass
from datetime import date
from random import Random  # noqa: TID251  the bench names its seed
from typing import Any, NamedTuple

from bench.quality.town.book import Book, Row
from bench.quality.town.township import Township


@dataclass(frozen=True)
class Label:
    """An irregularity that a rule must find.

    rule:          which.
    keys:          numbers that identify the case.
    at_risk_fen:   the money concerned.
    first_on:      the first day on which the rule can know.
    rows:          where it can be seen.
    subjects:      everything else concerned.
    also:          rules that it may trigger too.
    severity:      the alert's, where the rule has several and DOMAIN says which.
    """

    rule: str
    keys: tuple[str, ...]
    at_risk_fen: int
    first_on: date
    rows: tuple[Row, ...]
    _: KW_ONLY
    subjects: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    severity: str = ""
    note: str = ""
    scenario: str = ""

    def told(self, places: dict[int, tuple[str, int]]) -> dict[str, Any]:
        """As it stands in `labels` of the sample's labels file."""
        return {
            "rule": self.rule,
            "subjects": [*self.keys, *self.subjects],
            "keys": list(self.keys),
            "amount_at_risk_fen": self.at_risk_fen,
            "first_detectable_on": self.first_on.isoformat(),
            "also": list(self.also),
            "severity": self.severity,
            "note": self.note,
            "scenario": self.scenario,
            "rows": [places[id(row)] for row in self.rows],
        }


@dataclass(frozen=True)
class LookAlike:
    """A lawful case that resembles an irregularity.

    rules:            what must not be raised on it.
    keys:             numbers that identify the case.
    why:              it is lawful.
    rows:             where it can be seen.
    tolerated_below:  an alert below that severity is accepted.
    also:             rules that it may trigger all the same.
    """

    rules: tuple[str, ...]
    keys: tuple[str, ...]
    why: str
    rows: tuple[Row, ...]
    tolerated_below: str = ""
    also: tuple[str, ...] = ()

    def told(self, places: dict[int, tuple[str, int]]) -> Iterator[dict[str, Any]]:
        """As it stands in `look_alikes`, once for each rule."""
        for rule in self.rules:
            yield {
                "rule_not_expected": rule,
                "subjects": list(self.keys),
                "keys": list(self.keys),
                "why": self.why,
                "tolerated_below": self.tolerated_below,
                "also": list(self.also),
                "rows": [places[id(row)] for row in self.rows],
            }


Found = Label | LookAlike
Planting = Callable[[Township, Random], Iterable[Found]]


class Case(NamedTuple):
    """How one case comes into a history: the rules that it is about, and what plants it and labels it.

    alone:  it speaks of the township as a whole, so that a package holds it once.
    """

    rules: tuple[str, ...]
    plant: Planting
    alone: bool = False


class Family(list[Case]):
    """The cases of one family of rules, in the order of DOMAIN §4."""

    def case(self, *rules: str, alone: bool = False) -> Callable[[Planting], Planting]:
        """`@FAMILY.case("DUP-01")` above a function that plants and gives its labels and look-alikes."""

        def kept(plant: Planting) -> Planting:
            self.append(Case(rules, plant, alone))
            return plant

        return kept


def labels_file(as_of: date, found: Iterable[Found], book: Book) -> dict[str, Any]:
    """The labels of a package in the sample's format."""
    places = book.places()
    everything = list(found)
    return {
        "as_of": as_of.isoformat(),
        "labels": [label.told(places) for label in everything if isinstance(label, Label)],
        "look_alikes": [line for alike in everything if isinstance(alike, LookAlike) for line in alike.told(places)],
    }
