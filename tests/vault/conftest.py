"""A place for a vault on each engine."""

from pathlib import Path

import pytest

from tests.postgresql import Database

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a vault may be made: a file that is not there yet, or an empty database."""
    if request.param == "sqlite":
        return tmp_path / "vault.db"
    database: Database = request.getfixturevalue("database")
    return database.url
