"""The index of subjects: what it proves, and what it does not let pass."""

import hashlib
import json
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.completeness import (
    TOPIC,
    Incomplete,
    Line,
    PlacedLine,
    SealedIndex,
    SubjectProof,
    as_json,
    check_complete,
    entries_about,
    line_of,
    of_json,
    sealed_by,
    sealed_over,
)
from audit.merkle import EMPTY_ROOT, ProofInvalid, inclusion_proof, root_of
from audit.seal import entry_bytes, leaf_of

SIZE = 1_000
STREAM = UUID("00000000-0000-8000-8000-000000000007")

Entries = list[tuple[int, bytes]]


def leaf(position: int) -> bytes:
    return leaf_of(str(position).encode())


def told(*positions: int) -> Entries:
    return [(position, leaf(position)) for position in positions]


INDEX = {f"household:H-{number}": told(*range(number, SIZE, 100)) for number in range(1, 8)}
SEALED = sealed_over(SIZE, [line_of(subject, entries) for subject, entries in INDEX.items()])


def placed(subject: str) -> PlacedLine:
    lines = [line_of(name, entries) for name, entries in INDEX.items()]
    place = [line.subject for line in lines].index(subject)
    return PlacedLine(place, lines[place], tuple(inclusion_proof([line.leaf for line in lines], place)))


def absent(subject: str, before: str | None, behind: str | None) -> SubjectProof:
    return SubjectProof(subject, before=placed(before) if before else None, behind=placed(behind) if behind else None)


def test_the_leaf_of_a_subject_is_the_hash_that_the_design_writes_down() -> None:
    first, second = told(3, 70_000)
    digest = hashlib.sha256((3).to_bytes(8, "big") + first[1] + (70_000).to_bytes(8, "big") + second[1]).digest()

    line = line_of("place:测试一村", [first, second])

    assert (
        line.leaf
        == hashlib.sha256(b"\0" + "place:测试一村".encode() + b"\n" + (2).to_bytes(8, "big") + digest).digest()
    )
    assert sealed_over(70_000, [line]) == SealedIndex(70_000, line.leaf, 1)
    assert sealed_over(0, []) == SealedIndex(0, EMPTY_ROOT, 0)


def test_subjects_are_sorted_by_their_bytes_and_each_stands_there_once() -> None:
    lines = [line_of(subject, told(1)) for subject in ("place:z", "place:测", "place:\U00020000")]

    assert sealed_over(1, lines).root == root_of(line.leaf for line in lines)
    for wrong in (lines[::-1], [lines[0], lines[0]]):
        with pytest.raises(ValueError, match="does not come behind the one before it"):
            sealed_over(1, wrong)


def test_the_entries_of_a_subject_go_by_their_position_and_none_stands_twice() -> None:
    for wrong in (told(2, 1), told(2, 2), told(0)):
        with pytest.raises(ValueError, match="comes behind entry"):
            line_of("household:H-1", wrong)


@pytest.mark.parametrize("subject", INDEX)
def test_all_entries_of_a_subject_are_told_to_be_complete_in_any_order(subject: str) -> None:
    check_complete(SubjectProof(subject, own=placed(subject)), INDEX[subject][::-1], SEALED)


def left_out(entries: Entries) -> Entries:
    return entries[:3] + entries[4:]


def the_last_left_out(entries: Entries) -> Entries:
    return entries[:-1]


def none_given(entries: Entries) -> Entries:
    return []


def one_too_many(entries: Entries) -> Entries:
    return [*entries, *told(999)]


@pytest.mark.parametrize("given_instead", [left_out, the_last_left_out, none_given, one_too_many])
def test_entries_that_are_too_few_or_too_many_are_told_with_both_numbers(
    given_instead: Callable[[Entries], Entries],
) -> None:
    entries = given_instead(INDEX["household:H-3"])

    with pytest.raises(Incomplete, match=rf"counts 10 about household:H-3, and {len(entries)} are given"):
        check_complete(SubjectProof("household:H-3", own=placed("household:H-3")), entries, SEALED)


def test_an_entry_that_was_exchanged_for_another_is_told_although_the_number_is_right() -> None:
    proof = SubjectProof("household:H-3", own=placed("household:H-3"))
    exchanged = [*INDEX["household:H-3"][:-1], *told(999)]
    changed = [*INDEX["household:H-3"][:-1], (903, leaf(1))]

    for entries in (exchanged, changed):
        with pytest.raises(Incomplete, match="are not those that the index over 1000 counts"):
            check_complete(proof, entries, SEALED)


def test_an_entry_given_twice_is_no_second_entry() -> None:
    entries = INDEX["household:H-3"]

    with pytest.raises(ValueError, match="comes behind entry"):
        check_complete(SubjectProof("household:H-3", own=placed("household:H-3")), [*entries, entries[0]], SEALED)


def test_an_entry_behind_what_was_sealed_is_not_counted_for_it() -> None:
    with pytest.raises(ProofInvalid, match="Entry 1001 is behind the 1000 entries"):
        check_complete(
            SubjectProof("household:H-3", own=placed("household:H-3")), [*INDEX["household:H-3"], *told(1_001)], SEALED
        )


def test_the_line_of_another_subject_or_of_a_smaller_count_proves_nothing() -> None:
    other = SubjectProof("household:H-3", own=placed("household:H-4"))
    own = placed("household:H-3")
    fewer = own._replace(line=line_of("household:H-3", INDEX["household:H-3"][:-1]))

    with pytest.raises(ProofInvalid, match="holds the line of household:H-4"):
        check_complete(other, INDEX["household:H-4"], SEALED)
    with pytest.raises(ProofInvalid, match="gives the root"):
        check_complete(SubjectProof("household:H-3", own=fewer), INDEX["household:H-3"][:-1], SEALED)


ABSENT = [
    ("household:H-0", None, "household:H-1"),
    ("household:H-3x", "household:H-3", "household:H-4"),
    ("person:P-1", "household:H-7", None),
]


@pytest.mark.parametrize(("subject", "before", "behind"), ABSENT)
def test_that_a_subject_is_in_no_entry_is_shown_by_its_neighbours(
    subject: str, before: str | None, behind: str | None
) -> None:
    proof = absent(subject, before, behind)

    check_complete(proof, [], SEALED)
    with pytest.raises(Incomplete, match=r"has none about .*, and 1 are given"):
        check_complete(proof, told(5), SEALED)


def test_in_an_empty_index_every_subject_is_absent_without_neighbours() -> None:
    check_complete(SubjectProof("person:P-1"), [], sealed_over(0, []))


@pytest.mark.parametrize(
    ("subject", "before", "behind", "why"),
    [
        ("household:H-3", "household:H-2", "household:H-4", "has other subjects"),
        ("household:H-3x", "household:H-3", None, "has other subjects"),
        ("household:H-0", None, "household:H-2", "has other subjects"),
        ("household:H-0", None, None, "has other subjects"),
        ("household:H-3", "household:H-3", "household:H-4", "does not come before"),
        ("household:H-4", "household:H-3", "household:H-4", "does not come behind"),
        ("household:H-5", "household:H-3", "household:H-4", "does not come behind"),
    ],
)
def test_neighbours_that_are_none_do_not_show_that_a_subject_is_absent(
    subject: str, before: str | None, behind: str | None, why: str
) -> None:
    with pytest.raises(ProofInvalid, match=why):
        check_complete(absent(subject, before, behind), [], SEALED)


@given(st.dictionaries(st.text(min_size=1), st.sets(st.integers(1, SIZE), min_size=1), max_size=20), st.text())
def test_every_subject_of_a_random_index_is_proven_and_every_other_one_is_absent(
    index: dict[str, set[int]], asked: str
) -> None:
    lines = [line_of(name, told(*sorted(index[name]))) for name in sorted(index, key=str.encode)]
    leaves = [line.leaf for line in lines]
    sealed = sealed_over(SIZE, lines)

    def at(place: int) -> PlacedLine | None:
        if not 0 <= place < len(lines):
            return None
        return PlacedLine(place, lines[place], tuple(inclusion_proof(leaves, place)))

    place = sum(name.encode() < asked.encode() for name in index)
    proof = (
        SubjectProof(asked, own=at(place)) if asked in index else SubjectProof(asked, None, at(place - 1), at(place))
    )

    check_complete(of_json(json.loads(json.dumps(as_json(proof)))), told(*sorted(index.get(asked, ()))), sealed)


@pytest.mark.parametrize("proof", [SubjectProof("household:H-3", own=placed("household:H-3")), absent(*ABSENT[1])])
def test_a_proof_is_the_same_after_it_was_written_down_and_read(proof: SubjectProof) -> None:
    assert of_json(json.loads(json.dumps(as_json(proof)))) == proof


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"scheme": "mingzhang/subjects/v2"}, "made by 'mingzhang/subjects/v2'"),
        ({"subject": 7}, "names no subject"),
        ({"own": None}, "cannot be read"),
        ({"more": 1}, r"unknown parts: \['more'\]"),
        ({"before": as_json(SubjectProof("x", own=placed("household:H-1")))["own"]}, "own line and neighbours"),
    ],
)
def test_a_proof_with_parts_that_are_none_is_not_read(change: dict[str, object], why: str) -> None:
    told_proof = as_json(SubjectProof("household:H-3", own=placed("household:H-3")))

    with pytest.raises(ProofInvalid, match=why):
        of_json(told_proof | change)


@pytest.mark.parametrize(
    "change",
    [{"digest": "00"}, {"digest": "AB" * 32}, {"entries": -1}, {"place": True}, {"place": "1"}, {"hashes": 3}],
)
def test_a_line_with_a_value_that_is_not_of_its_kind_is_not_read(change: dict[str, object]) -> None:
    told_proof = as_json(SubjectProof("household:H-3", own=placed("household:H-3")))

    with pytest.raises(ProofInvalid, match="A line of the proof cannot be read"):
        of_json(told_proof | {"own": told_proof["own"] | change})


def seal(**fields: object) -> bytes:
    state = {"scheme": "mingzhang/subjects/v1", "size": 6, "root": "ab" * 32, "subject_count": 9} | fields
    return entry_bytes(STREAM, 1, TOPIC, json.dumps(state, sort_keys=True).encode())


def test_what_an_entry_seals_is_read_from_its_own_bytes() -> None:
    assert sealed_by(7, seal()) == SealedIndex(6, bytes.fromhex("ab" * 32), 9)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (seal(size=7), "over 7 entries, itself among them"),
        (seal(scheme="mingzhang/subjects/v0"), "made by mingzhang/subjects/v0"),
        (entry_bytes(STREAM, 1, "payment-made/v1", b"{}"), "has the topic payment-made/v1"),
        (b"nothing", "has the topic none"),
    ],
)
def test_an_entry_that_seals_no_index_of_ours_is_told_with_the_reason(entry: bytes, why: str) -> None:
    with pytest.raises(ProofInvalid, match=why):
        sealed_by(7, entry)


def payment(number: int, **more: object) -> bytes:
    return entry_bytes(STREAM, number, "payment-made/v1", json.dumps({"bank_ref": f"T{number}"} | more).encode())


def test_of_the_entries_given_only_those_about_the_subject_are_counted() -> None:
    entries = [(4, payment(1, household_no="H-1")), (2, payment(2, household_no="H-1")), (3, payment(3))]

    assert entries_about("household:H-1", entries) == [(2, leaf_of(entries[1][1])), (4, leaf_of(entries[0][1]))]
    assert entries_about("person:P-1", entries) == []


def test_an_entry_that_its_correction_puts_under_a_subject_counts_with_it() -> None:
    correction = {
        "target_position": 2,
        "target_topic": "payment-made/v1",
        "before": {"household_no": "H-1"},
        "fields": {"household_no": "H-2"},
    }
    corrected = (2, payment(1, household_no="H-1"))
    corrects = (5, entry_bytes(STREAM, 2, "event-corrected/v1", json.dumps(correction).encode()))

    assert [position for position, _ in entries_about("household:H-2", [corrected, corrects])] == [2, 5]
    assert entries_about("household:H-2", [corrected]) == []
    assert [position for position, _ in entries_about("household:H-2", [corrects])] == [5]


def test_a_line_is_what_stands_in_the_index_and_nothing_of_it_can_be_moved() -> None:
    line = line_of("household:H-1", told(1))
    moved = Line("household:H-1\n", 1, line.digest)

    assert moved.leaf != line.leaf
