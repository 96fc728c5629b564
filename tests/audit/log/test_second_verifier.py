"""A verifier that was written from docs/vectors.md alone agrees with every frozen vector."""

from pathlib import Path
from typing import Any

import pytest

from tests.audit.log import second_verifier as second
from tests.audit.log.naive_reader import Head, mth, parts, read_log, split
from tests.vectors.make_log_vectors import FILES, FROZEN, LOG, frozen

DOCUMENT = (Path(__file__).parents[3] / "docs" / "vectors.md").read_text(encoding="utf-8")
SCHEME = second.read_scheme(DOCUMENT)
ENTRIES = [
    entry for suffix, _, _ in parts(300) for entry in split((FROZEN / LOG / "tile" / "entries" / suffix).read_bytes())
]
LEAVES = [second.leaf(entry) for entry in ENTRIES]
INDEX: dict[str, Any] = frozen("subjects")["index"]

Case = dict[str, Any]


def hashes(told: list[str]) -> list[bytes]:
    return [bytes.fromhex(step) for step in told]


def entries(case: Case) -> None:
    if "origin" in case:
        second.see(second.first_link(case["origin"]).hex() == case["link"])
        return
    raw = case["entry"].encode()
    told = second.read_entry(raw)
    if "stream" not in case:
        return
    second.see(told == (case["stream"], case["version"], case["topic"], case["state"]))
    second.see(second.leaf(raw).hex() == case["leaf"])
    link = second.first_link(frozen("entries")["before the first"]["origin"])
    for position, of in enumerate(LEAVES[: case["position"]], start=1):
        link = second.link(link, position, of)
    second.see(link.hex() == case["link"])


def trees(case: Case) -> None:
    if "root" in case:
        second.see(mth(LEAVES[: case["size"]]).hex() == case["root"])
        return
    place = f"{case['number']:03}"
    groups = [f"{int(place):0{-(-len(place) // 3) * 3}}"[at : at + 3] for at in range(0, -(-len(place) // 3) * 3, 3)]
    path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    suffix = "" if case["width"] == 256 else f".p/{case['width']}"
    second.see(case["path"] == f"tile/{case['level']}/{path}{suffix}")


def inclusion(case: Case) -> None:
    leaf, root = bytes.fromhex(case["leaf"]), bytes.fromhex(case["root"])
    second.check_inclusion(leaf, case["index"], case["size"], hashes(case["proof"]), root)


def consistency(case: Case) -> None:
    roots = bytes.fromhex(case["old_root"]), bytes.fromhex(case["root"])
    second.check_consistency(case["old_size"], roots[0], case["size"], roots[1], hashes(case["proof"]))


def keys(case: Case) -> None:
    second.read_vkey(case["vkey"])


def checkpoints(case: Case) -> None:
    head = second.believed(case["note"], case["vkeys"])
    if "origin" not in case:
        return
    second.see((head.origin, head.size, head.root.hex()) == (case["origin"], case["size"], case["root"]))


def receipts(case: Case) -> None:
    second.check_receipt(case["receipt"], case["entry"].encode(), case["vkeys"])


def cosignatures(case: Case) -> None:
    key, note = second.read_vkey(case["vkey"]), second.read_note(case["note"])
    line = second.signed_by(note, [key])[key]
    if "message" not in case:
        return
    second.see(second.cosigned_message(key, note.text, case["timestamp"]).hex() == case["message"])
    second.see(int.from_bytes(line.signature[:8], "big") == case["timestamp"])


def policies(case: Case) -> None:
    if "line" in case:
        with pytest.raises(second.Refused) as refused:
            second.read_policy(case["policy"])
        assert refused.value.line == case["line"]
        raise second.No
    logs, seen, reached = second.read_policy(case["policy"]).judge(case["note"])
    if "seen" not in case:
        return
    told = {one["witness"]: one["timestamp"] for one in case["seen"]}
    second.see((logs, seen, reached) == ([second.read_vkey(vkey) for vkey in case["log_keys"]], told, case["reached"]))


def retired(case: Case) -> None:
    told = {key["vkey"]: key["last_size"] for key in case["keys"]}
    if "announced_by" in case:
        second.see(second.follow_keys(ENTRIES) == told)
        return
    second.believed_with(case["note"], told)


def subjects(case: Case) -> None:
    if "mentions" in case:
        found = second.mentions(SCHEME, case["position"], ENTRIES[case["position"] - 1])
        second.see(sorted(map(list, found)) == case["mentions"])
        return
    given = [(at, bytes.fromhex(leaf)) for at, leaf in case["given"]]
    sealed = INDEX["size"], INDEX["subject_count"], bytes.fromhex(INDEX["root"])
    second.check_completeness(case["proof"], given, *sealed)


CHECKS = [
    entries,
    trees,
    inclusion,
    consistency,
    keys,
    checkpoints,
    receipts,
    cosignatures,
    policies,
    retired,
    subjects,
]
CASES = [
    pytest.param(check, case, id=f"{check.__name__}: {name}")
    for check in CHECKS
    for name, case in frozen(check.__name__).items()
    if name != "index"
]


def test_every_file_of_vectors_is_tried() -> None:
    assert {check.__name__ for check in CHECKS} == FILES.keys()


@pytest.mark.parametrize(("check", "case"), CASES)
def test_a_verifier_written_from_the_document_alone_agrees_with_the_vector(check: Any, case: Case) -> None:
    if case.get("ok", True):
        check(case)
        return

    with pytest.raises(second.No):
        check(case)


def test_the_index_of_subjects_made_from_the_entries_and_the_document_is_the_sealed_one() -> None:
    lines = second.lines_of(SCHEME, ENTRIES[: INDEX["size"]])

    told = {line["subject"]: (line["entries"], line["digest"], line["leaf"]) for line in INDEX["lines"]}
    assert {name: (count, digest.hex(), leaf.hex()) for name, (count, digest, leaf) in lines.items()} == told
    assert list(lines) == list(told)
    assert mth([leaf for _, _, leaf in lines.values()]).hex() == INDEX["root"]


def test_the_frozen_log_is_read_whole_under_the_head_that_the_key_in_force_signed() -> None:
    note = (FROZEN / LOG / "checkpoint").read_text(encoding="utf-8")
    head = second.believed_with(note, second.follow_keys(ENTRIES))

    log = read_log(lambda path: (FROZEN / LOG / path).read_bytes(), Head(*head))

    assert (log.entries, len(log.leaves)) == (ENTRIES, head.size)
