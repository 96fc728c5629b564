r"""Cosignatures: a witness says when it saw a head, and that it only adds (c2sp.org/tlog-cosignature, July 2026).

Both kinds stand in a note like any signature, as `timestamp: u64 ‖ signature`. What is signed:

* Ed25519 `cosignature/v1`, type 0x04: `cosignature/v1\ntime <timestamp>\n` and the checkpoint's text.
* ML-DSA-44 `subtree/v1`, type 0x06, which outlives the computers that come::

      "subtree/v1\n\0" ‖ len: u8 ‖ cosigner's name ‖ timestamp: u64 ‖ len: u8 ‖ origin ‖ start: u64 ‖ end: u64 ‖ root

  with start 0 and end the size: the whole tree of the checkpoint. A log may sign its own checkpoints this way
  (c2sp.org/tlog-checkpoint, Signatures); further lines of the checkpoint are not covered.

Times are seconds since 1970 (POSIX). Needs what `audit.log.note` needs.
"""

from collections.abc import Callable
from struct import Struct
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from audit.log.checkpoint import parse_text
from audit.log.note import (
    ED25519,
    Ed25519Verifier,
    NoteInvalid,
    Signature,
    SignatureInvalid,
    Verifier,
    VerifierKey,
    ed25519_public,
    unverified,
)

ED25519_COSIGNATURE = 0x04
ML_DSA_44 = 0x06
LATEST_TIMESTAMP = 2**63 - 1
TIMESTAMP_BYTES = 8
ED25519_SIGNATURE_BYTES = 64
ML_DSA_44_SIGNATURE_BYTES = 2420
LONGEST_NAME_BYTES = 255
"""A name's length stands in one byte of the message that ML-DSA-44 signs."""

SUBTREE_LABEL = b"subtree/v1\n\0"

_u64 = Struct(">Q").pack

Seconds = Callable[[], int]
"""A clock in seconds since 1970."""


class Cosigner(Protocol):
    """A witness's key."""

    @property
    def key(self) -> VerifierKey:
        """By which others verify."""

    def cosign(self, text: str, timestamp: int) -> str:
        """The signature line over a checkpoint's text, with its line feed."""


class Ed25519Cosigner:
    """A cosigner of type 0x04. The signed bytes do not hold its name: a key is for one cosigner only."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Take the private key's 32 bytes.

        Raises:
            NoteInvalid: when the name is none.
            ValueError: when the seed has not 32 bytes.
        """
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = VerifierKey.of(name, ED25519_COSIGNATURE, self._private.public_key().public_bytes_raw())

    def cosign(self, text: str, timestamp: int) -> str:
        """The signature line over a checkpoint's text."""
        return _line(self.key, timestamp, self._private.sign(ed25519_message(text, timestamp)))


class MlDsaCosigner:
    """A cosigner of type 0x06."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Take the private key's seed of 32 bytes (FIPS 204, ML-DSA.KeyGen).

        Raises:
            NoteInvalid: when the name is none, or longer than 255 bytes.
            ValueError: when the seed has not 32 bytes.
        """
        self._private = MLDSA44PrivateKey.from_seed_bytes(seed)
        self.key = VerifierKey.of(name, ML_DSA_44, self._private.public_key().public_bytes_raw())
        _with_length(name, "The cosigner's name")

    def cosign(self, text: str, timestamp: int) -> str:
        """The signature line over a checkpoint's text."""
        return _line(self.key, timestamp, self._private.sign(ml_dsa_message(self.key.name, text, timestamp)))


class TimedSigner:
    """A cosigner with a clock: how a log signs its own checkpoints with a key of type 0x06."""

    def __init__(self, cosigner: Cosigner, clock: Seconds) -> None:
        self._cosigner = cosigner
        self._clock = clock

    @property
    def name(self) -> str:
        """The key's name."""
        return self._cosigner.key.name

    @property
    def vkey(self) -> str:
        """By which others verify."""
        return self._cosigner.key.vkey

    def sign(self, text: str) -> str:
        """The signature line over a checkpoint's text, at the clock's time."""
        return self._cosigner.cosign(text, self._clock())


class Ed25519CosignatureVerifier:
    """A verifier of type 0x04."""

    def __init__(self, key: VerifierKey) -> None:
        """Take a key of type 0x04.

        Raises:
            NoteInvalid: when it is of another type, or its public key is none.
        """
        self.key = key
        self._public = ed25519_public(key, ED25519_COSIGNATURE)

    def verify(self, text: str, signature: bytes) -> None:
        """Check `timestamp ‖ signature` over a checkpoint's text."""
        timestamp = _timestamp(self.key, signature, ED25519_SIGNATURE_BYTES)
        try:
            self._public.verify(signature[TIMESTAMP_BYTES:], ed25519_message(text, timestamp))
        except InvalidSignature as error:
            raise unverified(self.key) from error


class MlDsaCosignatureVerifier:
    """A verifier of type 0x06."""

    def __init__(self, key: VerifierKey) -> None:
        """Take a key of type 0x06.

        Raises:
            NoteInvalid: when it is of another type, its public key is none, or its name longer than 255 bytes.
        """
        if key.kind != ML_DSA_44:
            raise NoteInvalid(f"The key {key.name} is of type 0x{key.kind:02x}, and 0x{ML_DSA_44:02x} was expected.")
        _with_length(key.name, "The cosigner's name")
        self.key = key
        try:
            self._public = MLDSA44PublicKey.from_public_bytes(key.public)
        except ValueError as error:
            raise NoteInvalid(f"The key {key.name} has {len(key.public)} bytes; ML-DSA-44 has 1312.") from error

    def verify(self, text: str, signature: bytes) -> None:
        """Check `timestamp ‖ signature` over a checkpoint's text."""
        timestamp = _timestamp(self.key, signature, ML_DSA_44_SIGNATURE_BYTES)
        try:
            self._public.verify(signature[TIMESTAMP_BYTES:], ml_dsa_message(self.key.name, text, timestamp))
        except InvalidSignature as error:
            raise unverified(self.key) from error


VERIFIERS: dict[int, Callable[[VerifierKey], Verifier]] = {
    ED25519: Ed25519Verifier,
    ED25519_COSIGNATURE: Ed25519CosignatureVerifier,
    ML_DSA_44: MlDsaCosignatureVerifier,
}


def verifier_of(key: VerifierKey) -> Verifier:
    """The verifier of `key`'s type.

    Raises:
        NoteInvalid: when its type is none of 0x01, 0x04 and 0x06, or its public key is none of that type.
    """
    make = VERIFIERS.get(key.kind)
    if make is None:
        known = ", ".join(f"0x{kind:02x}" for kind in VERIFIERS)
        raise NoteInvalid(f"The key {key.name} is of type 0x{key.kind:02x}; we verify {known}.")
    return make(key)


def timestamp_of(signature: Signature) -> int:
    """When a cosignature that was verified says it was made; 0 when it does not say."""
    return int.from_bytes(signature.signature[:TIMESTAMP_BYTES], "big")


def ed25519_message(text: str, timestamp: int) -> bytes:
    r"""What type 0x04 signs: `cosignature/v1\ntime <timestamp>\n` and the checkpoint's text.

    Raises:
        CheckpointInvalid: when the text is no checkpoint.
    """
    parse_text(text)
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def ml_dsa_message(name: str, text: str, timestamp: int) -> bytes:
    """What type 0x06 signs: the structure `cosigned_message` for the whole tree of the checkpoint in `text`.

    Raises:
        NoteInvalid: when the text is no checkpoint, or a name in it is longer than 255 bytes.
    """
    checkpoint = parse_text(text)
    return b"".join(
        (
            SUBTREE_LABEL,
            _with_length(name, "The cosigner's name"),
            _u64(timestamp),
            _with_length(checkpoint.origin, "The origin"),
            _u64(0),
            _u64(checkpoint.size),
            checkpoint.root,
        )
    )


def _line(key: VerifierKey, timestamp: int, signature: bytes) -> str:
    return Signature(key.name, key.key_id, _u64(timestamp) + signature).line


def _timestamp(key: VerifierKey, signature: bytes, expected_bytes: int) -> int:
    expected_bytes += TIMESTAMP_BYTES
    if len(signature) != expected_bytes:
        raise SignatureInvalid(
            f"The cosignature of {key.name} has {len(signature)} bytes; it must have {expected_bytes}."
        )
    timestamp = int.from_bytes(signature[:TIMESTAMP_BYTES], "big")
    if timestamp > LATEST_TIMESTAMP:
        raise SignatureInvalid(f"The cosignature of {key.name} has a time beyond 2^63 − 1.")
    return timestamp


def _with_length(name: str, what: str) -> bytes:
    content = name.encode()
    if not 1 <= len(content) <= LONGEST_NAME_BYTES:
        raise NoteInvalid(f"{what} has {len(content)} bytes; 1 to {LONGEST_NAME_BYTES} can be cosigned.")
    return bytes([len(content)]) + content
