"""The frozen vectors of the public log (docs/vectors.md): each case is what it says, and stays what it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from audit.completeness import SealedIndex, check_complete, entries_about, of_json, sealed_by
from audit.log.checkpoint import open_checkpoint
from audit.log.cosignature import VERIFIERS, ed25519_message, ml_dsa_message, timestamp_of, verifier_of
from audit.log.keyring import TrustedKey, followed, vouched
from audit.log.note import parse, parse_vkey, verified
from audit.log.policy_file import PolicyInvalid, parse_policy
from audit.log.receipt import parse_receipt, verify_receipt
from audit.log.tiles import Tile, path_of, tile_at
from audit.merkle import EMPTY_ROOT, root_of, verify_consistency, verify_inclusion
from audit.seal import entry_bytes, genesis, leaf_of, link_of
from audit.seal import parse as parse_entry
from audit.subjects import (
    KIND_OF_FIELD,
    KIND_OF_FIELD_IN,
    KIND_OF_LIST,
    LOANS,
    PARTIES,
    TOLD,
    WITH_REFERENCE,
    mentions,
)
from tests.audit.log.naive_reader import mth, read_head, read_log
from tests.vectors.make_log_vectors import FILES, FROZEN, LOG, frozen, publish
from tests.vectors.vector_book import INDEXED, NEW, ORIGIN, SIZE, VectorBook

BOOK = VectorBook()
ML_DSA_44 = 0x06
DRAWN = ("cosignatures", "policies")
"""Files in which signatures of ML-DSA-44 stand, which are never made twice alike."""

Case = dict[str, Any]


def cases(name: str) -> pytest.MarkDecorator:
    """The cases of a file, by name."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=told) for told, case in frozen(name).items()])


@contextmanager
def as_told(case: Case) -> Iterator[None]:
    """What is inside is refused when the case says so, and only then."""
    if case["ok"]:
        yield
        return
    with pytest.raises(ValueError, match=r"\w"):
        yield


def hashes(told: list[str]) -> list[bytes]:
    return [bytes.fromhex(step) for step in told]


@pytest.mark.parametrize("name", FILES)
def test_what_is_frozen_is_what_would_be_made_today_and_every_case_is_frozen(name: str) -> None:
    made, standing = FILES[name](BOOK), frozen(name)

    assert made.keys() == standing.keys()
    assert name in DRAWN or made == standing


def test_the_published_log_is_frozen_byte_for_byte(tmp_path: Path) -> None:
    publish(tmp_path / "log", BOOK)

    def files(folder: Path) -> dict[str, bytes]:
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    assert files(FROZEN / LOG) == files(tmp_path / "log")
    assert all(path == "checkpoint" or tile_at(path) for path in files(FROZEN / LOG))


def test_a_reader_that_is_not_ours_reads_the_frozen_log_whole() -> None:
    head = read_head((FROZEN / LOG / "checkpoint").read_bytes(), NEW.vkey)

    log = read_log(lambda path: (FROZEN / LOG / path).read_bytes(), head)

    assert (head.origin, head.size) == (ORIGIN, SIZE)
    assert log.entries == BOOK.entries
    assert mth(log.leaves[:INDEXED]) == BOOK.root(INDEXED)


@cases("entries")
def test_an_entry_is_read_and_hashed_as_its_vector_says(case: Case) -> None:
    if "origin" in case:
        assert genesis(case["origin"]).hex() == case["link"]
        return
    raw = case["entry"].encode()

    with as_told(case):
        said = parse_entry(raw)

    if case["ok"]:
        assert (str(said.stream), said.version, said.topic) == (case["stream"], case["version"], case["topic"])
        assert entry_bytes(said.stream, said.version, said.topic, case["state"].encode()) == raw
        assert leaf_of(raw).hex() == case["leaf"]
        before = BOOK.link(case["position"] - 1)
        assert link_of(before, case["position"], leaf_of(raw)).hex() == case["link"]


@cases("trees")
def test_roots_and_paths_of_tiles_are_those_of_the_vectors(case: Case) -> None:
    if "path" in case:
        level = -1 if case["level"] == "entries" else case["level"]
        tile = Tile(level, case["number"], case["width"])
        assert (path_of(tile), tile_at(case["path"])) == (case["path"], tile)
        return

    found = root_of(BOOK.hashes[: case["size"]]) if case["size"] else EMPTY_ROOT

    assert found.hex() == case["root"] == mth(BOOK.hashes[: case["size"]]).hex()


@cases("inclusion")
def test_a_proof_of_inclusion_shows_what_its_vector_says(case: Case) -> None:
    leaf, root = bytes.fromhex(case["leaf"]), bytes.fromhex(case["root"])

    with as_told(case):
        verify_inclusion(leaf, case["index"], case["size"], hashes(case["proof"]), root)


@cases("consistency")
def test_a_proof_of_consistency_shows_what_its_vector_says(case: Case) -> None:
    old_root, root = bytes.fromhex(case["old_root"]), bytes.fromhex(case["root"])

    with as_told(case):
        verify_consistency(case["old_size"], old_root, case["size"], root, hashes(case["proof"]))


@cases("keys")
def test_a_key_is_read_as_its_vector_says(case: Case) -> None:
    with as_told(case):
        key = parse_vkey(case["vkey"])

    if case["ok"]:
        assert key.vkey == case["vkey"]
        assert key.kind in VERIFIERS


@cases("checkpoints")
def test_a_signed_head_is_believed_as_its_vector_says(case: Case) -> None:
    verifiers = [verifier_of(parse_vkey(vkey)) for vkey in case["vkeys"]]

    with as_told(case):
        head, _ = open_checkpoint(case["note"].encode(), verifiers)

    if case["ok"]:
        assert (head.origin, head.size, head.root.hex()) == (case["origin"], case["size"], case["root"])


@cases("receipts")
def test_a_receipt_shows_what_its_vector_says(case: Case) -> None:
    verifiers = [verifier_of(parse_vkey(vkey)) for vkey in case["vkeys"]]

    with as_told(case):
        head = verify_receipt(parse_receipt(case["receipt"].encode()), leaf_of(case["entry"].encode()), verifiers)

    if case["ok"]:
        assert head.size == SIZE


@cases("cosignatures")
def test_a_cosignature_verifies_as_its_vector_says(case: Case) -> None:
    note, key = parse(case["note"].encode()), parse_vkey(case["vkey"])

    with as_told(case):
        [(_, signature)] = verified(note, [verifier_of(key)])

    if case["ok"]:
        at = case["timestamp"]
        message = ml_dsa_message(key.name, note.text, at) if key.kind == ML_DSA_44 else ed25519_message(note.text, at)
        assert (timestamp_of(signature), message.hex()) == (at, case["message"])


@cases("policies")
def test_a_policy_judges_as_its_vector_says(case: Case) -> None:
    if "line" in case:
        with pytest.raises(PolicyInvalid) as refused:
            parse_policy(case["policy"].encode())
        assert refused.value.line == case["line"]
        return

    policy = parse_policy(case["policy"].encode())
    with as_told(case):
        verdict = policy.judge(case["note"].encode())

    if case["ok"]:
        seen = [{"witness": one.witness, "timestamp": one.timestamp} for one in verdict.seen]
        assert [key.vkey for key in verdict.log_keys] == case["log_keys"]
        assert (seen, verdict.is_reached) == (case["seen"], case["reached"])


@cases("retired")
def test_a_retired_key_is_believed_as_its_vector_says(case: Case) -> None:
    trusted = [TrustedKey(**told) for told in case["keys"]]
    if "announced_by" in case:
        announcing = [BOOK.entries[position - 1] for position in case["announced_by"]]
        assert followed([], announcing) == followed([], BOOK.entries) == trusted
        return

    with as_told(case):
        head, _ = vouched(case["note"].encode(), trusted)

    if case["ok"]:
        assert head.size == case["size"]


@cases("subjects")
def test_subjects_their_index_and_its_proofs_are_as_their_vectors_say(case: Case) -> None:
    sealed: SealedIndex = sealed_by(INDEXED + 1, BOOK.entries[INDEXED])
    if "mentions" in case:
        found = sorted(map(list, mentions(case["position"], BOOK.entries[case["position"] - 1])))
        assert found == case["mentions"]
        return
    if "lines" in case:
        assert (sealed.size, sealed.root.hex(), sealed.subjects) == (case["size"], case["root"], case["subject_count"])
        assert mth(hashes([line["leaf"] for line in case["lines"]])) == sealed.root
        return
    given = [(position, bytes.fromhex(leaf)) for position, leaf in case["given"]]

    with as_told(case):
        check_complete(of_json(case["proof"]), given, sealed)

    if case["ok"]:
        numbered = list(enumerate(BOOK.entries[:INDEXED], start=1))
        assert given == entries_about(case["proof"]["subject"], numbered)


def test_the_document_tells_of_every_field_that_names_a_subject_and_of_every_file_of_vectors() -> None:
    told = (Path(__file__).parents[3] / "docs" / "vectors.md").read_text(encoding="utf-8")
    rows = [line for line in told.splitlines() if line.startswith("| `")]

    fields_of = {
        kind: "".join(row for row in rows if row.startswith(f"| `{kind}` |")) for kind in KIND_OF_FIELD.values()
    }

    assert all(f"`{field}`" in fields_of[kind] for field, kind in KIND_OF_FIELD.items())
    for topic, fields in KIND_OF_FIELD_IN.items():
        assert all(f"| `{topic}` | `{field}` | `{kind}` |" in rows for field, kind in fields.items())
    assert all(f"`{word}`" in told for word in (*KIND_OF_LIST, *PARTIES, *TOLD, *LOANS, *WITH_REFERENCE))
    assert all(f"| `{name}.json` |" in told for name in FILES)
