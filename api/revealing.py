"""Revealing personal data to those entitled; every reveal leaves a trace in the supervision book (查询留痕)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec

from api.ledger import Ledger, Placed
from audit.book import Sealed
from domain.catalogue import BESIDE_A_ROW
from domain.correction import EventCorrected
from domain.event import KEEPER, BookName
from domain.supervision import PersonalDataRevealed
from intake.recording import KEPT_IN_VAULT

REFERENCE_PREFIXES = ("P-", "A-", "T-")
CHUNK = 500

FillIn = Callable[[dict[str, Any], Mapping[str, str]], None]
"""Fills the personal columns of a row with the words of its workbook row, as `projections.facts.speaking` gives it."""


class Words(msgspec.Struct):
    """The parts of a sealed state that lead to its words."""

    sealed: str | None = None
    sealed_for: str | None = None


_words = msgspec.json.Decoder(Words)


class Corrects(msgspec.Struct):
    """The part of a correction that says what it corrects."""

    target_topic: str


_corrects = msgspec.json.Decoder(Corrects)


def leave_trace(ledger: Ledger, *, where: str, subject: str, why: str, references: int, actor: str = KEEPER) -> None:
    """Record who saw personal data, where and why, before it is shown."""
    event = PersonalDataRevealed(
        **ledger.envelope(PersonalDataRevealed, actor=actor),
        where=where,
        why=why or "未说明 / not stated",
        subject=subject,
        references=references,
    )
    ledger.append(BookName.SUPERVISION, [Placed(ledger.stream("reveal", event.salt), 1, event)])


def is_reference(value: object) -> bool:
    """Whether `value` is a reference into the vault."""
    return isinstance(value, str) and value.startswith(REFERENCE_PREFIXES)


def with_numbers(ledger: Ledger, values: Iterable[Any]) -> list[Any]:
    """`values`, nested as they are, with each reference replaced by its number; erased ones stay references."""
    told = list(values)
    refs: set[str] = set()
    for value in told:
        refs.update(references_in(value))
    numbers = ledger.vault.numbers(sorted(refs))
    return [_replaced(value, numbers) for value in told]


def references_in(value: Any) -> Iterator[str]:
    """Every reference in a nested value, those inside `kind:reference` too."""
    if isinstance(value, str):
        reference = value.rpartition(":")[2]
        if is_reference(reference):
            yield reference
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from references_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from references_in(part)


def reveal_rows(ledger: Ledger, rows: Iterable[dict[str, Any]], fill_in: FillIn) -> Iterator[dict[str, Any]]:
    """Fact rows with their personal columns and numbers filled in, chunk by chunk; `fill_in` knows the columns."""
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from _revealed(ledger, chunk, fill_in)
            chunk = []
    yield from _revealed(ledger, chunk, fill_in)


def words_at(ledger: Ledger, positions: Iterable[int]) -> dict[int, dict[str, str]]:
    """The sealed words of the rows that began at `positions`, as they were last stated."""
    there = {entry.position: entry for entry in ledger.money.at(list(positions))}
    newest = last_stated(ledger, {entry.stream for entry in there.values()})
    told = {position: _words.decode(newest[entry.stream].state) for position, entry in there.items()}
    sealed = [(position, words) for position, words in told.items() if words.sealed and words.sealed_for]
    opened = ledger.vault.open_sealed([(str(words.sealed_for), str(words.sealed)) for _, words in sealed])
    return {
        position: _with_long_texts(ledger, str(words.sealed_for), fields)
        for (position, words), fields in zip(sealed, opened, strict=True)
    }


def last_stated(ledger: Ledger, streams: Iterable[UUID]) -> dict[UUID, Sealed]:
    """The last entry of each stream that states its row: a return stands behind what it returns, and does not."""
    found = ledger.money.latest(list(streams))
    for stream, last in found.items():
        if not states_its_row(last):
            own = [entry for entry in ledger.money.stream(stream) if states_its_row(entry)]
            found[stream] = own[-1] if own else last
    return found


def states_its_row(entry: Sealed) -> bool:
    """Whether an entry states the row whose stream it stands on: a correction does, unless it is one of a return."""
    if entry.topic != EventCorrected.TOPIC:
        return entry.topic not in BESIDE_A_ROW
    return _corrects.decode(entry.state).target_topic not in BESIDE_A_ROW


def _revealed(ledger: Ledger, rows: list[dict[str, Any]], fill_in: FillIn) -> Iterator[dict[str, Any]]:
    words = words_at(ledger, {row["position"] for row in rows})
    for row, numbered in zip(rows, with_numbers(ledger, rows), strict=True):
        fill_in(numbered, words.get(row["position"], {}))
        yield numbered


def _with_long_texts(ledger: Ledger, ref: str, fields: dict[str, str]) -> dict[str, str]:
    return {
        name.removesuffix(KEPT_IN_VAULT): (ledger.vault.long_text(ref, text) or "")
        if name.endswith(KEPT_IN_VAULT)
        else text
        for name, text in fields.items()
    }


def _replaced(value: Any, numbers: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        kind, colon, reference = value.rpartition(":")
        return f"{kind}{colon}{numbers[reference]}" if reference in numbers else value
    if isinstance(value, Mapping):
        return {name: _replaced(part, numbers) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(part, numbers) for part in value]
    return value
