"""What the tests of the rules share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from projections.rules import RULES
from tests.projections.rules.town import Town


@pytest.fixture
def rules() -> tuple[str, ...]:
    """The rules that run in the town: all of them, unless a module says otherwise."""
    return tuple(RULES)


@pytest.fixture
def town(tmp_path: Path, rules: tuple[str, ...], views: Engine) -> Iterator[Town]:
    """A town in which nothing has happened; see `tests.projections.rules.town.Town`."""
    made = Town(tmp_path, rules=rules, views=views)
    yield made
    made.history.close()
