"""A ledger in PostgreSQL under faults: a restart, a cut connection, a full disk, kill -9, a clock set back.

Whatever happens in the middle of an import, it is said in words, nothing acknowledged is lost, the next start completes
what had begun, and both books verify.
"""

import random  # noqa: TID251  the test names its seed
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from api.importing import Request, import_path
from api.ledger import Ledger
from bench.soak import kill_during_import
from bench.workload import make_package
from domain.clock import wall_clock
from domain.refusal import Refused
from tests.journeys.commanding import opened, start, tell
from tests.journeys.making_lists import write_list
from tests.postgresql import Cluster, Database, cluster_of_its_own, database_of_its_own, find_postgresql

pytestmark = pytest.mark.postgresql

ROWS = 1_500
SEED = 20201124
LATEST_S = 60
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_package(tmp_path_factory.mktemp("package"), rows=ROWS)


@pytest.fixture
def ledger(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger in `database`, with something acknowledged in it."""
    return begun(database, tmp_path, monkeypatch)


def begun(database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    ledger = opened(folder / "ledger")
    package = write_list(folder / "earlier", "deaths", {})
    assert tell(ledger, "import", str(package), "--json").status == 0
    return ledger


def acknowledged(ledger: Path) -> list[tuple[int, str]]:
    return [(line["position"], line["link"]) for line in tell(ledger, "events").lines]


def wait_for(database: Database, *, more_than: int) -> None:
    """Wait until so many entries stand in the money book."""
    until = time.monotonic() + LATEST_S
    while database.does("SELECT count(*) FROM money.events")[0][0] <= more_than:
        assert time.monotonic() < until, "the import recorded nothing"
        time.sleep(0.02)


def completed(ledger: Path, before: list[tuple[int, str]]) -> None:
    """The next start completes what had begun, and nothing that stood before is lost."""
    told = tell(ledger, "project")
    assert told.status == 0, told.err
    assert acknowledged(ledger)[: len(before)] == before
    assert len(tell(ledger, "facts", "payments").lines) == ROWS
    assert tell(ledger, "verify", "--json").json["ok"]
    examined = tell(ledger, "doctor")
    assert examined.status == 0, examined.err


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_restarts_in_mid_import_loses_nothing_and_the_next_start_completes_it(
    database: Database, ledger: Path, package: Path, mode: str
) -> None:
    before = acknowledged(ledger)

    running = start(ledger, "import", str(package), "--json")
    wait_for(database, more_than=len(before) + 1)
    database.cluster.restart(mode)
    said = running.communicate(timeout=LATEST_S)

    assert running.returncode in {0, 2}, said
    assert "Traceback" not in said[1]
    assert running.returncode == 0 or said[0] == ""
    completed(ledger, before)


def test_connections_cut_in_mid_import_are_said_in_words_and_the_next_start_completes_it(
    database: Database, ledger: Path, package: Path
) -> None:
    before = acknowledged(ledger)

    running = start(ledger, "import", str(package), "--json")
    wait_for(database, more_than=len(before) + 1)
    while running.poll() is None:
        database.does(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        time.sleep(0.02)
    said = running.communicate(timeout=LATEST_S)

    assert (running.returncode, said[0]) == (2, ""), said
    assert "Traceback" not in said[1]
    assert said[1].strip()
    completed(ledger, before)


def test_imports_into_a_database_killed_at_random_moments_are_completed_by_the_next_start(
    ledger: Path, package: Path, database: Database
) -> None:
    chance = random.Random(SEED)
    before = acknowledged(ledger)
    killed = 0

    for _ in range(3):
        running = start(ledger, "import", str(package), "--json")
        wait_for(database, more_than=len(acknowledged(ledger)) if killed == 0 else 0)
        time.sleep(chance.uniform(0, 0.3))
        killed += running.poll() is None
        running.kill()
        running.communicate()

    assert killed > 0
    assert not kill_during_import(ledger, package, LATEST_S, database.url)
    completed(ledger, before)


def test_a_clock_set_back_is_refused_by_a_ledger_in_a_database_before_anything_is_begun(
    ledger: Path, tmp_path: Path
) -> None:
    before = acknowledged(ledger)
    package = write_list(tmp_path / "list", "deaths", {"death_on": "2020-05-07"})

    with Ledger.open(ledger, clock=lambda: wall_clock() - timedelta(hours=1)) as behind:
        with pytest.raises(Refused) as refusal:
            import_path(behind, package, Request())
        pending = behind.vault.pending_imports()

    assert refusal.value.code == "E-DATE"
    assert (pending, acknowledged(ledger)) == ({}, before)
    assert tell(ledger, "verify", "--json").json["ok"]


@pytest.fixture(scope="module")
def small_files() -> Iterator[Cluster]:
    """A server whose write-ahead log lies in files of a megabyte, so that its files can be kept from growing beyond."""
    programs = find_postgresql()
    assert programs is not None
    with cluster_of_its_own(programs, "--wal-segsize", "1") as made:
        yield made


@contextmanager
def without_space(cluster: Cluster, size_bytes: int) -> Iterator[None]:
    """While the block runs the server may write no file beyond this size, which it meets as it meets a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))  # of this process, of whom the server inherits it
    try:
        cluster.restart()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    try:
        yield
    finally:
        cluster.restart()


@pytest.mark.parametrize("megabytes", [1.2, 1.6])
def test_a_server_without_space_is_said_in_words_and_the_import_is_completed_with_space(
    small_files: Cluster, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, megabytes: float
) -> None:
    with database_of_its_own(small_files, f"full_{megabytes:.1f}".replace(".", "_")) as database:
        ledger = begun(database, tmp_path, monkeypatch)
        before = acknowledged(ledger)

        with without_space(small_files, int(megabytes * MEGABYTE)):
            failed = tell(ledger, "import", str(package), "--json")
            left = tell(ledger, "verify", "--json")

        assert (failed.status, failed.out) == (2, ""), failed
        assert "Traceback" not in failed.err
        assert left.json["ok"]
        assert tell(ledger, "import", str(package), "--json").status == 0
        completed(ledger, before)
