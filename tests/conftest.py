"""Tests marked `browser` need a real Chromium: without one they are skipped by name, or fail where one is required.

MINGZHANG_CHROMIUM          names the browser, where it is not on the path under one of its usual names.
MINGZHANG_REQUIRE_BROWSER   `1`: a test that would be skipped fails instead (.ci/run).
"""

import os
import shutil

import pytest
from hypothesis import settings

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
    """Let a browser test run only where there is a browser."""
    if item.get_closest_marker("browser") is None or find_chromium() is not None:
        return
    reason = f"{item.name} needs Chromium: apt-get install chromium, or set MINGZHANG_CHROMIUM"
    if os.environ.get("MINGZHANG_REQUIRE_BROWSER") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser that the tests marked `browser` start."""
    path = find_chromium()
    if path is None:
        pytest.fail("A test that asks for chromium_path must be marked `browser`.", pytrace=False)
    return path
