"""The sample township, imported once: a journey that changes it works on a copy."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.journeys.auditing import Audited, audit
from tests.journeys.commanding import SAMPLE, Told, opened, tell_apart


class Recorded(NamedTuple):
    """A ledger that is not to be changed, and what its import said."""

    ledger: Path
    told: Told


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """The sample's ledger, imported by a process of its own. Read it; change only a copy."""
    ledger = opened(tmp_path_factory.mktemp("township") / "ledger")
    return Recorded(ledger, tell_apart(ledger, "import", str(SAMPLE), "--json"))


@pytest.fixture
def township(recorded: Recorded, tmp_path: Path) -> Path:
    """A copy of the sample's ledger."""
    return Path(shutil.copytree(recorded.ledger, tmp_path / "ledger"))


@pytest.fixture(scope="session", params=["sample", "7x6", "20x60"])
def audited(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """A township that was imported and asked about everything, beside its rows."""
    return audit(request.param, tmp_path_factory.mktemp("audited"))
