"""A log in a folder of its own: another reader takes all of it, and nothing is written over another history."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.exporting_logs import export
from audit.log.note import Ed25519Signer, signed
from domain.refusal import Refused
from tests.api.keeping_logs import SIGNER, Shelf, read_whole


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Empty books."""
    made = Shelf.made(tmp_path / "books")
    yield made
    made.close()


def published(shelf: Shelf, size: int) -> Shelf:
    """The shelf, once its log is signed at `size` entries."""
    shelf.fill(size).log.publish([SIGNER])
    return shelf


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1_000])
def test_another_reader_finds_in_the_copy_every_entry_of_the_book(shelf: Shelf, tmp_path: Path, size: int) -> None:
    exported = export(published(shelf, size).log, tmp_path / "copy")

    log = read_whole(tmp_path / "copy")
    assert log.entries == [sealed.entry for sealed in shelf.money.read()]
    assert (log.head.size, log.head.root) == exported.head == (size, exported.checkpoint.root)
    assert not [name for name in files_of(tmp_path / "copy") if not name.startswith("tile/") and name != "checkpoint"]


def test_a_copy_without_entries_holds_hashes_and_nothing_that_was_written(shelf: Shelf, tmp_path: Path) -> None:
    export(published(shelf, 300).log, tmp_path / "copy", with_entries=False)

    assert len(read_whole(tmp_path / "copy", with_entries=False).leaves) == 300
    assert not (tmp_path / "copy" / "tile" / "entries").exists()


def test_a_copy_is_brought_on_to_the_newest_head_and_mended_on_the_way(shelf: Shelf, tmp_path: Path) -> None:
    export(published(shelf, 300).log, tmp_path / "copy")
    (tmp_path / "copy/tile/0/000").write_bytes(b"damaged")
    (tmp_path / "copy/tile/entries/000").unlink()

    for _ in range(2):
        export(published(shelf, 700).log, tmp_path / "copy")

    assert len(read_whole(tmp_path / "copy").entries) == 700
    assert "tile/0/001.p/44" not in files_of(tmp_path / "copy")


@pytest.mark.parametrize("path", ["tile/0/000", "tile/entries/001", "tile/0/002.p/88"])
def test_a_file_of_the_log_that_was_changed_is_named_and_the_copy_keeps_its_old_head(
    shelf: Shelf, tmp_path: Path, path: str
) -> None:
    export(published(shelf, 300).log, tmp_path / "copy")
    log = published(shelf, 600).log
    content = bytearray((log.folder.path / path).read_bytes())
    content[-1] ^= 1
    (log.folder.path / path).write_bytes(content)

    with pytest.raises(Refused, match=path) as refused:
        export(log, tmp_path / "copy")

    assert refused.value.code == "E-PROOF"
    assert read_whole(tmp_path / "copy").head.size == 300


def test_nothing_is_exported_before_a_head_was_signed(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="Nothing of money is published yet"):
        export(shelf.log, tmp_path / "copy")


def test_an_older_log_is_not_written_over_a_later_copy(shelf: Shelf, tmp_path: Path) -> None:
    published(shelf, 300)
    shutil.copytree(shelf.folder.logs / "money", tmp_path / "older")
    export(published(shelf, 400).log, tmp_path / "copy")
    shutil.rmtree(shelf.folder.logs / "money")
    shutil.copytree(tmp_path / "older", shelf.folder.logs / "money")

    with pytest.raises(Refused, match="is not a beginning of this log") as refused:
        export(shelf.log, tmp_path / "copy")

    assert refused.value.code == "E-PROOF"
    assert read_whole(tmp_path / "copy").head.size == 400


def test_another_history_is_not_written_over_the_copy_of_one(shelf: Shelf, tmp_path: Path) -> None:
    export(published(shelf, 300).log, tmp_path / "copy")
    other = Shelf.made(tmp_path / "other")
    log = other.fill(700, says="another").log
    log.publish([SIGNER])

    with pytest.raises(Refused, match="is not a beginning of this log"):
        export(log, tmp_path / "copy")

    other.close()
    assert read_whole(tmp_path / "copy").head.size == 300


@pytest.mark.parametrize("there", [b"nothing", b"another/log\n1\n\n", b"\xff"])
def test_a_folder_that_holds_something_else_is_left_alone(shelf: Shelf, tmp_path: Path, there: bytes) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "checkpoint").write_bytes(there)

    with pytest.raises(Refused, match="holds a checkpoint that cannot be read") as refused:
        export(published(shelf, 3).log, tmp_path / "copy")

    assert refused.value.code == "E-DUP"
    assert files_of(tmp_path / "copy") == {"checkpoint"}


def test_the_copy_of_another_log_is_left_alone(shelf: Shelf, tmp_path: Path) -> None:
    note = signed("another/log\n1\n" + "A" * 43 + "=\n", [Ed25519Signer("another/log", bytes(32))])
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "checkpoint").write_text(note, encoding="utf-8")

    with pytest.raises(Refused, match="holds the log another/log") as refused:
        export(published(shelf, 3).log, tmp_path / "copy")

    assert refused.value.code == "E-DUP"
