"""The keys of a log that a mirror learns from the log's own entries: new ones, and up to where old ones are believed.

::

    DIR/keys     {"through": 4011, "keys": [{"vkey": …, "last_size": null}, …]}

Whom to believe at first is told by hand (`audit.log.policy`). From there on each key is announced by an entry under a
head that an earlier one signed, and retired by another (`audit.log.keyring`). Only for logs of whose entries nobody but
their keeper is the author: where anybody may submit one, anybody could announce a key.
"""

import json
from collections.abc import Iterator
from contextlib import suppress

from audit.log.cosignature import verifier_of
from audit.log.folder import LogFolder
from audit.log.keyring import TrustedKey, followed, retired_sizes, vouched
from audit.log.note import parse_vkey
from audit.log.policy import Policy, PolicyLog, Verdict
from audit.log.tiles import bundles_of, entries_in, path_of, read_tile
from audit.seal import NotAnEntry

KEYS = "keys"


class MirroredKeys:
    """What a mirror knows of its log's keys; kept in the mirror's folder."""

    def __init__(self, folder: LogFolder, policy: Policy, origin: str) -> None:
        """Read what was learnt before; without it begin with the keys of `policy`."""
        self._folder = folder
        self._policy = policy
        self._origin = origin
        self._through = 0
        self._keys = [TrustedKey(verifier.key.vkey) for verifier in policy.logs_of(origin)]
        with suppress(ValueError, KeyError, TypeError):  # lost or spoiled, it is learnt again from the entries
            told = json.loads(folder.read(KEYS) or b"")
            through, keys = int(told["through"]), [TrustedKey(key["vkey"], key["last_size"]) for key in told["keys"]]
            self._through, self._keys = through, _first_then(self._keys, keys)

    def judge(self, raw: bytes) -> Verdict:
        """What is to be made of a head, with the keys that were learnt.

        Raises:
            NoteInvalid: as `Policy.judge`, and when a retired key signed a head that is larger than its last.
        """
        told = {log.verifier.key.vkey for log in self._policy.logs}
        learnt = [parse_vkey(key.vkey) for key in self._keys if key.vkey not in told]
        logs = (*self._policy.logs, *(PolicyLog(verifier_of(key), None) for key in learnt))
        verdict = self._policy._replace(logs=logs).judge(raw, retired=retired_sizes(self._keys))
        vouched(raw, self._keys)
        return verdict

    def learn(self, size: int) -> None:
        """Read what the entries up to `size` say of keys; all of them are in the folder, and proven."""
        if size <= self._through:
            return
        for entry in self._entries(size):
            with suppress(NotAnEntry):  # it says nothing of keys
                self._keys = [key for key in followed(self._keys, [entry]) if self._is_of_the_log(key)]
        self._through = size
        told = {"through": size, "keys": [key._asdict() for key in self._keys]}
        self._folder.write(KEYS, json.dumps(told).encode())

    def _entries(self, size: int) -> Iterator[bytes]:
        for bundle in bundles_of(size, since=self._through):
            for number, entry in enumerate(entries_in(read_tile(self._folder, bundle), path_of(bundle)), bundle.start):
                if number >= self._through:
                    yield entry

    def _is_of_the_log(self, key: TrustedKey) -> bool:
        return parse_vkey(key.vkey).name == self._origin


def _first_then(first: list[TrustedKey], keys: list[TrustedKey]) -> list[TrustedKey]:
    """The keys that were learnt, and those that the policy names since."""
    known = {key.vkey for key in keys}
    return [*keys, *(key for key in first if key.vkey not in known)]
