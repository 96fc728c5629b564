"""`python -m bench.verifying`: whole and incremental verification against `openssl speed sha256`, in one run.

    python -m bench.verifying [--size 500000]

The entries are a subsidy payment's as an import seals it, with values of their own; `openssl` hashes blocks as long as
the entries are in the mean, before and after, and the better of both counts.
"""

import json
import random  # noqa: TID251  the bench names its seed
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from audit.book import Book, NewEntry
from audit.seal import entry_bytes, stream_id
from audit.verify import verify_book
from bench.figure import Figure, machine, options_of, save, tell

SIZE = 500_000
NEW = 2_000
BATCH = 5_000
ROUNDS = 3
"""The best of each counts, since what disturbs only ever slows down."""

WHOLE_TARGET = 0.10
TWO_CORES_TARGET = 1.9


def main() -> None:
    """Print the figures."""
    parser = options_of("bench.verifying")
    parser.add_argument("--size", type=int, default=SIZE)
    options = parser.parse_args()
    figures = measured(options.size)
    tell(figures)
    save(figures, options.json)


def measured(size: int) -> list[Figure]:
    """Fill a book, verify it whole and from where it stood, and ask `openssl` before and after."""
    chance = random.Random(2020)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "money.db"
        with Book.create(path, name="money", origin="bench.test/1") as book:
            mean_bytes = fill(book, payments(chance, 0, size))
            since = book.head
            fill(book, payments(chance, size, NEW))
        before = openssl_blocks_a_second(mean_bytes)
        whole_s = best(lambda: must_be_sound(path))
        two_s = best(lambda: must_be_sound(path, processes=2))
        new_s = best(lambda: must_be_sound(path, since=since))
        openssl = max(before, openssl_blocks_a_second(mean_bytes))
    entries = size + NEW
    print(f"verify, {entries:,} entries of {mean_bytes} bytes in the mean, best of {ROUNDS}, one run on {machine()}")
    one, two, new = entries / whole_s, entries / two_s, NEW / new_s
    part, unit = "verify", "entries/s"
    return [
        Figure(part, "whole, one process", one, unit, "openssl sha256", openssl, one / openssl, WHOLE_TARGET),
        Figure(part, "whole, two processes", two, unit, "one process", one, two / one, TWO_CORES_TARGET),
        Figure(part, f"incremental, {NEW:,} new of {entries:,}", new, unit, "whole", one, new / one),
        Figure(part, "incremental, time of it", new_s, "s", "whole", whole_s, new_s / whole_s),
    ]


def best(measured: Callable[[], None]) -> float:
    """Seconds of the quickest round."""
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        measured()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def must_be_sound(path: Path, **how: object) -> None:
    """Verify, and stop the bench when something is found."""
    report = verify_book(path, **how)  # type: ignore[arg-type]  # processes or since, as verify_book has them
    if not report.ok:
        raise SystemExit(f"The book of the bench does not verify: {report.findings[:3]}")


def openssl_blocks_a_second(block_bytes: int) -> float:
    """How many blocks one core hashes, by the machine's own `openssl`."""
    words = ["openssl", "speed", "-seconds", "1", "-mr", "-bytes", str(block_bytes), "sha256"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    (rate,) = (line.split(":")[-1] for line in done.stdout.splitlines() if line.startswith("+F:"))
    return float(rate) / block_bytes


def fill(book: Book, entries: Iterator[NewEntry]) -> int:
    """Append all of `entries`; gives how many bytes they have in the mean."""
    total = count = 0
    batch: list[NewEntry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == BATCH:
            book.append(batch)
            batch = []
        total, count = total + len(entry_bytes(*entry)), count + 1
    if batch:
        book.append(batch)
    return round(total / count)


def payments(chance: random.Random, first: int, count: int) -> Iterator[NewEntry]:
    """Payments as they are sealed."""
    for number in range(first, first + count):
        stream = stream_id(b"key of the bench", "payment", f"TEST{number:016}")
        state = json.dumps(payment(chance, number), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        yield NewEntry(stream, 1, "payment-made/v1", state.encode())


def payment(chance: random.Random, number: int) -> dict[str, object]:
    """One state, as long as an import's: names and numbers are commitments and sealed fields."""
    person, account, payer = (f"{kind}-{chance.getrandbits(80):020x}" for kind in "PAA")
    village = f"测试{chance.choice('一二三四')}村"
    day = f"2020-0{chance.randint(1, 9)}-{chance.randint(10, 28)}"
    # fmt: off
    return {
        "account_no": account, "actor": "keeper", "amount_fen": chance.randint(1, 10**6), "applied_on": "2020-01-02",
        "approved_amount_fen": 17_500, "approved_on": "2020-01-10", "approver": "G-0001", "bank": "测试信用社",
        "bank_ref": f"TEST{number:016}", "cashier": "G-0003", "channel": "卡", "claim_no": f"SQ-2020-{number:07}",
        "commitments": {name: f"{chance.getrandbits(256):064x}" for name in (person, account, payer)},
        "content": f"{chance.getrandbits(128):032x}", "correlation_id": "PKG-2020-1", "holder_matches": True,
        "household_no": f"H-{number % 5000:05}", "id_no": person, "id_quality": "valid", "keyed_on": day,
        "kind": "fact", "known_on": day, "occurred_on": day, "on_behalf_of": village, "paid_from": payer,
        "paid_on": day, "pay_kind": "正常", "period": day[:7], "preparer": "G-0002", "programme": "高龄津贴",
        "quantity": "1", "quota_doc_no": "测试财社〔2020〕1号", "rate_fen": 17_500,
        "recorded_at": "2026-11-24T09:23:38.784773Z", "salt": f"{chance.getrandbits(128):032x}",
        "sealed": f"{chance.getrandbits(768):0192x}", "sealed_for": person, "village": village,
        "source": {"channel": "import", "file_sha256": f"{7:064x}", "row": number, "sheet": "补贴发放表"},
    }
    # fmt: on


if __name__ == "__main__":
    main()
