"""`python -m bench.publishing`: growing and signing a log, proofs from it, and what it costs those who append.

    python -m bench.publishing [--size 100000] [--append 8000] [--rounds 3]

The entries are a subsidy payment's, as `bench.verifying` makes them. Receipts and consistency proofs are of random
entries and sizes, read from the files as the server reads them; of each kind the 99th of 100 counts. Appending is
measured with and without the thread that signs while a ledger is served; here it looks every second, ten times as often
as in earnest, in the very process that appends.
"""

import random  # noqa: TID251  the bench names its seed
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from statistics import quantiles

from api.ledger import Ledger
from api.public_log import PublicLog
from api.publishing_heads import publish, publishing
from audit.committer import Committer
from bench.append import rate_of
from bench.figure import Figure, machine, options_of, save, tell
from bench.verifying import fill, payments
from domain.event import BookName

SIZE = 100_000
APPENDED = 8_000
ROUNDS = 3
PROOFS = 1_000
NEW = 1_000

WHOLE_TARGET_S = 60.0
"""For a million leaves; of fewer the same share."""

MILLION = 1_000_000
PROOF_TARGET_MS = 5.0
COST_TARGET = 1.10
LOOKS_EVERY_S = 1.0

SHAPES = {(8, 1): 1, (1, 500): 20}
"""Writers, and entries an append: hands at the counter, and an import, which appends so many times as many."""


def main() -> None:
    """Print the figures."""
    parser = options_of("bench.publishing")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--append", type=int, default=APPENDED)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    print(f"publishing, {options.size:,} leaves, one run on {machine()}")
    with tempfile.TemporaryDirectory() as scratch:
        figures = [
            *publishing_of(Path(scratch) / "published", options.size),
            *(cost_of(Path(scratch), shape, options.append, options.rounds) for shape in SHAPES),
        ]
    tell(figures)
    save(figures, options.json)


def publishing_of(path: Path, size: int) -> list[Figure]:
    """Publish a book of `size` entries, then what came since, and prove from it."""
    chance = random.Random(2020)
    with opened(path) as ledger:
        publish(ledger, BookName.MONEY)
        fill(ledger.money, payments(chance, 0, size - ledger.money.head.position))
        whole_s = seconds_of(lambda: publish(ledger, BookName.MONEY))
        log = PublicLog(ledger, BookName.MONEY)
        receipt_ms = each_ms(lambda: log.receipt(chance.randint(1, size)))
        consistency_ms = each_ms(lambda: log.consistency(chance.randint(1, size), size))
        fill(ledger.money, payments(chance, size, NEW))
        new_s = seconds_of(lambda: publish(ledger, BookName.MONEY))
    part, most_s = "publishing", WHOLE_TARGET_S * size / MILLION
    return [
        Figure(part, f"{size:,} leaves from nothing", whole_s, "s", target=most_s, at_most=True),
        Figure(part, f"{NEW:,} new leaves on {size:,}", new_s, "s"),
        Figure(part, f"receipt among {size:,}, 99 of 100", receipt_ms, "ms", target=PROOF_TARGET_MS, at_most=True),
        Figure(part, f"consistency to {size:,}, 99 of 100", consistency_ms, "ms", target=PROOF_TARGET_MS, at_most=True),
    ]


def cost_of(scratch: Path, shape: tuple[int, int], appended: int, rounds: int) -> Figure:
    """What appending comes to with the log on, against off; they take turns, and the best of each counts."""
    writers, batch = shape
    rates: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * rounds):
        is_on = number % 2 == 1
        path = scratch / f"appended-{writers}-{batch}-{number}"
        rates[is_on].append(appending(path, shape, appended * SHAPES[shape], is_on=is_on))
    on, off = max(rates[True]), max(rates[False])
    what = f"append with the log on, {writers} writer{'s' if writers > 1 else ''}, {batch:,} an append"
    return Figure("publishing", what, on, "entries/s", "log off", off, off / on, COST_TARGET, at_most=True)


def appending(path: Path, shape: tuple[int, int], entries: int, *, is_on: bool) -> float:
    """Entries a second."""
    writers, batch = shape
    with (
        opened(path) as ledger,
        closing(Committer(ledger.money)) as committer,
        signing(ledger) if is_on else nullcontext(),
    ):
        return rate_of(writers, batch, max(entries // batch, 2 * writers))(committer.append)


def signing(ledger: Ledger) -> AbstractContextManager[None]:
    """The thread of a server, in a hurry."""
    return publishing(ledger, first_seconds=0, every=LOOKS_EVERY_S)


def opened(path: Path) -> Ledger:
    """A new ledger."""
    return Ledger.create(path, place_code="440899101", place_name="测试镇")


def seconds_of(measured: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    measured()
    return time.perf_counter() - began


def each_ms(measured: Callable[[], object]) -> float:
    """Milliseconds within which 99 of 100 were done."""
    return 1_000 * quantiles([seconds_of(measured) for _ in range(PROOFS)], n=100)[-1]


if __name__ == "__main__":
    main()
