"""Acceptance 3: eight writers never overspend an allocation and never take one 流水号 twice; threads and processes."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.ledger import Ledger
from api.verifying import verify_ledger
from projections.tables.commitments import FUND_COMMITMENTS
from projections.tables.instructions import INSTRUCTIONS
from projections.tables.payments import PAYMENTS
from projections.uncommitted import uncommitted_fen
from tests.api.offices import DOCUMENT, TREASURY, contract, furnish
from tests.api.writing_hand import CONTESTED, INSTALMENT_FEN, SHARED, contract_of, write
from tests.journeys.commanding import HOUSE, NAME, PLACE, environment
from tests.postgresql import Database

WRITERS = 8
ARRIVED_FEN = 10_000
POSSIBLE = ARRIVED_FEN // INSTALMENT_FEN
TIMEOUT_SECONDS = 180

Writers = Callable[[Ledger], list[str]]


@pytest.fixture
def in_files(tmp_path: Path) -> Iterator[Ledger]:
    """An office whose books are files."""
    with Ledger.create(tmp_path / "ledger", place_code=PLACE, place_name=NAME) as made:
        furnished(made)
        yield made


@pytest.fixture
def in_a_database(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """An office whose books are in a database."""
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    with Ledger.create(tmp_path / "ledger", place_code=PLACE, place_name=NAME) as made:
        furnished(made)
        yield made


def furnished(ledger: Ledger) -> None:
    """One document of 100.00 yuan, and a contract of 80.00 for each writer."""
    furnish(ledger, arrived="100.00")
    for writer in range(WRITERS):
        contract(ledger, contract_of(writer), "80.00")


def threads(ledger: Ledger) -> list[str]:
    """Eight threads of this process."""
    return write(ledger, 0, WRITERS)


def processes(ledger: Ledger) -> list[str]:
    """Four processes of two threads."""
    program = [sys.executable, "-m", "tests.api.writing_hand", str(ledger.folder.path)]
    running = [
        subprocess.Popen(
            [*program, str(first), "2"],
            cwd=HOUSE,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for first in range(0, WRITERS, 2)
    ]
    told = [process.communicate(timeout=TIMEOUT_SECONDS) for process in running]
    assert [process.returncode for process in running] == [0] * len(running), told
    return [line for out, _ in told for line in out.splitlines()]


def nothing_was_overspent_or_taken_twice(ledger: Ledger, lines: list[str]) -> None:
    """What eight writers told agrees with the books, and the books with the money."""
    told = [line.split() for line in lines]
    given = Counter(outcome for what, _, outcome in told if what == "instruct")
    paid = {ref: Counter(outcome for _, number, outcome in told if number == ref) for ref in (*CONTESTED, *SHARED)}
    assert given["new"] == POSSIBLE, given
    assert given["E-FUNDS"] == sum(given.values()) - POSSIBLE, given
    assert all(paid[ref] == {"new": 1, "E-DUP": WRITERS - 1} for ref in CONTESTED), paid
    assert all(paid[ref] == {"new": 1, "unchanged": WRITERS - 1} for ref in SHARED), paid

    ledger.catch_up()
    with ledger.engine.connect() as connection:
        instructed_fen = connection.execute(select(func.sum(INSTRUCTIONS.c.amount_fen))).scalar()
        committed_fen = connection.execute(select(func.max(FUND_COMMITMENTS.c.committed_fen))).scalar()
        commitments = connection.execute(select(func.count()).select_from(FUND_COMMITMENTS.table)).scalar()
        references = connection.execute(select(PAYMENTS.c.bank_ref)).scalars().all()
        left_fen = uncommitted_fen(connection, DOCUMENT, TREASURY)
    assert instructed_fen == committed_fen == POSSIBLE * INSTALMENT_FEN <= ARRIVED_FEN
    assert commitments == POSSIBLE
    assert left_fen == ARRIVED_FEN - POSSIBLE * INSTALMENT_FEN
    assert sorted(references) == sorted((*CONTESTED, *SHARED))


@pytest.mark.parametrize("writers", [threads, processes])
def test_eight_writers_on_files_never_overspend_a_document_nor_take_a_reference_twice(
    in_files: Ledger, writers: Writers
) -> None:
    lines = writers(in_files)

    nothing_was_overspent_or_taken_twice(in_files, lines)
    assert verify_ledger(in_files.folder.path)["ok"]


@pytest.mark.postgresql
@pytest.mark.parametrize("writers", [threads, processes])
def test_eight_writers_on_a_database_never_overspend_a_document_nor_take_a_reference_twice(
    in_a_database: Ledger, writers: Writers
) -> None:
    lines = writers(in_a_database)

    nothing_was_overspent_or_taken_twice(in_a_database, lines)
    assert verify_ledger(in_a_database.folder.path)["ok"]
