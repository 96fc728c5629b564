"""What a mirror does when a log cannot be what it says: it keeps the proof, and says whom to tell.

::

    DIR/alarms/fork-300-900-5f0c…/held         the signed head that was seen first
    DIR/alarms/fork-300-900-5f0c…/shown        the signed head that was seen later
    DIR/alarms/fork-300-900-5f0c…/alarm.json   what is wrong between the two

Two heads of one size with different roots prove by themselves that the log's key signed two histories. For different
sizes `alarm.json` has the root that the later head contains at the earlier size, and the proof of consistency that
shows so (RFC 6962, 2.1.2). An older head that is shown again proves nothing to others: restored from a backup or held
back, the log's keeper has to say which. Standard library only.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from audit.log.checkpoint import Checkpoint
from audit.log.folder import LogFolder

FORK, ROLLBACK, UNPROVEN = "fork", "rollback", "unproven"
ALARMS = "alarms"

WHY = {
    FORK: (
        "两份签名的历史互相矛盾：账目被改写过，或给不同的人看了不同的账",
        "two signed histories contradict each other: entries were rewritten, or others are shown another book",
    ),
    ROLLBACK: (
        "出示的账比已见过的短：末尾的记录被拿掉，或恢复了旧备份",
        "the log is shorter than it was: entries at its end were taken away, or an old backup was put back",
    ),
    UNPROVEN: (
        "出示的新账不能证明包含已见过的记录",
        "the log does not show that its new head contains what was seen before",
    ),
}

WHOM_TO_TELL = (
    "请立即告知纪检监察机关、审计机关和这本账的其他镜像与见证方，并保存证据。"
    " / Tell the discipline inspection, the auditors, and who else mirrors or witnesses this log, now; keep the proof."
)


class Sighting(NamedTuple):
    """A signed head as it was shown: its note's bytes, and what they say."""

    raw: bytes
    head: Checkpoint


class Contained(NamedTuple):
    """The root that the later head has at the earlier head's size, with the proof of it, nearest hash first."""

    root: bytes
    proof: Sequence[bytes]


class MirrorAlarm(Exception):
    """A log cannot be what it says.

    kind:      `fork`, `rollback` or `unproven`.
    held:      the head that was seen first.
    shown:     the one that was seen later.
    evidence:  the folder of the proof, as in the mirror's folder.
    """

    def __init__(self, kind: str, held: Checkpoint, shown: Checkpoint, evidence: str) -> None:
        chinese, english = WHY[kind]
        super().__init__(
            f"{held.origin}: {chinese} / {english}. 原有 held {held.size} {held.root.hex()}，"
            f"出示 shown {shown.size} {shown.root.hex()}。证据 proof: {evidence}。{WHOM_TO_TELL}"
        )
        self.kind = kind
        self.held = held
        self.shown = shown
        self.evidence = evidence


def raise_alarm(
    folder: LogFolder, kind: str, held: Sighting, shown: Sighting, *, why: str = "", contained: Contained | None = None
) -> NoReturn:
    """Keep both notes in `folder`, and raise the alarm. The same alarm is kept once.

    why:        what the log's files were found to be, where they show nothing.
    contained:  what makes two heads of different sizes a fork.

    Raises:
        MirrorAlarm: always.
    """
    told = {
        "kind": kind,
        "origin": held.head.origin,
        "held": {"size": held.head.size, "root": held.head.root.hex()},
        "shown": {"size": shown.head.size, "root": shown.head.root.hex()},
        "why": {"zh": WHY[kind][0], "en": WHY[kind][1], "found": why or None},
        "contained_root": contained and contained.root.hex(),
        "consistency": contained and [step.hex() for step in contained.proof],
    }
    both = hashlib.sha256(held.head.root + shown.head.root).hexdigest()
    evidence = f"{ALARMS}/{kind}-{held.head.size}-{shown.head.size}-{both[:16]}"
    if folder.read(f"{evidence}/alarm.json") is None:
        folder.put(f"{evidence}/held", held.raw)
        folder.put(f"{evidence}/shown", shown.raw)
        folder.put(f"{evidence}/alarm.json", json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n")
        folder.settle()
    raise MirrorAlarm(kind, held.head, shown.head, evidence)


def alarms_in(folder: LogFolder) -> list[str]:
    """The alarms of which proof stands in `folder`."""
    try:
        return sorted(f"{ALARMS}/{kept.name}" for kept in (folder.path / ALARMS).iterdir() if kept.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
