"""Tests marked `browser` need a real Chromium, and tests marked `postgresql` a real PostgreSQL (`tests/postgresql.py`).

Without it they are skipped by name, or fail where it is required.

MINGZHANG_CHROMIUM           names the browser, where it is not on the path under one of its usual names.
MINGZHANG_POSTGRESQL         names the folder of the server's programs, where they are not in a usual one.
MINGZHANG_REQUIRE_BROWSER    `1`: a test that would be skipped for want of a browser fails instead (.ci/run).
MINGZHANG_REQUIRE_POSTGRES   `1`: a test that would be skipped for want of a server fails instead (.ci/run).
"""

import os
import shutil
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import settings

from tests.postgresql import Cluster, Database, cluster_of_its_own, database_of_its_own, find_postgresql

# A slow machine is no failing test; what CI tries is the same every time, and what it finds can be replayed.
settings.register_profile("house", deadline=None, print_blob=True, derandomize=os.environ.get("CI") == "true")
settings.load_profile("house")

USUAL_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, or None."""
    named = os.environ.get("MINGZHANG_CHROMIUM")
    names = (named,) if named else USUAL_NAMES
    return next(filter(None, map(shutil.which, names)), None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a test that needs more than Python run only where that is."""
    if item.get_closest_marker("browser") is not None and find_chromium() is None:
        _cannot_run(f"{item.name} needs Chromium: apt-get install chromium, or set MINGZHANG_CHROMIUM", "BROWSER")
    if item.get_closest_marker("postgresql") is not None and find_postgresql() is None:
        _cannot_run(
            f"{item.name} needs PostgreSQL: apt-get install postgresql, or set MINGZHANG_POSTGRESQL", "POSTGRES"
        )


def _cannot_run(reason: str, what: str) -> None:
    if os.environ.get(f"MINGZHANG_REQUIRE_{what}") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser that the tests marked `browser` start."""
    path = find_chromium()
    if path is None:
        pytest.fail("A test that asks for chromium_path must be marked `browser`.", pytrace=False)
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The server that the tests marked `postgresql` share."""
    programs = find_postgresql()
    if programs is None:
        pytest.fail("A test that asks for cluster or database must be marked `postgresql`.", pytrace=False)
    with cluster_of_its_own(programs) as started:
        yield started


_numbers = count(1)


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    """An empty database of the test's own."""
    with database_of_its_own(cluster, f"test_{next(_numbers)}") as made:
        yield made
