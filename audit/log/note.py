"""Signed notes: a text, an empty line, and who signs it (c2sp.org/signed-note, July 2026).

::

    example.com/behind-the-sofa            the text: UTF-8, each line ended by a line feed
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — example.com/behind-the-sofa Az3grl…  one signature a line: em dash, name, base64(key ID ‖ signature)

A name and a key ID of four bytes together say which key a line is of. Lines of unknown keys are ignored; a line of a
known key that does not verify spoils the note. A key is handed over as a verifier key (vkey)::

    example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k    name+hex(key ID)+base64(type ‖ public key)

Read strictly: base64 is read only as it would be written, so that a note has one writing. Needs the standard library
and `cryptography`.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
"""The signature type of `Ed25519Signer`; those of cosignatures are in `audit.log.cosignature`."""

KEY_ID_BYTES = 4
DASH = "— "
MOST_SIGNATURES = 64
LONGEST_NOTE_BYTES = 512 * 1024
"""Room for 64 signatures of ML-DSA-44; a reader has to accept 16 (c2sp.org/signed-note, Format)."""

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_KEY_ID = re.compile(r"[0-9a-f]{8}")


class NoteInvalid(ValueError):
    """Bytes that are no signed note, or text that is no key; the text says what was expected and what was found."""


class SignatureInvalid(NoteInvalid):
    """A known key's signature does not verify, or no known key signed."""


class Signer(Protocol):
    """A key that signs notes: of a log, or of a witness with its clock."""

    @property
    def name(self) -> str:
        """The key's name, as it stands in its lines; a log's is its origin."""

    @property
    def vkey(self) -> str:
        """By which others verify."""

    def sign(self, text: str) -> str:
        """The signature line over `text`, with its line feed."""


class Verifier(Protocol):
    """A key that others sign with."""

    @property
    def key(self) -> "VerifierKey":
        """Its name, ID, type and public key."""

    def verify(self, text: str, signature: bytes) -> None:
        """Check the bytes behind the key ID against `text`.

        Raises:
            SignatureInvalid: when they are not this key's signature over it.
        """


class Signature(NamedTuple):
    """One signature line; `signature` is what stands behind the key ID of four bytes."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note, with its line feed."""
        return f"{DASH}{self.name} {to_base64(self.key_id + self.signature)}\n"


class Note(NamedTuple):
    """A text, which ends in a line feed, and its signatures in their order."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line for signature in self.signatures)

    def with_lines(self, lines: str) -> Self:
        """This note with more signature lines; those that are there already are not doubled."""
        more = (added for added in parse_signatures(lines) if added not in self.signatures)
        return self._replace(signatures=(*self.signatures, *more))


class VerifierKey(NamedTuple):
    """What a vkey says: `kind` is the signature type, `public` the public key's bytes."""

    name: str
    key_id: bytes
    kind: int
    public: bytes

    @classmethod
    def of(cls, name: str, kind: int, public: bytes) -> Self:
        """The key of that name; its ID is that of the specification.

        Raises:
            NoteInvalid: when the name is none.
        """
        check_name(name)
        return cls(name, key_id_of(name, kind, public), kind, public)

    @property
    def vkey(self) -> str:
        """`name+hex(key ID)+base64(type ‖ public key)`."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"


class Ed25519Signer:
    """A note's signer of type 0x01 (RFC 8032)."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Take the private key's 32 bytes.

        Raises:
            NoteInvalid: when the name is none.
            ValueError: when the seed has not 32 bytes.
        """
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = VerifierKey.of(name, ED25519, self._private.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        """The key's name."""
        return self.key.name

    @property
    def vkey(self) -> str:
        """By which others verify."""
        return self.key.vkey

    def sign(self, text: str) -> str:
        """The signature line over `text`."""
        return Signature(self.name, self.key.key_id, self._private.sign(text.encode())).line


class Ed25519Verifier:
    """A note's verifier of type 0x01."""

    def __init__(self, key: VerifierKey) -> None:
        """Take a key of type 0x01.

        Raises:
            NoteInvalid: when it is of another type, or its public key is none.
        """
        self.key = key
        self._public = ed25519_public(key, ED25519)

    def verify(self, text: str, signature: bytes) -> None:
        """Check 64 bytes over `text`."""
        try:
            self._public.verify(signature, text.encode())
        except InvalidSignature as error:
            raise unverified(self.key) from error


def parse(raw: bytes) -> Note:
    """The note in `raw`. Nothing it says may be used before `verified` says that a known key signed it.

    Raises:
        NoteInvalid: when it is too long, not UTF-8, holds control characters, or is not built like a note.
    """
    if len(raw) > LONGEST_NOTE_BYTES:
        raise NoteInvalid(f"The note has {len(raw)} bytes, more than {LONGEST_NOTE_BYTES}.")
    try:
        whole = raw.decode()
    except UnicodeDecodeError as error:
        raise NoteInvalid(f"The note is not UTF-8 at byte {error.start}.") from error
    if control := _CONTROL.search(whole):
        raise NoteInvalid(f"The note holds the control character U+{ord(control[0]):04X}.")
    text, separator, lines = whole.rpartition("\n\n")
    if not separator:
        raise NoteInvalid("The note has no empty line between its text and its signatures.")
    return Note(text + "\n", parse_signatures(lines))


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """The signatures in one or more lines, each ended by a line feed: the end of a note, or a witness's answer.

    Raises:
        NoteInvalid: when there is none, there are more than 64, or a line is no signature line.
    """
    if not lines.endswith("\n"):
        raise NoteInvalid("The signatures do not end in a line feed, or there are none.")
    found = lines[:-1].split("\n")
    if len(found) > MOST_SIGNATURES:
        raise NoteInvalid(f"There are {len(found)} signatures, more than {MOST_SIGNATURES}.")
    return tuple(_signature(line, number) for number, line in enumerate(found, start=1))


def verified(note: Note, verifiers: Iterable[Verifier]) -> list[tuple[Verifier, Signature]]:
    """Which of the `verifiers` signed, each with its first line, in the note's order.

    Raises:
        SignatureInvalid: when a line of one of them does not verify, or none of them signed.
    """
    known = {(verifier.key.name, verifier.key.key_id): verifier for verifier in verifiers}
    signed: dict[tuple[str, bytes], tuple[Verifier, Signature]] = {}
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is not None:
            verifier.verify(note.text, signature.signature)
            signed.setdefault((signature.name, signature.key_id), (verifier, signature))
    if not signed:
        there = ", ".join(sorted({f"{s.name}+{s.key_id.hex()}" for s in note.signatures}))
        expected = ", ".join(sorted(f"{name}+{key_id.hex()}" for name, key_id in known)) or "no key"
        raise SignatureInvalid(f"No known key signed the note: expected {expected}, found {there}.")
    return list(signed.values())


def signed(text: str, signers: Sequence[Signer]) -> str:
    """The note that `signers` sign over `text`.

    Raises:
        NoteInvalid: when it could not be read again: no signer, no line feed at the end, a control character.
    """
    note = text + "\n" + "".join(signer.sign(text) for signer in signers)
    if not text.endswith("\n") or parse(note.encode()).text != text:
        raise NoteInvalid("The text does not end in a line feed, or nobody signs it.")
    return note


def parse_vkey(vkey: str) -> VerifierKey:
    """The key that a vkey tells, with the key ID that its name and public key give.

    Raises:
        NoteInvalid: when it is not built like one, or its key ID is another.
    """
    name, _, rest = vkey.partition("+")
    told_id, _, encoded = rest.partition("+")
    if _KEY_ID.fullmatch(told_id) is None:
        raise NoteInvalid(f"The key of {name!r} is not name+key ID+base64: {told_id[:16]!r} is not 8 hex digits.")
    material = from_base64(encoded, what=f"The key of {name!r}")
    if not material:
        raise NoteInvalid(f"The key of {name!r} is empty.")
    key = VerifierKey.of(name, material[0], material[1:])
    if key.key_id.hex() != told_id:
        raise NoteInvalid(f"The key of {name!r} has the ID {key.key_id.hex()}, and {told_id} is told.")
    return key


def key_id_of(name: str, kind: int, public: bytes) -> bytes:
    """`SHA-256(name ‖ 0x0A ‖ signature type ‖ public key)[:4]`."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:KEY_ID_BYTES]


def check_name(name: str) -> None:
    """Check that `name` can stand in a signature line.

    Raises:
        NoteInvalid: when it is empty, or holds a space, a plus or a control character.
    """
    wrong = next((character for character in name if character <= " " or character.isspace() or character == "+"), None)
    if not name or wrong is not None:
        found = "it is empty" if wrong is None else f"it holds U+{ord(wrong):04X}"
        raise NoteInvalid(f"{name[:64]!r} is not a key's name: {found}; spaces and plus may not stand in one.")


def ed25519_public(key: VerifierKey, kind: int) -> Ed25519PublicKey:
    """The Ed25519 public key in `key`, which is of type `kind`.

    Raises:
        NoteInvalid: when it is of another type, or has not 32 bytes.
    """
    if key.kind != kind:
        raise NoteInvalid(f"The key {key.name} is of type 0x{key.kind:02x}, and 0x{kind:02x} was expected.")
    try:
        return Ed25519PublicKey.from_public_bytes(key.public)
    except ValueError as error:
        raise NoteInvalid(f"The key {key.name} has {len(key.public)} bytes; Ed25519 has 32.") from error


def unverified(key: VerifierKey) -> SignatureInvalid:
    """The refusal of a signature that is not that key's."""
    return SignatureInvalid(f"The signature of {key.name}+{key.key_id.hex()} does not verify: the text was changed.")


def to_base64(content: bytes) -> str:
    """RFC 4648, section 4, with its padding."""
    return base64.b64encode(content).decode()


def from_base64(encoded: str, *, what: str) -> bytes:
    """The bytes of a text that `to_base64` would write.

    Raises:
        NoteInvalid: beginning with `what`, when it is written in any other way.
    """
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteInvalid(f"{what} is not base64.") from error
    if to_base64(content) != encoded:
        raise NoteInvalid(f"{what} is not base64 as it is written: bits are left over.")
    return content


def _signature(line: str, number: int) -> Signature:
    what = f"Signature line {number}"
    dash, name, encoded = line[: len(DASH)], *line[len(DASH) :].partition(" ")[::2]
    if dash != DASH or not encoded:
        raise NoteInvalid(f"{what} is not an em dash, a name and a signature with one space between.")
    check_name(name)
    content = from_base64(encoded, what=what)
    if len(content) <= KEY_ID_BYTES:
        raise NoteInvalid(f"{what} has {len(content)} bytes, no more than a key ID.")
    return Signature(name, content[:KEY_ID_BYTES], content[KEY_ID_BYTES:])
