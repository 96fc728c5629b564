"""Roots and proofs, against the known vectors, against pymerkle, and against every small tree."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from audit.merkle import (
    EMPTY_ROOT,
    ProofInvalid,
    Tree,
    consistency_proof,
    inclusion_proof,
    node_of,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from audit.seal import leaf_of

CT_INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
"""The leaf inputs of the reference implementation of certificate transparency (merkletree tests), and its roots."""
CT_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def leaves_of(count: int) -> list[bytes]:
    return [leaf_of(f"entry {i}".encode()) for i in range(count)]


def rfc_root(leaves: Sequence[bytes]) -> bytes:
    """MTH, written down as RFC 6962 2.1 defines it."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_of(rfc_root(leaves[:split]), rfc_root(leaves[split:]))


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_of_the_certificate_transparency_vectors_are_met(size: int) -> None:
    leaves = [leaf_of(bytes.fromhex(text)) for text in CT_INPUTS]

    assert root_of(leaves[:size]).hex() == CT_ROOTS[size - 1]


@pytest.mark.parametrize("size", [*range(1, 40), 255, 256, 257, 511, 512, 513, 1000])
def test_the_streamed_root_is_the_root_that_the_definition_gives(size: int) -> None:
    leaves = leaves_of(size)

    assert root_of(iter(leaves)) == rfc_root(leaves)


@given(st.lists(st.integers(0, 700), max_size=4))
def test_a_tree_that_grows_in_pieces_has_the_root_of_the_whole(pieces: list[int]) -> None:
    leaves = leaves_of(sum(pieces))
    tree = Tree()

    done = 0
    for piece in pieces:
        tree.extend(leaves[done : done + piece])
        done += piece
        assert tree.root() == root_of(leaves[:done])

    assert tree.size == len(leaves)


def test_a_tree_that_grows_leaf_by_leaf_has_the_same_roots() -> None:
    leaves = leaves_of(70)
    tree = Tree()

    for size, leaf in enumerate(leaves, start=1):
        tree.append(leaf)
        assert tree.root() == root_of(leaves[:size])


def test_every_inclusion_proof_of_every_small_tree_verifies() -> None:
    for size in range(1, 34):
        leaves = leaves_of(size)
        root = root_of(leaves)
        for index in range(size):
            verify_inclusion(leaves[index], index, size, inclusion_proof(leaves, index), root)


def test_every_consistency_proof_between_small_trees_verifies() -> None:
    leaves = leaves_of(33)
    roots = [root_of(leaves[:size]) for size in range(34)]
    for new in range(1, 34):
        for old in range(1, new + 1):
            verify_consistency(old, roots[old], new, roots[new], consistency_proof(leaves[:new], old))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 21, 64, 100])
def test_roots_and_inclusion_proofs_are_those_of_pymerkle(size: int) -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for i in range(size):
        oracle.append_entry(f"entry {i}".encode())
    leaves = leaves_of(size)

    assert root_of(leaves) == oracle.get_root()
    for index in range(size):
        theirs = oracle.prove_inclusion(index + 1, size).serialize()
        ours = [leaves[index].hex(), *(step.hex() for step in inclusion_proof(leaves, index))]
        assert theirs["path"] == ours


def test_a_proof_with_one_changed_bit_anywhere_is_invalid() -> None:
    leaves = leaves_of(21)
    root = root_of(leaves)
    proof = inclusion_proof(leaves, 13)

    for at in range(len(proof)):
        forged = [*proof]
        forged[at] = bytes([forged[at][0] ^ 1, *forged[at][1:]])
        with pytest.raises(ProofInvalid, match="gives the root"):
            verify_inclusion(leaves[13], 13, 21, forged, root)


def test_a_proof_for_another_leaf_place_or_size_is_invalid() -> None:
    leaves = leaves_of(21)
    root = root_of(leaves)
    proof = inclusion_proof(leaves, 13)

    for leaf, index, size, why in [
        (leaves[12], 13, 21, "gives the root"),
        (leaves[13], 12, 21, "gives the root"),
        (leaves[13], 13, 64, "fewer than"),
        (leaves[13], 13, 14, "gives the root|more than"),
        (leaves[13], 1, 2, "more than"),
        (leaves[13], 21, 21, "not in a tree"),
        (leaves[13], -1, 21, "not in a tree"),
    ]:
        with pytest.raises(ProofInvalid, match=why):
            verify_inclusion(leaf, index, size, proof, root)


def test_a_rewritten_history_has_no_consistency_proof() -> None:
    leaves = leaves_of(21)
    forged = [*leaves[:5], leaf_of(b"another payment"), *leaves[6:]]

    with pytest.raises(ProofInvalid, match="the tree of 13 leaves gives the root"):
        verify_consistency(13, root_of(leaves[:13]), 21, root_of(forged), consistency_proof(forged, 13))


def test_a_consistency_proof_of_the_wrong_length_is_invalid() -> None:
    leaves = leaves_of(21)
    old, new = root_of(leaves[:13]), root_of(leaves)
    proof = consistency_proof(leaves, 13)

    for forged, why in [([], "is empty"), (proof[:-1], "fewer"), ([*proof, new], "more hashes")]:
        with pytest.raises(ProofInvalid, match=why):
            verify_consistency(13, old, 21, new, forged)


def test_a_consistency_proof_that_leads_to_another_new_root_is_invalid() -> None:
    leaves = leaves_of(21)
    proof = consistency_proof(leaves, 16)

    with pytest.raises(ProofInvalid, match="the tree of 21 leaves gives the root"):
        verify_consistency(16, root_of(leaves[:16]), 21, EMPTY_ROOT, proof)


def test_two_trees_of_one_size_need_one_root_and_no_proof() -> None:
    leaves = leaves_of(5)
    root = root_of(leaves)

    verify_consistency(5, root, 5, root, [])
    with pytest.raises(ProofInvalid, match="take no proof"):
        verify_consistency(5, root, 5, root, [root])
    with pytest.raises(ProofInvalid, match="gives the root"):
        verify_consistency(5, EMPTY_ROOT, 5, root, [])


@pytest.mark.parametrize("old", [0, 6])
def test_no_tree_comes_before_one_that_is_smaller_or_empty(old: int) -> None:
    leaves = leaves_of(5)

    with pytest.raises(ProofInvalid, match="comes before"):
        verify_consistency(old, EMPTY_ROOT, 5, root_of(leaves), [])
    with pytest.raises(IndexError, match="comes before"):
        consistency_proof(leaves, old)


def test_no_proof_is_made_for_a_leaf_that_is_not_there() -> None:
    with pytest.raises(IndexError, match="not in a tree of 5 leaves"):
        inclusion_proof(leaves_of(5), 5)
