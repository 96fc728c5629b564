"""Whom to believe: a trust policy of logs, witnesses and a quorum (c2sp.org/tlog-policy, July 2026).

::

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> <k>|any|all <name>...          the names of witnesses and groups on lines above
    quorum <name>|none

One file serves the verifier, the mirror, the witness and the server alike. A checkpoint is believed when a log of the
file signed it under its own origin, and the quorum's witnesses cosigned it. A public key counts once: a witness under
two names is refused as the file is read, and so is a name in two groups.

Names are octets to the specification; here they are text that gives the same octets again (UTF-8, `surrogateescape`).
Reading a file is in `audit.log.policy_file`.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from audit.log.checkpoint import Checkpoint, parse_text
from audit.log.cosignature import timestamp_of
from audit.log.note import Note, Signature, SignatureInvalid, Verifier, VerifierKey, parse, verified

NONE = "none"


class PolicyLog(NamedTuple):
    """A log to believe; its key's name is its origin."""

    verifier: Verifier
    url: str | None


class PolicyWitness(NamedTuple):
    """A witness, by the policy's own name for it; `url` is its submission prefix."""

    name: str
    verifier: Verifier
    url: str | None


class PolicyGroup(NamedTuple):
    """A group: it has witnessed when at least `threshold` of its members have."""

    name: str
    threshold: int
    members: tuple[str, ...]


class Seen(NamedTuple):
    """A witness that cosigned, and when it says it did (seconds since 1970; 0: it does not say)."""

    witness: str
    key: VerifierKey
    timestamp: int


class Verdict(NamedTuple):
    """What a policy makes of a note.

    log_keys:  the log's keys that signed and are believed at this size.
    seen:      the policy's witnesses that cosigned, in the policy's order.
    missing:   empty when the quorum is reached; else what it lacks, in words.
    """

    checkpoint: Checkpoint
    log_keys: tuple[VerifierKey, ...]
    seen: tuple[Seen, ...]
    missing: str

    @property
    def is_reached(self) -> bool:
        """Whether the quorum is."""
        return not self.missing


class Policy(NamedTuple):
    """A trust policy, as a file states it; `quorum` is the name of a witness or group, or `none`."""

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    quorum: str

    def logs_of(self, origin: str) -> list[Verifier]:
        """The keys of one log."""
        return [log.verifier for log in self.logs if log.verifier.key.name == origin]

    def judge(self, raw: bytes, *, retired: Mapping[str, int] | None = None) -> Verdict:
        """What is to be made of a signed checkpoint.

        retired:  the largest size for which a log's key, by its vkey, is still believed.

        Raises:
            NoteInvalid: when it is no signed checkpoint, no log of this policy signed it under its own origin, or a
                known key's line does not verify. A quorum that is not reached is no error: the verdict says so.
        """
        note = parse(raw)
        checkpoint = parse_text(note.text)
        logs = self.logs_of(checkpoint.origin)
        if not logs:
            raise SignatureInvalid(f"The policy knows no log {checkpoint.origin}.")
        signed = [verifier.key for verifier, _ in verified(note, logs)]
        seen = tuple(self._seen(note))
        keys = _believed(signed, checkpoint.size, retired or {})
        return Verdict(checkpoint, keys, seen, self.missing({witness.witness for witness in seen}))

    def missing(self, cosigned: set[str]) -> str:
        """What the quorum lacks when the witnesses named have cosigned; empty when nothing."""
        if self.quorum == NONE:
            return ""
        groups = {group.name: group for group in self.groups}
        reached = set(cosigned)
        for group in self.groups:
            if sum(member in reached for member in group.members) >= group.threshold:
                reached.add(group.name)
        return "" if self.quorum in reached else _lack(self.quorum, groups, reached)

    def _seen(self, note: Note) -> Iterable[Seen]:
        signed = dict(verified_if_any(note, [witness.verifier for witness in self.witnesses]))
        for witness in self.witnesses:
            signature = signed.get(witness.verifier.key)
            if signature is not None:
                yield Seen(shown(witness.name), witness.verifier.key, timestamp_of(signature))


def verified_if_any(note: Note, verifiers: list[Verifier]) -> Iterable[tuple[VerifierKey, Signature]]:
    """Which of the `verifiers` signed, perhaps none.

    Raises:
        SignatureInvalid: when a line of one of them does not verify.
    """
    known = {(verifier.key.name, verifier.key.key_id) for verifier in verifiers}
    if any((signature.name, signature.key_id) in known for signature in note.signatures):
        for verifier, signature in verified(note, verifiers):
            yield verifier.key, signature


def shown(name: str) -> str:
    """A policy's name as it can be printed: octets that are no UTF-8 stand as their numbers."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _believed(keys: list[VerifierKey], size: int, retired: Mapping[str, int]) -> tuple[VerifierKey, ...]:
    """Those of the `keys` that were not retired before `size`."""
    believed = tuple(key for key in keys if retired.get(key.vkey, size) >= size)
    if not believed:
        told = ", ".join(f"{key.name}+{key.key_id.hex()} up to size {retired[key.vkey]}" for key in keys)
        raise SignatureInvalid(f"The checkpoint of size {size} is signed by retired keys alone: {told} is believed.")
    return believed


def _lack(name: str, groups: Mapping[str, PolicyGroup], reached: set[str]) -> str:
    """Why `name` has not witnessed."""
    group = groups.get(name)
    if group is None:
        return f"no cosignature of {shown(name)}"
    has = [shown(member) for member in group.members if member in reached]
    lacks = [_lack(member, groups, reached) for member in group.members if member not in reached]
    return (
        f"{shown(name)} has {len(has)} of the {group.threshold} that it needs"
        f" ({', '.join(has) or 'none'}; {'; '.join(lacks)})"
    )
