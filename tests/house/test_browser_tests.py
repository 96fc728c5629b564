"""A machine without a browser says which tests it did not run; one that must have a browser fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
CONFTEST = HOUSE / "tests" / "conftest.py"
PYTEST = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", "-p", "no:xdist"]
EXAMPLE = """
import pytest

@pytest.mark.browser
def test_the_page_opens():
    raise AssertionError("it ran")

def test_a_sum():
    pass
"""


def run_without_browser(folder: Path, *, required: bool) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n    browser: needs Chromium\n    postgresql: needs a server\n", encoding="utf-8"
    )
    (folder / "test_example.py").write_text(EXAMPLE, encoding="utf-8")
    settings = {
        "MINGZHANG_CHROMIUM": "no-such-browser",
        "MINGZHANG_REQUIRE_BROWSER": "1" if required else "0",
        "PYTHONPATH": str(HOUSE),
    }
    return subprocess.run(
        PYTEST,
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_browser_its_tests_are_skipped_by_name_and_the_others_run(tmp_path: Path) -> None:
    run = run_without_browser(tmp_path, required=False)

    assert run.returncode == 0, run.stdout + run.stderr
    assert "test_the_page_opens needs Chromium: apt-get install chromium" in run.stdout
    assert "1 passed, 1 skipped" in run.stdout


def test_where_a_browser_is_required_a_missing_one_fails_the_run(tmp_path: Path) -> None:
    run = run_without_browser(tmp_path, required=True)

    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout + run.stderr
    assert "test_the_page_opens needs Chromium: apt-get install chromium" in run.stdout
    assert "1 passed, 1 error" in run.stdout
