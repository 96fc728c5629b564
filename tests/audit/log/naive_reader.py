"""A second reader of C2SP logs, written from the specifications alone: it shares no code with ours, and reads all.

c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-tiles; RFC 6962, 2.1.
"""

import base64
import hashlib
from collections.abc import Callable
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Fetch = Callable[[str], bytes]


class Head(NamedTuple):
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


class Log(NamedTuple):
    """A log that was read from its first byte to its last."""

    head: Head
    leaves: list[bytes]
    entries: list[bytes]


def read_head(note: bytes, vkey: str) -> Head:
    """The head of a checkpoint that the key of `vkey` (name+id+base64) has signed."""
    name, key_id, key = vkey.split("+", 2)
    material = base64.b64decode(key, validate=True)
    assert material[0] == 1
    assert hashlib.sha256(name.encode() + b"\n" + material).digest()[:4].hex() == key_id
    text, _, signatures = note.decode().rpartition("\n\n")
    text += "\n"
    good = 0
    for line in signatures.splitlines():
        dash, signer, encoded = line.split(" ")
        assert dash == "—"
        signature = base64.b64decode(encoded, validate=True)
        if signer == name and signature[:4].hex() == key_id:
            Ed25519PublicKey.from_public_bytes(material[1:]).verify(signature[4:], text.encode())
            good += 1
    assert good == 1, f"{good} signatures by {name}"
    origin, size, root = text.splitlines()
    assert str(int(size)) == size
    return Head(origin, int(size), base64.b64decode(root, validate=True))


def read_log(fetch: Fetch, head: Head, *, with_entries: bool = True) -> Log:
    """All tiles and bundles of the log, every byte of them accounted for by `head`."""
    leaves = read_tiles(fetch, head.size)
    assert mth(leaves) == head.root, "the leaves do not have the root that is signed"
    entries = []
    if with_entries:
        for suffix, start, end in parts(head.size):
            bundle = fetch(f"tile/entries/{suffix}")
            found = split(bundle)
            assert [hashlib.sha256(b"\0" + entry).digest() for entry in found] == leaves[start:end], suffix
            entries += found
    return Log(head, leaves, entries)


def read_tiles(fetch: Fetch, size: int) -> list[bytes]:
    """The leaves, once each tile above them is the one that the specification defines."""
    leaves: list[bytes] = []
    below: list[bytes] = []
    level, span = 0, 1
    while size // span:
        hashes: list[bytes] = []
        for suffix, start, end in parts(size // span):
            tile = fetch(f"tile/{level}/{suffix}")
            assert len(tile) == 32 * (end - start), suffix
            hashes += [tile[at : at + 32] for at in range(0, len(tile), 32)]
        if level == 0:
            leaves = hashes
        else:
            assert hashes == [mth(below[at : at + 256]) for at in range(0, len(below) - 255, 256)], f"level {level}"
        below = hashes
        level, span = level + 1, span * 256
    return leaves


def parts(count: int) -> list[tuple[str, int, int]]:
    """The tiles of a level of `count` hashes: the end of the path, the first hash and the one behind the last."""
    told = [(numbered(tile), tile * 256, tile * 256 + 256) for tile in range(count // 256)]
    if count % 256:
        told.append((f"{numbered(count // 256)}.p/{count % 256}", count - count % 256, count))
    return told


def numbered(tile: int) -> str:
    """1234067 as x001/x234/067."""
    digits = str(tile)
    digits = "0" * (-len(digits) % 3) + digits
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])


def split(bundle: bytes) -> list[bytes]:
    """The entries of a bundle."""
    entries = []
    while bundle:
        length = bundle[0] * 256 + bundle[1]
        assert len(bundle) >= 2 + length
        entries.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return entries


def mth(hashes: list[bytes]) -> bytes:
    """MTH as RFC 6962 2.1 writes it, over leaves that are hashed already."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\1" + mth(hashes[:k]) + mth(hashes[k:])).digest()


def path(m: int, hashes: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) as RFC 6962 2.1.1 writes it."""
    if len(hashes) == 1:
        return []
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if m < k:
        return [*path(m, hashes[:k]), mth(hashes[k:])]
    return [*path(m - k, hashes[k:]), mth(hashes[:k])]


def proof(m: int, hashes: list[bytes]) -> list[bytes]:
    """PROOF(m, D[n]) as RFC 6962 2.1.2 writes it."""
    return subproof(m, hashes, known=True)


def subproof(m: int, hashes: list[bytes], *, known: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    n = len(hashes)
    if m == n:
        return [] if known else [mth(hashes)]
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        return [*subproof(m, hashes[:k], known=known), mth(hashes[k:])]
    return [*subproof(m - k, hashes[k:], known=False), mth(hashes[:k])]
