"""A real ledger for the tests of the doors: most of the sample township, imported once; and empty ones."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.importing import import_path
from api.ledger import Ledger
from api.publishing import publish_latest
from api.spot_checks import Wanted, draw, plan_check
from api.verifying import verify_ledger
from tests.postgresql import Database

TOWNSHIP = Path(__file__).parents[2] / "samples" / "township"
PLACE, NAME = "440899101", "测试镇"
IMPORTED = (
    "manifest",
    "places",
    "orgs",
    "staff",
    "programmes",
    "programme_rates",
    "roster",
    "deaths",
    "allocations",
    "subsidy_payments",
    "loans",
)
DRAWN, PLANNED = "SC-2021-001", "SC-2021-002"


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The township's year with its payments, loans, alerts, one notice, two plans and a verification; do not add."""
    folder = tmp_path_factory.mktemp("ledger")
    package = folder / "package"
    package.mkdir()
    for name in IMPORTED:
        shutil.copy(TOWNSHIP / f"{name}.xlsx", package)
    with Ledger.create(folder / "books", place_code=PLACE, place_name=NAME) as made:
        import_path(made, package)
        publish_latest(made, limit=1)
        plan_check(made, Wanted(plan_id=DRAWN, n=5))
        draw(made, DRAWN, "DICE:4,1,6,2")
        plan_check(made, Wanted(plan_id=PLANNED, n=3, method="mus"))
        verify_ledger(made.folder.path)
        yield made


@pytest.fixture
def empty_ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger in which nothing stands but its opening."""
    with Ledger.create(tmp_path / "books", place_code=PLACE, place_name=NAME) as made:
        yield made


@pytest.fixture
def ledger_in_a_database(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """The same, whose parts stand in a PostgreSQL database."""
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    with Ledger.create(tmp_path / "in-a-database", place_code=PLACE, place_name=NAME) as made:
        yield made


@pytest.fixture(scope="session")
def anybody(ledger: Ledger) -> Iterator[TestClient]:
    """A client without a token, of the township's ledger."""
    with TestClient(create_app(ledger)) as client:
        yield client


@pytest.fixture(scope="session")
def keeper(ledger: Ledger, anybody: TestClient) -> TestClient:
    """A client of the same application with the keeper's token."""
    return TestClient(anybody.app, headers={"Authorization": f"Bearer {ledger.keeper_token}"})


@pytest.fixture
def clerk(empty_ledger: Ledger) -> Iterator[TestClient]:
    """A client with the token, of an empty ledger: whatever it changes nobody else sees."""
    headers = {"Authorization": f"Bearer {empty_ledger.keeper_token}"}
    with TestClient(create_app(empty_ledger), headers=headers) as client:
        yield client
