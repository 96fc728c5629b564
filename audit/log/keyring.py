"""Which keys of a log are believed, and up to which size (DESIGN §4, Keys).

A log's key is rotated by an event in its book: the old and the new key sign together for a while, then the old one is
retired at the largest head that it signed. What it signed up to there stays evidence for ever. On a larger head its
signature can only come from somebody who took the key, so such a note is refused as a whole, whoever else signed it.

Whoever has the first key and the log's entries needs to be told no other: `followed` reads the events.

Needs what `audit.log.note` needs.
"""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from audit.log.checkpoint import Checkpoint, parse_text
from audit.log.note import Ed25519Verifier, SignatureInvalid, VerifierKey, parse, parse_vkey, verified
from audit.seal import ENTRY_HEAD, NotAnEntry

ANNOUNCING = ("key-created/v1", "key-rotated/v1")
RETIRING = "key-retired/v1"


class RetiredKeySigned(SignatureInvalid):
    """A retired key signed a head that is larger than its last one; the text names the key and both sizes."""


class TrustedKey(NamedTuple):
    """A key of a log: `vkey` as in c2sp.org/signed-note, and the largest head it is believed for (None: any)."""

    vkey: str
    last_size: int | None = None


class Vouched(NamedTuple):
    """A checkpoint and the keys that signed it, in the note's order."""

    checkpoint: Checkpoint
    keys: tuple[VerifierKey, ...]


def vouched(raw: bytes, keys: Sequence[TrustedKey]) -> Vouched:
    """The checkpoint in a signed note, which at least one of `keys` signed and no retired one beyond its last size.

    Raises:
        RetiredKeySigned: when a retired key signed it, and it is larger than that key's last head.
        SignatureInvalid: when none of the keys signed it, a line of one of them does not verify, or its origin is
            another than their name.
        NoteInvalid: when it is no note or no checkpoint, or a vkey is none.
    """
    note = parse(raw)
    checkpoint = parse_text(note.text)
    trusted = {parse_vkey(key.vkey): key.last_size for key in keys}
    if foreign := sorted({key.name for key in trusted} - {checkpoint.origin}):
        raise SignatureInvalid(f"The checkpoint is of {checkpoint.origin}, and keys of {', '.join(foreign)} are given.")
    signed = tuple(verifier.key for verifier, _ in verified(note, [Ed25519Verifier(key) for key in trusted]))
    for key in signed:
        last_size = trusted[key]
        if last_size is not None and checkpoint.size > last_size:
            raise RetiredKeySigned(
                f"The key {named(key)} was retired at size {last_size}, and it signs a head of size "
                f"{checkpoint.size}: whoever made this head has taken the key."
            )
    return Vouched(checkpoint, signed)


def followed(keys: Iterable[TrustedKey], entries: Iterable[bytes]) -> list[TrustedKey]:
    """The keys that are to be believed after `entries`, which announce and retire keys among much else.

    entries:  in the book's order, each proven to be in the log under a head that `keys`, or keys that earlier entries
              announced, vouch for: an entry that nobody proved can announce a thief's key.

    Raises:
        NotAnEntry: when the bytes are no entry, or one of these topics without its fields.
    """
    last_sizes = {key.vkey: key.last_size for key in keys}
    for entry in entries:
        head = ENTRY_HEAD.match(entry)
        if head is None:
            raise NotAnEntry("The first three lines are not those of an entry.")
        topic = head[3].decode()
        if topic in ANNOUNCING or topic == RETIRING:
            vkey, last_size = _told(topic, entry[head.end() :])
            last_sizes[vkey] = last_size
    return [TrustedKey(*told) for told in last_sizes.items()]


def retired_sizes(keys: Iterable[TrustedKey]) -> dict[str, int]:
    """The last size of each retired key by its vkey, as `audit.log.policy.Policy.judge` takes it."""
    return {key.vkey: key.last_size for key in keys if key.last_size is not None}


def named(key: VerifierKey) -> str:
    """How a key is called in messages: `name+key ID`."""
    return f"{key.name}+{key.key_id.hex()}"


def _told(topic: str, state: bytes) -> tuple[str, int | None]:
    try:
        told = json.loads(state)
        vkey = parse_vkey(told["vkey"]).vkey
        return vkey, int(told["last_size"]) if topic == RETIRING else None
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        raise NotAnEntry(f"The state is not one of {topic}: {fault!r}.") from fault
