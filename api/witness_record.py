"""What became of asking each witness of a log, as it stands in `log/<book>/witnesses` (api.witnessing)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import msgspec

from audit.log.policy import PolicyWitness, shown
from audit.log.witnessing import ANSWERED, STOPPING, Outcome, State
from domain.clock import instant

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=16)
"""How long a witness that gave nothing is left alone: at first the one, twice as long each time, at most the other."""


class Entry(msgspec.Struct, kw_only=True):
    """What is known of one witness.

    witness, key, url:  its name and address in the policy, and its key as `name+key ID`.
    state, why:         what became of asking it last; a contradiction stands until the book is what the witness saw.
    size, cosigned_at:  the newest head that it is known to have cosigned, and when it says it did.
    failures:           how often it was asked in vain since it last answered.
    shows:              the head that contradicts this log, with its cosignature.
    """

    witness: str
    key: str
    url: str | None
    state: State
    why: str
    size: int | None
    cosigned_at: str | None
    asked_at: datetime
    failures: int
    shows: str = ""


class Record(msgspec.Struct):
    """`size` and `missing` (what the quorum lacks, in words) are of the head that was handed to the witnesses last."""

    size: int | None = None
    missing: str = ""
    witnesses: list[Entry] = []  # msgspec gives each record a list of its own

    @classmethod
    def read(cls, raw: bytes | None) -> Self:
        """The record in a file; an empty one when there is none, or it is no record: it is made again."""
        try:
            return msgspec.json.decode(raw or b"{}", type=cls)
        except msgspec.DecodeError:
            return cls()

    def of(self, witness: PolicyWitness) -> Entry | None:
        """What is known of a witness, by its key."""
        return next((entry for entry in self.witnesses if entry.key == key_of(witness)), None)

    def sizes(self, witnesses: Iterable[PolicyWitness]) -> dict[str, int]:
        """What each is thought to hold, by its name in the policy."""
        known = ((shown(witness.name), self.of(witness)) for witness in witnesses)
        return {name: entry.size for name, entry in known if entry is not None and entry.size}

    def is_due(self, witness: PolicyWitness, now: datetime) -> bool:
        """Whether it has been left alone for long enough, or is somewhere else now."""
        entry = self.of(witness)
        if entry is None or not entry.failures or entry.url != witness.url:
            return True
        pause = min(FIRST_PAUSE * 2 ** min(entry.failures - 1, 10), LONGEST_PAUSE)
        return not timedelta(0) <= now - entry.asked_at < pause

    def take(self, witness: PolicyWitness, outcome: Outcome, now: datetime) -> None:
        """Write down what became of asking it."""
        before = self.of(witness)
        is_well = outcome.state in ANSWERED and outcome.state not in STOPPING
        held = before.size if before else None
        size = outcome.head.size if outcome.head else 0 if outcome.state is State.HOLDS_NOTHING else held
        entry = Entry(
            witness=outcome.witness,
            key=key_of(witness),
            url=witness.url,
            state=outcome.state,
            why=outcome.why + _forgotten(held or 0, size or 0),
            size=size,
            cosigned_at=_day_and_time(outcome.timestamp) or (before.cosigned_at if before else None),
            asked_at=now,
            failures=0 if is_well else (before.failures if before else 0) + 1,
            shows=outcome.note if outcome.state in STOPPING else "",
        )
        if before is not None and before.state in STOPPING and outcome.state not in STOPPING:
            entry.state, entry.why, entry.size, entry.shows = before.state, before.why, before.size, before.shows
        self.witnesses = [*(other for other in self.witnesses if other.key != entry.key), entry]

    def content(self) -> bytes:
        """The file."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"

    def told(self) -> dict[str, Any]:
        """The record as plain values."""
        built: dict[str, Any] = msgspec.to_builtins(self)
        return built


def key_of(witness: PolicyWitness) -> str:
    """A witness's key, as it is told from others."""
    return f"{witness.verifier.key.name}+{witness.verifier.key.key_id.hex()}"


def _forgotten(before: int, size: int) -> str:
    """What is to be said of a witness that holds less than it did; it is asked all the same."""
    return f" It held {before} entries before: it has lost its memory." if before > size else ""


def _day_and_time(timestamp: int) -> str | None:
    return instant(datetime.fromtimestamp(timestamp, UTC)) if timestamp else None
