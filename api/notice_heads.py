"""Which signed head stands on a notice: the first that covers its last line, and none before it is signed (DESIGN §4).

    <ledger>/log/money/noticed/<position of the last line>     the signed note, from when the notice was first asked for

A log keeps its newest head only, so the one that a notice names is remembered beside it. Where that was lost, or
another machine serves the ledger, a later head is named instead: it answers for the notice as well.
"""

import base64
from contextlib import suppress
from hashlib import sha256
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlencode

from api.ledger import Ledger
from api.log_keys import log_vkeys
from api.public_log import PublicLog, Published
from audit.log.checkpoint import Checkpoint, parse_text
from audit.log.note import Ed25519Verifier, NoteInvalid, Signature, VerifierKey, parse, parse_vkey
from domain.event import BookName

REMEMBERED = "noticed"
FINGERPRINT_DIGITS = 40
"""What stands on paper of a key; fewer could be searched for (DESIGN §4)."""


_remembering = Lock()
"""One thread of this process writes at a time."""


class NoticeHead(NamedTuple):
    """A signed head as it stands on paper, with one of the keys that signed it.

    checkpoint:  origin, size and root.
    key:         the newest of the log's keys that signed it.
    signature:   64 bytes over the checkpoint's text.
    """

    checkpoint: Checkpoint
    key: VerifierKey
    signature: bytes

    @property
    def size(self) -> int:
        """How many entries it answers for."""
        return self.checkpoint.size

    @property
    def root(self) -> str:
        """Its root, 64 hex digits."""
        return self.checkpoint.root.hex()

    @property
    def fingerprint(self) -> str:
        """`fingerprint` of its key."""
        return fingerprint(self.key.vkey)

    def fragment(self, notice_no: str) -> str:
        """What stands behind `/check#` in the code on a notice: all that is needed to check the head without a server.

        n: the notice's number, o: origin, s: size, r: root, k: public key, g: signature; all but s in base64url.
        """
        parts = {
            "n": notice_no.encode(),
            "o": self.checkpoint.origin.encode(),
            "r": self.checkpoint.root,
            "k": self.key.public,
            "g": self.signature,
        }
        return urlencode({"s": self.size, **{name: to_base64url(part) for name, part in parts.items()}})


def notice_head(ledger: Ledger, last_position: int | None) -> NoticeHead | None:
    """The head on a notice whose last line has `last_position`; None while none is signed that covers it.

    Raises:
        Refused: `E-SCHEMA` when the checkpoint that is published cannot be read.
    """
    found = first_covering(ledger, last_position)
    return None if found is None else _signed_by(found, [key.vkey for key in log_vkeys(ledger, BookName.MONEY)])


def first_covering(ledger: Ledger, last_position: int | None) -> Published | None:
    """The head that is remembered for a notice whose last line has `last_position`, else the newest that covers it."""
    if last_position is None:
        return None
    log = PublicLog(ledger, BookName.MONEY)
    newest = log.published()
    if newest is None or newest.head.size < last_position:
        return None
    path = f"{REMEMBERED}/{last_position}"
    remembered = _parsed(log.folder.read(path))
    if remembered is not None and last_position <= remembered.head.size <= newest.head.size:
        return remembered
    with _remembering, suppress(OSError):  # another process was first, or the disk is full: a later head will do
        log.folder.write(path, newest.note.encode())
    return newest


def fingerprint(vkey: str) -> str:
    """The first 40 hex digits of SHA-256 over a verifier key, as it stands on paper."""
    return sha256(vkey.encode()).hexdigest()[:FINGERPRINT_DIGITS]


def to_base64url(content: bytes) -> str:
    """RFC 4648, section 5, without its padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _signed_by(published: Published, vkeys: list[str]) -> NoticeHead | None:
    """The head with its newest key's signature; None where none of `vkeys` signed it."""
    note = parse(published.note.encode())
    for key in map(parse_vkey, reversed(vkeys)):
        for signature in note.signatures:
            if (signature.name, signature.key_id) == (key.name, key.key_id) and _verifies(key, note.text, signature):
                return NoticeHead(published.checkpoint, key, signature.signature)
    return None


def _verifies(key: VerifierKey, text: str, signature: Signature) -> bool:
    try:
        Ed25519Verifier(key).verify(text, signature.signature)
    except NoteInvalid:
        return False
    return True


def _parsed(raw: bytes | None) -> Published | None:
    """A head that was remembered; None where there is none, or the file was damaged."""
    if raw is None:
        return None
    try:
        return Published(parse_text(parse(raw).text), raw.decode())
    except NoteInvalid:
        return None
