"""`report.html` of an evidence bundle: what its entries say, in the words of their workbooks, masked or revealed.

It is made entry by entry, in constant memory, and says nothing that would be another the next time: the same state of
the ledger gives the same page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.ledger import Ledger
from api.pages import words
from api.revealing import is_reference, references_in
from audit.book import Sealed
from domain.catalogue import EVENTS, load
from domain.event import BookName
from domain.money import yuan
from intake.recording import KEPT_IN_VAULT
from intake.sheets import SHEETS
from projections.history.naming import told_of
from vault.masking import mask_account, mask_id, mask_name, mask_phone

HERE = Path(__file__).parent
AT_ONCE = 200
"""Entries whose people are asked of the vault together."""

MOST_IN_FULL = 500
"""With more entries than these the page lists their headings; a table of thousands is read by nobody."""

UNTOLD = frozenset(
    {
        "salt",
        "kind",
        "occurred_on",
        "known_on",
        "recorded_at",
        "actor",
        "source",
        "commitments",
        "content",
        "sealed",
        "sealed_for",
        "correlation_id",
    }
)
MASKS = {"P": mask_id, "A": mask_account, "T": mask_phone}


class BookShown(NamedTuple):
    """One book of the bundle: its head, and how many time stamps are in."""

    book: str
    origin: str
    size: int
    root: str
    stamps: int


class Role(NamedTuple):
    """Entries that are in the bundle for one reason: `about`, `sealing` or `cited`."""

    book: BookName
    role: str
    positions: Sequence[int]


class Reading(NamedTuple):
    """What the page is about.

    reason:       why personal data is shown; None: it is masked.
    counted:      how many entries the sealed index counts; `later`, how many came behind it.
    """

    subject: str
    books: Sequence[BookShown]
    roles: Sequence[Role]
    complete_to: int
    sealed_at: int
    counted: int
    later: int
    reason: str | None


def write_report(ledger: Ledger, reading: Reading, file: BinaryIO) -> None:
    """Write the page to a file that is empty."""
    entries = sum(len(role.positions) for role in reading.roles)
    shown = {**reading._asdict(), "subject": subject_shown(ledger, reading)}
    pieces = (
        _environment()
        .get_template("bundle.html")
        .generate(
            **shown,
            css=Markup((HERE / "bundle.css").read_text(encoding="utf-8")),  # noqa: S704  our own file
            place=f"{ledger.place_name} ({ledger.place_code})",
            many=entries if entries > MOST_IN_FULL else 0,
            entries=told_entries(ledger, reading),
        )
    )
    file.writelines(piece.encode() for piece in pieces)


def subject_shown(ledger: Ledger, reading: Reading) -> str:
    """The subject, with a reference's number masked or revealed behind it."""
    reference = reading.subject.partition(":")[2]
    if not is_reference(reference):
        return reading.subject
    numbers = ledger.vault.numbers([reference])
    return f"{reading.subject} ({_number(reference, numbers, is_revealed=reading.reason is not None)})"


def told_entries(ledger: Ledger, reading: Reading) -> Iterator[dict[str, Any]]:
    """The entries as the page shows them, each with its role."""
    for role in reading.roles:
        arriving = iter(ledger.book(role.book).at(role.positions))
        while some := list(islice(arriving, AT_ONCE)):
            for told in _told(ledger, some, is_revealed=reading.reason is not None):
                yield {**told, "book": role.book.value, "role": role.role}


def _told(ledger: Ledger, some: Sequence[Sealed], *, is_revealed: bool) -> Iterator[dict[str, Any]]:
    states = [msgspec.json.decode(sealed.state) for sealed in some]
    numbers = ledger.vault.numbers(sorted({ref for state in states for ref in references_in(_own(state))}))
    opened = _opened(ledger, states, is_revealed=is_revealed)
    for sealed, state, spoken in zip(some, states, opened, strict=True):
        event = load(sealed.topic, sealed.state)
        naming = told_of(event)
        ref, amount_fen = naming.ref(event), naming.amount_fen(event)
        source = state.get("source", {})
        own = {name: _value(name, value, numbers, is_revealed=is_revealed) for name, value in _own(state).items()}
        yield {
            "position": sealed.position,
            "topic": _topic(sealed.topic),
            "ref": ref and _reference(ref, numbers, is_revealed=is_revealed),
            "amount": None if amount_fen is None else yuan(amount_fen),
            "fields": _labelled({**spoken, **own}, source.get("sheet", "")),
            "leaf": sealed.leaf.hex(),
            "source": {name: source.get(name) for name in ("sheet", "row", "file_sha256")}
            if "sheet" in source
            else None,
            **{name: state.get(name) for name in ("occurred_on", "known_on", "recorded_at", "actor")},
        }


def _own(state: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry states beside its envelope."""
    return {name: value for name, value in state.items() if name not in UNTOLD}


def _opened(ledger: Ledger, states: Iterable[Mapping[str, Any]], *, is_revealed: bool) -> list[dict[str, str]]:
    """The sealed words of each state: revealed, or names masked and other words told to be sealed."""
    pairs = [(str(state.get("sealed_for", "")), str(state.get("sealed", ""))) for state in states]
    opened = iter(ledger.vault.open_sealed([pair for pair in pairs if all(pair)]))
    sealed_word, erased = _words("zh")("report.sealed"), _words("zh")("report.erased")
    found: list[dict[str, str]] = []
    for ref, ciphertext in pairs:
        fields = next(opened) if ref and ciphertext else None
        if fields is None:
            found.append({})
        elif not fields:
            found.append({"—": str(erased)})
        else:
            found.append(
                {
                    name.removesuffix(KEPT_IN_VAULT): _word(ledger, ref, name, text)
                    if is_revealed
                    else (mask_name(text) if _is_name(name) else str(sealed_word))
                    for name, text in fields.items()
                }
            )
    return found


def _word(ledger: Ledger, ref: str, name: str, text: str) -> str:
    return (ledger.vault.long_text(ref, text) or "") if name.endswith(KEPT_IN_VAULT) else text


def _is_name(alias: str) -> bool:
    return alias == "name" or alias.endswith("_name")


def _value(name: str, value: Any, numbers: Mapping[str, str], *, is_revealed: bool) -> str:
    """A value of a state as text: money in yuan, references by their numbers, masked or not."""
    if isinstance(value, str):
        return _reference(value, numbers, is_revealed=is_revealed)
    if name.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    if isinstance(value, list):
        return "、".join(_value(name, part, numbers, is_revealed=is_revealed) for part in value)
    if isinstance(value, Mapping):
        told = (f"{key} {_value(key, part, numbers, is_revealed=is_revealed)}" for key, part in value.items())
        return "；".join(told)
    return str(msgspec.json.encode(value).decode())


def _reference(text: str, numbers: Mapping[str, str], *, is_revealed: bool) -> str:
    kind, colon, reference = text.rpartition(":")
    if not is_reference(reference):
        return text
    return f"{kind}{colon}{reference} ({_number(reference, numbers, is_revealed=is_revealed)})"


def _number(reference: str, numbers: Mapping[str, str], *, is_revealed: bool) -> str:
    number = numbers.get(reference)
    if number is None:
        return str(_words("zh")("report.erased"))
    return number if is_revealed else MASKS[reference[0]](number)


@cache
def _topic(topic: str) -> tuple[str, str]:
    """What an event is called in Chinese and in English: as on the pages, else by the first words of its own text."""
    name = topic.partition("/")[0]
    chinese = (EVENTS[topic].__doc__ or name).partition(":")[0]
    plain = name.replace("-", " ")
    found = _words("zh").of("topic", name), _words("en").of("topic", name)
    return (chinese if found[0] == name and not chinese.isascii() else found[0]), (
        plain if found[1] == name else found[1]
    )


def _labelled(fields: Mapping[str, str], title: str) -> list[tuple[str, str]]:
    """Values under the headings of the sheet that they came from, in its order; others behind, by their names."""
    labels = _labels(title)
    places = {name: place for place, name in enumerate(labels)}
    ordered = sorted(fields, key=lambda name: (places.get(name, len(places)), name))
    return [(labels.get(name) or _words("zh").of("field", name), fields[name]) for name in ordered]


@cache
def _labels(title: str) -> Mapping[str, str]:
    """The Chinese headings of a sheet's columns, by the field of the event that holds each, and by alias."""
    sheet = next((sheet for sheet in SHEETS.values() if sheet.title == title), None)
    columns = sheet.columns if sheet else ()
    return {name: column.header.partition("(")[0] for column in columns for name in (column.event_field, column.alias)}


@cache
def _words(lang: str) -> words.Words:
    """The words of the pages (topics, books) and of this report."""
    own = words.load(lang, HERE)
    return words.Words(lang, {**words.load(lang).texts, **own.texts})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {lang: _words(lang) for lang in words.LANGUAGES}
    return environment
