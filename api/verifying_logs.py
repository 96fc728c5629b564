"""Verifying the published logs as they lie beside the books, without opening the ledger (OUTPUTS §4).

No key of the ledger is needed: which keys sign a log stands in its book. So whoever has a copy of the folder can do it.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from api.folder import Folder
from api.storage import Storage
from api.witnessing import POLICY
from audit.log.checking import LogReport, Published, Sound, check_log
from audit.log.folder import LogFolder
from audit.log.keyring import ANNOUNCING, RETIRING, TrustedKey, followed
from audit.log.lying import LOWEST_POSITION, LyingBook
from audit.log.policy import Policy
from audit.log.policy_file import PolicyInvalid, parse_policy
from audit.merkle import EMPTY_ROOT
from audit.seal import NotAnEntry
from audit.verify.findings import Finding
from audit.verify.reading import BookUnreadable
from domain.event import BookName

Shape = dict[str, Any]

Progress = Callable[[str, int, int], None]
"""Told (book, files looked at, of how many)."""


def verify_logs(
    folder: Folder, storage: Storage, report: Mapping[str, Any], before: Mapping[str, Any], progress: Progress
) -> Shape:
    """Check what is published of both books; gives `logs` and `findings` as OUTPUTS §4 has them.

    report:  what was found in the books themselves: a log is not held against a book that cannot be read.
    before:  the last clean report, to read on from; an empty one to read everything.

    Raises:
        BookUnreadable: when a book in which nothing was found cannot be read now.
    """
    logs: list[Shape] = []
    findings: list[Shape] = []
    left_out = 0
    for name in BookName:
        with storage.as_it_lies(name) as opened:
            book = LyingBook(opened if isinstance(opened, Path) else opened.source or opened.path)
            try:
                log, found = _checked(folder, name, book, before, progress)
            except BookUnreadable:
                if any(finding["book"] == name.value for finding in report["findings"]):
                    continue
                raise
        logs += [log] if log else []
        findings += [_finding(name, finding) for finding in found.findings]
        left_out += found.left_out
    return {"logs": logs, "findings": findings, "findings_left_out": left_out}


def _checked(
    folder: Folder, name: BookName, book: LyingBook, before: Mapping[str, Any], progress: Progress
) -> tuple[Shape | None, LogReport]:
    """One log: what is told of it, if a head is signed, and what was found."""
    files = LogFolder(folder.logs / name.value)
    known = _of_book(before.get("logs", ()), name)
    end = _of_book(before.get("books", ()), name)
    keys = _keys(book, known, end["size"] if known and end else LOWEST_POSITION)
    policy, unread = _policy(files)
    log = Published(files, folder.identity().origin_of(name.value), keys, policy)
    since = Sound(known["size"], bytes.fromhex(known["root"])) if known else None
    report = check_log(log, book.behind, since, lambda done, of: progress(name.value, done, of))
    return _told(name, log.origin, report, keys), report._replace(findings=(*unread, *report.findings))


def _of_book(told: Iterable[Shape], name: BookName) -> Shape | None:
    return next((one for one in told if one["book"] == name.value), None)


def _keys(book: LyingBook, known: Shape | None, behind: int) -> list[TrustedKey]:
    """The log's keys: those that were known when all was sound, and what the entries since say of them."""
    keys = [TrustedKey(key["vkey"], key["last_size"]) for key in known["keys"]] if known else []
    for entry in book.of_topics((*ANNOUNCING, RETIRING), behind=behind):
        with suppress(NotAnEntry):  # named by whoever verifies the book
            keys = followed(keys, [entry])
    return keys


def _policy(folder: LogFolder) -> tuple[Policy | None, list[Finding]]:
    """Whom the log asks for cosignatures; a file that is no policy is a finding."""
    raw = folder.read(POLICY)
    if raw is None:
        return None, []
    try:
        return parse_policy(raw), []
    except PolicyInvalid as fault:
        return None, [Finding(1, "cosignature", None, "a trust policy", str(fault))]


def _told(name: BookName, origin: str, report: LogReport, keys: list[TrustedKey]) -> Shape | None:
    """What is told of a log. Of one that its book announces and that does not lie here, that nothing was compared.

    That is no finding: a copy of the book may never have come with its log. Where something here remembers that a head
    was signed, it is one (`api.verifying_remembered`).
    """
    if report.head is None:
        return _not_here(name, origin, keys) if keys and not report.findings else None
    return {
        "book": name.value,
        "origin": report.head.origin,
        "size": report.head.size,
        "root": report.head.root.hex(),
        "keys": [key._asdict() for key in keys],
        "signed_by": list(report.keys),
        "seen_by": [{"witness": seen.witness, "at": seen.timestamp} for seen in report.seen],
        "quorum_lacks": report.lacking or None,
    }


def _not_here(name: BookName, origin: str, keys: list[TrustedKey]) -> Shape:
    return {
        "book": name.value,
        "origin": origin,
        "size": 0,
        "root": EMPTY_ROOT.hex(),
        "keys": [key._asdict() for key in keys],
        "signed_by": [],
        "seen_by": [],
        "quorum_lacks": None,
    }


def _finding(name: BookName, finding: Finding) -> Shape:
    return {"book": name.value, **finding._asdict(), "unproven_from": finding.unproven_from}
