"""What the verifier says of a bundle: what holds, what was left out or put in, and whom it believes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.bundle.completeness import Completeness
from audit.bundle.examining import Trust, listed
from audit.bundle.manifest import BookTold, Manifest
from audit.bundle.writing import BundleWriter, checkpoint_name, entry_name, proof_content, proof_name
from audit.log.checkpoint import Checkpoint
from audit.log.note import Ed25519Signer, signed
from audit.log.policy_file import parse_policy
from audit.log.receipt import parse_receipt, verify_receipt
from audit.merkle import inclusion_proof, root_of
from audit.seal import leaf_of
from tests.audit.bundle.bundling import (
    BUREAU,
    HOUSEHOLD,
    INSPECTION,
    NOON,
    NOW,
    ORIGIN,
    SIGNER,
    THIEF,
    TRUST,
    Book,
    book_of,
    bundle,
    cosigned,
    entry,
    manifest_of,
    members_of,
    payment,
    payments,
    policy_of,
    proven,
    refuted,
    verdict_on,
    write,
)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """H-0001 is in entries 2, 4, 6 and, behind the seal at 8, in 9."""
    return payments(tmp_path)


def test_a_sound_bundle_is_proven_signed_included_and_complete(tmp_path: Path, book: Book) -> None:
    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6, 9]))

    assert verdict.holds
    assert verdict.subject == HOUSEHOLD
    assert proven(verdict) == ["signed", "included", "complete", "attachments"]
    assert verdict.of("complete") == [
        {
            "book": "money",
            "origin": ORIGIN,
            "subject": HOUSEHOLD,
            "entries": 3,
            "size": 7,
            "sealed_at": 8,
            "sealed_on": "2026-11-24T04:00:00.000000Z",
        }
    ]
    assert verdict.of("later") == [{"book": "money", "size": 7, "entries": 1}]
    assert [told["entries"] for told in verdict.of("included")] == [5]


def test_the_same_state_of_a_book_gives_the_same_bytes_again(tmp_path: Path, book: Book) -> None:
    first, second = (bundle(tmp_path / name, book, [2, 4, 6]) for name in ("a.zip", "b.zip"))

    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("left_out", [2, 4, 6])
def test_a_bundle_with_one_entry_left_out_is_told_to_be_incomplete(tmp_path: Path, book: Book, left_out: int) -> None:
    verdict = verdict_on(bundle(tmp_path / "b.zip", book, sorted({2, 4, 6} - {left_out})))

    assert refuted(verdict) == ["incomplete"]
    assert "counts 3 about household:H-0001, and 2 are given" in verdict.of("incomplete")[0]["why"]
    assert "complete" not in proven(verdict)


def test_an_entry_about_somebody_else_is_not_let_in(tmp_path: Path, book: Book) -> None:
    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 3, 4, 6]))

    assert refuted(verdict) == ["strange"]
    assert verdict.of("strange") == [{"book": "money", "entries": 1, "positions": [3]}]


def test_that_there_is_nothing_about_a_subject_is_proven_too(tmp_path: Path, book: Book) -> None:
    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [], subject="household:H-0003"))

    assert verdict.holds
    assert "none_there" in proven(verdict)


def test_absence_cannot_be_claimed_of_a_subject_that_is_there(tmp_path: Path, book: Book) -> None:
    verdict = verdict_on(bundle(tmp_path / "b.zip", book, []))

    assert refuted(verdict) == ["incomplete"]


def test_an_entry_that_a_correction_puts_under_the_subject_belongs_to_it(tmp_path: Path) -> None:
    corrected = entry(
        1,
        "event-corrected/v1",
        2,
        target_position=1,
        target_topic="payment-made/v1",
        fields={"household_no": "H-0001"},
        before={"household_no": "H-0009"},
    )
    before = book_of(tmp_path, [payment(1, "H-0009"), corrected])
    whole = verdict_on(bundle(tmp_path / "a.zip", before, [1, 2]))
    without = verdict_on(bundle(tmp_path / "b.zip", before, [2]))

    assert proven(whole) == ["signed", "included", "complete", "attachments"]
    assert refuted(without) == ["incomplete"]


def test_a_correction_behind_the_index_does_not_make_it_incomplete(tmp_path: Path) -> None:
    corrected = entry(
        1,
        "event-corrected/v1",
        2,
        target_position=1,
        target_topic="payment-made/v1",
        fields={"household_no": "H-0001"},
        before={"household_no": "H-0009"},
    )
    later = book_of(tmp_path, [payment(1, "H-0009"), payment(2, "H-0001")], [corrected])

    verdict = verdict_on(bundle(tmp_path / "a.zip", later, [1, 2, 4]))

    assert verdict.holds
    assert [told["entries"] for told in verdict.of("complete")] == [1]
    assert [told["entries"] for told in verdict.of("later")] == [2]


def test_a_proof_followed_by_the_checkpoint_is_a_receipt_that_other_tools_read(tmp_path: Path, book: Book) -> None:
    members = members_of(book, HOUSEHOLD, [2, 4, 6])

    receipt = parse_receipt(members["proofs/money/4"] + members["checkpoints/money"])

    verifiers = parse_policy(policy_of()).logs_of(ORIGIN)
    assert verify_receipt(receipt, leaf_of(members["entries/money/4"]), verifiers).size == 9


def test_a_head_that_a_thief_signed_is_no_proof_of_anything(tmp_path: Path, book: Book) -> None:
    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6], note=book.head(THIEF)))

    assert refuted(verdict) == ["unsigned"]
    assert not {"signed", "included", "complete"} & set(proven(verdict))


def test_a_log_that_the_policy_does_not_know_is_told(tmp_path: Path, book: Book) -> None:
    trust = Trust(parse_policy(b"quorum none\n"), NOW)

    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6]), trust)

    assert verdict.of("unsigned")[0]["why"] == f"The policy knows no log {ORIGIN}."


@pytest.mark.parametrize(("last_size", "holds"), [(9, True), (8, False)])
def test_a_retired_key_is_believed_up_to_its_last_size_and_no_further(
    tmp_path: Path, book: Book, *, last_size: int, holds: bool
) -> None:
    trust = TRUST._replace(retired={SIGNER.vkey: last_size})

    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6]), trust)

    assert verdict.holds is holds
    assert refuted(verdict) == ([] if holds else ["retired"])
    assert ("included" in proven(verdict)) is holds


def test_a_retired_key_on_a_larger_head_spoils_it_whoever_else_signed(tmp_path: Path, book: Book) -> None:
    policy = parse_policy(policy_of(signers=(SIGNER, THIEF)))
    trust = Trust(policy, NOW, {THIEF.vkey: 5})

    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6], note=book.head(SIGNER, THIEF)), trust)

    assert refuted(verdict) == ["retired"]
    assert "signed" not in proven(verdict)


def test_witnesses_of_both_kinds_are_named_with_when_they_saw_the_head(tmp_path: Path, book: Book) -> None:
    trust = Trust(parse_policy(policy_of(BUREAU, INSPECTION, quorum="all")), NOW)
    note = cosigned(book.head(), BUREAU, INSPECTION)

    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6], note=note), trust)

    assert verdict.holds
    assert [(told["witness"], told["seconds"]) for told in verdict.of("witnessed")] == [("w1", NOON), ("w2", NOON)]
    assert [told["witnesses"] for told in verdict.of("quorum_reached")] == [2]
    assert verdict.of("unwitnessed") == []


def test_a_missing_quorum_fails_the_bundle_and_says_who_is_missing(tmp_path: Path, book: Book) -> None:
    trust = Trust(parse_policy(policy_of(BUREAU, INSPECTION, quorum="all")), NOW)
    note = cosigned(book.head(), BUREAU)

    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6], note=note), trust)

    assert refuted(verdict) == ["quorum"]
    assert "no cosignature of w2" in verdict.of("quorum")[0]["why"]


def test_entries_of_another_book_stand_beside_those_that_cite_them(tmp_path: Path, book: Book) -> None:
    (tmp_path / "s").mkdir()
    alert = entry(9, "alert-raised/v1", alert_id="al-1", event_refs=[2, 4], subjects=["household:H-0001"])
    supervision = book_of(tmp_path / "s", [alert])
    members = members_of(supervision, "alert:al-1", [1])
    members = {name.replace("money", "supervision"): content for name, content in members.items()}
    other = Ed25519Signer("ledger.test/supervision", bytes([7] * 32))
    head = Checkpoint(other.name, 2, root_of(supervision.leaves))
    members["checkpoints/supervision"] = signed(head.text, [other]).encode()
    trust = Trust(parse_policy(policy_of(signers=(SIGNER, other))), NOW)
    for position in (2, 5):
        members[entry_name("money", position)] = book.entries[position - 1]
        members[proof_name("money", position)] = proof_content(position, inclusion_proof(book.leaves, position - 1))
    members[checkpoint_name("money")] = book.head()
    members["attachments.json"] = (
        b"[\n"
        + members_of(book, HOUSEHOLD, [2])["attachments.json"].split(b"\n")[1].replace(b'"entries":1', b'"entries":2')
        + b"\n]\n"
    )
    told = BookTold("supervision", other.name, 2, root_of(supervision.leaves), 2)
    cited = BookTold("money", ORIGIN, 9, root_of(book.leaves), 2)

    verdict = verdict_on(write(tmp_path / "b.zip", members, Manifest("alert:al-1", (told, cited))), trust)

    assert refuted(verdict) == ["strange"]
    assert verdict.of("strange") == [{"book": "money", "entries": 1, "positions": [5]}]
    assert [told["entries"] for told in verdict.of("cited_included")] == [2]
    assert verdict.of("cited") == [{"cited": 2, "here": 2}]


def test_the_entries_themselves_are_given_as_they_stand(tmp_path: Path, book: Book) -> None:
    path = bundle(tmp_path / "b.zip", book, [2, 4, 6])

    assert [(place.number, raw) for place, raw in listed(path)] == [
        (position, book.entries[position - 1]) for position in (2, 4, 6, 8)
    ]


def drop(name: str) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        del members[name]

    return change


def put(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[name] = content

    return change


def without_head(members: dict[str, bytes]) -> None:
    for name in [name for name in members if name.startswith(("checkpoints/", "proofs/"))]:
        del members[name]


def seal_in_words(members: dict[str, bytes]) -> None:
    members["entries/money/8"] = members["entries/money/8"].replace(b'"subject_count":', b'"subject_count":"many","x":')


REFUSALS: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "no checkpoint": (drop("checkpoints/money"), "no such entry or head"),
    "no head at all": (without_head, "The checkpoint of money is missing"),
    "a seal in words": (seal_in_words, "the sealed index is none"),
    "no completeness": (drop("completeness.json"), "A member is missing"),
    "no attachments": (drop("attachments.json"), "A member is missing"),
    "no report": (drop("report.html"), "A member is missing"),
    "a checkpoint of nobody": (put("checkpoints/other", b"x"), "is of a book that the manifest does not tell of"),
    "an entry of nobody": (put("entries/other/1", b"x"), "is of a book that the manifest does not tell of"),
    "a checkpoint that is none": (put("checkpoints/money", b"x"), "The checkpoint of money is none"),
    "an entry that is none": (put("entries/money/4", b"x"), "Entry 4 of money"),
    "a seal that is none": (put("entries/money/8", payment(8, "H-0002")), "Entry 8 of money"),
    "a proof that is none": (put("proofs/money/4", b"x"), "The proof of entry 4 of money is none"),
    "a proof of no entry": (put("proofs/money/5", b"x"), "There is a proof of entry 5"),
    "a proof of another entry": (put("proofs/money/4", proof_content(5, [])), "is not as it would be written"),
    "a completeness proof that is none": (put("completeness.json", b"[]"), "The completeness proof is none"),
    "a large proof": (put("proofs/money/4", b"x" * 5_000), "has 5000 bytes, more than 4096"),
    "too many anchors": (
        lambda members: members.update({f"anchors/money/{n}.tsr": b"" for n in range(1, 258)}),
        "more than 256 files of anchors",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_bundle_that_is_not_built_like_one_is_refused_with_the_reason(tmp_path: Path, book: Book, case: str) -> None:
    change, why = REFUSALS[case]

    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6], change=change))

    assert refuted(verdict) == ["refused"]
    assert why in verdict.of("refused")[0]["why"]
    assert (verdict.proven, verdict.open) == ((), ())


def wrong_proof(members: dict[str, bytes]) -> None:
    members["proofs/money/4"] = members["proofs/money/6"].replace(b"index 5", b"index 3")


def wrong_attachments(members: dict[str, bytes]) -> None:
    members["attachments.json"] = b"[]\n"


def changed_amount(members: dict[str, bytes]) -> None:
    members["entries/money/4"] = members["entries/money/4"].replace(b'"amount_fen":400', b'"amount_fen":900')


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (changed_amount, ["not_included", "incomplete"]),
        (wrong_proof, ["not_included"]),
        (drop("proofs/money/4"), ["without_proof"]),
        (drop("entries/money/8"), ["refused"]),
        (wrong_attachments, ["attachments_differ"]),
    ],
)
def test_what_was_changed_and_bundled_anew_is_told_by_its_kind(
    tmp_path: Path, book: Book, change: Callable[[dict[str, bytes]], None], kinds: list[str]
) -> None:
    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6], change=change))

    assert refuted(verdict) == kinds
    assert "included" not in proven(verdict) or change is wrong_attachments


def test_without_the_entry_that_seals_the_index_nothing_is_told_complete(tmp_path: Path, book: Book) -> None:
    def without_seal(members: dict[str, bytes]) -> None:
        del members["entries/money/8"], members["proofs/money/8"]

    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6], change=without_seal))

    assert refuted(verdict) == ["index_missing"]


def test_the_completeness_proof_of_another_subject_is_refused(tmp_path: Path, book: Book) -> None:
    other = members_of(book, "household:H-0002", [1, 3, 5, 7])["completeness.json"]

    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6], change=put("completeness.json", other)))

    assert "of another subject than household:H-0001" in verdict.of("refused")[0]["why"]


def test_a_completeness_proof_written_otherwise_is_refused(tmp_path: Path, book: Book) -> None:
    told = members_of(book, HOUSEHOLD, [2, 4, 6])["completeness.json"]
    spaced = json.dumps(json.loads(told)).encode()

    verdict = verdict_on(bundle(tmp_path / "b.zip", book, [2, 4, 6], change=put("completeness.json", spaced)))

    assert Completeness.read(told).sealed_at == 8
    assert "is not as it would be written" in verdict.of("refused")[0]["why"]


def test_a_manifest_that_tells_of_other_members_or_another_head_is_refused(tmp_path: Path, book: Book) -> None:
    members = members_of(book, HOUSEHOLD, [2, 4, 6])
    manifest = manifest_of(book, HOUSEHOLD, members)
    [told] = manifest.books
    for name, changed in (
        ("fewer", told._replace(entries=3)),
        ("root", told._replace(root=bytes(32))),
        ("size", told._replace(size=8)),
        ("origin", told._replace(origin="another.test/money")),
    ):
        verdict = verdict_on(write(tmp_path / name, members, Manifest(HOUSEHOLD, (changed,))))
        assert refuted(verdict) == ["refused"], name


def test_members_in_another_order_are_refused_by_writer_and_reader(tmp_path: Path, book: Book) -> None:
    members = members_of(book, HOUSEHOLD, [2, 4, 6])
    with (tmp_path / "a.zip").open("w+b") as file, BundleWriter(file) as writer:
        writer.add("report.html", b"")
        with pytest.raises(ValueError, match="does not come behind report"):
            writer.add("attachments.json", b"")

    with (tmp_path / "b.zip").open("w+b") as file, BundleWriter(file) as writer:
        for name in sorted(members, reverse=True):
            writer._last = None
            writer.add(name, members[name])
        writer.finish(manifest_of(book, HOUSEHOLD, members))

    assert "stands behind" in verdict_on(tmp_path / "b.zip").of("refused")[0]["why"]


def test_a_file_that_is_no_zip_is_refused_and_one_that_is_not_there_is_no_finding(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04 nothing of the kind, but long enough to hold an end record")

    assert refuted(verdict_on(tmp_path / "b.zip")) == ["refused"]
    with pytest.raises(FileNotFoundError):
        verdict_on(tmp_path / "c.zip")


def test_of_many_entries_that_are_not_included_some_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    book = payments(tmp_path, count=60)

    def none_proven(members: dict[str, bytes]) -> None:
        for name in [name for name in members if name.startswith("proofs/")]:
            members[name] = proof_content(int(name.rpartition("/")[2]), [bytes(32)])

    positions = list(range(2, 61, 2))
    verdict = verdict_on(bundle(tmp_path / "b.zip", book, positions, change=none_proven))

    assert refuted(verdict) == ["not_included"] * 20 + ["more_not_included"]
    assert verdict.of("more_not_included") == [{"book": "money", "entries": 11}]


def test_a_bundle_about_another_subject_than_was_asked_for_does_not_hold(tmp_path: Path, book: Book) -> None:
    path = bundle(tmp_path / "b.zip", book, [2, 4, 6])

    assert verdict_on(path, TRUST._replace(subject=HOUSEHOLD)).holds
    assert refuted(verdict_on(path, TRUST._replace(subject="household:H-000１"))) == ["other_subject"]
