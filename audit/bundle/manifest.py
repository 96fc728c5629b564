"""The manifest: what a bundle is about, and each of its members with length and SHA-256.

One JSON object, written in one way only, its members one a line in the order of the zip::

    {"format":"mingzhang/bundle/v1","subject":"household:H-0001","books":[{"book":"money","origin":"…",
     "size":30412,"root":"…64 hex","entries":12}],"members":[                             (all of this is one line)
    {"name":"attachments.json","bytes":153,"sha256":"…64 hex"},
    …
    {"name":"report.html","bytes":9182,"sha256":"…64 hex"}
    ]}

So it is read beside the members, line by line, and compared with what they give: memory does not grow with it. The
first book is the subject's; the others hold entries that those of the first cite. A log's name ends in its book's, so
that the log of one book cannot be shown as that of another. Standard library only.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from unicodedata import is_normalized

from audit.bundle.layout import BOOK

FORMAT = "mingzhang/bundle/v1"
LONGEST_LINE_BYTES = 64 * 1024
OPENING, BETWEEN, CLOSING = b',"members":[\n', b",\n", b"\n]}\n"
LARGEST_NUMBER = 2**53 - 1
LONGEST_WORD = 1_000

_BOOK = re.compile(BOOK, re.ASCII)
_ROOT = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SUBJECT = re.compile(r"[a-z][a-z-]*:[^\x00-\x1f\x7f]+")


class ManifestInvalid(ValueError):
    """A manifest that is none, or does not tell of the members that there are."""


class BookTold(NamedTuple):
    """One book: its log's name, and the head that all its proofs lead to."""

    book: str
    origin: str
    size: int
    root: bytes
    entries: int


class Manifest(NamedTuple):
    """What the manifest's first line tells."""

    subject: str
    books: tuple[BookTold, ...]

    @property
    def line(self) -> bytes:
        """The first line, up to where the members begin."""
        told = {
            "format": FORMAT,
            "subject": self.subject,
            "books": [{**book._asdict(), "root": book.root.hex()} for book in self.books],
        }
        return _json(told)[:-1] + OPENING


def member_line(name: str, size: int, sha256: bytes) -> bytes:
    """The line of one member, without what separates it from the next."""
    return _json({"name": name, "bytes": size, "sha256": sha256.hex()})


def lines_of(manifest: Manifest, members: Iterable[bytes]) -> Iterator[bytes]:
    """The manifest's bytes, from its members' lines."""
    yield manifest.line
    for number, line in enumerate(members):
        yield BETWEEN + line if number else line
    yield CLOSING


def read_first_line(line: bytes) -> Manifest:
    """What the first line tells, read strictly.

    Raises:
        ManifestInvalid: when a part is missing, unknown or not of its kind, or it is not written as it would be.
    """
    try:
        told = json.loads(line.removesuffix(OPENING) + b"}")
        if told["format"] != FORMAT:
            raise ManifestInvalid(
                f"The bundle is of format {str(told['format'])[:40]!r}; this verifier knows {FORMAT}."
            )
        manifest = Manifest(_text(told["subject"]), tuple(_book(book) for book in told["books"]))
        is_as_written = manifest.line == line
    except (LookupError, TypeError, ValueError, RecursionError) as fault:
        if isinstance(fault, ManifestInvalid):
            raise
        raise ManifestInvalid(f"The first line of the manifest is none ({type(fault).__name__}).") from fault
    names = [book.book for book in manifest.books]
    if not _is_subject(manifest.subject) or not names or len(set(names)) != len(names):
        raise ManifestInvalid("The manifest names no subject, no book, or one book twice.")
    if not is_as_written:
        raise ManifestInvalid("The first line of the manifest is not as it would be written.")
    return manifest


def _is_subject(text: str) -> bool:
    """Whether `text` is `kind:reference` as entries have it: in NFC, and without blanks that nobody would see."""
    return bool(_SUBJECT.fullmatch(text)) and is_normalized("NFC", text) and text == text.strip()


def _book(told: dict[str, Any]) -> BookTold:
    book, root = _text(told["book"]), _text(told["root"])
    if not _BOOK.fullmatch(book) or not _ROOT.fullmatch(root):
        raise ValueError
    origin = _text(told["origin"])
    if not origin.endswith(f"/{book}"):
        raise ManifestInvalid(f"The log {origin[:80]!r} is not of the book {book}: its name would end in /{book}.")
    return BookTold(book, origin, _whole(told["size"]), bytes.fromhex(root), _whole(told["entries"]))


def _text(told: object) -> str:
    if not isinstance(told, str) or not 1 <= len(told) <= LONGEST_WORD:
        raise TypeError
    return told


def _whole(told: object) -> int:
    if not isinstance(told, int) or isinstance(told, bool) or not 0 <= told <= LARGEST_NUMBER:
        raise TypeError
    return told


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
