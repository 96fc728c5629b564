"""A second verifier of the public log, written from docs/vectors.md alone: it shares no code with ours.

What does not hold raises `No`. Ed25519 and ML-DSA-44 come from `cryptography`.
"""

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

Told = Mapping[str, Any]


class No(Exception):
    """It does not hold."""


def see(holds: object, why: str = "") -> None:
    """Go on only when it holds."""
    if not holds:
        raise No(why)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01", left, right)


def u64(number: int) -> bytes:
    return number.to_bytes(8, "big")


def unbase64(text: str) -> bytes:
    """Base64, accepted only as it would be written."""
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError as fault:
        raise No(text) from fault
    see(base64.b64encode(content).decode() == text, text)
    return content


class Entry(NamedTuple):
    stream: str
    version: int
    topic: str
    state: str


HEAD = re.compile(
    r"mingzhang/event/v1\n([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) ([1-9][0-9]{0,15})\n([a-z-]+/v[0-9]+)\n"
)


def read_entry(raw: bytes) -> Entry:
    see(len(raw) <= 65_535)
    text = raw.decode()
    found = HEAD.match(text)
    see(found)
    assert found is not None
    state = text[found.end() :]
    see(int(found[2]) < 2**53)
    see(unicodedata.normalize("NFC", state) == state)
    try:
        value = json.loads(state, object_pairs_hook=_ordered, parse_float=_never, parse_constant=_never)
    except json.JSONDecodeError as fault:
        raise No(state) from fault
    see(isinstance(value, dict) and _is_plain(value))
    see(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == state)
    return Entry(found[1], int(found[2]), found[3], state)


def _never(text: str) -> Any:
    raise No(text)


def _ordered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    see(keys == sorted(set(keys)))
    return dict(pairs)


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, int):
        return abs(value) < 2**53
    return isinstance(value, str)


def leaf(entry: bytes) -> bytes:
    return sha256(b"\x00", entry)


def first_link(origin: str) -> bytes:
    return sha256(b"mingzhang/chain/v1\n", origin.encode(), b"\n")


def link(before: bytes, position: int, of: bytes) -> bytes:
    return sha256(b"\x02", before, u64(position), of)


def check_inclusion(of: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    see(0 <= index < size)
    fn, sn, r = index, size - 1, of
    for p in proof:
        see(sn)
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    see(sn == 0 and r == root)


def check_consistency(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    see(1 <= old_size <= size)
    if old_size == size:
        see(not proof and old_root == root)
        return
    steps = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    see(steps)
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = steps[0]
    for c in steps[1:]:
        see(sn)
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    see(sn == 0 and fr == old_root and sr == root)


class Key(NamedTuple):
    name: str
    key_id: bytes
    kind: int
    public: bytes


def read_vkey(vkey: str) -> Key:
    parts = vkey.split("+", 2)
    see(len(parts) == 3)
    name, key_id, encoded = parts
    see(name and not re.search(r"[\s+]", name))
    see(re.fullmatch("[0-9a-f]{8}", key_id))
    material = unbase64(encoded)
    see(material[0] in (1, 4, 6))
    see(sha256(name.encode(), b"\n", material)[:4].hex() == key_id)
    return Key(name, bytes.fromhex(key_id), material[0], material[1:])


class Line(NamedTuple):
    name: str
    key_id: bytes
    signature: bytes


class Note(NamedTuple):
    text: str
    lines: tuple[Line, ...]


def read_note(raw: str) -> Note:
    see(not re.search("[\x00-\x09\x0b-\x1f]", raw))
    text, empty, signatures = raw.rpartition("\n\n")
    see(empty and signatures.endswith("\n"))
    told = signatures[:-1].split("\n")
    see(len(told) <= 64)
    return Note(text + "\n", tuple(map(_line, told)))


def _line(told: str) -> Line:
    see(told.startswith("— "))
    name, _, encoded = told[2:].partition(" ")
    see(name and "+" not in name)
    content = unbase64(encoded)
    see(len(content) > 4)
    return Line(name, content[:4], content[4:])


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


def read_checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    see(not lines.pop() and len(lines) >= 3 and all(lines))
    origin, size, root = lines[:3]
    see(re.fullmatch("0|[1-9][0-9]*", size) and int(size) < 2**63)
    content = unbase64(root)
    see(len(content) == 32)
    return Checkpoint(origin, int(size), content)


def signed_by(note: Note, keys: Iterable[Key]) -> dict[Key, Line]:
    """The known keys that signed, each with its first line; one that does not verify spoils the note."""
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[Key, Line] = {}
    for line in note.lines:
        key = known.get((line.name, line.key_id))
        if key is not None:
            check_signature(key, note.text, line.signature)
            found.setdefault(key, line)
    return found


def check_signature(key: Key, text: str, signature: bytes) -> None:
    message, bare = text.encode(), signature
    if key.kind != 1:
        message, bare = cosigned_message(key, text, int.from_bytes(signature[:8], "big")), signature[8:]
    see(len(bare) == (2_420 if key.kind == 6 else 64))
    public: Ed25519PublicKey | MLDSA44PublicKey
    public = (
        MLDSA44PublicKey.from_public_bytes(key.public)
        if key.kind == 6
        else Ed25519PublicKey.from_public_bytes(key.public)
    )
    try:
        public.verify(bare, message)
    except InvalidSignature as fault:
        raise No(key.name) from fault


def cosigned_message(key: Key, text: str, timestamp: int) -> bytes:
    see(timestamp < 2**63)
    head = read_checkpoint(text)
    if key.kind == 4:
        return b"cosignature/v1\ntime %d\n" % timestamp + text.encode()
    names = [bytes([len(name.encode())]) + name.encode() for name in (key.name, head.origin)]
    return b"subtree/v1\n\0" + names[0] + u64(timestamp) + names[1] + u64(0) + u64(head.size) + head.root


def believed(raw: str, vkeys: Iterable[str]) -> Checkpoint:
    """The checkpoint that one of these keys of the log signed."""
    note = read_note(raw)
    head = read_checkpoint(note.text)
    signers = signed_by(note, map(read_vkey, vkeys))
    see(head.origin in {key.name for key in signers})
    return head


def check_receipt(raw: str, entry: bytes, vkeys: Iterable[str]) -> Checkpoint:
    told, empty, note = raw.partition("\n\n")
    see(empty)
    heading, *lines = told.split("\n")
    see(heading == "c2sp.org/tlog-proof@v1")
    if lines and lines[0].startswith("extra "):
        unbase64(lines.pop(0)[6:])
    see(lines and re.fullmatch("index (0|[1-9][0-9]*)", lines[0]) and len(lines) <= 64)
    proof = [unbase64(step) for step in lines[1:]]
    see(all(len(step) == 32 for step in proof))
    head = believed(note, vkeys)
    check_inclusion(leaf(entry), int(lines[0][6:]), head.size, proof, head.root)
    return head


class Refused(No):
    """A policy that is none; `line` counts from 1, 0 stands for the whole file."""

    def __init__(self, line: int) -> None:
        super().__init__(str(line))
        self.line = line


class Policy(NamedTuple):
    logs: list[Key]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, list[str]]]
    quorum: str

    def judge(self, raw: str) -> tuple[list[Key], dict[str, int], bool]:
        """The log's keys that signed, when each witness did, and whether the quorum has."""
        note = read_note(raw)
        head = read_checkpoint(note.text)
        logs = list(signed_by(note, [key for key in self.logs if key.name == head.origin]))
        see(logs)
        lines = signed_by(note, self.witnesses.values())
        seen = {
            name: int.from_bytes(lines[key].signature[:8], "big")
            for name, key in self.witnesses.items()
            if key in lines
        }
        return logs, seen, self.quorum == "none" or self._has(self.quorum, seen)

    def _has(self, name: str, seen: Mapping[str, int]) -> bool:
        if name in self.witnesses:
            return name in seen
        least, members = self.groups[name]
        return sum(self._has(member, seen) for member in members) >= least


def read_policy(text: str) -> Policy:
    lines = text.split("\n")
    if lines.pop():
        raise Refused(len(lines) + 1)
    policy, quorums, members = Policy([], {}, {}, ""), list[str](), set[str]()
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if not words or line.lstrip(" \t").startswith("#"):
            continue
        try:
            _take(policy, words, quorums, members)
        except (No, ValueError) as fault:
            raise Refused(number) from fault
    if len(quorums) != 1:
        raise Refused(0)
    return policy._replace(quorum=quorums[0])


def _take(policy: Policy, words: list[str], quorums: list[str], members: set[str]) -> None:
    defined = policy.witnesses.keys() | policy.groups.keys()
    kind, *said = words
    if kind == "log":
        key = read_vkey(said[0])
        see(key.public not in {other.public for other in policy.logs})
        policy.logs.append(key)
    elif kind == "witness":
        name, key = said[0], read_vkey(said[1])
        see(name not in defined and name != "none" and key.kind in (4, 6))
        see(key.public not in {other.public for other in policy.witnesses.values()})
        policy.witnesses[name] = key
    elif kind == "group":
        name, told, *named = said
        see(named and name not in defined and name != "none")
        see(set(named) <= defined and not set(named) & members and len(set(named)) == len(named))
        least = {"any": 1, "all": len(named)}.get(told) or int(told)
        see(1 <= least <= len(named))
        members |= set(named)
        policy.groups[name] = least, named
    else:
        see(kind == "quorum" and not quorums and (said[0] == "none" or said[0] in defined))
        quorums.append(said[0])


def follow_keys(entries: Iterable[bytes]) -> dict[str, int | None]:
    """Which keys the entries announce, and up to which size each is believed."""
    keys: dict[str, int | None] = {}
    for entry in map(read_entry, entries):
        state = json.loads(entry.state)
        if entry.topic in ("key-created/v1", "key-rotated/v1"):
            keys[state["vkey"]] = None
        elif entry.topic == "key-retired/v1":
            keys[state["vkey"]] = state["last_size"]
    return keys


def believed_with(raw: str, keys: Mapping[str, int | None]) -> Checkpoint:
    """As `believed`; a retired key beyond its last size spoils the head."""
    head = believed(raw, keys)
    last_sizes = {read_vkey(vkey): last_size for vkey, last_size in keys.items()}
    for key in signed_by(read_note(raw), last_sizes):
        last_size = last_sizes[key]
        see(last_size is None or head.size <= last_size)
    return head


class Scheme(NamedTuple):
    """The tables of the document: kind by field, by topic and field, and the loans' topics."""

    everywhere: Mapping[str, str]
    in_topic: Mapping[tuple[str, str], str]
    loans: frozenset[str]


def read_scheme(document: str) -> Scheme:
    """Read the tables as they are printed."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in document.splitlines() if line[:3] == "| `"
    ]
    words = re.compile("`([^`]+)`")
    everywhere = {
        field: words.findall(kind)[0]
        for kind, fields in (r for r in rows if len(r) == 2)
        if re.fullmatch("`[a-z-]+`", kind)
        for field in words.findall(fields)
    }
    in_topic = {
        (topic.strip("`"), field.strip("`")): kind.strip("`") for topic, field, kind in (r for r in rows if len(r) == 3)
    }
    return Scheme(everywhere, in_topic, frozenset(re.findall(r"`(loan-[a-z-]+/v1)`", document)))


REFERENCES = {"补贴": "claim", "项目": "contract", "贷款": "loan", "支付": "payment", "公示": "notice"}
REFERRING = ("payment-instructed/v1", "objection-filed/v1", "objection-resolved/v1")


def mentions(scheme: Scheme, position: int, raw: bytes) -> set[tuple[str, int]]:
    entry = read_entry(raw)
    state = json.loads(entry.state)
    found = {(f"stream:{entry.stream}", position)}
    if entry.topic != "event-corrected/v1":
        return found | {(subject, position) for subject in _named(scheme, entry.topic, state)}
    row, before = state["target_topic"], state["target_position"]
    subjects = {*_named(scheme, row, state["fields"]), *_named(scheme, row, state["before"])}
    places = (position, before) if before < position else (position,)
    return found | {(subject, place) for subject in subjects for place in places}


def _named(scheme: Scheme, topic: str, state: Told) -> Iterator[str]:
    for field, value in state.items():
        for part in value if isinstance(value, list) else [value]:
            yield from _of_field(scheme, topic, field, part)
    if topic in scheme.loans and state.get("interest_subsidy_fen", 0) > 0:
        yield f"payment:TX/{state['loan_no']}"
    if topic in REFERRING and state.get("ref_no") and state["ref_kind"] in REFERENCES:
        kind, ref_no = REFERENCES[state["ref_kind"]], state["ref_no"]
        yield f"{kind}:{ref_no.split('#')[0] if kind == 'notice' else ref_no}"


def _of_field(scheme: Scheme, topic: str, field: str, value: Any) -> Iterator[str]:
    kind = scheme.everywhere.get(field) or scheme.in_topic.get((topic, field))
    if kind is not None and (kind, value) != ("account", "现金"):
        yield f"{kind}:{value}"
    elif field in ("payee_id", "payer_id", "to_id"):
        if value.startswith("P-"):
            yield f"person:{value}"
        elif value and value.isascii():
            yield f"org:{value}"
    elif field in ("subjects", "anchor", "subject") and ":" in value:
        yield value


def lines_of(scheme: Scheme, entries: Sequence[bytes]) -> dict[str, tuple[int, bytes, bytes]]:
    """Each subject with how many entries name it, the digest over them and its leaf, sorted by bytes."""
    places: dict[str, set[int]] = {}
    for position, entry in enumerate(entries, start=1):
        for subject, at in mentions(scheme, position, entry):
            places.setdefault(subject, set()).add(at)
    return {
        subject: _index_line(subject, [(at, leaf(entries[at - 1])) for at in sorted(places[subject])])
        for subject in sorted(places, key=str.encode)
    }


def _index_line(subject: str, about: Sequence[tuple[int, bytes]]) -> tuple[int, bytes, bytes]:
    digest = sha256(*(u64(at) + of for at, of in about))
    return len(about), digest, sha256(b"\x00", subject.encode(), b"\n", u64(len(about)), digest)


def check_completeness(proof: Told, given: Sequence[tuple[int, bytes]], size: int, count: int, root: bytes) -> None:
    """That `given` are all entries about the proof's subject in the index over `size` entries."""
    see(proof["scheme"] == "mingzhang/subjects/v1")
    see(all(at <= size for at, _ in given))
    subject, own = proof["subject"], proof.get("own")
    placed = {name: _placed(proof[name], count, root) for name in ("own", "before", "behind") if name in proof}
    if own is not None:
        entries, digest, _ = _index_line(subject, given)
        see(own["subject"] == subject and own["entries"] == entries and own["digest"] == digest.hex())
        return
    see(not given)
    first = placed["before"] + 1 if "before" in placed else 0
    see(first == placed.get("behind", count))
    see("before" not in placed or proof["before"]["subject"].encode() < subject.encode())
    see("behind" not in placed or proof["behind"]["subject"].encode() > subject.encode())


def _placed(told: Told, count: int, root: bytes) -> int:
    place: int = told["place"]
    of = sha256(b"\x00", told["subject"].encode(), b"\n", u64(told["entries"]), bytes.fromhex(told["digest"]))
    check_inclusion(of, place, count, [bytes.fromhex(step) for step in told["hashes"]], root)
    return place
