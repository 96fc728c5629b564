"""Time stamps in a bundle: that entries stood at an instant, by the word of an authority outside (RFC 3161).

A stamp is over the file of an earlier checkpoint. Beside both stands the proof that the bundle's head only adds to that
checkpoint; so who signed it does not matter. Stamps that were stamped again come with the lists (`audit.renewals`).
"""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from audit.bundle.layout import CONSISTENCY, HEAD, RENEWED, STAMP, SUMS, Place
from audit.bundle.manifest import BookTold
from audit.bundle.verdict import Findings
from audit.log.checkpoint import parse_text
from audit.log.note import NoteInvalid, from_base64, parse, to_base64
from audit.merkle import ProofInvalid, verify_consistency
from audit.renewals import Judged, Stamped, judge

MOST_FILES = 256
"""Of anchors in one book; a writer takes the stamps over the first and the last entry, and what renewed them."""


class Anchors:
    """The anchors of one book, as they are read."""

    def __init__(self, told: BookTold) -> None:
        self._told = told
        self._files: dict[Place, bytes] = {}

    def take(self, place: Place, raw: bytes) -> None:
        """Keep one member.

        Raises:
            ValueError: when there are too many.
        """
        if len(self._files) == MOST_FILES:
            raise ValueError(f"There are more than {MOST_FILES} files of anchors of {self._told.book}.")
        self._files[place] = raw

    def conclude(
        self,
        trusted: Sequence[x509.Certificate] | None,
        now: datetime,
        positions: Sequence[int],
        findings: Findings,
    ) -> None:
        """Say which stamps hold now, and for how many of the entries at `positions`.

        trusted:  None: stamps are left out of account.
        """
        book = self._told.book
        anchors, renewals = self._stamped("", HEAD), self._stamped(RENEWED, SUMS)
        if not self._files:
            findings.leave("unstamped", book=book)
        elif trusted is None:
            findings.leave("stamps_ignored", book=book)
        elif not trusted:
            findings.refute("stamps_unchecked", book=book, stamps=len(anchors))
        else:
            for found in judge(anchors.values(), list(renewals.values()), trusted):
                size = next((size for size, anchor in anchors.items() if anchor.name == found.name), 0)
                fault = found.fault or _ended(found, now) or (self._denied(size) if size else "")
                if fault:
                    findings.refute("stamp", book=book, name=found.name, why=fault)
                elif found.stamp is not None and size:
                    findings.prove(
                        "stamped",
                        book=book,
                        authority=found.stamp.authority,
                        size=size,
                        seconds=int(found.stamp.stamped_at.timestamp()),
                        entries=sum(position <= size for position in positions),
                        holds_until=f"{found.holds_until:%Y-%m-%d}",
                    )

    def _stamped(self, folder: str, ending: str) -> dict[int, Stamped]:
        """The files of one folder with their stamps, by their number, ascending."""
        numbers = sorted({place.number for place in self._files if place.folder == folder})
        return {
            number: Stamped(
                f"{folder}/{number}".removeprefix("/"),
                f".{ending}",
                self._part(folder, number, ending),
                self._part(folder, number, STAMP) or b"",
            )
            for number in numbers
        }

    def _part(self, folder: str, number: int, part: str) -> bytes | None:
        return next((raw for at, raw in self._files.items() if at[2:] == (folder, number, part)), None)

    def _denied(self, size: int) -> str:
        """Why a stamped head is not one of this log, to which the bundle's head only adds; empty when it is."""
        try:
            stamped = parse_text(parse(self._part("", size, HEAD) or b"").text)
            if (stamped.origin, stamped.size) != (self._told.origin, size):
                return f"The stamped head is of {stamped.size} entries of {stamped.origin}."
            proof = read_consistency(self._part("", size, CONSISTENCY))
            verify_consistency(size, stamped.root, self._told.size, self._told.root, proof)
        except (NoteInvalid, ProofInvalid) as fault:
            return str(fault)
        return ""


def _ended(found: Judged, now: datetime) -> str:
    if found.holds_until is None or now <= found.holds_until:
        return ""
    return f"Its certificates ended on {found.holds_until:%Y-%m-%d}, and it was not stamped again."


def consistency_content(hashes: Sequence[bytes]) -> bytes:
    """The member `<size>.consistency`: hashes in base64, nearest to the leaves first, one a line."""
    return "".join(f"{to_base64(step)}\n" for step in hashes).encode()


def read_consistency(raw: bytes | None) -> list[bytes]:
    """The hashes in such a member.

    Raises:
        ProofInvalid: when it is missing, or not as it would be written.
    """
    if raw is None:
        raise ProofInvalid("The proof that the head only adds to the stamped one is missing.")
    try:
        hashes = [from_base64(line, what="A hash of the proof") for line in raw.decode("ascii").split("\n")[:-1]]
    except (NoteInvalid, UnicodeDecodeError) as fault:
        raise ProofInvalid(f"The consistency proof is none: {fault}") from fault
    if consistency_content(hashes) != raw:
        raise ProofInvalid("The consistency proof is not as it would be written.")
    return hashes
