"""Another process projects while an import records; whatever becomes of it, the views are the same in the end."""

import sys
import time
from pathlib import Path

import pytest

import api.importing
from api.importing import import_path
from api.ledger import Ledger
from api.meanwhile import projecting_meanwhile
from domain.event import BookName
from projections.facts import rows
from projections.runner import position_of
from tests.journeys.making_lists import write_list

WITHIN_S = 20


def projected(ledger: Ledger) -> int:
    with ledger.engine.connect() as connection:
        return position_of(connection, BookName.MONEY)


def test_what_is_recorded_is_projected_by_another_process_until_it_is_told_to_end(empty_ledger: Ledger) -> None:
    until = time.monotonic() + WITHIN_S
    with projecting_meanwhile(empty_ledger.folder.path):
        while projected(empty_ledger) < empty_ledger.money.head.position and time.monotonic() < until:
            time.sleep(0.05)

    assert projected(empty_ledger) == empty_ledger.money.head.position > 0


@pytest.mark.parametrize("command", ["no-such-program", "/bin/false"])
def test_an_import_without_the_other_process_projects_its_rows_itself(
    empty_ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(api.importing, "LONG", 3)
    monkeypatch.setattr(sys, "executable", command)
    write_list(tmp_path / "sent", "deaths", *({"id_no": f"44089919680305{number:04}"} for number in range(5)))

    answer = import_path(empty_ledger, tmp_path / "sent").answer

    with empty_ledger.engine.connect() as connection:
        assert len(list(rows(connection, "deaths"))) == answer["files"][0]["rows"] == 5
