"""Acceptance 4: an import that is killed or breaks off is completed by the next start; nothing is lost or twice.

The long form is `python -m bench.soak 100`.
"""

import random  # noqa: TID251  the test names its seed
import time
from collections import Counter
from pathlib import Path

import pytest

from api import importing
from api.importing import Request, finish_interrupted, import_path
from api.ledger import Ledger
from bench.soak import comparable, kill_during_import
from bench.workload import make_package
from tests.journeys.commanding import opened, tell, tell_apart
from tests.journeys.making_lists import MANIFEST, write_list

SEED = 20201124
ROWS = 400
SMALL_BATCH = 40


class PowerCut(BaseException):
    """What ends an import in the middle."""


class BreakAfter:
    """A progress callback that ends the process's work after so many recorded batches."""

    def __init__(self, batches: int) -> None:
        self.left = batches

    def __call__(self, stage: str, file: str, done: int, of: int) -> None:
        self.left -= stage == "record"
        if self.left == 0:
            raise PowerCut


def told(ledger: Path) -> Counter[str]:
    """The money book without what is random in it."""
    return Counter(comparable(line) for line in tell(ledger, "events").lines)


def completions(ledger: Path) -> dict[str, tuple[int, int, int]]:
    """Rows, taken rows and unchanged rows of each completed sheet."""
    states = [line["state"] for line in tell(ledger, "events").lines if line["topic"] == "import-completed/v1"]
    assert len(states) == len({state["sheet_key"] for state in states})
    return {state["sheet_key"]: (state["rows"], state["taken"], state.get("unchanged", 0)) for state in states}


def pending(ledger: Path) -> int:
    with Ledger.open(ledger) as opened_ledger:
        return len(opened_ledger.vault.pending_imports())


def break_off(ledger: Path, package: Path, batches: int) -> None:
    with Ledger.open(ledger) as broken, pytest.raises(PowerCut):
        import_path(broken, package, Request(progress=BreakAfter(batches)))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_package(tmp_path_factory.mktemp("package"), rows=ROWS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, package: Path) -> tuple[Path, float]:
    """The package imported without disturbance, and the seconds that took."""
    ledger = opened(tmp_path_factory.mktemp("whole") / "ledger")
    began = time.perf_counter()
    assert tell_apart(ledger, "import", str(package), "--json").status == 0
    return ledger, time.perf_counter() - began


def test_imports_killed_at_random_moments_are_completed_without_loss_or_repetition(
    whole: tuple[Path, float], package: Path, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    wanted = told(whole[0])
    latest_s = whole[1]
    killed = 0

    for number in range(12):
        ledger = opened(tmp_path / str(number))
        if kill_during_import(ledger, package, chance.uniform(0.3, 1) * latest_s):
            killed += 1
        else:
            latest_s *= 0.7  # the machine was slower when the whole import was timed
        tell(ledger, "project")
        begun = any(line["topic"] == "import-begun/v1" for line in tell(ledger, "events").lines)
        assert not begun or told(ledger) == wanted, f"round {number}: the next start did not complete it"
        again = tell(ledger, "import", str(package), "--json")
        assert (again.status, told(ledger) == wanted, pending(ledger)) == (0, True, 0), f"round {number}: {again.err}"
        assert tell(ledger, "verify", "--json").json["ok"], f"round {number}"
        if killed == 3:
            return

    pytest.fail("the kills came too late to prove anything")


@pytest.mark.parametrize("batches", [5, 12])
def test_an_import_broken_off_between_two_batches_is_completed_by_the_next_command(
    whole: tuple[Path, float], package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    monkeypatch.setattr(importing, "BATCH", SMALL_BATCH)
    ledger = opened(tmp_path / "ledger")

    break_off(ledger, package, batches)
    between = pending(ledger)
    noticed = tell(ledger, "balances", "--json")

    assert (between, pending(ledger)) == (1, 0)
    assert "An interrupted import was completed." in noticed.err
    assert told(ledger) == told(whole[0])
    assert completions(ledger) == completions(whole[0])
    assert tell(ledger, "alerts", "export").out.count("\n") == tell(whole[0], "alerts", "export").out.count("\n")


def test_what_was_recorded_before_the_break_is_counted_as_taken_in_the_completion(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", SMALL_BATCH)
    ledger = opened(tmp_path / "ledger")

    break_off(ledger, package, 11)
    recorded = Counter(line["topic"] for line in tell_without_finishing(ledger))
    tell(ledger, "project")

    assert 0 < recorded["payment-made/v1"] < ROWS
    assert completions(ledger)["subsidy_payments"] == (ROWS, ROWS, 0)


def tell_without_finishing(ledger: Path) -> list[dict[str, str]]:
    """The topics as they lie, with the interrupted import still pending."""
    with Ledger.open(ledger) as as_it_lies:
        return [{"topic": entry.topic} for entry in as_it_lies.money.read()]


def test_an_import_that_breaks_off_while_it_is_rolled_forward_is_completed_by_the_start_after_that(
    whole: tuple[Path, float], package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", SMALL_BATCH)
    ledger = opened(tmp_path / "ledger")
    break_off(ledger, package, 8)

    with Ledger.open(ledger) as broken_again, pytest.raises(PowerCut):
        finish_interrupted(broken_again, BreakAfter(4))
    tell(ledger, "project")

    assert pending(ledger) == 0
    assert told(ledger) == told(whole[0])
    assert completions(ledger) == completions(whole[0])


def test_an_import_given_up_after_three_attempts_is_completed_when_its_files_are_brought_again(
    whole: tuple[Path, float], package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", SMALL_BATCH)
    ledger = opened(tmp_path / "ledger")
    break_off(ledger, package, 8)
    for _ in range(importing.ATTEMPTS):
        with Ledger.open(ledger) as broken, pytest.raises(PowerCut):
            finish_interrupted(broken, BreakAfter(1))

    left = tell(ledger, "balances"), tell(ledger, "doctor")
    again = tell(ledger, "import", str(package), "--json")

    assert left[0].status == 0
    assert "unfinished after 3 attempts" in left[1].err
    assert again.status == 0, again.err
    assert pending(ledger) == 0
    assert told(ledger) == told(whole[0])


def test_a_fault_while_checking_an_interrupted_import_anew_does_not_let_it_be_forgotten(
    whole: tuple[Path, float], package: Path, tmp_path: Path
) -> None:
    ledger = opened(tmp_path / "ledger")
    break_off(ledger, package, 3)

    def refuse_to_check(stage: str, *_: object) -> None:
        if stage == "check":
            raise OSError("no memory")  # the machine's fault, not the package's

    with Ledger.open(ledger) as broken, pytest.raises(OSError, match="no memory"):
        finish_interrupted(broken, refuse_to_check)
    remembered = pending(ledger)
    tell(ledger, "project")

    assert remembered == 1
    assert told(ledger) == told(whole[0])


def test_breakdowns_recorded_before_the_break_are_not_counted_against_their_document_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    folder = tmp_path / "package"
    write_list(folder, "manifest", MANIFEST)
    halves = [
        {"entry_no": f"ZB-{number}", "entry_kind": "分解", "amount": "50.00", "parent_doc_no": ""} for number in (1, 2)
    ]
    write_list(folder, "allocations", *halves, {"entry_no": "ZB-3", "entry_kind": "到达", "amount": "100.00"})
    ledger = opened(tmp_path / "ledger")

    break_off(ledger, folder, 3)
    tell(ledger, "project")

    [completed] = [
        line["state"]
        for line in tell(ledger, "events").lines
        if line["topic"] == "import-completed/v1" and line["state"]["sheet_key"] == "allocations"
    ]
    assert (completed["taken"], completed["warned"]) == (3, 0)
