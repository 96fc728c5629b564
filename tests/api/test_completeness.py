"""Sealing the index of subjects by the day, and proving from it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import typer
from sqlalchemy import delete

from api.cli import log_index
from api.completeness import IndexDiffers, check_last_seal, last_seal, prove_subject, seal_due, seal_index
from api.folder import held
from api.ledger import Ledger, Placed
from audit.completeness import Incomplete, check_complete, entries_about, sealed_by
from audit.indexing import IndexUnusable, SubjectIndex
from audit.subjects import SCHEME
from domain.event import KEEPER, BookName
from domain.place import PlaceRegistered
from domain.public_log import SubjectIndexSealed
from domain.refusal import Refused
from projections.tables.internal import SUBJECT_INDEX

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


class Said(NamedTuple):
    """What a command answered."""

    status: int
    out: str
    err: str


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """A ledger with three villages, whose clock the test sets."""
    with Ledger.create(tmp_path / "books", place_code="440899101", place_name="测试镇", clock=clock) as made:
        for number in (1, 2, 3):
            register(made, number)
        yield made


def register(ledger: Ledger, number: int, version: int = 1) -> int:
    event = PlaceRegistered(
        **ledger.envelope(PlaceRegistered, actor=KEEPER),
        place_code=f"44089910120{number}",
        place_name=f"测试{number}村",
        level="村",
    )
    return ledger.append(BookName.MONEY, [Placed(ledger.stream("place", str(number)), version, event)])[0]


def entries_of(ledger: Ledger, book: BookName = BookName.MONEY) -> list[tuple[int, bytes]]:
    return [(sealed.position, sealed.entry) for sealed in ledger.book(book).read()]


@pytest.mark.parametrize("book", BookName)
def test_the_seal_stands_in_its_book_behind_the_entries_that_it_is_over(ledger: Ledger, book: BookName) -> None:
    before = ledger.book(book).head.position

    seal = seal_index(ledger, book)

    assert (seal.position, seal.over.size, seal.event.scheme) == (before + 1, before, SCHEME)
    assert sealed_by(seal.position, entries_of(ledger, book)[-1][1]) == seal.over
    assert last_seal(ledger, book) == seal
    assert check_last_seal(ledger, book) == seal


def test_a_second_seal_is_the_next_version_and_is_over_the_first_one_too(ledger: Ledger) -> None:
    first = seal_index(ledger, BookName.MONEY)

    second = seal_index(ledger, BookName.MONEY)

    assert second.over.size == first.position
    assert [entry.version for entry in ledger.money.stream(ledger.stream("subject-index", "money"))] == [1, 2]
    assert second.over.subjects == first.over.subjects + 1  # the stream of the seals themselves


def test_every_subject_is_proven_complete_and_one_entry_less_is_told(ledger: Ledger) -> None:
    register(ledger, 1, version=2)
    seal_index(ledger, BookName.MONEY)

    proven = prove_subject(ledger, BookName.MONEY, "place:测试1村")

    about = entries_about("place:测试1村", entries_of(ledger))
    assert proven.positions == [position for position, _ in about] == [2, 5]
    check_complete(proven.proof, about, proven.seal.over)
    with pytest.raises(Incomplete, match="counts 2 about place:测试1村, and 1 are given"):
        check_complete(proven.proof, about[:1], proven.seal.over)


@pytest.mark.parametrize("book", BookName)
def test_a_stream_and_an_unknown_subject_are_proven_in_either_book(ledger: Ledger, book: BookName) -> None:
    opening = f"stream:{ledger.stream('ledger', book.value)}"
    seal_index(ledger, book)

    assert prove_subject(ledger, book, opening).positions == [1]
    assert prove_subject(ledger, book, "household:H-0001").positions == []


def test_what_was_recorded_after_the_seal_is_not_counted_by_it(ledger: Ledger) -> None:
    seal_index(ledger, BookName.MONEY)
    register(ledger, 2, version=2)

    assert prove_subject(ledger, BookName.MONEY, "place:测试2村").positions == [3]


def lose(file: Path) -> None:
    file.unlink()


def spoil(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5_000])


@pytest.mark.parametrize("harm", [lose, spoil])
def test_a_kept_index_that_is_lost_or_damaged_is_made_again_from_the_book(
    ledger: Ledger, harm: Callable[[Path], None]
) -> None:
    seal_index(ledger, BookName.MONEY)
    harm(ledger.folder.path / "log" / "money" / "subject-index.db")

    assert prove_subject(ledger, BookName.MONEY, "place:测试3村").positions == [4]


def test_before_anything_was_sealed_there_is_no_proof_and_nothing_to_check(ledger: Ledger) -> None:
    assert check_last_seal(ledger, BookName.MONEY) is None
    with pytest.raises(Refused, match="No index of subjects was sealed in the money book yet"):
        prove_subject(ledger, BookName.MONEY, "place:测试1村")


def forge_seal(ledger: Ledger, *, version: int) -> None:
    """Seal an index that the entries do not give."""
    forged = SubjectIndexSealed(
        **ledger.envelope(SubjectIndexSealed, actor=KEEPER), size=4, root="ab" * 32, subject_count=9, scheme=SCHEME
    )
    ledger.append(BookName.MONEY, [Placed(ledger.stream("subject-index", "money"), version, forged)])


def test_a_seal_that_the_entries_do_not_give_is_told_with_both_roots(ledger: Ledger) -> None:
    seal_index(ledger, BookName.MONEY)
    forge_seal(ledger, version=2)

    why = rf"with root {'ab' * 32} and 9 subjects; the entries give [0-9a-f]+ and"
    with pytest.raises(IndexDiffers, match=why):
        check_last_seal(ledger, BookName.MONEY)
    with pytest.raises(IndexDiffers, match=why):
        prove_subject(ledger, BookName.MONEY, "place:测试1村")


def test_while_one_process_seals_another_one_does_not(ledger: Ledger) -> None:
    lock = ledger.folder.path / "log" / "money" / "subject-index.lock"
    lock.parent.mkdir(parents=True)

    with held(lock, wait=False):
        with pytest.raises(Refused, match="Another process seals the index"):
            seal_index(ledger, BookName.MONEY)
        assert seal_due(ledger) == [BookName.SUPERVISION]

    assert seal_due(ledger) == [BookName.MONEY]


def test_an_index_is_sealed_once_a_day_and_only_when_something_was_added(ledger: Ledger, clock: Clock) -> None:
    assert seal_due(ledger) == list(BookName)

    register(ledger, 1, version=2)
    assert seal_due(ledger) == []
    clock.now += timedelta(days=1)
    assert seal_due(ledger) == [BookName.MONEY]
    clock.now += timedelta(days=1)
    assert seal_due(ledger) == []


def test_an_index_that_cannot_be_sealed_by_the_clock_of_this_machine_is_told(ledger: Ledger, clock: Clock) -> None:
    clock.now -= timedelta(hours=1)

    with pytest.raises(Refused, match="This machine's clock says") as refused:
        seal_due(ledger)

    assert refused.value.code == "E-DATE"


def test_a_subject_of_the_supervision_book_is_proven_from_its_entries_alone(ledger: Ledger) -> None:
    event = PlaceRegistered(
        **ledger.envelope(PlaceRegistered, actor=KEEPER), place_code="440899101209", place_name="测试9村", level="村"
    )
    ledger.append(BookName.SUPERVISION, [Placed(ledger.stream("place", "9"), 1, event)])
    seal_index(ledger, BookName.SUPERVISION)

    assert prove_subject(ledger, BookName.SUPERVISION, "place:测试9村").positions == [2]


def test_views_that_lost_an_entry_of_the_subject_are_told_and_prove_nothing(ledger: Ledger) -> None:
    seal_index(ledger, BookName.MONEY)
    ledger.catch_up()
    with ledger.engine.begin() as connection:
        connection.execute(delete(SUBJECT_INDEX).where(SUBJECT_INDEX.c.position == 3))

    with pytest.raises(IndexDiffers, match=r"counts 1 about place:测试2村, and 0 are given\. Make the views anew"):
        prove_subject(ledger, BookName.MONEY, "place:测试2村")


def test_an_index_that_cannot_be_read_even_when_made_anew_proves_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unusable(_: Path) -> SubjectIndex:
        raise IndexUnusable("The disk gives back other bytes.")

    seal_index(ledger, BookName.MONEY)
    monkeypatch.setattr(SubjectIndex, "open", unusable)

    with pytest.raises(IndexDiffers, match="was made anew and cannot be read"):
        prove_subject(ledger, BookName.MONEY, "place:测试2村")


def test_the_command_says_what_was_not_sealed_yet_and_what_is_not_what_was_sealed(
    ledger: Ledger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGZHANG_TEST", "1")
    monkeypatch.setenv("MINGZHANG_TEST_CLOCK", NOON.isoformat())
    forge_seal(ledger, version=1)
    ledger.close()

    said = asked(ledger.folder.path, "--check", capsys)

    assert said.status == 1
    assert said.err.startswith("! money: The index of subjects over entries 1 to 4 of the money book was sealed at 5")
    assert "supervision: 尚未封存 / Nothing was sealed yet." in said.err


def test_the_command_seals_both_books_and_checks_what_it_sealed(
    ledger: Ledger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.close()
    monkeypatch.setenv("MINGZHANG_TEST", "1")
    monkeypatch.setenv("MINGZHANG_TEST_CLOCK", NOON.isoformat())

    sealed = asked(ledger.folder.path, "--json", capsys)
    checked = asked(ledger.folder.path, "--check --json", capsys)

    assert (checked.status, checked.out) == (sealed.status, sealed.out)
    assert sealed.status == 0
    assert sealed.out.startswith('[{"book":"money","position":5,"size":4,"root":"')


def asked(ledger: Path, words: str, capsys: pytest.CaptureFixture[str]) -> Said:
    group = typer.Typer()
    log_index.add_to(group)

    @group.callback()
    def common(context: typer.Context) -> None:
        context.obj = ledger

    status = group(["seal-index", *words.split()], standalone_mode=False)
    return Said(status, *capsys.readouterr())
