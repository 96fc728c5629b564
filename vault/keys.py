"""The vault's keys: the master key that comes from outside, and what it wraps.

    master key ─┬─ wraps ─> data key of one subject      (subjects.wrapped_key)
                ├─ wraps ─> index key: blind indexes,    (inner_keys)
                │           and by HMAC the key of the
                │           tokens of likeness
                └─ wraps ─> file key: kept workbooks,    (inner_keys)
                            imports under way, and by
                            HMAC the keys of what is
                            sealed outside the vault

Everything that the master key wraps says which master key that was, so keys can be wrapped anew batch by batch while
others read and write. During that time two master keys are in force and each stands in the store under the other:
whoever was opened with either has both. Writers wrap with the current one only, which they read in their transaction.
"""

import hmac
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from vault.sealing import KEY_BYTES, NONCE_BYTES, Unreadable, blind_index, seal, unseal
from vault.store import Statements, VaultStore

INDEX, FILE = "index", "file"
MIGRATED_AT_ONCE: Final = 500
WRONG_MASTER_KEY: Final = "The master key given does not open it: this is not the vault's master key."

Randomness = Callable[[int], bytes]


class Keyring:
    """The keys of one vault, as far as this process knows them."""

    def __init__(
        self,
        store: VaultStore,
        master_key: bytes,
        *,
        randomness: Randomness,
        again: Callable[[], bytes] | None = None,
    ) -> None:
        """Open the keys that `store` holds wrapped, or make them for an empty vault.

        again:  reads the master key anew from where it comes; another process may have put a new one in force.

        Raises:
            ValueError: when the master key is not 32 bytes.
            Unreadable: when it is not the one under which the vault was written.
        """
        if len(master_key) != KEY_BYTES:
            raise ValueError(f"The master key has {len(master_key)} bytes; it must have {KEY_BYTES}.")
        self._store = store
        self._randomness = randomness
        self._again = again
        self._masters = {master_id(master_key): master_key}
        if not store.rows("SELECT master FROM master_keys"):
            self._begin(master_key)
        self.current = self._load()
        inner = {name: (wrapped, master) for name, wrapped, master in store.rows("SELECT * FROM inner_keys")}
        self.index_key = self.unwrap(INDEX, *inner[INDEX])
        self.file_key = self.unwrap(FILE, *inner[FILE])

    def unwrap(self, name: str, wrapped: bytes, master: str) -> bytes:
        """The key `name` that the master key `master` wraps.

        Raises:
            Unreadable: when no master key that this process can get at is that one.
        """
        if master not in self._masters:
            self.current = self._load()
        if master not in self._masters:
            raise Unreadable(f"The key of {name} does not open: {WRONG_MASTER_KEY}")
        return unseal(self._masters[master], wrapped, context=name.encode())

    def wrap(self, name: str, key: bytes) -> bytes:
        """`key` under the current master key; ask `writing` first, in the transaction that stores it."""
        return self._sealed(self._masters[self.current], key, name)

    def writing(self, statements: Statements) -> str:
        """The master key that is current in this transaction: what is wrapped in it must be wrapped under that one."""
        [(master,)] = statements.execute("SELECT master FROM master_keys WHERE is_current = 1").fetchall()
        if master != self.current or master not in self._masters:
            self.current = self._load()
        return self.current

    def key_for(self, purpose: str) -> bytes:
        """A key for what is sealed outside the vault: 32 bytes, another for each `purpose`.

        It comes from the file key, which a new master key wraps anew and leaves as it is, so what is sealed under it
        needs no second thought when the master key is rotated.
        """
        return hmac.digest(self.file_key, f"mingzhang/{purpose}".encode(), sha256)

    @property
    def likeness_key(self) -> bytes:
        """The key of the tokens by which persons who may be one are found; it too outlives every master key."""
        return hmac.digest(self.index_key, b"mingzhang/likeness/v1", sha256)

    @property
    def under_way(self) -> bool:
        """Whether keys are being wrapped anew."""
        return len(self._store.rows("SELECT master FROM master_keys")) > 1

    @property
    def current_key(self) -> bytes:
        """The master key in force."""
        return self._masters[self.current]

    def bring_in(self, new_key: bytes) -> None:
        """Put a second master key in force, and let writers use it from here on.

        Raises:
            ValueError: when it has not 32 bytes, is the one in force, or a third one.
        """
        new = master_id(new_key)
        if len(new_key) != KEY_BYTES or new == self.current:
            raise ValueError("The new master key has not 32 bytes, or is the one in force.")
        with self._store.transaction() as statements:
            if len(statements.execute("SELECT master FROM master_keys").fetchall()) > 1:
                raise ValueError("Another new master key is being brought in already.")
            old, old_key = self.writing(statements), self.current_key
            statements.execute(
                "UPDATE master_keys SET is_current = 0, under_the_other = ? WHERE master = ?",
                (self._sealed(new_key, old_key, old), old),
            )
            statements.execute("INSERT INTO master_keys VALUES (?, 1, ?)", (new, self._sealed(old_key, new_key, new)))
        self._masters[new] = new_key
        self.current = new

    def wrap_anew(self, behind: str, at_once: int) -> str | None:
        """Wrap the next subjects' keys under the current master key; gives the last reference, None at the end."""
        with self._store.transaction() as statements:
            current = self.writing(statements)
            for name, wrapped, master in statements.execute("SELECT * FROM inner_keys").fetchall():
                if master != current:
                    statements.execute(
                        "UPDATE inner_keys SET wrapped = ?, master = ? WHERE name = ?",
                        (self.wrap(name, self.unwrap(name, wrapped, master)), current, name),
                    )
            rows = statements.execute(
                "SELECT ref, wrapped_key, master FROM subjects WHERE ref > ? AND master <> ? ORDER BY ref LIMIT ?",
                (behind, current, at_once),
            ).fetchall()
            statements.executemany(
                "UPDATE subjects SET wrapped_key = ?, master = ? WHERE ref = ?",
                [(self.wrap(ref, self.unwrap(ref, wrapped, master)), current, ref) for ref, wrapped, master in rows],
            )
        return rows[-1][0] if rows else None

    def put_out_of_force(self) -> None:
        """Let the old master key open nothing any more.

        Raises:
            ValueError: when something is still wrapped under it.
        """
        with self._store.transaction() as statements:
            current = self.writing(statements)
            left = sum(
                statements.execute(f"SELECT count(*) FROM {table} WHERE master <> ?", (current,)).fetchall()[0][0]  # noqa: S608  two names of ours
                for table in ("subjects", "inner_keys")
            )
            if left:
                raise ValueError(f"{left} keys are still wrapped under the old master key.")
            statements.execute("DELETE FROM master_keys WHERE is_current = 0")
            statements.execute("UPDATE master_keys SET under_the_other = NULL")
        self._masters = {current: self._masters[current]}
        self._store.scrub()

    def _load(self) -> str:
        """Learn the master keys in force; gives the one with which writers wrap."""
        there = self._store.rows("SELECT master, is_current, under_the_other FROM master_keys")
        if self._again is not None and not any(master in self._masters for master, _, _ in there):
            key = self._again()
            self._masters[master_id(key)] = key
        known = next((self._masters[master] for master, _, _ in there if master in self._masters), None)
        if known is None:
            raise Unreadable(WRONG_MASTER_KEY)
        for master, _, under_the_other in there:
            if master not in self._masters:
                self._masters[master] = unseal(known, under_the_other, context=master.encode())
        return next(str(master) for master, is_current, _ in there if is_current)

    def _begin(self, master_key: bytes) -> None:
        """Make the keys of a new vault; one of the first gets an index key and a file key of its own on the spot.

        There the index key followed from the master key, which also sealed files and imports: whoever had an old
        master key could have gone on testing numbers and opening files.
        """
        current = master_id(master_key)
        keys = {INDEX: self._randomness(KEY_BYTES), FILE: self._randomness(KEY_BYTES)}
        with self._store.transaction() as statements:
            if statements.execute("SELECT master FROM master_keys").fetchall():
                return  # another process was first
            self._move_subjects(statements, master_key, keys[INDEX])
            for table, key_column, columns in (
                ("files", "sha256", ("sealed_name", "sealed")),
                ("pending_imports", "import_id", ("sealed",)),
            ):
                for column in columns:
                    self._seal_anew(statements, (table, key_column, column), master_key, keys[FILE])
            statements.execute("INSERT INTO master_keys VALUES (?, 1, NULL)", (current,))
            statements.executemany(
                "INSERT INTO inner_keys VALUES (?, ?, ?)",
                [(name, self._sealed(master_key, key, name), current) for name, key in keys.items()],
            )

    def _move_subjects(self, statements: Statements, master_key: bytes, index_key: bytes) -> None:
        behind = ""
        while rows := statements.execute(
            "SELECT ref, kind, wrapped_key, sealed FROM subjects WHERE ref > ? ORDER BY ref LIMIT ?",
            (behind, MIGRATED_AT_ONCE),
        ).fetchall():
            moved = []
            for ref, kind, wrapped, sealed in rows:
                try:
                    number = unseal(unseal(master_key, wrapped, context=ref.encode()), sealed, context=ref.encode())
                except Unreadable as error:
                    raise Unreadable(WRONG_MASTER_KEY) from error
                moved.append((blind_index(index_key, kind, number.decode()), master_id(master_key), ref))
            statements.executemany("UPDATE subjects SET blind = ?, master = ? WHERE ref = ?", moved)
            behind = rows[-1][0]

    def _seal_anew(self, statements: Statements, place: tuple[str, str, str], old: bytes, new: bytes) -> None:
        table, key_column, column = place
        for (key,) in statements.execute(f"SELECT {key_column} FROM {table}").fetchall():  # noqa: S608  names of ours
            where = f"FROM {table} WHERE {key_column} = ?"
            [(sealed,)] = statements.execute(f"SELECT {column} {where}", (key,)).fetchall()
            try:
                plain = unseal(old, sealed, context=key.encode())
            except Unreadable as error:
                raise Unreadable(WRONG_MASTER_KEY) from error
            statements.execute(
                f"UPDATE {table} SET {column} = ? WHERE {key_column} = ?",  # noqa: S608  names of ours
                (self._sealed(new, plain, key), key),
            )

    def _sealed(self, key: bytes, plain: bytes, name: str) -> bytes:
        return seal(key, plain, nonce=self._randomness(NONCE_BYTES), context=name.encode())


def master_id(master_key: bytes) -> str:
    """Which master key it is, told without telling the key."""
    return sha256(b"mingzhang/master-key/v1\x00" + master_key).hexdigest()[:16]
