"""Making the index on disk: the same root as in memory, proofs for every subject, nothing left behind."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.completeness import SealedIndex, check_complete, entries_about, line_of, sealed_over
from audit.indexing import IndexUnusable, SubjectIndex, make_index
from audit.seal import NotAnEntry, entry_bytes
from audit.subjects import mentions


def entry(number: int, **names: object) -> bytes:
    state = json.dumps(names, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return entry_bytes(UUID(int=number % 40), number // 40 + 1, "payment-made/v1", state)


def township(count: int) -> list[bytes]:
    return [
        entry(number, bank_ref=f"T{number}", household_no=f"H-{number % 17}", village="测试一村")
        for number in range(1, count + 1)
    ]


def in_memory(entries: list[bytes]) -> SealedIndex:
    placed = list(enumerate(entries, start=1))
    subjects = {subject for position, told in placed for subject, _ in mentions(position, told)}
    lines = [line_of(subject, entries_about(subject, placed)) for subject in sorted(subjects, key=str.encode)]
    return sealed_over(len(entries), lines)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SubjectIndex]:
    make_index(tmp_path / "subject-index.db", township(120))
    with SubjectIndex.open(tmp_path / "subject-index.db") as opened:
        yield opened


@pytest.mark.parametrize("count", [0, 1, 2, 120])
def test_the_index_made_on_disk_is_the_one_made_in_memory(tmp_path: Path, count: int) -> None:
    sealed = make_index(tmp_path / "subject-index.db", iter(township(count)))

    assert sealed == in_memory(township(count))
    with SubjectIndex.open(tmp_path / "subject-index.db") as index:
        assert index.sealed == sealed
        assert sealed_over(count, index.lines()) == sealed


def test_more_entries_than_are_written_at_once_give_the_same_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.indexing.AT_ONCE", 7)

    assert make_index(tmp_path / "subject-index.db", township(100)) == in_memory(township(100))


@pytest.mark.parametrize("count", [255, 256, 257, 600])
def test_proofs_over_whole_and_partial_blocks_lead_to_the_root_in_memory(tmp_path: Path, count: int) -> None:
    entries = [entry_bytes(UUID(int=number), 1, "ledger-opened/v1", b"{}") for number in range(count)]
    make_index(tmp_path / "subject-index.db", entries)

    with SubjectIndex.open(tmp_path / "subject-index.db") as index:
        assert index.sealed == in_memory(entries)
        for number in {0, 254, 255, count // 2, count - 2, count - 1} & set(range(count)):
            told = [(number + 1, entries[number])]
            subject = f"stream:{UUID(int=number)}"
            check_complete(index.prove(subject), entries_about(subject, told), index.sealed)
            check_complete(index.prove(subject + "~"), [], index.sealed)


NAMES = st.dictionaries(st.sampled_from(["village", "household_no", "loan_no", "payee_id"]), st.text())


@given(st.lists(NAMES, max_size=12))
def test_whatever_the_subjects_are_called_both_ways_give_the_same_index(
    tmp_path_factory: pytest.TempPathFactory, names: list[dict[str, str]]
) -> None:
    entries = [entry(number, **told) for number, told in enumerate(names, start=1)]

    assert make_index(tmp_path_factory.mktemp("index") / "subject-index.db", entries) == in_memory(entries)


def test_every_subject_of_the_index_is_proven_complete_by_its_entries(index: SubjectIndex) -> None:
    entries = list(enumerate(township(120), start=1))
    subjects = [line.subject for line in index.lines()]

    assert len(subjects) == index.sealed.subjects == 120 + 17 + 1 + 40
    for subject in subjects:
        check_complete(index.prove(subject), entries_about(subject, entries), index.sealed)


@pytest.mark.parametrize("subject", ["", "a:first", "household:H-10x", "place:测试二村", "stream:~", "测"])
def test_a_subject_that_no_entry_names_is_proven_absent(index: SubjectIndex, subject: str) -> None:
    proof = index.prove(subject)

    assert proof.own is None
    check_complete(proof, [], index.sealed)


def test_an_entry_corrected_twice_to_the_same_subject_stands_there_once(tmp_path: Path) -> None:
    correction = {
        "target_position": 1,
        "target_topic": "payment-made/v1",
        "before": {"village": "测试一村"},
        "fields": {"village": "测试一村", "bank_ref": "T1"},
    }
    entries = [
        entry(1, bank_ref="T1", village="测试一村"),
        *(
            entry_bytes(UUID(int=1), version, "event-corrected/v1", json.dumps(correction).encode())
            for version in (2, 3)
        ),
    ]

    sealed = make_index(tmp_path / "subject-index.db", entries)

    assert sealed == in_memory(entries)
    with SubjectIndex.open(tmp_path / "subject-index.db") as index:
        assert {line.subject: line.entries for line in index.lines()}["place:测试一村"] == 3


def test_a_new_index_takes_the_place_of_the_old_one_and_leaves_nothing_beside(tmp_path: Path) -> None:
    file = tmp_path / "subject-index.db"
    make_index(file, township(10))

    with pytest.raises(NotAnEntry, match="at position 6"):
        make_index(file, [*township(5), b"none"])

    assert [left.name for left in tmp_path.iterdir()] == ["subject-index.db"]
    with SubjectIndex.open(file) as index:
        assert index.sealed.size == 10
    assert make_index(file, township(20)).size == 20
    assert [left.name for left in tmp_path.iterdir()] == ["subject-index.db"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE line SET entries = entries + 1 WHERE place = 5",
        "UPDATE line SET digest = zeroblob(32) WHERE place = 100",
        "DELETE FROM line WHERE place = 60",
        "DELETE FROM line WHERE place > 100",
        "DROP TABLE line",
        "UPDATE sealed SET root = zeroblob(32)",
    ],
)
def test_an_index_that_was_changed_gives_out_no_proof(tmp_path: Path, change: str) -> None:
    file = tmp_path / "subject-index.db"
    make_index(file, township(120))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(change)
        connection.commit()

    with SubjectIndex.open(file) as index:
        for subject in ("household:H-1", "payment:T60", "stream:~"):
            with pytest.raises(IndexUnusable):
                index.prove(subject)


def test_a_file_that_is_no_index_of_this_scheme_says_so(tmp_path: Path) -> None:
    nothing, text, other = tmp_path / "nothing.db", tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("not a database, but long enough to be read as one, some hundred bytes and more" * 10)
    make_index(other, township(3))
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("UPDATE sealed SET scheme = 'mingzhang/subjects/v0'")
        connection.commit()

    for file, why in ((nothing, "no index"), (text, "cannot be read"), (other, "made by mingzhang/subjects/v0")):
        with pytest.raises(IndexUnusable, match=why):
            SubjectIndex.open(file)
