"""What is made from the entries is held against them: views, the vault's commitments, time stamps."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import delete, insert, update

from api.anchoring import anchor
from api.ledger import Ledger, Placed
from api.publishing_heads import publish
from api.verifying import verify_ledger
from api.verifying_opened import verify_opened
from api.verifying_views import verify_views
from domain.erasure import PersonErased
from domain.event import KEEPER, BookName
from projections.dialect import writing
from projections.tables.allocations import ALLOCATIONS
from projections.tables.catalogue import FACT_TABLES
from tests.api.conftest import NAME, PLACE
from tests.api.offices import furnish
from tests.api.rewriting_books import rewrite
from tests.api.stamping import MONEY, ROOT, authority
from tests.postgresql import Database

Verified = Callable[[], dict[str, Any]]

STAFF = FACT_TABLES["staff"].table


@pytest.fixture
def ledger(empty_ledger: Ledger) -> Ledger:
    """An office's first morning, in its views."""
    furnish(empty_ledger)
    empty_ledger.catch_up()
    return empty_ledger


@pytest.fixture
def verified(ledger: Ledger) -> Verified:
    def done() -> dict[str, Any]:
        return verify_opened(ledger, verify_ledger(ledger.folder.path), lambda reached, of: None)

    return done


def vault(ledger: Ledger, *statements: str) -> None:
    """What somebody does to the vault who has its file."""
    with closing(sqlite3.connect(ledger.folder.vault)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_ledger_that_nobody_touched_is_sound_and_the_check_leaves_nothing_behind(
    ledger: Ledger, verified: Verified
) -> None:
    before = {file.name for file in ledger.folder.path.iterdir()}

    report = verified()

    assert (report["ok"], report["findings"], "not_checked" in report) == (True, [], False)
    assert {file.name for file in ledger.folder.path.iterdir()} - before == {"verification.json"}


def test_a_changed_view_row_is_named_with_its_table_its_key_and_the_columns(ledger: Ledger, verified: Verified) -> None:
    with writing(ledger.engine) as connection:
        connection.execute(update(ALLOCATIONS.table).values(amount_fen=ALLOCATIONS.c.amount_fen + 1))

    report = verified()
    [finding] = [finding for finding in report["findings"] if finding["table"] == "allocations"]

    assert report["ok"] is False
    assert (finding["book"], finding["kind"]) == ("money", "view")
    assert finding["fields"] == [{"field": "amount_fen", "entries": 100_00, "view": 100_01}]
    assert finding["expected"] != finding["found"]
    assert finding["position"] == finding["unproven_from"] > 1
    assert (ledger.verification() or {})["ok"] is False


def test_a_lost_and_an_invented_view_row_are_named(ledger: Ledger, verified: Verified) -> None:
    with writing(ledger.engine) as connection:
        row = dict(connection.execute(STAFF.select().limit(1)).mappings().one())
        connection.execute(delete(STAFF).where(STAFF.c.position == row["position"]))
        connection.execute(insert(STAFF).values(row | {"position": 9_999}))

    found = {
        (finding["position"], finding["expected"] is None, finding["found"] is None)
        for finding in verified()["findings"]
        if finding["table"] == "staff"
    }

    assert found == {(row["position"], False, True), (9_999, True, False)}


def test_views_that_were_never_made_are_not_made_by_verifying(empty_ledger: Ledger) -> None:
    report = verify_opened(empty_ledger, verify_ledger(empty_ledger.folder.path), lambda reached, of: None)

    assert report["ok"]
    assert "not_checked" not in report
    assert not empty_ledger.folder.views.exists()


def test_views_that_cannot_be_read_are_said_to_be_unread(ledger: Ledger, verified: Verified) -> None:
    views = ledger.folder.views
    ledger.storage.close()
    for file in views.parent.glob("views*"):
        file.unlink()
    views.write_bytes(b"no database at all" * 100)

    [unread] = verified()["not_checked"]

    assert "The views cannot be read: file is not a database" in unread


def test_beyond_a_thousand_rows_the_rest_are_counted(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.verifying_views.FINDINGS_KEPT", 2)
    with writing(ledger.engine) as connection:
        rows = connection.execute(delete(STAFF)).rowcount

    report = verify_views(ledger, lambda reached, of: None)

    assert len(report["findings"]) == 2
    assert report["findings_left_out"] >= rows - 2


def test_data_keys_that_were_swapped_in_the_vault_are_found_where_the_entries_name_their_subjects(
    ledger: Ledger, verified: Verified
) -> None:
    with closing(sqlite3.connect(ledger.folder.vault)) as connection:
        (one, one_key), (two, two_key) = connection.execute(
            "SELECT ref, wrapped_key FROM subjects WHERE kind = 'P' ORDER BY ref LIMIT 2"
        )
    put = "UPDATE subjects SET wrapped_key = x'{}' WHERE ref = '{}'"
    vault(ledger, put.format(two_key.hex(), one), put.format(one_key.hex(), two))

    findings = verified()["findings"]

    assert {finding["subject"] for finding in findings} == {one, two}
    assert {(finding["kind"], finding["found"]) for finding in findings} == {("commitment", None)}
    assert all(ledger.money.entry(finding["position"]) for finding in findings)


@pytest.mark.parametrize(
    ("attack", "found"),
    [
        ("UPDATE subjects SET commitment = 'beef' WHERE ref = '{}'", "beef"),
        ("DELETE FROM subjects WHERE ref = '{}'", None),
        ("UPDATE subjects SET sealed = x'00' WHERE ref = '{}'", None),
    ],
)
def test_a_subject_whose_row_was_changed_or_lost_in_the_vault_is_named_by_its_reference(
    ledger: Ledger, verified: Verified, attack: str, found: str | None
) -> None:
    with closing(sqlite3.connect(ledger.folder.vault)) as connection:
        (ref,) = connection.execute("SELECT ref FROM subjects WHERE kind = 'P' LIMIT 1").fetchone()
    vault(ledger, attack.format(ref))

    [finding] = verified()["findings"]

    assert (finding["subject"], finding["kind"], finding["found"]) == (ref, "commitment", found)
    assert len(finding["expected"]) == 64


def test_whoever_was_erased_is_not_looked_for(ledger: Ledger, verified: Verified) -> None:
    with closing(sqlite3.connect(ledger.folder.vault)) as connection:
        refs = [ref for (ref,) in connection.execute("SELECT ref FROM subjects WHERE kind = 'P' ORDER BY ref LIMIT 3")]
    erased = PersonErased(
        **ledger.envelope(PersonErased, actor=KEEPER),
        id_no=refs[0],
        requested_by="A",
        confirmed_by="B",
        reason="a test",
        also_erased=(refs[1],),
    )
    ledger.append(PersonErased.BOOK, [Placed(ledger.stream("erasure", refs[0]), 1, erased)])
    ledger.vault.erase(refs)

    assert {finding["subject"] for finding in verified()["findings"]} == {refs[2]}


def test_subjects_are_asked_for_by_the_thousand_and_the_findings_beyond_are_counted(
    ledger: Ledger, verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound in ("CHUNK", "REMEMBERED", "FINDINGS_KEPT"):
        monkeypatch.setattr(f"api.verifying_vault.{bound}", 3)
    sound = verified()
    vault(ledger, "UPDATE subjects SET commitment = 'beef' WHERE kind = 'P'")

    spoiled = verified()

    assert sound["ok"]
    assert [finding["kind"] for finding in spoiled["findings"]] == ["commitment"] * 3
    assert spoiled["findings_left_out"] > 3


def test_what_is_made_from_books_that_are_not_sound_is_not_looked_at(ledger: Ledger) -> None:
    publish(ledger, BookName.MONEY)
    rewrite(ledger.folder.money, lambda rows: rows.pop(2))

    report = verify_opened(ledger, verify_ledger(ledger.folder.path), lambda reached, of: None)

    assert [finding["kind"] for finding in report["findings"]] == ["missing"]
    assert "The books or logs are not sound" in report["not_checked"][0]


def test_a_time_stamp_that_does_not_hold_is_found_and_one_without_a_root_is_said_to_be_unchecked(
    ledger: Ledger, verified: Verified, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(ledger, MONEY)
    anchor(ledger, MONEY, authority(tmp_path / "tsa"))
    unchecked = verified()
    (tmp_path / "root.pem").write_bytes(ROOT.certificate.public_bytes(Encoding.PEM))
    monkeypatch.setattr(ledger, "settings", ledger.settings.model_copy(update={"tsa_ca": tmp_path / "root.pem"}))
    sound = verified()
    [stamp] = (ledger.folder.logs / "money/anchors").glob("*.tsr")
    stamp.write_bytes(stamp.read_bytes()[:-1])

    spoiled = verified()

    assert (unchecked["ok"], len(unchecked["not_checked"])) == (True, 1)
    assert "No certificate of a time-stamping authority" in unchecked["not_checked"][0]
    assert (sound["ok"], "not_checked" in sound) == (True, False)
    assert {(finding["kind"], finding["expected"]) for finding in spoiled["findings"]} == {
        ("timestamp", f"anchors/{stamp.stem}")
    }


@pytest.fixture
def in_database(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """The same office in PostgreSQL."""
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    with Ledger.create(tmp_path / "ledger", place_code=PLACE, place_name=NAME) as made:
        furnish(made)
        made.catch_up()
        yield made


@pytest.mark.postgresql
def test_views_in_a_database_are_compared_with_fresh_ones_in_a_file(in_database: Ledger) -> None:
    ledger = in_database
    sound = verify_opened(ledger, verify_ledger(ledger.folder.path), lambda reached, of: None)
    with writing(ledger.engine) as connection:
        connection.execute(update(ALLOCATIONS.table).values(amount_fen=ALLOCATIONS.c.amount_fen + 1))

    spoiled = verify_views(ledger, lambda reached, of: None)

    assert (sound["ok"], sound["findings"]) == (True, [])
    assert "allocations" in {finding["table"] for finding in spoiled["findings"]}


@pytest.mark.postgresql
def test_a_schema_of_views_that_is_not_there_is_not_made_by_verifying(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    with Ledger.create(tmp_path / "ledger", place_code=PLACE, place_name=NAME) as made:
        report = verify_views(made, lambda reached, of: None)

    with psycopg.connect(database.url) as connection:
        there = connection.execute("SELECT to_regnamespace('views')").fetchone()
    assert report == {"findings": []}
    assert there == (None,)
