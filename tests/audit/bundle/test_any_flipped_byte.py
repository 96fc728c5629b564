"""No byte of a bundle can be another: each one is flipped in its turn, and the verifier says why it refuses."""

import os
from pathlib import Path

import pytest

from audit.bundle.examining import Trust
from audit.log.policy_file import parse_policy
from tests.audit.bundle.bundling import (
    BUREAU,
    HOUSEHOLD,
    NOW,
    book_of,
    bundle,
    cosigned,
    payment,
    policy_of,
    verdict_on,
)

TRUST = Trust(parse_policy(policy_of(BUREAU, quorum="w1")), NOW)


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    """A small bundle: one entry about the subject, one that seals the index."""
    book = book_of(tmp_path, [payment(1, "H-0001"), payment(2, "H-0002")])
    path = bundle(tmp_path / "whole.zip", book, [1], note=cosigned(book.head(), BUREAU))
    assert verdict_on(path, TRUST).subject == HOUSEHOLD
    assert verdict_on(path, TRUST).holds
    return path.read_bytes()


@pytest.mark.parametrize("mask", [0x01, 0x20])
def test_every_flipped_byte_of_a_bundle_is_refused_with_a_reason(tmp_path: Path, whole: bytes, mask: int) -> None:
    changed = tmp_path / "changed.zip"
    changed.write_bytes(whole)

    with changed.open("r+b", buffering=0) as file:
        for at, byte in enumerate(whole):
            os.pwrite(file.fileno(), bytes([byte ^ mask]), at)
            verdict = verdict_on(changed, TRUST)
            os.pwrite(file.fileno(), bytes([byte]), at)
            assert verdict.refuted, f"byte {at}"
            assert verdict.refuted[0].figures["why"]


def test_every_place_at_which_a_bundle_is_cut_off_is_refused(tmp_path: Path, whole: bytes) -> None:
    cut = tmp_path / "cut.zip"

    for length in range(0, len(whole), 7):
        cut.write_bytes(whole[:length])
        assert not verdict_on(cut, TRUST).holds, length
