"""Sealing fields under a subject's own key, and the keys themselves.

    master key ── wraps ──> data key of one subject ── seals ──> its fields, wherever they are kept

AES-256-GCM throughout (NIST SP 800-38D), 12 random bytes of nonce before each ciphertext. Erasing a data key erases
everything sealed under it.
"""

import base64
import hmac
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class Unreadable(Exception):
    """A sealed value does not open: another key, or changed bytes."""


def seal(key: bytes, plain: bytes, *, nonce: bytes, context: bytes) -> bytes:
    """`nonce ‖ AES-256-GCM(key, nonce, plain, context)`; `context` is authenticated and not stored."""
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def unseal(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """What `seal` sealed.

    Raises:
        Unreadable: with another key or context, or when a byte was changed.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as error:
        raise Unreadable("A sealed value cannot be opened: it was changed, or sealed under another key.") from error


def seal_fields(key: bytes, fields: dict[str, str], *, nonce: bytes, context: bytes) -> str:
    """`fields` as one base64 text that stands in an entry."""
    plain = msgspec.json.encode(fields, order="sorted")
    return base64.b64encode(seal(key, plain, nonce=nonce, context=context)).decode()


def unseal_fields(key: bytes, sealed: str, *, context: bytes) -> dict[str, str]:
    """The fields that `seal_fields` sealed."""
    return msgspec.json.decode(unseal(key, base64.b64decode(sealed), context=context), type=dict[str, str])


def commitment(key: bytes, *fields: str) -> str:
    """HMAC-SHA256 under the subject's data key over its fields, joined by 0x1F: what an event is bound to."""
    return hmac.digest(key, "\x1f".join(fields).encode(), sha256).hex()


def blind_index(key: bytes, kind: str, number: str) -> bytes:
    """Where a number is found again: an unkeyed hash of an ID could be searched by trying all of them."""
    return hmac.digest(key, f"{kind}\x1f{number}".encode(), sha256)
