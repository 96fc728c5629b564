"""Time stamps that were stamped again before their authority's certificate ended, judged together and offline.

    <size>.checkpoint   a file, as it was stamped            <size>.tsr        the stamp over its bytes
    renewed/<n>.sums    digests of files that are stamped     renewed/<n>.tsr   the stamp over that list
                        again: checkpoints, stamps, earlier lists and their stamps

A stamp holds until the first certificate of its chain ends. If a list with it and its file was stamped before then, it
holds for as long as that list's stamp does, which may have been stamped again in its turn. A list is what `sha256sum
--check` reads; its stamp is what `openssl ts -verify` reads.

Needs the standard library and `cryptography`: the verifier ships with this file.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from cryptography import x509

from audit.timestamps import StampInvalid, TimeStamp, verify

CHECKPOINT, SUMS, STAMP = ".checkpoint", ".sums", ".tsr"

_LINE = re.compile(r"SHA256 \(([0-9a-z./]+)\) = ([0-9a-f]{64})")


class Stamped(NamedTuple):
    """A file and the stamp over it.

    name:     of both, without their endings: `1234`, or `renewed/1`.
    message:  the bytes of `<name>.checkpoint` or `<name>.sums`; None when the file is missing.
    answer:   the bytes of `<name>.tsr`.
    """

    name: str
    ending: str
    message: bytes | None
    answer: bytes

    @property
    def is_anchor(self) -> bool:
        """Whether it is over a checkpoint, not over a list."""
        return self.ending == CHECKPOINT

    @property
    def files(self) -> dict[str, bytes]:
        """Both by their name."""
        message = {} if self.message is None else {f"{self.name}{self.ending}": self.message}
        return {**message, f"{self.name}{STAMP}": self.answer}


class Judged(NamedTuple):
    """What there is to say of one stamp.

    stamp:        what it says; None when it does not hold.
    renewed_by:   the lists through which it holds on, in the order in which they were stamped.
    holds_until:  until when it holds, with its renewals.
    fault:        what is wrong with it, or nothing.
    """

    name: str
    stamp: TimeStamp | None
    renewed_by: tuple[str, ...] = ()
    holds_until: datetime | None = None
    fault: str = ""


def list_of(stamped: Iterable[Stamped]) -> bytes:
    """The list by which all of these are stamped again."""
    lines = (
        f"SHA256 ({name}) = {hashlib.sha256(content).hexdigest()}\n"
        for one in stamped
        for name, content in one.files.items()
    )
    return "".join(lines).encode()


def read_list(raw: bytes) -> dict[str, str]:
    """The digests in a list, in hex, by the files' names.

    Raises:
        StampInvalid: when it is not a list as `list_of` writes it.
    """
    found: dict[str, str] = {}
    lines = raw.decode("ascii", errors="replace").split("\n")
    if lines.pop() or not lines:
        raise StampInvalid("The list of digests does not end in a line feed, or is empty.")
    for number, line in enumerate(lines, start=1):
        told = _LINE.fullmatch(line)
        if told is None or told[1] in found:
            raise StampInvalid(f"Line {number} of the list of digests is not `SHA256 (file) = hex`, or is there twice.")
        found[told[1]] = told[2]
    return found


def judge(anchors: Iterable[Stamped], renewals: Sequence[Stamped], trusted: Sequence[x509.Certificate]) -> list[Judged]:
    """Judge stamps and the lists by which they were stamped again; the anchors come first, each in the order given.

    renewals:  in the order in which they were stamped.
    trusted:   as `audit.timestamps.verify`.
    """
    later: list[tuple[Judged, Mapping[str, str]]] = []
    for renewal in reversed(renewals):
        judged, listed = _judge_list(renewal, later, trusted)
        later.insert(0, (judged, listed))
    return [*(_judge(anchor, later, trusted) for anchor in anchors), *(judged for judged, _ in later)]


def _judge_list(
    renewal: Stamped, later: Sequence[tuple[Judged, Mapping[str, str]]], trusted: Sequence[x509.Certificate]
) -> tuple[Judged, Mapping[str, str]]:
    try:
        listed = read_list(renewal.message or b"")
    except StampInvalid as fault:
        return Judged(renewal.name, None, fault=str(fault)), {}
    return _judge(renewal, later, trusted), listed


def _judge(
    one: Stamped, later: Sequence[tuple[Judged, Mapping[str, str]]], trusted: Sequence[x509.Certificate]
) -> Judged:
    if one.message is None:
        return Judged(one.name, None, fault=f"The file {one.name}{one.ending}, which was stamped, is missing.")
    try:
        stamp = verify(one.answer, one.message, trusted)
    except StampInvalid as fault:
        return Judged(one.name, None, fault=str(fault))
    return _renewed(Judged(one.name, stamp, (), stamp.holds_until), one, later)


def _renewed(judged: Judged, one: Stamped, later: Sequence[tuple[Judged, Mapping[str, str]]]) -> Judged:
    """The judgement with the lists that `one` stands on; a list whose own stamp does not hold says nothing."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in one.files.items()}
    for renewal, listed in later:
        told = {name: listed[name] for name in digests if name in listed}
        if not told or renewal.fault or renewal.stamp is None or renewal.holds_until is None:
            continue
        if told != digests:
            return judged._replace(fault=f"The files of {one.name} are not those that {renewal.name} lists.")
        if judged.holds_until and renewal.stamp.stamped_at <= judged.holds_until:
            judged = judged._replace(
                renewed_by=(*judged.renewed_by, renewal.name),
                holds_until=max(judged.holds_until, renewal.holds_until),
            )
    return judged
