"""A labelled package: an honest year with cases planted in it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random  # noqa: TID251  the bench names its seed
from typing import Any

import msgspec

from bench.quality.honest import honest_year
from bench.quality.label import Case, Family, Found, labels_file
from bench.quality.town.closing import close
from bench.quality.town.township import AS_OF, Township

PEOPLE, FRAUD_RATE = 600, 0.02
LABELS = "labels.json"
"""What a package's folder says of it; no sheet bears that name, so an import passes it over by its ending."""


@dataclass(frozen=True)
class Making:
    """What a package is made of.

    people:      of the honest part, at least.
    fraud_rate:  cases of each kind per 100 people of the honest part (at least one of each); 0: none at all.
    rules:       only cases about these; none named: every case.
    without:     sheets (`receipts`) and columns (`subsidy_payments.claim_no`) that this office does not keep.
    """

    seed: int
    people: int = PEOPLE
    fraud_rate: float = FRAUD_RATE
    rules: Collection[str] = ()
    without: Collection[str] = ()


def make(folder: Path, making: Making, families: Iterable[Family], *, as_csv: bool = False) -> dict[str, Any]:
    """Write the package to `folder`, and its labels beside it; gives the labels."""
    chance = Random(making.seed)
    town = Township(chance)
    honest_year(town, making.people)
    found: list[Found] = []
    for case in chosen(families, making):
        for _ in range(copies(case, making)):
            found.extend(case.plant(town, chance))
    close(town, making.seed)
    town.book.shuffle(chance)
    labels = labels_file(AS_OF, found, town.book)
    for left_out in making.without:
        town.book.leave_out(*left_out.split("."))
    town.book.write(folder, as_csv=as_csv)
    labels_of(folder).write_bytes(msgspec.json.format(msgspec.json.encode(labels), indent=1))
    return labels


def labels_of(folder: Path) -> Path:
    """Where the labels of a package stand: beside it, for in it they would be a file that nobody knows."""
    return folder.with_name(f"{folder.name}-{LABELS}")


def chosen(families: Iterable[Family], making: Making) -> list[Case]:
    """The cases that a package is to hold."""
    return [
        case
        for family in families
        for case in family
        if making.fraud_rate and (not making.rules or set(case.rules) & set(making.rules))
    ]


def copies(case: Case, making: Making) -> int:
    """How often a case is planted."""
    return 1 if case.alone else max(1, round(making.fraud_rate * making.people / 100))
