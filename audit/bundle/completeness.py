"""The member `completeness.json`: where the index of subjects was sealed, and what it has about the subject.

What the proof shows is `audit.completeness`'s matter. Standard library only.
"""

import json
from typing import Any, NamedTuple, Self

from audit.completeness import SubjectProof, as_json, of_json
from audit.merkle import ProofInvalid


class Completeness(NamedTuple):
    """The position of the entry that seals the index, which is in the bundle too, and the index's proof."""

    sealed_at: int
    proof: SubjectProof

    @property
    def content(self) -> bytes:
        """The member's bytes."""
        told = {"sealed_at": self.sealed_at, "proof": as_json(self.proof)}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """The member, read strictly.

        Raises:
            ProofInvalid: when it is none, or not as it would be written.
        """
        try:
            told: dict[str, Any] = json.loads(raw)
            found = cls(int(told["sealed_at"]), of_json(told["proof"]))
            is_as_written = found.content == raw
        except (LookupError, TypeError, AttributeError, ValueError, OverflowError, RecursionError) as fault:
            raise ProofInvalid(f"The completeness proof is none: {fault}") from fault
        if not is_as_written:
            raise ProofInvalid("The completeness proof is not as it would be written.")
        return found
