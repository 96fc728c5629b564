"""What a package pays, by 流水号: what its returns, receipts and objections refer to.

A package may hold a million payments, so they are kept in a temporary database that goes to disk when it grows.
"""

import sqlite3
from collections.abc import Iterable

from intake.sheet import Paid, Row, Sheet, Thing

SCHEMA = "CREATE TABLE paid (bank_ref TEXT PRIMARY KEY, kind TEXT NOT NULL, fen INTEGER NOT NULL) WITHOUT ROWID"
ADD = "INSERT INTO paid VALUES (?, ?, ?) ON CONFLICT (bank_ref) DO UPDATE SET fen = fen + excluded.fen"


class PackagePayments:
    """Payments of the files that are taken."""

    def __init__(self) -> None:
        """Begin with none."""
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute(SCHEMA)

    def add(self, sheet: Sheet, rows: Iterable[Row]) -> None:
        """Remember what `rows` paid; the rows of one 流水号 are one payment."""
        if sheet.pays is None:
            return
        paid = (sheet.pays(row) for row in rows)
        self._database.executemany(
            ADD, ((one.bank_ref, one.thing.kind, one.amount_fen) for one in paid if one is not None)
        )

    def begin(self) -> None:
        """Begin a file."""
        self._database.execute("BEGIN")

    def end(self, *, keep: bool) -> None:
        """End a file; what it paid is kept if it is taken."""
        self._database.execute("COMMIT" if keep else "ROLLBACK")

    def under(self, bank_ref: str) -> Paid | None:
        """The payment of that 流水号."""
        found = self._database.execute("SELECT kind, fen FROM paid WHERE bank_ref = ?", (bank_ref,)).fetchone()
        return None if found is None else Paid(Thing(found[0], (bank_ref,)), bank_ref, found[1])

    def close(self) -> None:
        """Forget them."""
        self._database.close()
