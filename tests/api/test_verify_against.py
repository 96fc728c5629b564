"""Against a copy of the log each record is named in which the ledger differs, and what both have."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.exporting_logs import export
from api.folder import Folder
from api.verifying_against import verify_against
from audit.book import NewEntry
from audit.log.fetching import FolderLog
from audit.log.folder import LogFolder
from audit.log.mirror import Mirror
from audit.log.policy_file import parse_policy
from audit.seal import entry_bytes, leaf_of, stream_id
from audit.verify import BookUnreadable, verify_book
from domain.refusal import Refused
from tests.api.keeping_logs import IDENTITY, SIGNER, Shelf
from tests.api.rewriting_books import Change, Row, edited, rewrite
from tests.postgresql import Database

SIZE = 600

Compared = Callable[..., dict[str, Any]]


def state(number: int) -> bytes:
    says = {"amount_fen": 60_000 + number, "payee": f"P-{number:016}", "village": "测试一村"}
    return json.dumps(says, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def stream(number: int) -> Any:
    return stream_id(b"test", "payment", str(number))


def fill(shelf: Shelf, first: int, last: int) -> None:
    shelf.money.append([NewEntry(stream(n), 1, "payment-made/v1", state(n)) for n in range(first, last + 1)])


def identify(path: Path, engine: str = "sqlite") -> None:
    path.mkdir(exist_ok=True)
    Folder(path).identity_file.write_text(
        f'place_code = "{IDENTITY.place_code}"\nplace_name = "{IDENTITY.place_name}"\n'
        f'origin = "{IDENTITY.origin}"\nengine = "{engine}"\n',
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of 600 payments, its log exported beside it with and without the entries; copy before changing."""
    place = tmp_path_factory.mktemp("kept")
    shelf = Shelf.made(place / "ledger")
    identify(place / "ledger")
    fill(shelf, 1, SIZE)
    shelf.log.publish([SIGNER])
    export(shelf.log, place / "copy")
    export(shelf.log, place / "hashes", with_entries=False)
    shelf.close()
    return place


@pytest.fixture
def place(kept: Path, tmp_path: Path) -> Path:
    """A copy of it all."""
    return Path(shutil.copytree(kept, tmp_path / "kept"))


@pytest.fixture
def compared(place: Path) -> Compared:
    """Rewrites the book, and compares it with a copy of its log."""

    def done(change: Change = lambda rows: None, *, copy: str = "copy", **how: int) -> dict[str, Any]:
        rewrite(place / "ledger/money.db", change, **how)
        return verify_against(place / "ledger", place / copy, lambda book, position, of: None)

    return done


def named(report: dict[str, Any]) -> list[tuple[int, str, int | None]]:
    return [(finding["position"], finding["kind"], finding["at"]) for finding in report["findings"]]


def other(number: int) -> Row:
    """A payment that was never recorded."""
    name = stream(10_000 + number)
    return Row(str(name), 1, "payment-made/v1", entry_bytes(name, 1, "payment-made/v1", state(number)))


def test_a_ledger_that_nobody_touched_agrees_with_the_copy_to_its_end(compared: Compared) -> None:
    report = compared()

    assert (report["ok"], report["findings"]) == (True, [])
    assert report["against"] | {"root": ""} == {
        "book": "money",
        "origin": "ledger.test/1/money",
        "size": SIZE,
        "root": "",
        "agreed": SIZE,
    }


def test_an_edited_amount_that_was_sealed_anew_is_named_with_both_amounts_and_nobody_s_reference(
    place: Path, compared: Compared
) -> None:
    def enrich(rows: list[Row]) -> None:
        rows[399] = edited(edited(rows[399], b"60400", b"90400"), b"P-0000000000000400", b"P-0000000000000401")

    report = compared(enrich)
    [finding] = report["findings"]

    assert verify_book(place / "ledger/money.db").ok  # nothing in the file itself tells of it
    assert (report["ok"], report["against"]["agreed"]) == (False, 399)
    assert finding["fields"] == [{"field": "amount_fen", "mirror": 60_400, "ledger": 90_400}, {"field": "payee"}]
    assert finding["mirror"] == {
        "position": 400,
        "leaf": leaf_of(entry_bytes(stream(400), 1, "payment-made/v1", state(400))).hex(),
        "stream": str(stream(400)),
        "version": 1,
        "topic": "payment-made/v1",
    }
    assert (finding["position"], finding["kind"], finding["unproven_from"]) == (400, "changed", 400)
    assert finding["expected"] == finding["mirror"]["leaf"] != finding["found"] == finding["ledger"]["leaf"]
    assert "P-0" not in json.dumps(report)


def test_a_record_deleted_in_the_middle_is_the_only_one_named(compared: Compared) -> None:
    report = compared(lambda rows: rows.pop(99))

    assert named(report) == [(100, "missing", None)]
    assert report["findings"][0]["stream"] == str(stream(100))
    assert report["findings"][0]["ledger"] is None


def test_a_record_deleted_with_its_number_is_missing_too(compared: Compared) -> None:
    assert named(compared(lambda rows: rows.pop(99), first=100, leap=1)) == [(100, "missing", None)]


def test_records_missing_at_the_end_are_each_named(compared: Compared) -> None:
    report = compared(lambda rows: rows.__delitem__(slice(597, None)))

    assert named(report) == [(598, "missing", None), (599, "missing", None), (600, "missing", None)]
    assert report["against"]["agreed"] == 597


def test_an_inserted_record_is_named_with_what_the_ledger_has(compared: Compared) -> None:
    report = compared(lambda rows: rows.insert(300, other(7)))

    assert named(report) == [(301, "inserted", None)]
    assert report["findings"][0]["mirror"] is None
    assert report["findings"][0]["ledger"]["topic"] == "payment-made/v1"


def test_two_swapped_records_are_named_with_where_they_belong(compared: Compared) -> None:
    def swap(rows: list[Row]) -> None:
        rows[9], rows[19] = rows[19], rows[9]

    assert named(compared(swap)) == [(10, "moved", 20), (20, "moved", 10)]


def test_a_record_that_stands_twice_is_named_as_doubled(compared: Compared) -> None:
    assert named(compared(lambda rows: rows.insert(50, rows[9]._replace(version=2)))) == [(51, "doubled", 10)]


def test_without_entries_the_records_are_named_by_their_hashes(compared: Compared) -> None:
    def enrich(rows: list[Row]) -> None:
        rows[399] = edited(rows[399], b"60400", b"90400")

    [finding] = compared(enrich, copy="hashes")["findings"]

    assert (finding["position"], finding["kind"], finding["fields"]) == (400, "changed", [])
    assert finding["mirror"] == {
        "position": 400,
        "leaf": finding["expected"],
        "stream": None,
        "version": None,
        "topic": None,
    }
    assert finding["ledger"]["topic"] == "payment-made/v1"


def test_a_ledger_that_went_on_since_is_not_blamed_for_it(place: Path, compared: Compared) -> None:
    shelf = Shelf(place / "ledger")
    fill(shelf, SIZE + 1, SIZE + 40)
    shelf.close()

    assert compared()["ok"]


def test_a_mirror_serves_as_well_as_an_export(place: Path, compared: Compared) -> None:
    policy = parse_policy(f"log {SIGNER.vkey}\nquorum none\n".encode())
    Mirror(FolderLog(place / "copy"), LogFolder(place / "mirror"), policy).bring_on()

    assert named(compared(lambda rows: rows.pop(0), copy="mirror")) == [(1, "missing", None)]


def test_an_entry_that_is_none_any_more_is_named_by_its_hash(compared: Compared) -> None:
    [finding] = compared(lambda rows: rows.__setitem__(4, rows[4]._replace(entry=b"nothing")))["findings"]

    assert finding["ledger"]["topic"] is None
    assert finding["found"] == leaf_of(b"nothing").hex()


def test_beyond_a_thousand_records_the_rest_are_counted(compared: Compared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.log.comparing.DIFFERENCES_KEPT", 10)

    report = compared(lambda rows: rows.clear())

    assert (len(report["findings"]), report["findings_left_out"]) == (10, 590)


@pytest.mark.parametrize("path", ["tile/0/001", "tile/0/002.p/88"])
def test_a_copy_that_was_itself_changed_convicts_nobody(place: Path, compared: Compared, path: str) -> None:
    file = place / "copy" / path
    file.write_bytes(bytes(len(file.read_bytes())))

    with pytest.raises(Refused, match="is itself not what its head answers for"):
        compared()


def test_a_damaged_bundle_of_the_copy_costs_the_details_and_no_more(place: Path, compared: Compared) -> None:
    (place / "copy/tile/entries/000").write_bytes(b"\0")
    file = place / "copy/tile/entries/001"
    file.write_bytes(file.read_bytes().replace(b"60400", b"60499"))

    report = compared(lambda rows: [rows.pop(399), rows.pop(9)])

    assert [(finding["position"], finding["stream"]) for finding in report["findings"]] == [(10, None), (400, None)]


@pytest.mark.parametrize(
    "checkpoint",
    [
        None,
        b"nothing",
        b"elsewhere.test/9\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\xe2\x80\x94 x AAAAAAA=\n",
    ],
)
def test_a_folder_that_is_no_copy_of_this_ledger_s_log_is_refused(
    place: Path, compared: Compared, checkpoint: bytes | None
) -> None:
    (place / "copy/checkpoint").unlink()
    if checkpoint is not None:
        (place / "copy/checkpoint").write_bytes(checkpoint)

    with pytest.raises(Refused) as refused:
        compared()

    assert refused.value.code == "E-REF"


def test_a_book_that_cannot_be_read_to_its_end_is_not_called_sound(place: Path) -> None:
    file = place / "ledger/money.db"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    with pytest.raises(BookUnreadable, match="cannot be read behind"):
        verify_against(place / "ledger", place / "copy", lambda book, position, of: None)


@pytest.fixture
def in_database(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """The same book in PostgreSQL."""
    identify(tmp_path / "ledger", engine="postgresql")
    monkeypatch.setenv("MINGZHANG_DATABASE_URL", database.url)
    shelf = Shelf.made(tmp_path / "ledger", url=database.url)
    fill(shelf, 1, SIZE)
    yield shelf
    shelf.close()


@pytest.mark.postgresql
def test_a_book_in_a_database_is_compared_as_one_in_a_file_is(in_database: Shelf, kept: Path) -> None:
    shelf = in_database

    report = verify_against(shelf.folder.path, kept / "copy", lambda book, position, of: None)

    assert report["ok"]
    assert report["against"]["agreed"] == SIZE
