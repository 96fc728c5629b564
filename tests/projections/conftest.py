"""What the tests of the projections share: small histories, told event by event or row by row."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.postgresql import new_database
from tests.projections.history import DATABASES, History, views_at
from tests.projections.township import Township


@pytest.fixture(
    scope="session", autouse=True, params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def engine_of_views(request: pytest.FixtureRequest) -> Iterator[str]:
    """Every test of the projections runs over both engines."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    DATABASES.append(new_database(request.getfixturevalue("cluster"), "views").url)
    yield "postgresql"
    DATABASES.pop()


@pytest.fixture(scope="session")
def views(engine_of_views: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Tables for histories that need none of their own; see `History`."""
    engine = views_at(tmp_path_factory.mktemp("views"), "views")
    yield engine
    engine.dispose()


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty history; see `tests.projections.history.History`."""
    told = History(tmp_path)
    yield told
    told.close()


@pytest.fixture
def township(tmp_path: Path, views: Engine) -> Iterator[Township]:
    """An empty history told in rows of workbooks; see `tests.projections.township.Township`."""
    told = Township(tmp_path, views)
    yield told
    told.close()
