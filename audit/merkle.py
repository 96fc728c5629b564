"""The Merkle tree of RFC 6962 over the leaves of a book: roots and proofs.

The log index of an entry is its position − 1. All hashes are 32 bytes of SHA-256: a leaf is `audit.seal.leaf_of`,
a node `SHA-256(0x01 ‖ left ‖ right)`, the root of nothing `SHA-256("")`. A tree of any size splits at the largest
power of two below that size (RFC 6962, 2.1; the checks of proofs are those of RFC 9162, 2.1.3.2 and 2.1.4.2).

Proofs are lists of node hashes, nearest to the leaves first.
"""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import islice

EMPTY_ROOT = hashlib.sha256().digest()
NODE_PREFIX = b"\x01"
_BLOCK = 256
"""Leaves hashed level by level at once; a power of two. More gains nothing."""

_sha256 = hashlib.sha256


class ProofInvalid(ValueError):
    """A proof does not show what it should; the text says what was expected and what was found."""


def node_of(left: bytes, right: bytes) -> bytes:
    """`SHA-256(0x01 ‖ left ‖ right)`."""
    return _sha256(NODE_PREFIX + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf and keeps only the roots of its full subtrees: log2(size) hashes."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right."""
        self._push(0, leaf)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes in their order; they are taken in blocks, never held all at once."""
        arriving = iter(leaves)
        while block := list(islice(arriving, _BLOCK - self.size % _BLOCK)):
            if len(block) == _BLOCK:
                self._push(_BLOCK.bit_length() - 1, _full_root(block))
            else:
                for leaf in block:
                    self._push(0, leaf)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        _, root = self._peaks[-1]
        for _, peak in reversed(self._peaks[:-1]):
            root = node_of(peak, root)
        return root

    def _push(self, height: int, subtree: bytes) -> None:
        self.size += 1 << height
        peaks = self._peaks
        while peaks and peaks[-1][0] == height:
            subtree = node_of(peaks.pop()[1], subtree)
            height += 1
        peaks.append((height, subtree))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over `leaves`, read once and in constant memory."""
    tree = Tree()
    tree.extend(leaves)
    return tree.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The proof that `leaves[index]` is in the tree over `leaves` (RFC 6962, 2.1.1: PATH).

    Raises:
        IndexError: when `index` is not in the tree.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"Leaf index {index} is not in a tree of {len(leaves)} leaves.")
    proof: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(root_of(islice(leaves, middle, high)))
            high = middle
        else:
            proof.append(root_of(islice(leaves, low, middle)))
            low = middle
    return proof[::-1]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """The proof that the tree over `leaves` only adds to that of its first `old_size` (RFC 6962, 2.1.2: PROOF).

    Raises:
        IndexError: when `old_size` is not from 1 to the number of leaves.
    """
    if not 1 <= old_size <= len(leaves):
        raise IndexError(f"No tree of {old_size} leaves comes before one of {len(leaves)}.")
    proof: list[bytes] = []
    low, high = 0, len(leaves)
    whole = True  # whether the old tree is exactly leaves[low:high], so that its reader can compute that root
    while old_size < high:
        middle = low + _split(high - low)
        if old_size <= middle:
            proof.append(root_of(islice(leaves, middle, high)))
            high = middle
        else:
            proof.append(root_of(islice(leaves, low, middle)))
            low = middle
            whole = False
    if not whole:
        proof.append(root_of(islice(leaves, low, high)))
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` stands at `index` in the tree of `size` leaves with `root` (RFC 9162, 2.1.3.2).

    Raises:
        ProofInvalid: otherwise.
    """
    if not 0 <= index < size:
        raise ProofInvalid(f"Leaf index {index} is not in a tree of {size} leaves.")
    place, last = index, size - 1
    computed = leaf
    for step in proof:
        if last == 0:
            raise ProofInvalid(f"The proof has {len(proof)} hashes, more than a tree of {size} leaves takes.")
        if place & 1 or place == last:
            computed = node_of(step, computed)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            computed = node_of(computed, step)
        place >>= 1
        last >>= 1
    if last != 0:
        raise ProofInvalid(f"The proof has {len(proof)} hashes, fewer than a tree of {size} leaves takes.")
    _check_root(computed, root, f"leaf {index}")


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `new_size` leaves only adds to that of `old_size` (RFC 9162, 2.1.4.2).

    Raises:
        ProofInvalid: otherwise: history was rewritten, or the proof is not one for these sizes.
    """
    if not 1 <= old_size <= new_size:
        raise ProofInvalid(f"No tree of {old_size} leaves comes before one of {new_size}.")
    if old_size == new_size:
        if proof:
            raise ProofInvalid(f"Two trees of {new_size} leaves take no proof, and {len(proof)} hashes were given.")
        _check_root(new_root, old_root, f"the tree of {new_size} leaves")
        return
    steps = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not steps:
        raise ProofInvalid(f"The proof from {old_size} to {new_size} leaves is empty.")
    old, new, left = _climb(old_size, new_size, steps)
    if left != 0:
        raise ProofInvalid(f"The proof has {len(proof)} hashes, fewer than {old_size} to {new_size} leaves take.")
    _check_root(old, old_root, f"the tree of {old_size} leaves")
    _check_root(new, new_root, f"the tree of {new_size} leaves")


def _climb(old_size: int, new_size: int, steps: Sequence[bytes]) -> tuple[bytes, bytes, int]:
    """Both roots that `steps` lead to, and how many levels of the new tree are left above them."""
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place >>= 1
        last >>= 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofInvalid(f"The proof has more hashes than {old_size} to {new_size} leaves take.")
        if place & 1 or place == last:
            old = node_of(step, old)
            new = node_of(step, new)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            new = node_of(new, step)
        place >>= 1
        last >>= 1
    return old, new, last


def _check_root(computed: bytes, root: bytes, of: str) -> None:
    if computed != root:
        raise ProofInvalid(f"The proof for {of} gives the root {computed.hex()}, and {root.hex()} was expected.")


def _split(size: int) -> int:
    """The largest power of two below `size` (at least 2)."""
    return 1 << (size - 1).bit_length() - 1


def _full_root(level: Sequence[bytes]) -> bytes:
    """The root over a number of hashes that is a power of two."""
    while len(level) > 1:
        pairs = iter(level)
        level = [_sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return level[0]
