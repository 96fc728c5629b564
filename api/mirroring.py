"""Following a log that somebody else keeps: the inspectors' machine follows the office's money book (DESIGN §4, §8)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from api.folder import held
from audit.log.alarming import MirrorAlarm, alarms_in
from audit.log.cosignature import verifier_of
from audit.log.fetching import SourceUnreachable, source_at
from audit.log.folder import LogFolder
from audit.log.mirror import CheckpointRefused, Mirror, Mirrored, Progress, silent
from audit.log.note import NoteInvalid, parse_vkey
from audit.log.policy import NONE, Policy, PolicyLog
from audit.log.policy_file import PolicyInvalid, parse_policy
from audit.log.tiles import TilesDamaged
from domain.refusal import Refused

LOCK = "lock"

Shape = dict[str, Any]


def trusted(policy: Path | None, vkeys: Sequence[str]) -> Policy:
    """Whom a mirror believes: what the file says, or the log of these keys without asking for witnesses.

    Raises:
        Refused: `E-REF` when nobody is named or the file cannot be read, `E-SCHEMA` when it or a key is none.
    """
    if (policy is None) == (not vkeys):
        raise Refused(
            "E-REF",
            field="--policy",
            why="A mirror believes whom you name: a policy, or the log's keys.",
            remedy="Give --policy FILE (log, witness, group, quorum), or --vkey KEY as mingzhang keys show prints it.",
        )
    try:
        if policy is not None:
            return parse_policy(policy.read_bytes())
        return Policy(tuple(PolicyLog(verifier_of(parse_vkey(vkey)), None) for vkey in vkeys), (), (), NONE)
    except OSError as fault:
        raise Refused(
            "E-REF", field="--policy", why=f"{policy} cannot be read: {fault.strerror}.", remedy="Name the file."
        ) from fault
    except (PolicyInvalid, NoteInvalid) as fault:
        raise Refused(
            "E-SCHEMA",
            field="--policy" if policy else "--vkey",
            why=str(fault),
            remedy="A policy is written as c2sp.org/tlog-policy has it, a key as name+key ID+base64.",
        ) from fault


def token_in(file: Path | None) -> str | None:
    """The token that a file holds, for what a log does not show to everybody.

    Raises:
        Refused: `E-REF` when it cannot be read.
    """
    if file is None:
        return None
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as fault:
        raise Refused(
            "E-REF",
            field="--token-file",
            why=f"The token at {file} cannot be read.",
            remedy="Put the token that the log's keeper gave you on one line of the file.",
        ) from fault


class Following:
    """A mirror and its folder, of which this process alone has the lock."""

    def __init__(self, mirror: Mirror, folder: LogFolder) -> None:
        self._mirror = mirror
        self._folder = folder

    def round(self, *, whole: bool = False, progress: Progress = silent) -> Shape:
        """Bring the mirror on; gives what is to be told of it: `ok`, the head, what was copied, or what is wrong.

        whole:  read all that is there again, too.

        Raises:
            Refused: `E-REF` when the log could not be read.
        """
        try:
            told = _told(self._mirror.bring_on(whole=whole, progress=progress))
        except MirrorAlarm as alarm:
            evidence = str(self._folder.path / alarm.evidence)
            told = _wrong(alarm.kind, alarm) | {"evidence": evidence}
        except CheckpointRefused as refused:
            told = _wrong("refused", refused)
        except TilesDamaged as damage:
            told = _wrong("damaged", damage)
        except SourceUnreachable as fault:
            raise Refused(
                "E-REF",
                field="SRC",
                why=str(fault),
                remedy="Look whether the log is served there; the mirror stays as it is.",
            ) from fault
        return told | {"alarms": alarms_in(self._folder)}

    def keep_on(self, every: float, stop: Event, told: Callable[[Shape], None], away: Callable[[str], None]) -> Shape:
        """Bring the mirror on every so many seconds, until an alarm or until `stop` is set; gives the last round.

        told:  hears of each round that is not like the one before.
        away:  hears in words when the log cannot be read; it is tried again.
        """
        last: Shape = {"ok": True}
        while not stop.is_set():
            try:
                now = self.round()
            except Refused as refused:
                away(f"{refused.code}: {refused.why} {refused.remedy}")
            else:
                if _heads(now) != _heads(last):
                    told(now)
                last = now
                if "evidence" in now:
                    break
            stop.wait(every)
        return last


@contextmanager
def following(
    to: Path, place: str, policy: Policy, *, token: str | None, with_entries: bool, follows_keys: bool
) -> Iterator[Following]:
    """The mirror in the folder `to` of the log at `place`, for this process alone; the rest as `Mirror`.

    Raises:
        Refused: `E-STATE` when another process is at it, `E-SCHEMA` when `place` is no address.
    """
    try:
        source = source_at(place, token=token)
    except ValueError as fault:
        raise Refused("E-SCHEMA", field="SRC", why=str(fault), remedy="Name the log's folder or address.") from fault
    folder = LogFolder(to)
    folder.make()
    with source, held(to / LOCK, wait=False) as ours:
        if not ours:
            raise Refused(
                "E-STATE",
                field="DIR",
                value=str(to),
                why=f"Another process is bringing the mirror at {to} on.",
                remedy="One is enough; stop it first.",
            )
        mirror = Mirror(source, folder, policy, with_entries=with_entries, follows_keys=follows_keys)
        yield Following(mirror, folder)


def _told(mirrored: Mirrored) -> Shape:
    head = mirrored.checkpoint
    return {
        "ok": True,
        "origin": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        "size_before": mirrored.size_before,
        "tiles": mirrored.tiles,
        "bundles": mirrored.bundles,
        "signed_by": [key.vkey for key in mirrored.verdict.log_keys],
        "seen_by": [{"witness": seen.witness, "at": seen.timestamp} for seen in mirrored.verdict.seen],
    }


def _wrong(kind: str, fault: Exception) -> Shape:
    return {"ok": False, "kind": kind, "why": str(fault)}


def _heads(told: Shape) -> tuple[Any, ...]:
    return tuple(told.get(part) for part in ("ok", "size", "root", "kind", "why"))
