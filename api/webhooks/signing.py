"""Signatures of webhooks as Standard Webhooks has them, with symmetric secrets (standard-webhooks specification, 1.0).

    secret     whsec_ ‖ base64(key), the key of 24 to 64 bytes
    signature  v1,base64(HMAC-SHA256(key, id ‖ "." ‖ timestamp ‖ "." ‖ body))

While a secret is being changed a message has a signature by each, parted by a blank: the receiver takes any one.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from domain.clock import Randomness

PREFIX: Final = "whsec_"
KEY_BYTES: Final = 32
SHORTEST, LONGEST = 24, 64


def new_secret(randomness: Randomness) -> str:
    """A secret that nobody has."""
    return PREFIX + base64.b64encode(randomness(KEY_BYTES)).decode()


def key_in(secret: str) -> bytes:
    """The key that a secret holds.

    Raises:
        ValueError: when it is none; the text of the secret is not in the words.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("A webhook's secret is whsec_ and base64; this is not.") from error
    if not secret.startswith(PREFIX) or not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(f"A webhook's secret is whsec_ and {SHORTEST} to {LONGEST} bytes in base64; this is not.")
    return key


def signed_headers(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a message, signed with each of `secrets`.

    Raises:
        ValueError: when the id has a full stop in it: what is signed could be read in two ways.
    """
    if "." in message_id:
        raise ValueError(f"The id of a message has no full stop in it; {message_id!r} has.")
    content = b".".join((message_id.encode(), str(timestamp).encode(), body))
    signatures = [f"v1,{base64.b64encode(hmac.digest(key_in(secret), content, sha256)).decode()}" for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
