"""Evidence bundles of a real township: complete, verifiable by the one-file verifier's own code, and masked."""

import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from api import reading
from api.anchoring import anchor
from api.bundling import Wanted, bundle
from api.cli.command import run
from api.completeness import seal_index
from api.ledger import Ledger, Placed
from api.publishing_heads import publish
from audit.bundle.archive import ArchiveTooLarge
from audit.bundle.command import main
from audit.bundle.examining import examine
from audit.bundle.layout import order_of, place_of
from audit.bundle.manifest import read_first_line
from audit.bundle.writing import BundleWriter
from domain.clock import wall_clock
from domain.event import KEEPER, BookName
from domain.place import PlaceRegistered
from domain.refusal import Refused
from domain.supervision import PersonalDataRevealed
from tests.api.bundling_township import copied, examined, make_township, policy_text, seal_and_sign, some, trust_in
from tests.api.stamping import TRUSTED, authority, register

MONEY, SUPERVISION = BookName.MONEY, BookName.SUPERVISION


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the township's ledger; copy it before adding."""
    return make_township(tmp_path_factory.mktemp("township"))


@pytest.fixture(scope="module")
def township(books: Path) -> Iterator[Ledger]:
    """The township's ledger; only read it."""
    with Ledger.open(books) as opened:
        opened.catch_up()
        yield opened


@pytest.fixture
def own(books: Path, tmp_path: Path) -> Iterator[Ledger]:
    """A copy of it, to be added to."""
    with copied(books, tmp_path / "own") as opened:
        yield opened


@pytest.mark.parametrize("kind", ["household", "fund", "person", "loan", "project", "contract", "payment", "notice"])
def test_the_evidence_about_a_subject_is_bundled_whole_and_verifies(
    township: Ledger, tmp_path: Path, kind: str
) -> None:
    found = some(township, kind)

    made = bundle(township, Wanted(found.subject), tmp_path / "b.zip")

    verdict = examined(township, tmp_path / "b.zip")
    assert verdict.refuted == ()
    assert verdict.subject == made.subject == found.subject
    assert [told["entries"] for told in verdict.of("complete")] == [made.entries]
    assert made.entries >= 1
    assert made.size == township.money.head.position


def test_an_alert_comes_with_the_entries_of_the_money_book_that_it_cites(township: Ledger, tmp_path: Path) -> None:
    alert = reading.alerts(township)[0]

    made = bundle(township, Wanted(f"alert:{alert['alert_id']}"), tmp_path / "b.zip")

    verdict = examined(township, tmp_path / "b.zip")
    assert verdict.refuted == ()
    assert made.book == "supervision"
    assert [told["entries"] for told in verdict.of("cited_included")] == [len(alert["event_refs"])]
    assert verdict.of("cited") == [{"cited": len(alert["event_refs"]), "here": len(alert["event_refs"])}]


def test_a_person_is_bundled_by_number_and_no_number_or_name_stands_in_the_file(
    township: Ledger, tmp_path: Path
) -> None:
    subject = some(township, "person", least=2).subject
    reference = subject.partition(":")[2]
    number = township.vault.numbers([reference])[reference]
    [row] = [
        row
        for row in reading.fact_rows(township, "roster_spans", reveal=True, why="a test")
        if row["id_no"] == number and row["name"]
    ][:1]

    bundle(township, Wanted(f"person:{number}"), tmp_path / "b.zip")

    whole = (tmp_path / "b.zip").read_bytes()
    assert examined(township, tmp_path / "b.zip").subject == subject
    assert number.encode() not in whole
    assert row["name"].encode() not in whole
    assert f"{number[:6]}********{number[14:16]}**".encode() in whole
    assert re.search(rb"(?<![0-9a-f])[1-9]\d{16}[\dX](?![0-9a-f])", whole) is None


def test_the_same_ledger_gives_the_same_bundle_byte_for_byte(township: Ledger, tmp_path: Path) -> None:
    subject = some(township, "household").subject

    first = bundle(township, Wanted(subject), tmp_path / "a.zip")
    second = bundle(township, Wanted(subject), tmp_path / "b.zip")

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert first == second


def test_a_bundle_out_of_which_an_entry_is_taken_is_told_to_be_incomplete(township: Ledger, tmp_path: Path) -> None:
    found = some(township, "household", least=3)
    bundle(township, Wanted(found.subject), tmp_path / "whole.zip")
    with zipfile.ZipFile(tmp_path / "whole.zip") as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    manifest = read_first_line(members.pop("manifest.json").partition(b"\n")[0] + b"\n")
    taken = sorted(int(name.rpartition("/")[2]) for name in members if name.startswith("entries/"))[1]
    for folder in ("entries", "proofs"):
        del members[f"{folder}/money/{taken}"]
    [told] = manifest.books
    fewer = manifest._replace(books=(told._replace(entries=told.entries - 1),))
    with (tmp_path / "fewer.zip").open("w+b") as file, BundleWriter(file) as writer:
        for name in sorted(members, key=lambda name: order_of(place_of(name))):
            writer.add(name, members[name])
        writer.finish(fewer)

    verdict = examined(township, tmp_path / "fewer.zip")

    assert "incomplete" in [statement.kind for statement in verdict.refuted]
    assert verdict.of("complete") == []


def test_a_reveal_puts_names_and_numbers_into_the_report_and_leaves_a_trace_first(own: Ledger, tmp_path: Path) -> None:
    subject = some(own, "person", least=2).subject
    reference = subject.partition(":")[2]
    number = own.vault.numbers([reference])[reference]
    before = own.supervision.head.position

    bundle(own, Wanted(subject), tmp_path / "masked.zip")
    bundle(own, Wanted(subject, reveal_for="信访核查", actor="inspector"), tmp_path / "revealed.zip")

    with zipfile.ZipFile(tmp_path / "masked.zip") as masked, zipfile.ZipFile(tmp_path / "revealed.zip") as revealed:
        same = [name for name in masked.namelist() if masked.read(name) == revealed.read(name)]
        assert number in revealed.read("report.html").decode()
        assert "信访核查" in revealed.read("report.html").decode()
    assert sorted(set(masked.namelist()) - set(same)) == ["manifest.json", "report.html"]
    [trace] = own.supervision.read(before + 1)
    told = json.loads(trace.state)
    assert trace.topic == PersonalDataRevealed.TOPIC
    assert (told["where"], told["why"], told["subject"], told["actor"]) == ("bundle", "信访核查", subject, "inspector")
    assert examined(own, tmp_path / "revealed.zip").holds


def test_a_reveal_without_a_reason_is_refused_and_shows_nothing(own: Ledger, tmp_path: Path) -> None:
    before = own.supervision.head.position

    with pytest.raises(Refused, match="Names and numbers are revealed for a reason"):
        bundle(own, Wanted(some(own, "person").subject, reveal_for=" "), tmp_path / "b.zip")

    assert own.supervision.head.position == before
    assert not (tmp_path / "b.zip").exists()


def test_a_subject_that_is_nowhere_is_no_bundle_unless_that_is_to_be_shown(township: Ledger, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="household:H-9999 is nowhere in the money book"):
        bundle(township, Wanted("household:H-9999"), tmp_path / "b.zip")

    made = bundle(township, Wanted("household:H-9999", is_absent=True), tmp_path / "b.zip")

    verdict = examined(township, tmp_path / "b.zip")
    assert verdict.refuted == ()
    assert made.entries == 0
    assert len(verdict.of("none_there")) == 1


def test_absence_of_a_subject_that_is_there_cannot_be_bundled(township: Ledger, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"There are \d+ entries about household"):
        bundle(township, Wanted(some(township, "household").subject, is_absent=True), tmp_path / "b.zip")


def test_a_number_typed_as_a_subject_is_not_told_back(township: Ledger, tmp_path: Path) -> None:
    with pytest.raises(LookupError) as refusal:
        bundle(township, Wanted("loan:440899196803051173"), tmp_path / "b.zip")

    assert "440899196803051173" not in str(refusal.value)


def test_before_anything_is_sealed_or_signed_the_remedy_is_named(empty_ledger: Ledger, tmp_path: Path) -> None:
    register(empty_ledger, 1)
    with pytest.raises(Refused) as unsealed:
        bundle(empty_ledger, Wanted("place:测试1村"), tmp_path / "b.zip")
    seal_index(empty_ledger, MONEY)
    with pytest.raises(Refused) as unsigned:
        bundle(empty_ledger, Wanted("place:测试1村"), tmp_path / "b.zip")

    assert unsealed.value.remedy == "Seal one: mingzhang log seal-index."
    assert unsigned.value.remedy == "Sign one first: mingzhang checkpoint --book money."


def test_what_was_recorded_behind_the_index_comes_along_once_a_head_is_over_it(own: Ledger, tmp_path: Path) -> None:
    register(own, 77)
    seal_and_sign(own)
    register_again(own, 77)
    with pytest.raises(Refused, match="is under no signed head yet"):
        bundle(own, Wanted("place:测试77村"), tmp_path / "b.zip")

    publish(own, MONEY)
    made = bundle(own, Wanted("place:测试77村"), tmp_path / "b.zip")

    verdict = examined(own, tmp_path / "b.zip")
    assert verdict.refuted == ()
    assert made.entries == 2
    assert [told["entries"] for told in verdict.of("complete")] == [1]
    assert [told["entries"] for told in verdict.of("later")] == [1]


def register_again(ledger: Ledger, number: int) -> None:
    """The same village once more, as the next version of its stream."""
    event = PlaceRegistered(
        **ledger.envelope(PlaceRegistered, actor=KEEPER),
        place_code=f"4408991012{number:02}",
        place_name=f"测试{number}村",
        level="村",
    )
    ledger.append(MONEY, [Placed(ledger.stream("place", str(number)), 2, event)])


def test_no_evidence_is_made_of_an_entry_that_is_not_what_was_signed(own: Ledger, tmp_path: Path) -> None:
    found = some(own, "payment")
    with closing(sqlite3.connect(own.folder.path / "money.db", isolation_level=None)) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(
            "UPDATE events SET entry = CAST(replace(CAST(entry AS TEXT), ?, ?) AS BLOB) WHERE position = ?",
            ('"amount_fen":', '"amount_fen":9', found.positions[0]),
        )

    with pytest.raises(Refused, match="is not what was sealed or signed") as refusal:
        bundle(own, Wanted(found.subject), tmp_path / "b.zip")

    assert refusal.value.code == "E-PROOF"
    assert [file.name for file in tmp_path.iterdir()] == ["own"]


def test_time_stamps_over_the_entries_come_along_with_what_ties_them_to_the_head(own: Ledger, tmp_path: Path) -> None:
    anchor(own, MONEY, authority(tmp_path / "tsa"))
    register(own, 78)
    seal_and_sign(own)
    household = some(own, "household").subject

    bundle(own, Wanted(household), tmp_path / "b.zip")

    trust = trust_in(own)._replace(authorities=TRUSTED, now=wall_clock() + timedelta(minutes=1))
    verdict = examine(tmp_path / "b.zip", trust)
    assert verdict.refuted == ()
    [told] = verdict.of("stamped")
    assert told["entries"] == verdict.of("included")[0]["entries"] - 1  # what seals the index came later
    with zipfile.ZipFile(tmp_path / "b.zip") as whole:
        assert f"anchors/money/{told['size']}.consistency" in whole.namelist()
        assert "1 个，见 anchors/" in whole.read("report.html").decode()


@pytest.mark.postgresql
def test_books_in_a_database_are_bundled_the_same_way(ledger_in_a_database: Ledger, tmp_path: Path) -> None:
    register(ledger_in_a_database, 1)
    seal_and_sign(ledger_in_a_database)

    made = bundle(ledger_in_a_database, Wanted("place:测试1村"), tmp_path / "b.zip")

    assert made.entries == 1
    assert examined(ledger_in_a_database, tmp_path / "b.zip").holds


def test_a_file_that_is_there_is_never_written_over(township: Ledger, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"mine")

    with pytest.raises(Refused, match="There is a file"):
        bundle(township, Wanted(some(township, "household").subject), tmp_path / "b.zip")

    assert (tmp_path / "b.zip").read_bytes() == b"mine"


def test_a_bundle_beyond_four_gigabytes_is_refused_and_leaves_nothing_behind(
    township: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.bundle.archive.LARGEST_ARCHIVE_BYTES", 5_000)

    with pytest.raises(Refused, match="more than 5000") as refusal:
        bundle(township, Wanted(some(township, "household").subject), tmp_path / "b.zip")

    assert refusal.value.code == "E-FILE"
    assert isinstance(refusal.value.__cause__, ArchiveTooLarge)
    assert list(tmp_path.iterdir()) == []


def told_by(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    status = run(list(arguments))
    told = capsys.readouterr()
    return status, json.loads(told.out) if told.out else told.err


def test_the_command_writes_a_bundle_that_the_verifier_command_accepts(
    township: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = str(township.folder.path)
    subject = some(township, "household").subject
    (tmp_path / "policy").write_text(policy_text(township), encoding="utf-8")

    status, made = told_by(capsys, "-L", ledger, "bundle", subject, str(tmp_path / "b.zip"), "--json")
    again, why = told_by(capsys, "-L", ledger, "bundle", "household:H-9999", str(tmp_path / "c.zip"))

    assert (status, made["subject"], made["book"]) == (0, subject, "money")
    assert (again, "--absent" in why) == (2, True)
    assert main([str(tmp_path / "b.zip"), "--policy", str(tmp_path / "policy"), "--lang", "en"]) == 0
    assert "none was left out" in capsys.readouterr().out


def test_the_command_reads_a_number_from_standard_input_and_says_where_the_bundle_is(
    township: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = some(township, "person").subject
    reference = subject.partition(":")[2]
    monkeypatch.setattr("sys.stdin", StringIO(township.vault.numbers([reference])[reference] + "\n"))

    status, told = told_by(
        capsys, "-L", str(township.folder.path), "bundle", "person:-", str(tmp_path / "b.zip"), "--book", "money"
    )

    assert status == 0
    assert subject in told
    assert "mingzhang-verify" in told
