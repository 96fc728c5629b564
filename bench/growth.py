"""`python -m bench.growth`: what a monthly list of 1,000 payments costs in a small ledger and in a large one.

    python -m bench.growth [--sizes 10000 100000]

In a ledger in files, a list is appended, projected, and the rules run over what it touched, by the same code as an
import's. At each size a year's twelve lists are measured, of people who are new then; the median counts.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median

from api.ledger import Ledger, Placed
from bench.figure import Figure, machine, options_of, save, tell
from bench.payments import MONTHS, PEOPLE, Told, monthly_list, people, stream_of_events
from domain.clock import instant
from domain.event import BookName

SIZES = (10_000, 100_000)
BATCH = 5_000
FIRST_MEASURED = 1_000_000
"""The cohort with which measuring begins: far behind those that fill the ledger."""

NEAR_ONE = 1.5


def main() -> None:
    """Print the figures."""
    parser = options_of("bench.growth")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    options = parser.parse_args()
    print(f"growth, lists of {PEOPLE:,} payments, median of {MONTHS}, one run on {machine()}")
    figures = measured(sorted(options.sizes))
    tell(figures)
    save(figures, options.json)


def measured(sizes: Sequence[int]) -> list[Figure]:
    """The figures of one ledger as it grows."""
    figures: list[Figure] = []
    with (
        tempfile.TemporaryDirectory() as scratch,
        Ledger.create(Path(scratch) / "ledger", place_code="440899101", place_name="测试镇") as ledger,
    ):
        filling = stream_of_events(instant(ledger.clock()))
        for place, size in enumerate(sizes):
            fill(ledger, filling, size)
            stands = ledger.money.head.position
            seconds = median(year_of(ledger, FIRST_MEASURED + place))
            figures.append(figure_of(stands, seconds, figures[0] if figures else None))
    return figures


def figure_of(stands: int, seconds: float, least: Figure | None) -> Figure:
    """One size beside the smallest."""
    part, what = "growth", f"append, project and judge {PEOPLE:,} events on {stands:,}"
    if least is None:
        return Figure(part, what, seconds, "s")
    return Figure(part, what, seconds, "s", "the smallest", least.ours, seconds / least.ours, NEAR_ONE, at_most=True)


def fill(ledger: Ledger, filling: Iterator[Told], size: int) -> None:
    """Go on with `filling` until the money book holds `size` entries."""
    while (missing := size - ledger.money.head.position) > 0:
        take(ledger, list(islice(filling, min(BATCH, missing))))


def year_of(ledger: Ledger, cohort: int) -> list[float]:
    """The seconds of each monthly list of a cohort, which is on the roster by then."""
    recorded_at = instant(ledger.clock())
    take(ledger, list(people(cohort, recorded_at)))
    seconds = []
    for month in range(1, MONTHS + 1):
        told = list(monthly_list(cohort, month, recorded_at))
        began = time.perf_counter()
        take(ledger, told)
        seconds.append(time.perf_counter() - began)
    return seconds


def take(ledger: Ledger, told: Sequence[Told]) -> None:
    """Seal, project and judge."""
    ledger.append(BookName.MONEY, [Placed(ledger.stream(*named), 1, event) for named, event in told])
    ledger.catch_up()


if __name__ == "__main__":
    main()
