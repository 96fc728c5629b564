"""Who may not be erased, who is to be, and the erasing itself (DESIGN §5).

An erasure is asked for by one person and confirmed by another; what was confirmed stands here until it is carried out,
so that a crash in between is completed by the next start.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from vault.likeness import forget
from vault.store import VaultStore

ERASURES: Final = "erasures"


class Hold(NamedTuple):
    """A hold that somebody placed on a reference: by whom, when (an instant), and why."""

    placed_by: str
    placed_at: str
    reason: str


class Erasure(NamedTuple):
    """An erasure asked for; `confirmed_by` is None until a second person agreed."""

    ref: str
    requested_by: str
    requested_at: str
    reason: str
    confirmed_by: str | None


class Erasures:
    """Holds and erasures of one vault."""

    def __init__(self, store: VaultStore) -> None:
        """Keep them in `store`."""
        self._store = store

    @property
    def count(self) -> int:
        """How often somebody was erased."""
        return sum(value for (value,) in self._store.rows("SELECT value FROM counters WHERE name = ?", (ERASURES,)))

    def hold(self, ref: str, hold: Hold) -> None:
        """Let nobody erase `ref` until the hold is released; a second one takes the place of the first."""
        with self._store.transaction() as statements:
            statements.execute("DELETE FROM holds WHERE ref = ?", (ref,))
            statements.execute("INSERT INTO holds VALUES (?, ?, ?, ?)", (ref, *hold))

    def release(self, ref: str) -> bool:
        """Take the hold away; gives whether there was one."""
        there = self.hold_on(ref) is not None
        with self._store.transaction() as statements:
            statements.execute("DELETE FROM holds WHERE ref = ?", (ref,))
        return there

    def hold_on(self, ref: str) -> Hold | None:
        """The hold on `ref`, or None."""
        rows = self._store.rows("SELECT placed_by, placed_at, reason FROM holds WHERE ref = ?", (ref,))
        return Hold(*rows[0]) if rows else None

    def request(self, erasure: Erasure) -> None:
        """Remember that somebody asks for it; who asked first stays."""
        with self._store.transaction() as statements:
            statements.execute("INSERT INTO erasures VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", erasure)

    def confirm(self, ref: str, confirmed_by: str) -> None:
        """Remember that a second person agreed: from here on it will be carried out, crash or no crash."""
        with self._store.transaction() as statements:
            statements.execute(
                "UPDATE erasures SET confirmed_by = ? WHERE ref = ? AND confirmed_by IS NULL AND requested_by <> ?",
                (confirmed_by, ref, confirmed_by),
            )

    def withdraw(self, ref: str) -> bool:
        """Forget an erasure that nobody confirmed; gives whether there was one."""
        there = any(erasure.ref == ref and erasure.confirmed_by is None for erasure in self.asked_for())
        with self._store.transaction() as statements:
            statements.execute("DELETE FROM erasures WHERE ref = ? AND confirmed_by IS NULL", (ref,))
        return there

    def asked_for(self) -> list[Erasure]:
        """The erasures that are not carried out yet."""
        return [Erasure(*row) for row in self._store.rows("SELECT * FROM erasures ORDER BY ref")]

    def carry_out(self, refs: Iterable[str]) -> None:
        """Delete what is known of `refs` and, with it, that it was to be deleted: all in one transaction."""
        with self._store.transaction() as statements:
            for ref in refs:
                forget(statements, ref)
                for table in ("subjects", "texts", "holds", "erasures"):
                    statements.execute(f"DELETE FROM {table} WHERE ref = ?", (ref,))  # noqa: S608  names of ours
            statements.execute(
                "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1",
                (ERASURES,),
            )
        self._store.scrub()
