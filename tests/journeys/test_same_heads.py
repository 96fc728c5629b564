"""Acceptance 1: under one test clock and seed two ledgers that import the same packages have the same heads."""

from pathlib import Path
from typing import Any

import pytest

from api.ledger import Ledger
from tests.journeys.commanding import NAME, PLACE, SAMPLE, opened, tell, tell_apart
from tests.journeys.making_lists import write_list
from tests.postgresql import Database

TEST = {
    "MINGZHANG_TEST": "1",
    "MINGZHANG_TEST_CLOCK": "2022-01-10T08:00:00+08:00",
    "MINGZHANG_TEST_SEED": "one seed",
}
INIT = ("init", "--place", PLACE, "--name", NAME, "--json")


def first_month(folder: Path) -> Path:
    """Some sheets of the sample, in a folder of their own."""
    folder.mkdir()
    for sheet in ("manifest", "places", "staff", "programmes", "programme_rates", "roster", "subsidy_payments"):
        (folder / f"{sheet}.xlsx").write_bytes((SAMPLE / f"{sheet}.xlsx").read_bytes())
    return folder


def history(ledger: Path, packages: list[Path], settings: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    """A ledger that is made and imports `packages`, each by a process of its own; its origins and its heads."""
    made = tell_apart(ledger, *INIT, env=settings)
    assert made.status == 0, made.err
    for package in packages:
        told = tell_apart(ledger, "import", str(package), "--json", env=settings)
        assert told.status == 0, told.err + told.out
    return made.json["origins"], heads(ledger, settings)


def heads(ledger: Path, settings: dict[str, str]) -> list[str]:
    """Size and head of each book."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in settings.items():
            environment.setenv(name, value)
        with Ledger.open(ledger) as opened_ledger:
            books = opened_ledger.money, opened_ledger.supervision
            return [f"{book.name} {book.head.position} {book.head.link.hex()}" for book in books]


@pytest.fixture
def packages(tmp_path: Path) -> list[Path]:
    """A month, and a death that comes after it."""
    return [first_month(tmp_path / "first"), write_list(tmp_path / "second", "deaths", {})]


def test_two_ledgers_under_one_clock_and_seed_have_the_same_heads_in_both_books(
    packages: list[Path], tmp_path: Path
) -> None:
    one = history(tmp_path / "one", packages, TEST)
    other = history(tmp_path / "other", packages, TEST)
    under_another_seed = history(tmp_path / "third", packages, TEST | {"MINGZHANG_TEST_SEED": "another"})

    assert one == other
    assert all(int(head.split()[1]) > 1 for head in one[1])
    assert not set(one[1]) & set(under_another_seed[1])


@pytest.mark.postgresql
def test_files_and_a_database_have_the_same_heads_under_one_clock_and_seed(
    packages: list[Path], tmp_path: Path, database: Database
) -> None:
    in_files = history(tmp_path / "files", packages, TEST)
    in_a_database = history(tmp_path / "database", packages, TEST | {"MINGZHANG_DATABASE_URL": database.url})

    assert in_a_database == in_files


def test_what_a_second_process_draws_is_not_what_the_first_has_drawn(packages: list[Path], tmp_path: Path) -> None:
    history(tmp_path / "ledger", packages, TEST)

    states = [line["state"] for line in tell_apart(tmp_path / "ledger", "events", env=TEST).lines]
    salts = [state["salt"] for state in states]

    assert len(salts) == len(set(salts))
    assert {state["recorded_at"] for state in states} == {"2022-01-10T00:00:00.000000Z"}


@pytest.mark.parametrize("setting", ["MINGZHANG_TEST_CLOCK", "MINGZHANG_TEST_SEED"])
@pytest.mark.parametrize("flag", ["", "0"])
def test_a_tests_clock_or_seed_is_refused_where_nobody_says_that_it_is_a_test(
    packages: list[Path], tmp_path: Path, setting: str, flag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = opened(tmp_path / "ledger")
    monkeypatch.setenv(setting, TEST[setting])
    monkeypatch.setenv("MINGZHANG_TEST", flag)

    told = [
        tell(tmp_path / "new", *INIT),
        tell(ledger, "import", str(packages[0])),
        tell(ledger, "balances"),
    ]

    assert [one.status for one in told] == [2, 2, 2]
    assert all(setting in one.err and "MINGZHANG_TEST=1" in one.err for one in told), [one.err for one in told]
    assert not (tmp_path / "new").exists()
    monkeypatch.delenv(setting)
    assert tell(ledger, "doctor").status == 0
