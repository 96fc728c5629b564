"""The public log of a book: what is published, what is refused, and what is remembered, over files and a database."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from api.folder import held
from api.public_log import Published, Stopped
from audit.log.checkpoint import Checkpoint
from audit.log.growing import TreeHead
from audit.log.note import Ed25519Signer, Ed25519Verifier, parse_vkey, signed
from audit.log.receipt import verify_receipt
from audit.log.tiles import ENTRIES, Tile
from audit.merkle import verify_consistency
from audit.seal import leaf_of
from domain.event import BookName
from domain.refusal import Refused
from tests.api.keeping_logs import SIGNER, Shelf, read_whole
from tests.audit.log.naive_reader import mth, split
from tests.audit.test_book import unguarded
from tests.postgresql import Database

VERIFIER = Ed25519Verifier(parse_vkey(SIGNER.vkey))
LOG = Path("log") / "money"

Opened = Callable[..., Shelf]


class Broken:
    """A key that cannot sign now."""

    name, vkey = SIGNER.name, SIGNER.vkey

    def sign(self, text: str) -> str:
        """Fail as a full disk does."""
        raise OSError(28, "No space left on device")


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens shelves, and closes them at the end."""
    shelves: list[Shelf] = []

    def open_one(path: Path, *, make: bool = True, url: str | None = None) -> Shelf:
        path.mkdir(exist_ok=True)
        shelves.append(Shelf.made(path, url=url) if make else Shelf(path, url=url))
        return shelves[-1]

    yield open_one
    for shelf in shelves:
        shelf.close()


@pytest.fixture(params=["files", pytest.param("database", marks=pytest.mark.postgresql)])
def shelf(request: pytest.FixtureRequest, tmp_path: Path, opened: Opened) -> Shelf:
    """Empty books on either engine."""
    if request.param == "files":
        return opened(tmp_path / "books")
    database: Database = request.getfixturevalue("database")
    return opened(tmp_path / "books", url=database.url)


@pytest.fixture
def books(tmp_path: Path, opened: Opened) -> Shelf:
    """Empty books in files."""
    return opened(tmp_path / "books")


def publish(shelf: Shelf) -> Published:
    published = shelf.log.publish([SIGNER])
    assert published is not None
    return published


def entries_of(shelf: Shelf) -> list[bytes]:
    return [sealed.entry for sealed in shelf.money.read()]


def test_a_reader_that_is_not_ours_finds_every_entry_of_a_log_that_grows_to_any_size(shelf: Shelf) -> None:
    for size in (1, 255, 256, 257, 1_000):
        published = publish(shelf.fill(size))

        log = read_whole(shelf.folder.path / LOG)
        assert log.entries == entries_of(shelf)
        assert log.head == ("ledger.test/1/money", size, published.checkpoint.root)


def test_nothing_is_signed_for_a_book_without_entries(shelf: Shelf) -> None:
    assert shelf.log.publish([SIGNER]) is None
    assert shelf.log.published() is None
    with pytest.raises(LookupError, match="Nothing of money is published yet"):
        shelf.log.opened()


def test_publishing_without_news_writes_nothing_and_gives_the_same_head(shelf: Shelf) -> None:
    first = publish(shelf.fill(3))
    written = {path: path.stat().st_mtime_ns for path in shelf.log.folder.path.rglob("*") if path.is_file()}

    again = publish(shelf)

    assert again == first == shelf.log.published()
    assert {path: path.stat().st_mtime_ns for path in shelf.log.folder.path.rglob("*") if path.is_file()} == written


def test_both_books_have_logs_of_their_own_names(shelf: Shelf) -> None:
    publish(shelf.fill(2))

    assert shelf.log.origin == "ledger.test/1/money"
    assert shelf.book(BookName.SUPERVISION).origin == "ledger.test/1/supervision"
    assert (shelf.folder.logs / "money" / "checkpoint").is_file()
    assert not (shelf.folder.logs / "supervision").exists()


def test_a_receipt_shows_an_entry_to_whoever_has_the_key_alone(shelf: Shelf) -> None:
    published = publish(shelf.fill(700))

    for position in (1, 256, 257, 700):
        receipt = shelf.log.receipt(position)
        leaf = leaf_of(entries_of(shelf)[position - 1])
        assert verify_receipt(receipt, leaf, [VERIFIER]) == published.checkpoint
        assert receipt.checkpoint == published.note


def test_an_entry_under_no_signed_head_has_no_receipt_yet(shelf: Shelf) -> None:
    with_none = shelf.fill(2).log
    with pytest.raises(Refused, match="under no signed head yet; the newest is of 0"):
        with_none.receipt(2)
    publish(shelf)
    shelf.fill(3)

    with pytest.raises(Refused) as refused:
        shelf.log.receipt(3)
    assert (refused.value.code, refused.value.value) == ("E-STATE", "3")
    with pytest.raises(LookupError, match="has no entry 4"):
        shelf.log.receipt(4)


def test_any_two_published_trees_are_shown_to_agree(books: Shelf) -> None:
    publish(books.fill(600))
    leaves = [leaf_of(entry) for entry in entries_of(books)]
    log = books.log

    for old, size in ((1, 600), (255, 257), (256, 512), (599, 600), (600, 600)):
        proof = log.consistency(old, size)
        verify_consistency(old, mth(leaves[:old]), size, mth(leaves[:size]), proof)
    for old, size in ((0, 5), (6, 5), (5, 601)):
        with pytest.raises(LookupError, match="has no trees of"):
            log.consistency(old, size)


def test_what_lies_beyond_the_signed_head_is_nobodys_business(books: Shelf) -> None:
    publish(books.fill(300))
    books.fill(700)
    with pytest.raises(OSError, match="No space"):
        books.log.publish([Broken()])

    log = books.log

    assert (log.folder.path / "tile/0/001").is_file()
    assert log.tile(Tile(0, 1)) is None
    assert log.tile(Tile(0, 1, 45)) is None
    assert log.tile(Tile(0, 1, 44)) == (log.folder.path / "tile/0/001").read_bytes()[: 44 * 32]
    bundle = log.tile(Tile(ENTRIES, 1, 3))
    assert bundle is not None
    assert split(bundle) == entries_of(books)[256:259]
    assert log.tile(Tile(2, 0)) is None


def test_whatever_stops_the_growth_is_gone_on_from(books: Shelf) -> None:
    stopping = iter([False] * 400 + [True])
    with pytest.raises(Stopped):
        books.fill(600).log.publish([SIGNER], stop=lambda: next(stopping))

    publish(books)

    assert read_whole(books.log.folder.path).entries == entries_of(books)


def test_a_process_that_need_not_wait_leaves_publishing_to_the_one_at_work(books: Shelf) -> None:
    publish(books.fill(1))
    books.fill(2)

    with held(books.log.folder.path / "lock", wait=False):
        assert books.log.publish([SIGNER], wait=False) is None

    assert publish(books).head.size == 2


def test_many_threads_that_publish_at_once_sign_one_head_of_each_size(books: Shelf) -> None:
    heads: list[Published | None] = []
    writing = Event()

    def keep_publishing() -> None:
        while not writing.is_set():
            heads.append(books.log.publish([SIGNER]))

    threads = [Thread(target=keep_publishing) for _ in range(3)]
    for thread in threads:
        thread.start()
    for size in range(50, 1_001, 50):
        books.fill(size)
    writing.set()
    for thread in threads:
        thread.join()

    heads.append(publish(books))
    roots = {head.head for head in heads if head is not None}
    assert len({size for size, _ in roots}) == len(roots)
    assert read_whole(books.log.folder.path).entries == entries_of(books)


def test_a_book_that_lost_its_end_is_not_signed_and_both_sizes_are_told(tmp_path: Path, opened: Opened) -> None:
    shelf = opened(tmp_path / "one")
    publish(shelf.fill(300))
    older = opened(tmp_path / "two").fill(290)
    shutil.copytree(tmp_path / "one" / "log", tmp_path / "two" / "log")

    with pytest.raises(Refused, match="ends at entry 290, and a head of 300 entries was signed") as refused:
        publish(older)

    assert refused.value.code == "E-PROOF"


@pytest.mark.parametrize("size", [300, 301, 900])
def test_a_book_that_was_written_anew_is_not_signed_though_its_chain_is_whole(
    tmp_path: Path, opened: Opened, size: int
) -> None:
    shelf = opened(tmp_path / "one")
    published = publish(shelf.fill(300))
    rewritten = opened(tmp_path / "two").fill(5).fill(6, says="another").fill(size)
    shutil.copytree(tmp_path / "one" / "log", tmp_path / "two" / "log")

    with pytest.raises(
        Refused, match=r"its first 300 entries have the root [0-9a-f]{64}, and that of the signed head is"
    ):
        publish(rewritten)

    assert rewritten.log.published() == published
    assert read_whole(tmp_path / "two" / LOG).head.size == 300  # what was published stands as it was


class Remembering:
    """A key that remembers a head, whatever becomes of the log."""

    name, vkey, sign = SIGNER.name, SIGNER.vkey, SIGNER.sign

    def __init__(self, head: TreeHead | None) -> None:
        """Remember `head`."""
        self._head = head

    def last_signed(self) -> TreeHead | None:
        """The head."""
        return self._head


@pytest.mark.parametrize("says", ["another", "shorter"])
def test_where_the_log_is_gone_what_its_key_remembers_stops_a_book_that_does_not_hold_it(
    tmp_path: Path, opened: Opened, says: str
) -> None:
    signed_head = publish(opened(tmp_path / "one").fill(300)).head
    two = opened(tmp_path / "two")
    rewritten = two.fill(290) if says == "shorter" else two.fill(310, says="another")

    with pytest.raises(Refused, match=r"ends at entry 290, and a head of 300|up to entry 300, or sealed") as refused:
        rewritten.log.publish([SIGNER, Remembering(None), Remembering(signed_head)])

    assert refused.value.code == "E-PROOF"
    assert rewritten.log.published() is None
    assert not (tmp_path / "two" / LOG / "tile").exists()


@pytest.mark.parametrize("size", [300, 301, 600])
def test_where_the_log_is_gone_it_grows_again_from_the_book_and_the_key_signs_on(books: Shelf, size: int) -> None:
    signed_head = publish(books.fill(300)).head
    shutil.rmtree(books.log.folder.path)

    published = books.fill(size).log.publish([Remembering(signed_head)])

    assert published is not None
    assert published.head.size == size
    assert read_whole(books.log.folder.path).entries == entries_of(books)


@pytest.mark.parametrize(("in_key", "in_log"), [(300, 600), (600, 300)])
def test_the_key_and_the_log_are_both_added_to_whichever_has_seen_more(
    tmp_path: Path, opened: Opened, in_key: int, in_log: int
) -> None:
    heads = {}
    for size in sorted((in_key, in_log)):
        heads[size] = publish(opened(tmp_path / str(size)).fill(size)).head
    sound, rewritten = opened(tmp_path / "sound").fill(700), opened(tmp_path / "rewritten").fill(400)
    rewritten.fill(700, says="another")
    for name in ("sound", "rewritten"):
        shutil.copytree(tmp_path / str(in_log) / "log", tmp_path / name / "log")

    published = sound.log.publish([Remembering(heads[in_key])])
    with pytest.raises(Refused, match="E-PROOF: The book money is not what was signed up to entry 600"):
        rewritten.log.publish([Remembering(heads[in_key])])

    assert published is not None
    assert published.head.size == 700


def test_an_entry_that_was_changed_after_sealing_is_named_and_not_signed(books: Shelf) -> None:
    published = publish(books.fill(300))
    books.fill(500)
    changed = "CAST(replace(CAST(entry AS TEXT), ':', ': ') AS BLOB)"
    unguarded(books.money, f"UPDATE events SET entry = {changed} WHERE position = 401")

    with pytest.raises(Refused, match="Entry 401 was changed after sealing") as refused:
        publish(books)

    assert refused.value.code == "E-PROOF"
    assert books.log.published() == books.log.newest_signed() == published


def test_a_book_that_was_put_back_before_anything_was_signed_of_its_end_goes_on(tmp_path: Path, opened: Opened) -> None:
    shelf = opened(tmp_path / "one")
    publish(shelf.fill(300))
    shelf.fill(600)
    with pytest.raises(OSError, match="No space"):
        shelf.log.publish([Broken()])
    put_back = opened(tmp_path / "two").fill(400).fill(700, says="another")
    shutil.copytree(tmp_path / "one" / "log", tmp_path / "two" / "log")

    publish(put_back)

    assert read_whole(tmp_path / "two" / LOG).entries == entries_of(put_back)


@pytest.mark.parametrize("lost", ["checkpoint", "signed", "grown"])
def test_whichever_file_is_lost_the_other_remembers_what_was_signed(books: Shelf, lost: str) -> None:
    publish(books.fill(300))
    (books.log.folder.path / lost).unlink()

    assert publish(books).head.size == 300
    publish(books.fill(310))

    assert read_whole(books.log.folder.path).entries == entries_of(books)


def test_a_lost_record_of_what_was_signed_does_not_let_another_history_be_signed(
    tmp_path: Path, opened: Opened
) -> None:
    publish(opened(tmp_path / "one").fill(300))
    rewritten = opened(tmp_path / "two").fill(300, says="another")
    shutil.copytree(tmp_path / "one" / "log", tmp_path / "two" / "log")
    (tmp_path / "two" / LOG / "signed").unlink()

    with pytest.raises(Refused) as refused:
        publish(rewritten)

    assert refused.value.code == "E-PROOF"


@pytest.mark.parametrize("name", ["checkpoint", "signed"])
@pytest.mark.parametrize(
    "content",
    [
        b"nothing",
        signed(Checkpoint("another/log", 1, bytes(32)).text, [Ed25519Signer("another/log", bytes(32))]).encode(),
    ],
)
def test_a_file_that_is_no_checkpoint_of_this_book_stops_the_signer(books: Shelf, name: str, content: bytes) -> None:
    publish(books.fill(2))
    (books.log.folder.path / name).write_bytes(content)

    with pytest.raises(Refused, match=f"{name} is no checkpoint of this book") as refused:
        publish(books)

    assert refused.value.code == "E-SCHEMA"


def test_a_damaged_tile_is_named_and_made_again_as_the_remedy_says(books: Shelf) -> None:
    publish(books.fill(600))
    folder = books.log.folder.path
    tile = folder / "tile/0/000"
    tile.write_bytes(bytes(8_192))

    for ask in (lambda: books.log.receipt(5), lambda: books.log.consistency(5, 600)):
        with pytest.raises(Refused, match="tile/0/000: its root is") as refused:
            ask()
        assert "Take log/money/tile and log/money/grown away" in refused.value.remedy
    shutil.rmtree(folder / "tile")
    (folder / "grown").unlink()
    with pytest.raises(Refused, match="it is missing"):
        books.log.opened()
    publish(books)

    assert read_whole(folder).entries == entries_of(books)


def test_what_witnesses_add_is_shown_and_not_asked_for_twice(books: Shelf) -> None:
    witness = Ed25519Signer("witness.test", bytes(32))
    asked: list[str] = []

    def cosign(note: str) -> str:
        asked.append(note)
        return note if "witness.test" in note else note + witness.sign(note.partition("\n\n")[0] + "\n")

    for _ in range(2):
        books.fill(2).log.publish([SIGNER], cosign=cosign)

    shown = books.log.published()
    assert shown is not None
    assert shown.note.count("witness.test") == 1
    assert asked == [(books.log.folder.path / "signed").read_text(encoding="utf-8"), shown.note]


def test_all_keys_of_an_overlap_sign_the_same_head(books: Shelf) -> None:
    newer = Ed25519Signer(SIGNER.name, bytes(32))

    published = books.fill(2).log.publish([SIGNER, newer])

    assert published is not None
    for signer in (SIGNER, newer):
        leaf = leaf_of(entries_of(books)[0])
        verify_receipt(books.log.receipt(1), leaf, [Ed25519Verifier(parse_vkey(signer.vkey))])


@pytest.mark.postgresql
def test_a_second_machine_shows_the_head_that_the_first_has_signed(
    tmp_path: Path, opened: Opened, database: Database
) -> None:
    first = opened(tmp_path / "one", url=database.url)
    second = opened(tmp_path / "two", make=False, url=database.url)
    shown = publish(first.fill(300))

    assert publish(second) == shown
    assert publish(second.fill(600)).head.size == 600
    publish(first)

    assert (tmp_path / "one" / LOG / "signed").read_bytes() == (tmp_path / "two" / LOG / "signed").read_bytes()
    for machine in ("one", "two"):
        assert read_whole(tmp_path / machine / LOG).entries == entries_of(first)


def test_a_machine_that_signs_nothing_shows_the_newest_head_whole_however_far_the_book_has_come(books: Shelf) -> None:
    books.fill(300)
    published = publish(books)
    books.fill(700)
    shutil.rmtree(books.log.folder.path / "tile")
    (books.log.folder.path / "grown").unlink()

    shown = books.log.publish([])

    assert shown == published
    assert len(read_whole(books.log.folder.path).entries) == 300
    assert books.fill(701).log.publish([]) == published
    assert publish(books).head.size == 701


@pytest.mark.postgresql
def test_a_database_that_is_put_back_is_found_out_by_a_machine_that_never_signed(
    tmp_path: Path, opened: Opened, database: Database
) -> None:
    publish(opened(tmp_path / "one", url=database.url).fill(300))
    publish(opened(tmp_path / "two", make=False, url=database.url))
    database.does("DROP SCHEMA money, supervision, log CASCADE")
    rewritten = opened(tmp_path / "three", url=database.url).fill(310, says="another")

    publish(rewritten)  # a machine that never saw the log cannot know: only a witness could tell it
    shelf = opened(tmp_path / "two", make=False, url=database.url)
    with pytest.raises(Refused, match="is not what was signed up to entry 310") as refused:
        publish(shelf)

    assert refused.value.code == "E-PROOF"


@pytest.mark.postgresql
def test_whoever_lost_the_lock_cannot_take_back_what_another_machine_signed(
    tmp_path: Path, opened: Opened, database: Database
) -> None:
    shelf = opened(tmp_path / "one", url=database.url)
    note = publish(shelf.fill(300)).note

    for size in (299, 300):
        with pytest.raises(Refused, match=f"signed a head of money of {size} entries or more") as refused:
            shelf.storage.remember_signed_head(BookName.MONEY, size, "another note")
        assert refused.value.code == "E-CONFLICT"

    assert shelf.storage.signed_head(BookName.MONEY) == note


@pytest.mark.postgresql
def test_one_machine_signs_at_a_time(tmp_path: Path, opened: Opened, database: Database) -> None:
    first = opened(tmp_path / "one", url=database.url).fill(3)
    second = opened(tmp_path / "two", make=False, url=database.url)

    with first.storage.signing(BookName.MONEY, wait=False) as ours:
        assert ours
        assert second.log.publish([SIGNER], wait=False) is None

    assert publish(second).head.size == 3
