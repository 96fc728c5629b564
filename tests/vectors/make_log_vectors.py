"""Add frozen vectors of the public log to `log/`: `python -m tests.vectors.make_log_vectors` (docs/vectors.md).

What stands there is never written anew: others' verifiers are tried on it. A case that is not there yet is added.
Everything follows from `vector_book`, but signatures of ML-DSA-44, which are drawn, and stay as they were drawn first.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from audit.log.checkpoint import Checkpoint
from audit.log.folder import LogFolder
from audit.log.growing import TreeHead, drop_partials, grow
from audit.log.note import signed
from audit.log.tiles import ENTRIES, Tile, path_of
from audit.merkle import EMPTY_ROOT, consistency_proof, inclusion_proof, node_of
from audit.seal import genesis, parse
from tests.vectors import vector_trust
from tests.vectors.vector_book import CORRECTED, CORRECTION, INDEXED, NEW, ORIGIN, SIZE, VectorBook

FROZEN = Path(__file__).with_name("log")
LOG = "book"
"""The published log itself, below `log/`."""

TOLD = (1, 2, CORRECTED, CORRECTION, INDEXED + 1, 259, 261, SIZE)
SIZES = (0, 1, 2, 3, 5, 7, 8, 255, 256, 257, 260, SIZE)

Cases = dict[str, Any]


def entries(book: VectorBook) -> Cases:
    """Entries, what they say, and their hashes; and bytes that are no entries."""
    cases: Cases = {"before the first": {"origin": ORIGIN, "link": genesis(ORIGIN).hex(), "ok": True}}
    for position in TOLD:
        one, said = book.written[position - 1], parse(book.written[position - 1].entry)
        cases[f"entry {position}"] = {
            "position": position,
            "entry": one.entry.decode(),
            "stream": str(said.stream),
            "version": said.version,
            "topic": said.topic,
            "state": said.state.decode(),
            "leaf": one.leaf.hex(),
            "link": one.link.hex(),
            "ok": True,
        }
    whole = book.written[1].entry.decode()
    bad = {
        "another format": whole.replace("mingzhang/event/v1", "mingzhang/event/v9"),
        "a line feed at the end": whole + "\n",
        "a blank in the state": whole.replace('"amount_fen":', '"amount_fen": '),
        "a fraction": whole.replace('"amount_fen":60002', '"amount_fen":60002.5'),
        "a null": whole.replace('"amount_fen":60002', '"amount_fen":null'),
        "an integer beyond 2^53 - 1": whole.replace('"amount_fen":60002', '"amount_fen":9007199254740992'),
        "keys out of order": whole.replace('{"amount_fen":60002,', '{"z":1,"amount_fen":60002,'),
        "a key twice": whole.replace('{"amount_fen":60002,', '{"amount_fen":60002,"amount_fen":60002,'),
        "an escape that is not needed": whole.replace("测试", "\\u6d4b\\u8bd5"),
        "text that is not in NFC": whole.replace("测试三村", "e\u0301"),
        "version nought": whole.replace(" 1\n", " 0\n"),
        "a topic without a version": whole.replace("payment-made/v1", "payment-made"),
    }
    return cases | {name: {"entry": entry, "ok": False} for name, entry in bad.items()}


def trees(book: VectorBook) -> Cases:
    """Roots at many sizes, and where tiles lie."""
    cases: Cases = {
        f"root of {size}": {"size": size, "root": (book.root(size) if size else EMPTY_ROOT).hex()} for size in SIZES
    }
    places = [(0, 0, 256), (0, 1, 44), (1, 0, 1), (0, 999, 256), (0, 1_000, 17), (2, 1_234_067, 256), (ENTRIES, 7, 256)]
    for level, number, width in places:
        told = {"level": "entries" if level == ENTRIES else level, "number": number, "width": width}
        cases[f"tile {told['level']} {number} {width}"] = told | {"path": path_of(Tile(level, number, width))}
    return cases


def inclusion(book: VectorBook) -> Cases:
    """Proofs that a leaf is in a tree, and proofs that are none."""

    def case(index: int, size: int, /, **changes: Any) -> Cases:
        proof = [step.hex() for step in inclusion_proof(book.hashes[:size], index)]
        told = {"leaf": book.hashes[index].hex(), "index": index, "size": size, "proof": proof}
        return told | {"root": book.root(size).hex(), "ok": not changes} | changes

    pairs = [(0, 1), (0, 2), (1, 2), (2, 3), (4, 5), (6, 7), (0, 255), (255, 256), (256, 257), (39, SIZE), (299, SIZE)]
    cases = {f"index {index} of {size}": case(index, size) for index, size in pairs}
    honest = case(39, SIZE)
    height_1 = node_of(book.hashes[38], book.hashes[39]).hex()
    return cases | {
        "another index": case(39, SIZE, index=40),
        "an index behind the tree": case(39, SIZE, index=SIZE),
        "a size with another number of levels": case(39, SIZE, size=4 * SIZE),
        "another leaf": case(39, SIZE, leaf=book.hashes[40].hex()),
        "a step left out": case(39, SIZE, proof=honest["proof"][:-1]),
        "a step too many": case(39, SIZE, proof=[*honest["proof"], "00" * 32]),
        "steps in another order": case(39, SIZE, proof=honest["proof"][::-1]),
        "an inner node as a leaf": case(39, SIZE, leaf=height_1, index=19, proof=honest["proof"][1:]),
        "an inner node at the leaf's index": case(39, SIZE, leaf=height_1, proof=honest["proof"][1:]),
    }


def consistency(book: VectorBook) -> Cases:
    """Proofs that a tree only adds to one before, and proofs that are none."""

    def case(old_size: int, size: int, /, **changes: Any) -> Cases:
        proof = [step.hex() for step in consistency_proof(book.hashes[:size], old_size)]
        told = {"old_size": old_size, "old_root": book.root(old_size).hex(), "size": size, "proof": proof}
        return told | {"root": book.root(size).hex(), "ok": not changes} | changes

    pairs = [
        (1, 1),
        (1, 2),
        (2, 3),
        (3, 7),
        (4, 8),
        (6, 8),
        (255, 256),
        (256, 257),
        (257, SIZE),
        (260, SIZE),
        (300, 300),
    ]
    cases = {f"{old} to {size}": case(old, size) for old, size in pairs}
    honest = case(257, SIZE)["proof"]
    return cases | {
        "another old root": case(257, SIZE, old_root="00" * 32),
        "another new root": case(257, SIZE, root="00" * 32),
        "another old size": case(257, SIZE, old_size=256),
        "from nothing": case(257, SIZE, old_size=0, proof=[]),
        "backwards": case(257, SIZE, old_size=SIZE, size=257),
        "a step left out": case(257, SIZE, proof=honest[1:]),
        "a step too many": case(257, SIZE, proof=[*honest, "00" * 32]),
        "a proof between equal trees": case(SIZE, SIZE, proof=["00" * 32]),
    }


FILES: dict[str, Callable[[VectorBook], Cases]] = {
    "entries": entries,
    "trees": trees,
    "inclusion": inclusion,
    "consistency": consistency,
    "keys": vector_trust.keys,
    "checkpoints": vector_trust.checkpoints,
    "receipts": vector_trust.receipts,
    "cosignatures": vector_trust.cosignatures,
    "policies": vector_trust.policies,
    "retired": vector_trust.retired,
    "subjects": vector_trust.subjects,
}
"""Each file of vectors and what makes its cases, by name."""


def publish(folder: Path, book: VectorBook) -> None:
    """The log as it is published: tiles, bundles, and the head, which the new key alone signs by then."""
    log = LogFolder(folder)
    log.make()
    head = grow(log, book, SIZE, TreeHead(0, EMPTY_ROOT))
    drop_partials(log, SIZE, 0)
    log.write("checkpoint", signed(Checkpoint(ORIGIN, *head).text, [NEW]).encode())
    (folder / "grown").unlink()


def frozen(name: str) -> Cases:
    """The cases that stand in a file."""
    file = FROZEN / f"{name}.json"
    told: Cases = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return told


def main() -> None:
    """Add what is missing."""
    book = VectorBook()
    if not (FROZEN / LOG / "checkpoint").exists():
        publish(FROZEN / LOG, book)
    for name, make in FILES.items():
        standing = frozen(name)
        added = {case: told for case, told in make(book).items() if case not in standing}
        if added:
            text = json.dumps(standing | added, ensure_ascii=False, indent=1)
            (FROZEN / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        sys.stderr.write(f"{name}: {len(added)} cases added to {len(standing)}.\n")


if __name__ == "__main__":
    main()
