"""Reading a trust policy's file, line by line (c2sp.org/tlog-policy); what it means is in `audit.log.policy`."""

import re
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from audit.log.cosignature import ED25519_COSIGNATURE, ML_DSA_44, verifier_of
from audit.log.note import NoteInvalid, Verifier, parse_vkey
from audit.log.policy import NONE, Policy, PolicyGroup, PolicyLog, PolicyWitness, shown

LONGEST_POLICY_BYTES = 1024 * 1024
MOST_LINES = 1000
"""Logs, witnesses and groups together; 32 of each have to be read (Implementation limits)."""

WITNESS_KINDS = (ED25519_COSIGNATURE, ML_DSA_44)
_FORBIDDEN = re.compile(rb"[^\x09\x0a\x20-\x7e\x80-\xff]")
_THRESHOLD = re.compile(r"[1-9][0-9]{0,3}")


class PolicyInvalid(ValueError):
    """A file that is no policy; `line` counts from 1 (0: the file as a whole)."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"Line {line} of the policy: {why}" if line else f"The policy: {why}")
        self.line = line


class _Keys(NamedTuple):
    """The public keys of one kind of line, and the names that each stands under."""

    what: str
    public: dict[bytes, int]


class _Reader:
    """The lines so far."""

    def __init__(self) -> None:
        self.logs: list[PolicyLog] = []
        self.witnesses: list[PolicyWitness] = []
        self.groups: list[PolicyGroup] = []
        self.quorum: str | None = None
        self._line = 0
        self._defined: dict[str, int] = {}
        self._members: dict[str, int] = {}
        self._identities: dict[tuple[str, bytes], int] = {}
        self._log_keys = _Keys("log", {})
        self._witness_keys = _Keys("witness", {})

    def take(self, number: int, items: list[str]) -> None:
        """Read one line that is neither empty nor a comment."""
        self._line = number
        kinds: dict[str, Callable[[list[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        read = kinds.get(items[0])
        if read is None:
            self._refuse(f"it begins with {shown(items[0])!r}; log, witness, group or quorum was expected.")
        read(items[1:])

    def _log(self, items: list[str]) -> None:
        if len(items) not in (1, 2):
            self._refuse("a log is: log <vkey> [<url>].")
        self.logs.append(PolicyLog(self._verifier(items[0], self._log_keys), items[1] if items[1:] else None))

    def _witness(self, items: list[str]) -> None:
        if len(items) not in (2, 3):
            self._refuse("a witness is: witness <name> <vkey> [<url>].")
        self._define(items[0])
        verifier = self._verifier(items[1], self._witness_keys)
        if verifier.key.kind not in WITNESS_KINDS:
            self._refuse(f"the key of {shown(items[0])} is of type 0x{verifier.key.kind:02x}; it makes no cosignature.")
        self.witnesses.append(PolicyWitness(items[0], verifier, items[2] if items[2:] else None))

    def _group(self, items: list[str]) -> None:
        if len(items) < 3:  # noqa: PLR2004  name, threshold, one member
            self._refuse("a group is: group <name> <k>|any|all <name>....")
        name, told, *members = items
        for member in members:
            self._refuse_undefined(member)
            if member in self._members:
                self._refuse(f"{shown(member)} is a member already, on line {self._members[member]}.")
            self._members[member] = self._line
        self._define(name)
        self.groups.append(PolicyGroup(name, self._threshold(told, len(members)), tuple(members)))

    def _quorum(self, items: list[str]) -> None:
        if len(items) != 1:
            self._refuse("a quorum is: quorum <name>, or quorum none.")
        if self.quorum is not None:
            self._refuse("there is a quorum line already.")
        if items[0] != NONE:
            self._refuse_undefined(items[0])
        self.quorum = items[0]

    def _threshold(self, told: str, members: int) -> int:
        if told in ("any", "all"):
            return 1 if told == "any" else members
        if _THRESHOLD.fullmatch(told) is None or int(told) > members:
            self._refuse(f"{shown(told)!r} is no threshold: any, all or a number from 1 to {members}.")
        return int(told)

    def _verifier(self, vkey: str, keys: _Keys) -> Verifier:
        try:
            verifier = verifier_of(parse_vkey(vkey.encode(errors="surrogateescape").decode()))
        except (NoteInvalid, UnicodeDecodeError) as error:
            self._refuse(str(error))
        key = verifier.key
        if key.public in keys.public:
            self._refuse(f"the public key of this {keys.what} stands on line {keys.public[key.public]} already.")
        identity = (key.name, key.key_id)
        if identity in self._identities:
            self._refuse(f"{key.name}+{key.key_id.hex()} means another key on line {self._identities[identity]}.")
        keys.public[key.public] = self._identities[identity] = self._line
        return verifier

    def _define(self, name: str) -> None:
        if name == NONE:
            self._refuse("none is not a name that can be given.")
        if name in self._defined:
            self._refuse(f"{shown(name)} is defined already, on line {self._defined[name]}.")
        self._defined[name] = self._line

    def _refuse_undefined(self, name: str) -> None:
        if name not in self._defined:
            self._refuse(f"{shown(name)} is defined on no line above.")

    def _refuse(self, why: str) -> NoReturn:
        raise PolicyInvalid(self._line, why)


def parse_policy(raw: bytes) -> Policy:
    """The policy in a file's bytes.

    Raises:
        PolicyInvalid: with the line, when it is not written or not meant as the specification has it.
    """
    _check_octets(raw)
    reader = _Reader()
    lines = [line.strip(" \t") for line in raw.decode(errors="surrogateescape").split("\n")]
    stated = [(number, line) for number, line in enumerate(lines, start=1) if line and not line.startswith("#")]
    if len(stated) > MOST_LINES:
        raise PolicyInvalid(0, f"it has {len(stated)} lines, more than {MOST_LINES}.")
    for number, line in stated:
        reader.take(number, re.split(r"[ \t]+", line))
    if reader.quorum is None:
        raise PolicyInvalid(0, "it has no quorum line; without cosignatures say: quorum none.")
    return Policy(tuple(reader.logs), tuple(reader.witnesses), tuple(reader.groups), reader.quorum)


def _check_octets(raw: bytes) -> None:
    if len(raw) > LONGEST_POLICY_BYTES:
        raise PolicyInvalid(0, f"it has {len(raw)} bytes, more than {LONGEST_POLICY_BYTES}.")
    if found := _FORBIDDEN.search(raw):
        line = raw.count(b"\n", 0, found.start()) + 1
        raise PolicyInvalid(line, f"it holds the octet 0x{found[0][0]:02x}; lines end in a line feed alone.")
    if raw and not raw.endswith(b"\n"):
        raise PolicyInvalid(raw.count(b"\n") + 1, "it does not end in a line feed: the file may be cut off.")
