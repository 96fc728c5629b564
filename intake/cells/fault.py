"""What a cell can be wrong about, before it is known which row it stands in."""

from dataclasses import dataclass
from typing import Any

from vault.masking import masked

LONGEST_SHOWN = 40
"""Characters of a value that a message repeats."""


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that is not what its column holds, or that was read with a remark.

    code:    `E-…` or `W-…`.
    zh, en:  what is wrong, one clause each; never a whole ID, card, phone or name.
    remedy:  what to do, in both languages.
    value:   the value that counts all the same (warnings, and a bad ID, which is kept as stated), or None.
    hard:    an error in a sheet of facts too (digits lost, an Excel error value, a NUL).
    """

    code: str
    zh: str
    en: str
    remedy: str
    value: Any = None
    hard: bool = False

    @property
    def message(self) -> str:
        """Both clauses, as a problem prints them."""
        return f"{self.zh} / {self.en}"


def shown(stated: str, *, personal: bool = False) -> str:
    """`stated` as a message may repeat it: masked, on one line, and not at all in a personal column."""
    if personal:
        return "…"
    words = " ".join(masked(stated).split())
    return words if len(words) <= LONGEST_SHOWN else f"{words[:LONGEST_SHOWN]}…"
