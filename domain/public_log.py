"""What a book says of its own public log (DESIGN §4).

The keys that sign its heads, the sealed index of subjects, and where a head was anchored. Each event stands in the book
that it is about.
"""

from typing import ClassVar

from domain.event import Event, Kind
from domain.kinds import Count, Instant, Position, Sha256, Text


class SubjectIndexSealed(Event, frozen=True, kw_only=True):
    """主体索引封存: which entries name which subject, for entries 1 … `size`, so that none can be left out later.

    size:           how many entries of this book the index is over.
    root:           RFC 6962 root over one leaf for each subject, sorted by its bytes.
    subject_count:  how many subjects, that is leaves, there are.
    scheme:         by which table subjects are found in an entry, e.g. `mingzhang/subjects/v1`.
    """

    TOPIC: ClassVar[str] = "subject-index-sealed/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    size: Position
    root: Sha256
    subject_count: Count
    scheme: Text


class CheckpointAnchored(Event, frozen=True, kw_only=True):
    """存证: a head of this book's log was left with somebody outside; `evidence` is the SHA-256 of what they answered.

    size:        the checkpoint's size.
    root:        its root.
    medium:      how: `rfc3161`, a time stamp over the checkpoint's file; `rfc3161-renewal`, one over earlier stamps.
    authority:   who, as their certificate names them.
    stamped_at:  the instant that they vouch for.
    """

    TOPIC: ClassVar[str] = "checkpoint-anchored/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    size: Position
    root: Sha256
    medium: Text
    authority: Text | None = None
    stamped_at: Instant | None = None


class KeyCreated(Event, frozen=True, kw_only=True):
    """日志签名密钥启用: the first key that signs the heads of this book's public log.

    vkey:  the key, as `name+key ID+base64` (c2sp.org/signed-note); its name is the book's origin.
    """

    TOPIC: ClassVar[str] = "key-created/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    vkey: Text


class KeyRotated(Event, frozen=True, kw_only=True):
    """日志签名密钥更换: from here on another key signs the heads of this book's public log, too.

    vkey:         the new key, as `name+key ID+base64` (c2sp.org/signed-note); its name is the book's origin.
    overlapping:  the keys that sign beside it until each is retired; none when the earlier ones were lost.
    """

    TOPIC: ClassVar[str] = "key-rotated/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    vkey: Text
    overlapping: tuple[Text, ...] = ()


class KeyRetired(Event, frozen=True, kw_only=True):
    """日志签名密钥停用: a key signs no more, and whoever sees it on a larger head has caught a thief.

    vkey:       the key.
    last_size:  the largest head that it may have signed; it is believed up to there and no further.
    """

    TOPIC: ClassVar[str] = "key-retired/v1"
    KIND: ClassVar[Kind] = Kind.CONTROL

    vkey: Text
    last_size: Count


HOUSEKEEPING = frozenset({SubjectIndexSealed.TOPIC, CheckpointAnchored.TOPIC})
"""What a book adds to itself by the day: where nothing else was added, nothing is sealed or anchored anew."""
