"""Which members a bundle has, how large each may be, and in which order they stand.

::

    anchors/<book>/<size>.checkpoint           an earlier checkpoint, as it was stamped; beside it .tsr, the stamp, and
                                               .consistency, the proof that the head only adds to it
    anchors/<book>/renewed/<number>.sums       a list by which stamps were stamped again, and .tsr, the stamp over it
    attachments.json                           the digests of the files that the entries cite
    checkpoints/<book>                         the signed head, as it was published, with its cosignatures
    completeness.json                          that no entry about the subject was left out
    entries/<book>/<position>                  an entry, byte for byte
    proofs/<book>/<position>                   that it is in the log; followed by the checkpoint it is a `.tlog-proof`
    report.html                                a reading for people; proves nothing
    manifest.json                              all of these with their digests, the last member

They stand in the order of their names, numbers by their value; so none can stand twice. Standard library only.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

ATTACHMENTS, COMPLETENESS, REPORT, MANIFEST = "attachments.json", "completeness.json", "report.html", "manifest.json"
ANCHORS, CHECKPOINTS, ENTRIES, PROOFS = "anchors", "checkpoints", "entries", "proofs"
RENEWED = "renewed"
HEAD, CONSISTENCY, STAMP, SUMS = "checkpoint", "consistency", "tsr", "sums"

BOOK = r"[a-z][a-z-]{0,31}"
_BOOK = rf"(?P<book>{BOOK})"
_NUMBER = r"(?P<number>[1-9][0-9]{0,15})"
_FORMS = (
    re.compile(rf"(?P<kind>anchors)/{_BOOK}/{_NUMBER}\.(?P<part>checkpoint|consistency|tsr)", re.ASCII),
    re.compile(rf"(?P<kind>anchors)/{_BOOK}/(?P<folder>renewed)/{_NUMBER}\.(?P<part>sums|tsr)", re.ASCII),
    re.compile(rf"(?P<kind>checkpoints)/{_BOOK}", re.ASCII),
    re.compile(rf"(?P<kind>entries|proofs)/{_BOOK}/{_NUMBER}", re.ASCII),
    re.compile(r"(?P<kind>(?:attachments|completeness|manifest)\.json|report\.html)", re.ASCII),
)

LARGEST_BYTES: Mapping[str, int | None] = {
    ANCHORS: 512 * 1024,
    ATTACHMENTS: 16 * 1024 * 1024,
    CHECKPOINTS: 512 * 1024,
    COMPLETENESS: 64 * 1024,
    ENTRIES: 65_535,
    PROOFS: 4 * 1024,
    REPORT: None,
    MANIFEST: None,
}
"""What is held in memory; the two without a limit are read piece by piece."""


class NoMember(ValueError):
    """A name that no member of a bundle has."""


class Place(NamedTuple):
    """What a member's name tells; what it does not have is empty, or 0. Places sort as the members stand."""

    kind: str
    book: str = ""
    folder: str = ""
    number: int = 0
    part: str = ""

    @property
    def name(self) -> str:
        """The name again."""
        last = ".".join(filter(None, (str(self.number) if self.number else "", self.part)))
        return "/".join(filter(None, (self.kind, self.book, self.folder, last)))


def place_of(name: str) -> Place:
    """What the name of a member tells.

    Raises:
        NoMember: when no member is called so.
    """
    for form in _FORMS:
        if found := form.fullmatch(name):
            told = found.groupdict("")
            return Place(
                told["kind"],
                told.get("book", ""),
                told.get("folder", ""),
                int(told.get("number", 0)),
                told.get("part", ""),
            )
    raise NoMember(f"No member of a bundle is called {name[:80]!r}.")


def order_of(place: Place) -> tuple[bool, Place]:
    """What members are sorted by; the manifest comes last."""
    return place.kind == MANIFEST, place
