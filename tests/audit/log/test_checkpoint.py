"""Checkpoints, against the example of the specification and against every line that is not one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.log.checkpoint import Checkpoint, CheckpointInvalid, open_checkpoint, parse_text
from audit.log.note import Ed25519Signer, Ed25519Verifier, SignatureInvalid, parse, signed
from audit.merkle import EMPTY_ROOT

EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""
"""The example of c2sp.org/tlog-checkpoint, as it stands there (its key is not told)."""

ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
LOG = Ed25519Signer("log.test/money", b"\x01" * 32)


def test_the_example_of_the_specification_is_read_and_written_alike() -> None:
    note = parse(EXAMPLE.encode())

    checkpoint = parse_text(note.text)

    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.size == 20_852_163
    assert checkpoint.root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    assert checkpoint.text == note.text


def test_further_lines_are_kept_as_they_stand() -> None:
    text = f"log.test/money\n7\n{ROOT}\none more\nand another\n"

    checkpoint = parse_text(text)

    assert checkpoint.extensions == ("one more", "and another")
    assert checkpoint.text == text


def test_the_head_of_an_empty_log_has_the_size_zero() -> None:
    checkpoint = Checkpoint("log.test/money", 0, EMPTY_ROOT)

    assert checkpoint.text == "log.test/money\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    assert parse_text(checkpoint.text) == checkpoint


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "there are 0 lines"),
        ("log\n7\n", "there are 2 lines"),
        (f"log\n7\n{ROOT}", "there are"),
        (f"log\n7\n{ROOT}\nmore", "there are"),
        (f"\n7\n{ROOT}\n", "Line 1 of the checkpoint is empty"),
        (f"log\n7\n{ROOT}\n\n", "Line 4 of the checkpoint is empty"),
        (f"log\n07\n{ROOT}\n", "not a tree size"),
        (f"log\n+7\n{ROOT}\n", "not a tree size"),
        (f"log\n-7\n{ROOT}\n", "not a tree size"),
        (f"log\n7 \n{ROOT}\n", "not a tree size"),
        (f"log\n٧\n{ROOT}\n", "not a tree size"),
        (f"log\n{2**63}\n{ROOT}\n", "not a tree size"),
        (f"log\n7\n{ROOT[:-1]}\n", "not base64"),
        (f"log\n7\n{ROOT[:-2]}J=\n", "bits are left over"),
        ("log\n7\nAAAA\n", "has 3 bytes; it must have 32"),
    ],
)
def test_a_checkpoint_that_is_not_written_as_the_specification_has_it_is_refused(text: str, why: str) -> None:
    with pytest.raises(CheckpointInvalid, match=why):
        parse_text(text)


@pytest.mark.parametrize("line", ["two\nlines", ""])
def test_a_line_that_would_be_read_otherwise_is_never_written(line: str) -> None:
    with pytest.raises(CheckpointInvalid):
        _ = Checkpoint("log.test/money", 7, bytes(32), (line,)).text


def test_a_signed_checkpoint_is_opened_by_the_key_of_its_origin() -> None:
    checkpoint = Checkpoint("log.test/money", 7, bytes(32))

    opened, note = open_checkpoint(signed(checkpoint.text, [LOG]).encode(), [Ed25519Verifier(LOG.key)])

    assert opened == checkpoint
    assert note.signatures[0].name == "log.test/money"


def test_a_checkpoint_of_another_log_is_refused_though_a_known_key_signed_it() -> None:
    of_another = Checkpoint("log.test/supervision", 7, bytes(32))

    with pytest.raises(SignatureInvalid, match=r"of log\.test/supervision, and log\.test/money signed it"):
        open_checkpoint(signed(of_another.text, [LOG]).encode(), [Ed25519Verifier(LOG.key)])


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_every_checkpoint_is_read_as_it_was_written(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)

    assert parse_text(checkpoint.text) == checkpoint
