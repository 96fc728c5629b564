"""What the tests of the projections share: a small history, told event by event."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.projections.history import History


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty history; see `tests.projections.history.History`."""
    told = History(tmp_path)
    yield told
    told.close()
