"""The vault: from a number to a reference and, for those entitled, back."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

import msgspec

from vault.erasure import Erasures
from vault.keys import Keyring
from vault.likeness import Appearance, Likenesses
from vault.sealing import (
    KEY_BYTES,
    NONCE_BYTES,
    Unreadable,
    blind_index,
    commitment,
    seal,
    seal_fields,
    unseal,
    unseal_fields,
)
from vault.store import VaultStore, open_store, subjects_by

REFERENCE_BYTES = 10
TOKEN_BYTES = 16
PERSON, ACCOUNT, PHONE, PACKAGE = "P", "A", "T", "D"
KINDS = (PERSON, ACCOUNT, PHONE, PACKAGE)

SUBJECTS_KEPT = 32_768
"""How many of the subjects that were found last stay in memory, half a kilobyte each: an import asks for most again."""


class Subject(NamedTuple):
    """A person, account, phone or package in the vault.

    ref:         `P-…`, `A-…`, `T-…` or `D-…`.
    data_key:    its own key; never leaves the process.
    commitment:  HMAC of its number under that key.
    """

    ref: str
    data_key: bytes
    commitment: str


class Vault:
    """References, sealed fields and kept files of one ledger.

    Opened with the master key; `randomness` gives keys, references and nonces.
    """

    def __init__(
        self,
        place: Path | str | VaultStore,
        *,
        master_key: bytes,
        randomness: Callable[[int], bytes],
        again: Callable[[], bytes] | None = None,
    ) -> None:
        """Open the vault at `place` (`vault.store.open_store`), or make it.

        again:  reads the master key anew, for when another process has put a new one in force meanwhile.

        Raises:
            ValueError: when the master key is not 32 bytes.
            Unreadable: when it is not the one under which the vault was written; another would give everybody a
                second reference.
        """
        self._store = open_store(place) if isinstance(place, Path | str) else place
        self._randomness = randomness
        try:
            self.keys = Keyring(self._store, master_key, randomness=randomness, again=again)
        except BaseException:
            self._store.close()
            raise
        self.erasures = Erasures(self._store)
        self.likenesses = Likenesses(
            self._store, self.keys.likeness_key, persons=self._references, numbers=self.numbers
        )
        self._found: dict[tuple[str, str], Subject] = {}
        self._erased = self.erasures.count

    @property
    def size(self) -> int:
        """How many subjects there are."""
        [(size,)] = self._store.rows("SELECT count(*) FROM subjects")
        return int(size)

    def refer(self, kind: str, numbers: Iterable[str]) -> dict[str, Subject]:
        """The subject of each of `numbers`; those not yet known are added, in one transaction."""
        wanted = dict.fromkeys(numbers)
        subjects = self.find(kind, wanted)
        missing = [number for number in wanted if number not in subjects]
        if missing:
            self._add(kind, missing)
            subjects |= self.find(kind, missing)
        return subjects

    def find(self, kind: str, numbers: Iterable[str]) -> dict[str, Subject]:
        """The subjects of those of `numbers` that the vault knows."""
        self._forget_the_erased()
        known: dict[str, Subject] = {}
        asked: dict[bytes, str] = {}
        for number in numbers:
            subject = self._found.get((kind, number))
            if subject is not None:
                known[number] = subject
            else:
                asked[blind_index(self.keys.index_key, kind, number)] = number
        for ref, blind, wrapped_key, master, _, committed in subjects_by(self._store, "blind", asked):
            subject = Subject(ref, self.keys.unwrap(ref, wrapped_key, master), committed)
            known[asked[blind]] = self._found[kind, asked[blind]] = subject
        if len(self._found) > SUBJECTS_KEPT:
            self._found = {}  # another thread may be looking into the old one
        return known

    def _references(self, numbers: Iterable[str]) -> dict[str, str]:
        """The references of those of `numbers` that persons in the vault have; no key is opened for it."""
        asked = {blind_index(self.keys.index_key, PERSON, number): number for number in numbers}
        return {asked[blind]: ref for ref, blind, *_ in subjects_by(self._store, "blind", asked)}

    def token(self, kind: str, words: str) -> str:
        """A keyed token of `words`, 32 hex digits: who has it can tell that two texts are one, and reads neither."""
        return blind_index(self.keys.index_key, kind, words)[:TOKEN_BYTES].hex()

    def numbers(self, refs: Iterable[str]) -> dict[str, str]:
        """The number behind each reference that the vault still knows. The caller leaves the trace of the reveal."""
        told = {}
        for ref, _, wrapped_key, master, sealed, _ in subjects_by(self._store, "ref", dict.fromkeys(refs)):
            told[ref] = unseal(self.keys.unwrap(ref, wrapped_key, master), sealed, context=ref.encode()).decode()
        return told

    def subjects(self, refs: Iterable[str]) -> dict[str, Subject]:
        """The subject of each reference that the vault still knows."""
        return {
            ref: Subject(ref, self.keys.unwrap(ref, wrapped_key, master), committed)
            for ref, _, wrapped_key, master, _, committed in subjects_by(self._store, "ref", dict.fromkeys(refs))
        }

    def commitments(self, refs: Iterable[str]) -> dict[str, tuple[str, str | None]]:
        """The commitment that stands beside each subject, and the one that its key and number give now.

        None where they do not open: the data key or the number is another's. Whoever is not in the vault is left out.
        """
        told = {}
        for ref, _, wrapped_key, master, sealed, committed in subjects_by(self._store, "ref", dict.fromkeys(refs)):
            try:
                data_key = self.keys.unwrap(ref, wrapped_key, master)
                given = commitment(data_key, unseal(data_key, sealed, context=ref.encode()).decode())
            except (Unreadable, ValueError):
                given = None
            told[ref] = committed, given
        return told

    def note(self, appearances: Iterable[Appearance]) -> None:
        """Note persons as rows show them, and find whom they may be one with (`vault.likeness`)."""
        self.likenesses.note(appearances)

    def seal_for(self, subject: Subject, fields: Mapping[str, str]) -> str:
        """`fields` as ciphertext under the subject's key, to stand in an entry."""
        return seal_fields(
            subject.data_key, dict(fields), nonce=self._randomness(NONCE_BYTES), context=subject.ref.encode()
        )

    def open_sealed(self, sealed: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
        """The fields of each (reference, ciphertext), in order; empty where the subject was erased."""
        pairs = list(sealed)
        known = self.subjects(ref for ref, _ in pairs)
        return [
            unseal_fields(known[ref].data_key, text, context=ref.encode()) if ref in known else {}
            for ref, text in pairs
        ]

    def keep_text(self, subject: Subject, text: str) -> str:
        """Keep a text too long for an entry; gives its commitment, by which `long_text` finds it."""
        committed = commitment(subject.data_key, text)
        sealed = seal(subject.data_key, text.encode(), nonce=self._randomness(NONCE_BYTES), context=committed.encode())
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT INTO texts (commitment, sealed, ref) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (committed, sealed, subject.ref),
            )
        return committed

    def long_text(self, ref: str, committed: str) -> str | None:
        """The text kept under a commitment, or None when it or its subject is gone."""
        rows = self._store.rows("SELECT sealed FROM texts WHERE commitment = ?", (committed,))
        subject = self.subjects([ref]).get(ref)
        if not rows or subject is None:
            return None
        return unseal(subject.data_key, rows[0][0], context=committed.encode()).decode()

    def keep_file(self, sha256: str, name: str, data: bytes | Iterable[bytes]) -> None:
        """Keep a workbook as it was handed in, encrypted, under its hash. The first name it came under stays.

        data:  its bytes, or the pieces that they come in: a long one is sealed a piece at a time.
        """
        context = sha256.encode()
        whole = data if isinstance(data, bytes) else b""
        with self._store.transaction() as connection:
            if connection.execute("SELECT 1 FROM files WHERE sha256 = ?", (sha256,)).fetchone() is not None:
                return
            connection.execute(
                "INSERT INTO files VALUES (?, ?, ?)",
                (sha256, self._by_file_key(name.encode(), context), self._by_file_key(whole, context)),
            )
            for number, piece in enumerate(() if isinstance(data, bytes) else data):
                sealed = self._by_file_key(piece, f"{sha256}/{number}".encode())
                connection.execute("INSERT INTO file_pieces VALUES (?, ?, ?)", (sha256, number, sealed))

    def file(self, sha256: str) -> tuple[str, bytes] | None:
        """(name, bytes) of a kept file that is not long, or None."""
        kept = self.file_in_pieces(sha256)
        return None if kept is None else (kept[0], b"".join(kept[1]))

    def file_in_pieces(self, sha256: str) -> tuple[str, Iterator[bytes]] | None:
        """(name, the pieces of its bytes) of a kept workbook, or None.

        The pieces raise `Unreadable` at the end when they do not have the hash, as when one is missing.
        """
        rows = self._store.rows("SELECT sealed_name, sealed FROM files WHERE sha256 = ?", (sha256,))
        if not rows:
            return None
        name, data = (unseal(self.keys.file_key, part, context=sha256.encode()) for part in rows[0])
        return name.decode(), self._pieces(sha256, data)

    def _pieces(self, sha256: str, whole: bytes) -> Iterator[bytes]:
        found = hashlib.sha256()
        for piece in chain([whole] if whole else [], self._later_pieces(sha256)):
            found.update(piece)
            yield piece
        if found.hexdigest() != sha256:
            raise Unreadable(f"The workbook {sha256} is not kept whole: what is there has SHA-256 {found.hexdigest()}.")

    def _later_pieces(self, sha256: str) -> Iterator[bytes]:
        for number in count():
            asked = "SELECT sealed FROM file_pieces WHERE sha256 = ? AND number = ?"
            rows = self._store.rows(asked, (sha256, number))
            if not rows:
                return
            yield unseal(self.keys.file_key, rows[0][0], context=f"{sha256}/{number}".encode())

    def forget_files(self, hashes: Iterable[str]) -> None:
        """Keep these workbooks no longer: nothing of them went in."""
        with self._store.transaction() as connection:
            gone = [(sha,) for sha in hashes]
            connection.executemany("DELETE FROM files WHERE sha256 = ?", gone)
            connection.executemany("DELETE FROM file_pieces WHERE sha256 = ?", gone)

    def file_names(self) -> dict[str, str]:
        """The name under which each kept workbook first came, by hash."""
        return {
            sha: unseal(self.keys.file_key, name, context=sha.encode()).decode()
            for sha, name in self._store.rows("SELECT sha256, sealed_name FROM files")
        }

    def begin_import(self, import_id: str, plan: Mapping[str, object]) -> None:
        """Remember an import before its first event, so that a crash can be rolled forward."""
        sealed = self._by_file_key(msgspec.json.encode(plan), import_id.encode())
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT INTO pending_imports VALUES (?, ?, 0)"
                " ON CONFLICT (import_id) DO UPDATE SET sealed = excluded.sealed, attempts = 0",
                (import_id, sealed),
            )

    def pending_imports(self) -> dict[str, tuple[dict[str, object], int]]:
        """The imports under way or interrupted: plan and number of attempts to finish it, by id."""
        return {
            import_id: (
                msgspec.json.decode(unseal(self.keys.file_key, sealed, context=import_id.encode())),
                attempts,
            )
            for import_id, sealed, attempts in self._store.rows("SELECT * FROM pending_imports ORDER BY import_id")
        }

    def note_attempt(self, import_id: str) -> None:
        """Count one more attempt to finish an interrupted import."""
        with self._store.transaction() as connection:
            connection.execute("UPDATE pending_imports SET attempts = attempts + 1 WHERE import_id = ?", (import_id,))

    def end_import(self, import_id: str) -> None:
        """Forget an import that is complete, or that was refused whole."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM pending_imports WHERE import_id = ?", (import_id,))

    def orphans(self, known: Iterable[str]) -> list[str]:
        """References to people, accounts and phones that the ledger does not name; it need not name a package."""
        named = set(known)
        rows = self._store.rows("SELECT ref FROM subjects WHERE kind <> ? ORDER BY ref", (PACKAGE,))
        return [row[0] for row in rows if row[0] not in named]

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def erase(self, refs: Iterable[str]) -> None:
        """Forget these subjects for good: keys, indexes, numbers, texts. What was sealed for them opens no more."""
        self.erasures.carry_out(refs)
        self._forget_the_erased()

    def _forget_the_erased(self) -> None:
        """Remember nobody whom somebody erased meanwhile, in this process or another."""
        erased = self.erasures.count
        if erased != self._erased:
            self._found.clear()
            self._erased = erased

    def _add(self, kind: str, numbers: Iterable[str]) -> None:
        """New subjects in one transaction; one that another process added meanwhile is left as it is."""
        with self._store.transaction() as statements:
            master = self.keys.writing(statements)
            statements.executemany(
                "INSERT INTO subjects (ref, kind, blind, wrapped_key, sealed, commitment, master)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(*self._new_row(kind, number), master) for number in numbers],
            )

    def _new_row(self, kind: str, number: str) -> tuple[object, ...]:
        ref = f"{kind}-{base64.b32encode(self._randomness(REFERENCE_BYTES)).decode().lower()}"
        data_key = self._randomness(KEY_BYTES)
        return (
            ref,
            kind,
            blind_index(self.keys.index_key, kind, number),
            self.keys.wrap(ref, data_key),
            seal(data_key, number.encode(), nonce=self._randomness(NONCE_BYTES), context=ref.encode()),
            commitment(data_key, number),
        )

    def _by_file_key(self, plain: bytes, context: bytes) -> bytes:
        return seal(self.keys.file_key, plain, nonce=self._randomness(NONCE_BYTES), context=context)
