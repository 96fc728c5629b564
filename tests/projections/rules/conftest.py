"""What the tests of the rules share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.projections.rules.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A town in which nothing has happened; see `tests.projections.rules.town.Town`."""
    made = Town(tmp_path)
    yield made
    made.history.close()
