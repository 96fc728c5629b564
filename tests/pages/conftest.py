"""The invented township behind the pages, as anybody and as the keeper see it; and a real ledger of the sample."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Playwright, sync_playwright

from api.demonstration import demonstrate
from api.ledger import Ledger
from api.pages.site import Site, Telephones, furnish
from tests.pages.example import TOKEN, Guarded, Township

SAMPLES = Path(__file__).parents[2] / "samples" / "township"
TELEPHONES = Telephones("镇乡村振兴办 / township office", "县纪委监委 / county inspection", "12317")
SAME_ORIGIN = {"Origin": "http://testserver"}

Furnish = Callable[[Township], FastAPI]


@pytest.fixture
def guarded() -> Guarded:
    """The keeper's token, and a clock that can be moved."""
    return Guarded()


@pytest.fixture
def township() -> Township:
    """The readings that the pages show; a test may change them."""
    return Township()


@pytest.fixture
def site_app(township: Township, guarded: Guarded) -> FastAPI:
    """An application with the pages of the invented township."""
    return pages_of(township, guarded)


def pages_of(township: Township, guarded: Guarded) -> FastAPI:
    """An application with the pages of `township`, and nothing else."""
    app = FastAPI(openapi_url=None)
    furnish(app, Site(township, TELEPHONES, clock=guarded.clock, randomness=guarded.randomness), guarded)
    return app


@pytest.fixture
def visitor(site_app: FastAPI) -> TestClient:
    """Anybody."""
    return TestClient(site_app, follow_redirects=False)


@pytest.fixture
def keeper(site_app: FastAPI) -> TestClient:
    """Somebody who signed in."""
    client = TestClient(site_app, follow_redirects=False)
    entered = client.post("/login", data={"token": TOKEN}, headers=SAME_ORIGIN)
    assert entered.status_code == 303
    return client


@pytest.fixture(scope="session")
def signed_in() -> TestClient:
    """The keeper of a township that no test changes."""
    client = TestClient(pages_of(Township(), Guarded()), follow_redirects=False)
    assert client.post("/login", data={"token": TOKEN}, headers=SAME_ORIGIN).status_code == 303
    return client


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Drives the browsers of all tests: there can be one driver in a process."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The sample township's year in a real ledger; nothing may be added to it."""
    ledger, clean = demonstrate(tmp_path_factory.mktemp("demonstration") / "ledger", SAMPLES, lambda _: None)
    assert clean
    with ledger:
        yield ledger
