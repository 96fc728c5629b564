"""Witnesses that really listen, and a log of numbers that asks them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from audit.log.checkpoint import Checkpoint
from audit.log.cosignature import Cosigner, Ed25519Cosigner, MlDsaCosigner, Seconds
from audit.log.note import Ed25519Signer, signed
from audit.log.policy import Policy
from audit.log.policy_file import parse_policy
from audit.log.witness import Witness
from audit.log.witness_server import WitnessServer
from audit.log.witness_state import WitnessState
from audit.merkle import EMPTY_ROOT, consistency_proof, root_of
from tests.audit.log.writing_logs import Numbers

ORIGIN = "log.test/money"
LOG = Ed25519Signer(ORIGIN, b"\x01" * 32)
NOW = 1_700_000_000
SAME_HISTORY = 10**9
"""A history that turns after this entry is the same as far as anybody looks."""


def wall_seconds() -> int:
    return int(time.time())


def standing_at_now() -> int:
    return NOW


class NumbersTree:
    """The tree of a log of numbers, as `audit.log.witnessing.Tree`; from entry `turned` on it is another history."""

    def __init__(self, size: int, *, turned: int = SAME_HISTORY) -> None:
        self.hashes = Numbers(turned=turned).hashes(size)

    @property
    def root(self) -> bytes:
        return root_of(self.hashes)

    def consistency(self, old_size: int) -> list[bytes]:
        return consistency_proof(self.hashes, old_size)

    def root_at(self, old_size: int) -> bytes:
        return root_of(self.hashes[:old_size])

    def note(self, signer: Ed25519Signer = LOG, *, origin: str = ORIGIN) -> str:
        root = self.root if self.hashes else EMPTY_ROOT
        return signed(Checkpoint(origin, len(self.hashes), root).text, [signer])


class Standing(NamedTuple):
    """A witness that listens."""

    cosigners: Sequence[Cosigner]
    state: WitnessState
    url: str


def ed25519_witness(number: int) -> Cosigner:
    return Ed25519Cosigner(f"w{number}.test", bytes([64 + number]) * 32)


def ml_dsa_witness(number: int) -> Cosigner:
    return MlDsaCosigner(f"w{number}.test", bytes([64 + number]) * 32)


def remembering(path: Path, *trusted: Ed25519Signer) -> WitnessState:
    """A new memory that believes the keys of those."""
    state = WitnessState.create(path)
    for signer in trusted or (LOG,):
        state.trust(signer.key)
    return state


@contextmanager
def listening(
    state: WitnessState, *cosigners: Cosigner, clock: Seconds = standing_at_now, prefix: str = "", port: int = 0
) -> Iterator[Standing]:
    """The witness of that memory, while the block runs."""
    with WitnessServer("127.0.0.1", port, Witness(state, cosigners, prefix=prefix), clock) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Standing(cosigners, state, server.url + prefix)
        finally:
            server.shutdown()
            thread.join()


def policy_of(*witnesses: tuple[Cosigner, str], quorum: str = "all", log: Ed25519Signer = LOG) -> Policy:
    """A policy of that log and those witnesses, each with its address, called W1, W2, …."""
    return parse_policy(policy_text(*witnesses, quorum=quorum, vkey=log.vkey).encode())


def policy_text(*witnesses: tuple[Cosigner, str], quorum: str, vkey: str) -> str:
    lines = [f"witness W{n} {cosigner.key.vkey} {url}".strip() for n, (cosigner, url) in enumerate(witnesses, start=1)]
    names = " ".join(f"W{n}" for n in range(1, len(witnesses) + 1))
    rule = "quorum none" if quorum == "none" else f"group all-of-them {quorum} {names}\nquorum all-of-them"
    return "\n".join([f"log {vkey}", *lines, rule, ""])
