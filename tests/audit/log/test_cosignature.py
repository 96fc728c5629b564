"""Cosignatures of both kinds: the bytes that are signed, as the specification has them, and what is refused."""

from collections.abc import Callable

import pytest

from audit.log.checkpoint import Checkpoint, CheckpointInvalid
from audit.log.cosignature import (
    Cosigner,
    Ed25519Cosigner,
    MlDsaCosigner,
    TimedSigner,
    ed25519_message,
    ml_dsa_message,
    timestamp_of,
    verifier_of,
)
from audit.log.note import (
    Ed25519Signer,
    NoteInvalid,
    SignatureInvalid,
    VerifierKey,
    parse,
    parse_vkey,
    signed,
    verified,
)

EXAMPLE_TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
EXAMPLE_LINE = (
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+"
    "mbIUBkBIfZ+qnA==\n"
)
"""The example of c2sp.org/tlog-cosignature (the witness's key is not told)."""

LOG = Ed25519Signer("log.test/money", b"\x01" * 32)
KINDS: list[Callable[[str, bytes], Cosigner]] = [Ed25519Cosigner, MlDsaCosigner]
NOW = 1_679_315_147

each_kind = pytest.mark.parametrize("kind", KINDS, ids=["cosignature/v1", "subtree/v1"])


def test_the_time_of_the_specifications_example_is_the_one_it_tells() -> None:
    note = parse((EXAMPLE_TEXT + "\n" + EXAMPLE_LINE).encode())

    assert timestamp_of(note.signatures[0]) == NOW


def test_ed25519_signs_two_lines_and_the_checkpoint_as_in_the_example() -> None:
    expected = (
        "cosignature/v1\n"
        "time 1679315147\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )

    assert ed25519_message(EXAMPLE_TEXT, NOW) == expected.encode()


def test_ml_dsa_signs_the_structure_that_the_specification_lays_out() -> None:
    expected = (
        b"subtree/v1\n\0"
        b"\x0fwitness.test/w1"
        b"\x00\x00\x00\x00\x64\x18\x50\xcb"
        b"\x1bexample.com/behind-the-sofa"
        b"\x00\x00\x00\x00\x00\x00\x00\x00"
        b"\x00\x00\x00\x00\x01\x3e\x2d\xc3"
        + bytes.fromhex("0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62")
    )

    assert ml_dsa_message("witness.test/w1", EXAMPLE_TEXT, NOW) == expected


def test_lines_that_follow_the_root_are_signed_by_ed25519_and_not_by_ml_dsa() -> None:
    longer = EXAMPLE_TEXT + "more\n"

    assert ed25519_message(longer, NOW) == ed25519_message(EXAMPLE_TEXT, NOW) + b"more\n"
    assert ml_dsa_message("w", longer, NOW) == ml_dsa_message("w", EXAMPLE_TEXT, NOW)


@each_kind
def test_a_cosignature_is_verified_by_the_key_that_its_maker_hands_out(kind: Callable[[str, bytes], Cosigner]) -> None:
    cosigner = kind("witness.test/w1", b"\x02" * 32)
    note = parse(signed(EXAMPLE_TEXT, [LOG]).encode()).with_lines(cosigner.cosign(EXAMPLE_TEXT, NOW))
    handed_out = parse_vkey(cosigner.key.vkey)

    [(verifier, signature)] = verified(note, [verifier_of(handed_out)])

    assert verifier.key == handed_out == cosigner.key
    assert timestamp_of(signature) == NOW


@each_kind
def test_a_cosignature_with_another_time_root_or_key_does_not_verify(kind: Callable[[str, bytes], Cosigner]) -> None:
    cosigner, stranger = kind("witness.test/w1", b"\x02" * 32), kind("witness.test/w1", b"\x03" * 32)
    line = cosigner.cosign(EXAMPLE_TEXT, NOW)
    content = parse(f"{EXAMPLE_TEXT}\n{line}".encode()).signatures[0].signature
    verifier = verifier_of(cosigner.key)
    other_root = EXAMPLE_TEXT.replace("CsUY", "DsUY")

    for text, signature in (
        (EXAMPLE_TEXT, (NOW - 1).to_bytes(8, "big") + content[8:]),
        (EXAMPLE_TEXT, content[:-1] + bytes([content[-1] ^ 1])),
        (other_root, content),
    ):
        with pytest.raises(SignatureInvalid, match=r"witness\.test/w1\+\w{8} does not verify"):
            verifier.verify(text, signature)
    with pytest.raises(SignatureInvalid):
        verifier_of(stranger.key).verify(EXAMPLE_TEXT, content)


@each_kind
@pytest.mark.parametrize("length", [0, 8, 71, 2427])
def test_a_cosignature_of_another_length_is_refused_with_both_lengths(
    kind: Callable[[str, bytes], Cosigner], length: int
) -> None:
    verifier = verifier_of(kind("witness.test/w1", b"\x02" * 32).key)

    with pytest.raises(SignatureInvalid, match=rf"has {length} bytes; it must have (72|2428)"):
        verifier.verify(EXAMPLE_TEXT, bytes(length))


@each_kind
def test_a_time_beyond_what_the_specification_allows_is_refused(kind: Callable[[str, bytes], Cosigner]) -> None:
    cosigner = kind("witness.test/w1", b"\x02" * 32)
    line = cosigner.cosign(EXAMPLE_TEXT, 2**63)
    content = parse(f"{EXAMPLE_TEXT}\n{line}".encode()).signatures[0].signature

    with pytest.raises(SignatureInvalid, match="beyond"):
        verifier_of(cosigner.key).verify(EXAMPLE_TEXT, content)


@each_kind
def test_only_a_checkpoint_is_cosigned_and_never_any_other_text(kind: Callable[[str, bytes], Cosigner]) -> None:
    with pytest.raises(CheckpointInvalid):
        kind("witness.test/w1", b"\x02" * 32).cosign("I owe you everything.\n", NOW)


def test_ml_dsa_commits_to_the_names_and_ed25519_to_the_origin_alone() -> None:
    seed = b"\x02" * 32
    lines = [kind(name, seed).cosign(EXAMPLE_TEXT, NOW) for kind in KINDS for name in ("a.test", "b.test")]
    contents = [parse(f"{EXAMPLE_TEXT}\n{line}".encode()).signatures[0].signature for line in lines]

    assert contents[0] == contents[1]
    with pytest.raises(SignatureInvalid):
        verifier_of(MlDsaCosigner("a.test", seed).key).verify(EXAMPLE_TEXT, contents[3])


def test_names_and_origins_longer_than_a_byte_can_count_are_not_cosigned() -> None:
    long_origin = Checkpoint("o" * 256, 7, bytes(32)).text

    with pytest.raises(NoteInvalid, match="The cosigner's name has 256 bytes"):
        MlDsaCosigner("n" * 256, b"\x02" * 32)
    with pytest.raises(NoteInvalid, match="The origin has 256 bytes"):
        MlDsaCosigner("n" * 255, b"\x02" * 32).cosign(long_origin, NOW)


@pytest.mark.parametrize(
    ("kind", "length", "why"),
    [
        (0x04, 31, "has 31 bytes; Ed25519 has 32"),
        (0x06, 1311, "has 1311 bytes; ML-DSA-44 has 1312"),
        (0x02, 91, "is of type 0x02; we verify 0x01, 0x04, 0x06"),
        (0xFF, 32, "is of type 0xff"),
    ],
)
def test_a_key_that_is_none_of_its_type_makes_no_verifier(kind: int, length: int, why: str) -> None:
    with pytest.raises(NoteInvalid, match=why):
        verifier_of(VerifierKey.of("w.test", kind, bytes(length)))


def test_one_key_under_two_types_has_two_ids_and_verifies_under_its_own_alone() -> None:
    plain = Ed25519Signer("w.test", b"\x02" * 32)
    cosigner = Ed25519Cosigner("w.test", b"\x02" * 32)
    note = parse(f"{EXAMPLE_TEXT}\n{cosigner.cosign(EXAMPLE_TEXT, NOW)}".encode())

    assert plain.key.public == cosigner.key.public
    assert plain.key.key_id != cosigner.key.key_id
    with pytest.raises(SignatureInvalid, match="No known key"):
        verified(note, [verifier_of(plain.key)])


def test_a_log_may_sign_its_own_checkpoint_with_ml_dsa_and_its_clock() -> None:
    signer = TimedSigner(MlDsaCosigner("example.com/behind-the-sofa", b"\x04" * 32), lambda: NOW)

    [(_, signature)] = verified(parse(signed(EXAMPLE_TEXT, [signer]).encode()), [verifier_of(parse_vkey(signer.vkey))])

    assert signer.name == "example.com/behind-the-sofa"
    assert timestamp_of(signature) == NOW
