"""No space left: said clearly, nothing acknowledged is lost, and the next start with space completes the work.

The child may write no file beyond a limit (RLIMIT_FSIZE), which the engine meets as it meets a full disk.
"""

import shutil
from pathlib import Path

import pytest

from bench.workload import make_package
from tests.journeys.commanding import Told, opened, tell, tell_apart

ROWS = 700
LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes}, {bytes}))"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_package(tmp_path_factory.mktemp("package"), rows=ROWS)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, package: Path) -> Path:
    """A ledger with something acknowledged in it."""
    ledger = opened(tmp_path_factory.mktemp("begun") / "ledger")
    assert tell(ledger, "import", str(package / "staff.xlsx"), "--json").status == 0
    return ledger


def acknowledged(ledger: Path) -> list[tuple[int, str]]:
    return [(line["position"], line["link"]) for line in tell(ledger, "events").lines]


def cramped(ledger: Path, kilobytes: int, *arguments: str) -> Told:
    """One command that may write no file longer than this."""
    return tell_apart(ledger, *arguments, before=LIMITED.format(bytes=kilobytes * 1_000))


@pytest.mark.parametrize("kilobytes", [60, 400])
def test_an_import_without_space_says_so_loses_nothing_and_is_completed_with_space(
    begun: Path, package: Path, tmp_path: Path, kilobytes: int
) -> None:
    ledger = Path(shutil.copytree(begun, tmp_path / "ledger"))
    before = acknowledged(ledger)

    failed = cramped(ledger, kilobytes, "import", str(package), "--json")
    left = tell(ledger, "verify", "--json")
    after = acknowledged(ledger)
    told = tell(ledger, "import", str(package), "--json")

    assert (failed.status, failed.out) == (2, ""), failed
    assert "Traceback" not in failed.err
    assert "doctor" in failed.err
    assert left.json["ok"]
    assert after[: len(before)] == before
    assert told.status == 0, told.err
    assert len(tell(ledger, "facts", "payments").lines) == ROWS
    assert tell(ledger, "verify", "--json").json["ok"]
    assert "unfinished" not in tell(ledger, "doctor").err


def test_a_reveal_that_cannot_leave_its_trace_reveals_nothing(township: Path) -> None:
    tell(township, "project")

    told = cramped(township, 10, "facts", "loans", "--reveal")

    assert (told.status, told.out) == (2, "")
    assert "Traceback" not in told.err


@pytest.mark.parametrize("bytes_kept", [20, 1_000, 20_000])
def test_init_without_space_fails_in_words_and_leaves_nothing_in_the_way(tmp_path: Path, bytes_kept: int) -> None:
    ledger = tmp_path / "ledger"
    wanted = ("init", "--place", "440899101", "--name", "测试镇")

    failed = tell_apart(ledger, *wanted, before=LIMITED.format(bytes=bytes_kept))
    told = tell(ledger, *wanted)

    assert failed.status == 2, failed
    assert "Traceback" not in failed.err
    assert told.status == 0, told.err
    assert tell(ledger, "verify", "--json").json["ok"]
