"""Acceptance 4: a person is erased by two people, under the law's conditions, and every hash still verifies."""

import io
import sys
from pathlib import Path

import pytest

from api import erasing
from api.ledger import Ledger
from domain.refusal import Refused
from tests.journeys.commanding import Told, opened, tell
from tests.journeys.making_lists import write_list
from tests.postgresql import Database

DEAD, LIVING = "440899196803051173", "440899197109222264"
PERSON = "person:-"
LATER = {
    "MINGZHANG_TEST": "1",
    "MINGZHANG_TEST_CLOCK": "2037-01-01T00:00:00+08:00",
}
"""A day on which the retention of what was recorded for 2026 and before has ended."""


class PowerCut(BaseException):
    """What ends an erasure in the middle."""


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger with two deaths in one workbook, looked at long after."""
    made = opened(tmp_path / "ledger")
    package = write_list(tmp_path / "list", "deaths", {"id_no": DEAD}, {"id_no": LIVING})
    told = tell(made, "import", str(package), "--json")
    assert told.status == 0, told.err + told.out
    for name, value in LATER.items():
        monkeypatch.setenv(name, value)
    return made


def told(monkeypatch: pytest.MonkeyPatch, ledger: Path, *arguments: str, number: str = DEAD) -> Told:
    """A command that reads an identity number from standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{number}\n"))
    return tell(ledger, *arguments)


def deaths(ledger: Path, *options: str) -> list[str]:
    return [row["id_no"] for row in tell(ledger, "facts", "deaths", *options).lines]


def test_one_person_asks_another_confirms_and_only_the_reference_is_left(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = deaths(ledger)

    asked = told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", "first", "--json").json
    shown_between = deaths(ledger, "--reveal")
    done = told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", "second", "--json").json

    assert asked == {"person": before[0], "state": "requested", "requested_by": "first", "confirmed_by": None}
    assert DEAD in shown_between
    assert (done["state"], done["requested_by"], done["confirmed_by"]) == ("erased", "first", "second")
    assert deaths(ledger) == before
    assert deaths(ledger, "--reveal") == [before[0], LIVING]
    assert tell(ledger, "verify", "--json").json["ok"]
    [event] = [line for line in tell(ledger, "events").lines if line["topic"] == "person-erased/v1"]
    assert event["position"] == done["position"]
    assert (event["state"]["id_no"], event["state"]["requested_by"], event["state"]["confirmed_by"]) == (
        before[0],
        "first",
        "second",
    )
    again = told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", "third")
    assert (again.status, "nowhere in the ledger" in again.err) == (2, True)


@pytest.mark.postgresql
def test_in_a_database_too_a_person_is_erased_and_the_master_key_is_rotated(
    tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    ledger = opened(tmp_path / "ledger")
    package = write_list(tmp_path / "list", "deaths", {"id_no": DEAD}, {"id_no": LIVING})
    imported = tell(ledger, "import", str(package), "--json")
    monkeypatch.setenv("MINGZHANG_RETENTION_YEARS", "0")
    [before, _] = deaths(ledger)

    for actor in ("first", "second"):
        done = told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", actor, "--json")
        assert done.status == 0, done.err
    rotated = tell(ledger, "vault", "rotate")

    assert (imported.status, rotated.status) == (0, 0), imported.err + rotated.err
    assert deaths(ledger, "--reveal") == [before, LIVING]
    assert not (ledger / "vault.db").exists()


def test_a_row_about_the_erased_that_comes_again_gets_a_new_reference(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [before, _] = deaths(ledger)
    for actor in ("first", "second"):
        told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", actor)

    package = write_list(tmp_path / "again", "payroll", {"id_no": DEAD})
    imported = tell(ledger, "import", str(package), "--json")

    assert imported.status == 0, imported.err + imported.out
    with Ledger.open(ledger) as asked:
        [subject] = asked.vault.find("P", [DEAD]).values()
    assert subject.ref != before


def test_who_asked_cannot_confirm_and_a_request_can_be_withdrawn(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", "first")

    alone = told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", " First")
    withdrawn = told(monkeypatch, ledger, "vault", "erase", PERSON, "--withdraw", "--json").json
    second = told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", "second", "--json").json

    assert (alone.status, alone.err.split(":")[0]) == (2, "E-SOD")
    assert withdrawn["state"] == "withdrawn"
    assert second["state"] == "requested"
    assert DEAD in deaths(ledger, "--reveal")


def test_an_entry_whose_retention_has_not_ended_holds_until_the_day_named(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGZHANG_RETENTION_YEARS", "30")

    held = told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", "first")

    assert held.status == 2
    assert held.err.startswith("E-STATE: Legal hold: The last entry that names P-")
    assert "it is kept for 30 full years, until 20" in held.err
    assert DEAD not in held.err


def test_a_hold_that_somebody_placed_is_kept_until_it_is_released(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = ("--reason", "巡察核查中", "--actor", "inspector")
    placed = told(monkeypatch, ledger, "vault", "hold", PERSON, *reason, "--json").json

    held = told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", "first")
    released = told(monkeypatch, ledger, "vault", "release", PERSON, "--json").json
    asked = told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", "first", "--json").json

    assert (placed["state"], released["state"], asked["state"]) == ("held", "released", "requested")
    assert "E-STATE: Legal hold: inspector placed a hold on P-" in held.err
    assert "mingzhang vault release" in held.err


def test_a_person_in_an_open_alert_is_held(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(ledger) as asked:
        [ref] = [subject.ref for subject in asked.vault.find("P", [DEAD]).values()]
        asked.catch_up()
        alert = {
            "alert_id": "a",
            "rule_id": "DEAD-01",
            "state": "raised",
            "subjects": [f"person:{ref}"],
            "event_refs": [],
        }
        monkeypatch.setattr(erasing, "alerts", lambda _: [alert])

        with pytest.raises(Refused, match="named in the open alert a"):
            erasing.refuse_held(asked, ref)
        alert["state"] = "withdrawn"
        erasing.refuse_held(asked, ref)


def test_a_reason_with_a_number_in_it_is_refused_before_anything_is_asked(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", "first", "--reason", f"see {LIVING}")

    assert (refused.status, refused.err.split(":")[0]) == (2, "E-PRIVACY")
    assert LIVING not in refused.err


@pytest.mark.parametrize("part", ["append", "erase"])
def test_a_confirmed_erasure_that_is_broken_off_is_carried_out_by_the_next_start(
    ledger: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", "first")

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with Ledger.open(ledger) as broken, monkeypatch.context() as cutting:
        cutting.setattr(broken if part == "append" else broken.vault, part, cut)
        with pytest.raises(PowerCut):
            erasing.erase(broken, f"person:{DEAD}", actor="second", reason="asked for")
    next_start = tell(ledger, "facts", "deaths", "--reveal")

    assert "An interrupted erasure was completed." in next_start.err
    assert DEAD not in next_start.out
    assert sum(line["topic"] == "person-erased/v1" for line in tell(ledger, "events").lines) == 1
    assert tell(ledger, "verify", "--json").json["ok"]


def test_a_workbook_is_forgotten_with_the_last_person_in_it(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def erased(number: str) -> list[str]:
        for actor in ("first", "second"):
            last = told(monkeypatch, ledger, "vault", "erase", PERSON, "--actor", actor, "--json", number=number)
        forgotten: list[str] = last.json["workbooks_forgotten"]
        return forgotten

    with Ledger.open(ledger) as asked:
        [workbook] = asked.vault.file_names()

    assert erased(DEAD) == []
    assert erased(LIVING) == [workbook]
    with Ledger.open(ledger) as asked:
        assert asked.vault.file(workbook) is None
