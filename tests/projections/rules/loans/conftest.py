"""What the tests of the rules about loans share."""

import pytest

from tests.projections.rules.loans.lending import of_household
from tests.projections.rules.town import Town


@pytest.fixture(autouse=True)
def _a_roster(town: Town) -> None:
    """A roster with somebody on it: without one, nothing could be said of who is of which household."""
    of_household(town, "某人", "H-99")
