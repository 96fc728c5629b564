"""The vectors of what is signed and of what is counted: notes, receipts, cosignatures, policies, keys, subjects."""

from typing import Any

from audit.completeness import (
    Line,
    PlacedLine,
    SealedIndex,
    SubjectProof,
    as_json,
    entries_about,
    line_of,
)
from audit.log.checkpoint import Checkpoint
from audit.log.cosignature import Cosigner, ed25519_message, ml_dsa_message
from audit.log.note import Ed25519Signer, VerifierKey, parse, signed, to_base64
from audit.log.receipt import Receipt
from audit.merkle import inclusion_proof
from audit.subjects import mentions
from tests.vectors.vector_book import (
    CORRECTED,
    CORRECTION,
    COSIGNED_AT,
    INDEXED,
    LAST_SIZE,
    NEW,
    OLD,
    ORIGIN,
    RETIRED,
    ROTATED,
    SIZE,
    STRANGER,
    THIRD,
    WITNESSES,
    VectorBook,
    index_over,
    subjects_in,
)

Cases = dict[str, Any]

HOUSEHOLD, NOBODY = "household:H-0003", "household:H-0500"


def keys(book: VectorBook) -> Cases:
    """Each key's seed (32 bytes) and its vkey; and vkeys that are none."""
    signers = {"the log's first key": (OLD, 1), "the log's second key": (NEW, 2), "a stranger's key": (STRANGER, 3)}
    cases: Cases = {
        name: {"seed": f"{seed:02x}" * 32, "vkey": key.vkey, "ok": True} for name, (key, seed) in signers.items()
    }
    for seed, cosigner in ((0x11, WITNESSES[0]), (0x12, WITNESSES[1]), (0x13, THIRD)):
        cases[cosigner.key.name] = {"seed": f"{seed:02x}" * 32, "vkey": cosigner.key.vkey, "ok": True}
    name, key_id, encoded = OLD.vkey.split("+", 2)
    bad = {
        "another key ID": f"{name}+00000000+{encoded}",
        "a key ID in capitals": f"{name}+{key_id.upper()}+{encoded}",
        "a name with a space": f"a b+{key_id}+{encoded}",
        "base64 without its padding": OLD.vkey.rstrip("=")[:-1],
    }
    return cases | {case: {"vkey": vkey, "ok": False} for case, vkey in bad.items()}


def head(book: VectorBook, size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, book.root(size))


def signed_head(book: VectorBook, size: int, *signers: Ed25519Signer) -> str:
    return signed(head(book, size).text, signers or (NEW,))


def checkpoints(book: VectorBook) -> Cases:
    """Signed heads, believed by the vkeys beside them; and notes that are not to be believed."""

    def good(size: int, *signers: Ed25519Signer) -> Cases:
        told = {"origin": ORIGIN, "size": size, "root": book.root(size).hex(), "ok": True}
        return {"note": signed_head(book, size, *signers), "vkeys": [signer.vkey for signer in signers]} | told

    note = signed_head(book, SIZE)
    parsed = parse(note.encode())
    [signature] = parsed.signatures
    flipped = signature._replace(signature=signature.signature[:-1] + bytes([signature.signature[-1] ^ 1]))
    elsewhere = Checkpoint("vectors.example/another", SIZE, book.root(SIZE)).text
    bad = {
        "another size": note.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n"),
        "another root": str(parsed._replace(text=Checkpoint(ORIGIN, SIZE, bytes(32)).text)),
        "a flipped signature": str(parsed._replace(signatures=(flipped,))),
        "signed by a stranger": signed_head(book, SIZE, STRANGER),
        "another origin": signed(elsewhere, [NEW]),
        "no signature": parsed.text,
        "a leading zero in the size": signed(parsed.text.replace(f"\n{SIZE}\n", f"\n0{SIZE}\n"), [NEW]),
        "a root of 31 bytes": signed(f"{ORIGIN}\n{SIZE}\n{to_base64(bytes(31))}\n", [NEW]),
        "line feeds of another system": note.replace("\n", "\r\n"),
        "a hyphen for the dash": note.replace("—", "-"),
    }
    cases = {
        "the first key": good(257, OLD),
        "both keys during the overlap": good(LAST_SIZE, OLD, NEW),
        "the second key": good(SIZE, NEW),
        "an unknown key's line beside it": good(SIZE, NEW) | {"note": signed_head(book, SIZE, NEW, STRANGER)},
    }
    return cases | {name: {"note": text, "vkeys": [NEW.vkey], "ok": False} for name, text in bad.items()}


def receipts(book: VectorBook) -> Cases:
    """Receipts for entries of the published log; and receipts that show nothing."""

    def receipt(position: int) -> Receipt:
        return Receipt(position - 1, tuple(inclusion_proof(book.hashes, position - 1)), signed_head(book, SIZE))

    def case(position: int, told: Receipt | str, *, ok: bool) -> Cases:
        return {"entry": book.entries[position - 1].decode(), "vkeys": [NEW.vkey], "receipt": str(told), "ok": ok}

    honest = receipt(CORRECTED)
    text = str(honest)
    cases = {f"entry {at}": case(at, receipt(at), ok=True) for at in (1, CORRECTED, 256, 257, SIZE)}
    extra = {"extra data, which binds nothing": case(CORRECTED, honest._replace(extra=b"whatever"), ok=True)}
    bad: dict[str, Receipt | str] = {
        "another index": honest._replace(leaf_index=CORRECTED),
        "a step left out": honest._replace(proof=honest.proof[:-1]),
        "a flipped step": honest._replace(proof=(bytes(32), *honest.proof[1:])),
        "a smaller head": honest._replace(checkpoint=signed_head(book, 257)),
        "a stranger's head": honest._replace(checkpoint=signed_head(book, SIZE, STRANGER)),
        "another heading": text.replace("@v1", "@v2"),
        "a leading zero in the index": text.replace("index ", "index 0"),
        "no empty line": text.replace("\n\n", "\n", 1),
    }
    refused = {name: case(CORRECTED, told, ok=False) for name, told in bad.items()}
    return cases | extra | refused | {"another entry": case(CORRECTED + 1, honest, ok=False)}


def cosigned(book: VectorBook, *cosigners: Cosigner, at: int = COSIGNED_AT, size: int = SIZE) -> str:
    note = parse(signed_head(book, size).encode())
    return str(
        note.with_lines("".join(cosigner.cosign(note.text, at) for cosigner in cosigners)) if cosigners else note
    )


def message(key: VerifierKey, text: str, at: int) -> bytes:
    return ml_dsa_message(key.name, text, at) if key.kind == 0x06 else ed25519_message(text, at)


def cosignatures(book: VectorBook) -> Cases:
    """Cosignatures of both kinds with the very bytes that are signed; and lines that are none."""
    cases: Cases = {}
    for cosigner in WITNESSES:
        key, name = cosigner.key, cosigner.key.name
        note = parse(cosigned(book, cosigner).encode())
        last = note.signatures[-1]
        told = {"vkey": key.vkey, "timestamp": COSIGNED_AT, "message": message(key, note.text, COSIGNED_AT).hex()}
        cases[name] = told | {"note": str(note), "ok": True}
        later = last._replace(signature=(COSIGNED_AT + 1).to_bytes(8, "big") + last.signature[8:])
        flipped = last._replace(signature=last.signature[:-1] + bytes([last.signature[-1] ^ 1]))
        bad = {
            "another time": note._replace(signatures=(note.signatures[0], later)),
            "a flipped byte": note._replace(signatures=(note.signatures[0], flipped)),
            "under another head": parse(signed_head(book, 257).encode()).with_lines(last.line),
        }
        cases |= {f"{name}: {why}": {"vkey": key.vkey, "note": str(other), "ok": False} for why, other in bad.items()}
    return cases


def policies(book: VectorBook) -> Cases:
    """What a policy makes of a note; and policies that are none, with the line that says so."""
    one, other = (cosigner.key.vkey for cosigner in WITNESSES)
    lines = [f"log {NEW.vkey}", f"witness jiwei {one}", f"witness shenji {other}", f"witness caizheng {THIRD.key.vkey}"]
    group = ["group bureaus 2 jiwei shenji caizheng", "quorum bureaus", ""]
    two_of_three, none = "\n".join([*lines, *group]), f"log {NEW.vkey}\nquorum none\n"

    def judged(policy: str, note: str, *seen: str, reached: bool) -> Cases:
        told = {"log_keys": [NEW.vkey], "seen": [{"witness": name, "timestamp": COSIGNED_AT} for name in seen]}
        return {"policy": policy, "note": note, **told, "reached": reached, "ok": True}

    twice = parse(cosigned(book, WITNESSES[0]).encode())
    again = twice.with_lines(WITNESSES[0].cosign(twice.text, COSIGNED_AT + 1))
    renamed = VerifierKey.of("another.example/w1", WITNESSES[0].key.kind, WITNESSES[0].key.public).vkey
    cases = {
        "two of three": judged(two_of_three, cosigned(book, *WITNESSES), "jiwei", "shenji", reached=True),
        "one of three": judged(two_of_three, cosigned(book, THIRD), "caizheng", reached=False),
        "one witness twice": judged(two_of_three, str(again), "jiwei", reached=False),
        "no witness is asked for": judged(none, cosigned(book), reached=True),
    }
    cases["a log that is not known"] = {"policy": f"log {OLD.vkey}\nquorum none\n", "note": cosigned(book), "ok": False}
    refused = {
        "one key under two names": ("\n".join([*lines, f"witness again {renamed}", *group]), 5),
        "a member that is not defined": (f"log {NEW.vkey}\ngroup g 1 nobody\nquorum g\n", 2),
        "a member of two groups": ("\n".join([*lines, "group g any jiwei", "group h any jiwei", "quorum g", ""]), 6),
        "a threshold beyond its members": ("\n".join([*lines, "group g 4 jiwei shenji caizheng", "quorum g", ""]), 5),
        "a log's key for a witness": (f"witness w {OLD.vkey}\nquorum w\n", 1),
        "no quorum": (f"log {NEW.vkey}\n", 0),
        "no line feed at the end": (f"log {NEW.vkey}\nquorum none", 2),
    }
    return cases | {name: {"policy": text, "line": line, "ok": False} for name, (text, line) in refused.items()}


def retired(book: VectorBook) -> Cases:
    """Which keys the entries announce, and heads that are signed by one that was retired."""
    told = [{"vkey": OLD.vkey, "last_size": LAST_SIZE}, {"vkey": NEW.vkey, "last_size": None}]
    announced = {"announced_by": [1, ROTATED, RETIRED], "keys": told, "ok": True}

    def case(size: int, *signers: Ed25519Signer, ok: bool) -> Cases:
        return {"keys": told, "note": signed_head(book, size, *signers), "size": size, "ok": ok}

    return {
        "what the entries say of the keys": announced,
        "the retired key at a size before its last": case(257, OLD, ok=True),
        "the retired key at its last size": case(LAST_SIZE, OLD, ok=True),
        "the retired key beyond its last size": case(LAST_SIZE + 1, OLD, ok=False),
        "the retired key beyond it, beside the one in force": case(SIZE, OLD, NEW, ok=False),
        "the key in force": case(SIZE, NEW, ok=True),
    }


def subjects(book: VectorBook) -> Cases:
    """Which subjects entries name, the sealed index over them, and what proofs from it show."""
    entries = book.entries[:INDEXED]
    sealed = index_over(entries)
    numbered = list(enumerate(entries, start=1))
    order = subjects_in(entries)
    lines = [line_of(subject, entries_about(subject, numbered)) for subject in order]
    named: Cases = {
        f"named by entry {at}": {"position": at, "mentions": sorted(map(list, mentions(at, book.entries[at - 1])))}
        for at in (2, CORRECTED, CORRECTION)
    }
    told = {"size": sealed.size, "root": sealed.root.hex(), "subject_count": sealed.subjects}
    index = {"index": told | {"sealed_at": INDEXED + 1, "lines": [_told(line) for line in lines]}}
    return named | index | _proofs(sealed, lines, entries_about(HOUSEHOLD, numbered))


def _told(line: Line) -> Cases:
    return {"subject": line.subject, "entries": line.entries, "digest": line.digest.hex(), "leaf": line.leaf.hex()}


def _proofs(sealed: SealedIndex, lines: list[Line], about: list[tuple[int, bytes]]) -> Cases:
    leaves = [line.leaf for line in lines]
    place = next(place for place, line in enumerate(lines) if line.subject == HOUSEHOLD)
    behind = next(place for place, line in enumerate(lines) if line.subject > NOBODY)

    def placed(at: int) -> PlacedLine:
        return PlacedLine(at, lines[at], tuple(inclusion_proof(leaves, at)))

    def case(proof: SubjectProof, given: list[tuple[int, bytes]], *, ok: bool) -> Cases:
        return {"proof": as_json(proof), "given": [[at, leaf.hex()] for at, leaf in given], "ok": ok}

    own = SubjectProof(HOUSEHOLD, own=placed(place))
    absent = SubjectProof(NOBODY, before=placed(behind - 1), behind=placed(behind))
    apart = SubjectProof(NOBODY, before=placed(behind - 2), behind=placed(behind))
    beside = SubjectProof(HOUSEHOLD, before=placed(place - 1), behind=placed(place + 1))
    moved = SubjectProof(HOUSEHOLD, own=placed(place)._replace(place=place + 1))
    return {
        "all entries of a household": case(own, about, ok=True),
        "one entry left out": case(own, about[:-1], ok=False),
        "one entry exchanged": case(own, [*about[:-1], (about[-1][0], bytes(32))], ok=False),
        "one entry too many": case(own, sorted([*about, (1, bytes(32))]), ok=False),
        "nothing about a household": case(absent, [], ok=True),
        "nothing, and an entry is given": case(absent, about[:1], ok=False),
        "absence between lines that are not neighbours": case(apart, [], ok=False),
        "absence of what is there": case(beside, [], ok=False),
        "a line at another place": case(moved, about, ok=False),
    }
