"""A story of its own for each test of what is shown."""

import pytest

from tests.projections.history import History
from tests.projections.replay.story import Story


@pytest.fixture
def story(history: History) -> Story:
    """Nothing told yet."""
    return Story(history)
