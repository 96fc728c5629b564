"""Persons who may be one, found without comparing everybody with everybody (DOMAIN §2, PersonsMayBeOne).

    a row shows a person ──► tokens: HMAC(key, kind ‖ name ‖ part) of what near persons share
                                 └──► whoever stands under the same token ──► compared exactly, number with number

Two numbers that differ by one slip share at least one of three parts (`vault.generations.parts_of`), so only people of
one name and one part are compared: the work is in proportion to the people. The number of the other generation is
looked up by its blind index. The database holds tokens and references, and without the key says nothing of either.

A pair that was found stays `untold` until the ledger holds its event, so that a crash in between loses nothing.
"""

import hmac
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple
from unicodedata import normalize

from vault.generations import body_of, is_near, of_the_other_generation, parts_of
from vault.store import ASKED_AT_ONCE, Statements, VaultStore

Kind = Literal["twin", "near_id", "same_account", "same_phone", "same_household"]
TWIN: Final = "twin"
NEAR_ID: Final = "near_id"
SAME_ACCOUNT: Final = "same_account"
SAME_PHONE: Final = "same_phone"
SAME_HOUSEHOLD: Final = "same_household"

TOKEN_BYTES: Final = 16
SHORTEST_NAME: Final = 2
NOBODY: Final = frozenset({"本人", "同上", "无名", "不详", "未知"})
"""What is written in the place of a name."""

LARGEST_BLOCK: Final = 64
"""So many persons stand under one token; whoever comes later is not compared by it, and is counted (`passed_over`)."""

REMEMBERED: Final = 16_384
"""Appearances that need not be looked up again: an import shows most people again and again."""

PASSED_OVER: Final = "passed_over"


class Appearance(NamedTuple):
    """A person as one row shows them; empty texts where the row says nothing.

    ref:        their reference.
    number:     their identity number, of either generation and valid.
    name:       as written there.
    account:    number of their own account.
    phone:      their telephone.
    household:  户编号.
    """

    ref: str
    number: str
    name: str
    account: str = ""
    phone: str = ""
    household: str = ""


class Likeness(NamedTuple):
    """Two persons who may be one: their references, the smaller first, and what makes them alike."""

    first: str
    second: str
    kind: Kind


class Traits(NamedTuple):
    """What of the appearances is new.

    under:   for each new token its kind, and who comes under it.
    tokens:  all tokens of each person who got one.
    shown:   the persons' numbers.
    """

    under: dict[bytes, tuple[Kind, list[str]]]
    tokens: dict[str, set[bytes]]
    shown: dict[str, str]


class Likenesses:
    """The tokens of one vault and the pairs that they brought together."""

    def __init__(
        self,
        store: VaultStore,
        key: bytes,
        *,
        persons: Callable[[Iterable[str]], Mapping[str, str]],
        numbers: Callable[[Iterable[str]], Mapping[str, str]],
    ) -> None:
        """Keep them in `store`.

        key:      of the tokens (`vault.keys.Keyring.likeness_key`).
        persons:  gives the references of those of some numbers that the vault knows.
        numbers:  gives the numbers behind references.
        """
        self._store = store
        self._key = key
        self._persons = persons
        self._numbers = numbers
        self._seen: set[Appearance] = set()

    @property
    def passed_over(self) -> int:
        """How often somebody was not compared, because too many stood under a token already."""
        return sum(value for (value,) in self._store.rows("SELECT value FROM counters WHERE name = ?", (PASSED_OVER,)))

    def note(self, appearances: Iterable[Appearance]) -> None:
        """Find whom these persons may be one with, among all that were noted and among themselves."""
        fresh = [appearance for appearance in dict.fromkeys(appearances) if appearance not in self._seen]
        if not fresh:
            return
        with self._store.transaction() as statements:
            traits = self._new_traits(statements, fresh)
            met = _met(_blocks(statements, traits.under), traits.under)
            pairs = {*self._twins(traits.shown), *self._alike(met.candidates, traits.shown)}
            _write(statements, traits.tokens, met, sorted(pairs))
        if len(self._seen) > REMEMBERED:
            self._seen = set()  # another thread may be looking into the old one
        self._seen.update(fresh)

    def untold(self, at_most: int) -> list[Likeness]:
        """Pairs of which the ledger need not know yet, in a fixed order."""
        asked = (
            "SELECT first_ref, second_ref, kind FROM likenesses WHERE told = 0 ORDER BY first_ref, second_ref, kind"
            " LIMIT ?"
        )
        return [Likeness(*row) for row in self._store.rows(asked, (at_most,))]

    def told(self, pairs: Iterable[Likeness]) -> None:
        """Remember that the ledger holds these."""
        with self._store.transaction() as statements:
            statements.executemany(
                "UPDATE likenesses SET told = 1 WHERE first_ref = ? AND second_ref = ? AND kind = ?", list(pairs)
            )

    def _new_traits(self, statements: Statements, fresh: Sequence[Appearance]) -> Traits:
        """The traits that these persons were not known by; whoever was erased meanwhile has none."""
        known = _tokens_of(statements, {appearance.ref for appearance in fresh})
        found = Traits({}, {}, {})
        for appearance in fresh:
            tokens = known.get(appearance.ref)
            whole = self._token("appearance", *appearance)
            if tokens is None or whole in tokens:
                continue
            tokens.add(whole)
            found.tokens[appearance.ref] = tokens
            found.shown[appearance.ref] = appearance.number
            for kind, token in self._traits(appearance):
                if token not in tokens:
                    tokens.add(token)
                    found.under.setdefault(token, (kind, []))[1].append(appearance.ref)
        return found

    def _traits(self, appearance: Appearance) -> Iterator[tuple[Kind, bytes]]:
        """The tokens of what a person of the same name would share; none without a name."""
        name = "".join(normalize("NFC", appearance.name).split())
        if len(name) < SHORTEST_NAME or name in NOBODY:
            return
        body = body_of(appearance.number)
        for number, part in enumerate(parts_of(body) if body else ()):
            yield NEAR_ID, self._token(NEAR_ID, str(number), name, part)
        in_common: dict[Kind, str] = {
            SAME_ACCOUNT: appearance.account,
            SAME_PHONE: appearance.phone,
            SAME_HOUSEHOLD: appearance.household,
        }
        for kind, shared in in_common.items():
            if shared:
                yield kind, self._token(kind, name, shared)

    def _token(self, *parts: str) -> bytes:
        return hmac.digest(self._key, "\x1f".join(parts).encode(), sha256)[:TOKEN_BYTES]

    def _twins(self, shown: Mapping[str, str]) -> Iterator[Likeness]:
        """Those of whom the vault knows the number of the other generation too."""
        others = {other: ref for ref, number in shown.items() if (other := of_the_other_generation(number))}
        return (likeness(others[number], ref, TWIN) for number, ref in self._persons(others).items())

    def _alike(self, candidates: Mapping[Kind, set[tuple[str, str]]], shown: Mapping[str, str]) -> Iterator[Likeness]:
        """The candidates as they are, but for those whose numbers must be near: these are compared."""
        bodies = self._bodies({ref for pair in candidates.get(NEAR_ID, ()) for ref in pair}, shown)
        for kind, pairs in candidates.items():
            for one, other in pairs:
                if kind != NEAR_ID or (one in bodies and other in bodies and is_near(bodies[one], bodies[other])):
                    yield likeness(one, other, kind)

    def _bodies(self, refs: set[str], shown: Mapping[str, str]) -> dict[str, str]:
        numbers = {**self._numbers(refs - shown.keys()), **shown}
        return {ref: body for ref in refs if (body := body_of(numbers.get(ref, "")))}


class Met(NamedTuple):
    """What came of putting newcomers into their blocks.

    placed:       (token, reference) of those who were put there.
    candidates:   by kind, those who stand under one token now.
    passed_over:  how many found their block full.
    """

    placed: list[tuple[bytes, str]]
    candidates: dict[Kind, set[tuple[str, str]]]
    passed_over: int


def likeness(one: str, other: str, kind: Kind) -> Likeness:
    """The pair in its order."""
    return Likeness(min(one, other), max(one, other), kind)


def forget(statements: Statements, ref: str) -> None:
    """Delete what is known of an erased person here: tokens, and pairs with others."""
    for tokens in _tokens_of(statements, [ref]).values():
        statements.executemany("DELETE FROM traits WHERE token = ? AND ref = ?", [(token, ref) for token in tokens])
    statements.execute("DELETE FROM appearances WHERE ref = ?", (ref,))
    statements.execute("DELETE FROM likenesses WHERE first_ref = ? OR second_ref = ?", (ref, ref))


def _tokens_of(statements: Statements, refs: Iterable[str]) -> dict[str, set[bytes]]:
    """The tokens of each of `refs` that is a subject still."""
    rows = _asked(
        statements,
        "SELECT subjects.ref, tokens FROM subjects LEFT JOIN appearances ON appearances.ref = subjects.ref"
        " WHERE subjects.ref IN",
        refs,
    )
    return {ref: _split(tokens or b"") for ref, tokens in rows}


def _split(tokens: bytes) -> set[bytes]:
    return {tokens[begin : begin + TOKEN_BYTES] for begin in range(0, len(tokens), TOKEN_BYTES)}


def _blocks(statements: Statements, tokens: Iterable[bytes]) -> dict[bytes, list[str]]:
    """Who stands under each token."""
    blocks: dict[bytes, list[str]] = {}
    for token, ref in _asked(statements, "SELECT token, ref FROM traits WHERE token IN", tokens):
        blocks.setdefault(bytes(token), []).append(ref)
    return blocks


def _met(blocks: dict[bytes, list[str]], under: Mapping[bytes, tuple[Kind, list[str]]]) -> Met:
    """Put newcomers into their blocks, as far as there is room."""
    placed: list[tuple[bytes, str]] = []
    candidates: defaultdict[Kind, set[tuple[str, str]]] = defaultdict(set)
    passed_over = 0
    for token, (kind, newcomers) in under.items():
        block = blocks.get(token, [])
        coming = newcomers[: max(LARGEST_BLOCK - len(block), 0)]
        passed_over += len(newcomers) - len(coming)
        for newcomer in coming:
            candidates[kind].update((other, newcomer) for other in block)
            block.append(newcomer)
            placed.append((token, newcomer))
    return Met(placed, candidates, passed_over)


def _write(statements: Statements, tokens: Mapping[str, set[bytes]], met: Met, pairs: Sequence[Likeness]) -> None:
    _put(
        statements,
        "appearances",
        [(ref, b"".join(sorted(all_of_them))) for ref, all_of_them in tokens.items()],
        where_there="(ref) DO UPDATE SET tokens = excluded.tokens",
    )
    _put(statements, "traits", sorted(met.placed))
    _put(statements, "likenesses", [(*pair, 0) for pair in pairs])
    if met.passed_over:
        statements.execute(
            "INSERT INTO counters VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value",
            (PASSED_OVER, met.passed_over),
        )


def _put(
    statements: Statements, table: str, rows: Sequence[tuple[object, ...]], *, where_there: str = "DO NOTHING"
) -> None:
    """Insert rows, a few hundred in one statement: a database far away is asked seldom."""
    for begin in range(0, len(rows), ASKED_AT_ONCE):
        some = rows[begin : begin + ASKED_AT_ONCE]
        marks = ",".join([f"({','.join('?' * len(some[0]))})"] * len(some))
        values = [value for row in some for value in row]
        statements.execute(f"INSERT INTO {table} VALUES {marks} ON CONFLICT {where_there}", values)  # noqa: S608  ours


def _asked(statements: Statements, question: str, wanted: Iterable[object]) -> Iterator[tuple[Any, ...]]:
    """The answers to `question` (… IN) about each of `wanted`, a few hundred at a time."""
    values = list(wanted)
    for begin in range(0, len(values), ASKED_AT_ONCE):
        some = values[begin : begin + ASKED_AT_ONCE]
        yield from statements.execute(f"{question} ({','.join('?' * len(some))})", some).fetchall()
