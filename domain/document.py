"""The event catalogue as a page: `python -m domain.document > docs/events.md`.

Everything on it comes from the event classes: names and meanings from their docstrings, types from their annotations.
A test keeps the page equal, so an event is documented where it is declared and nowhere else.
"""

import re
import sys
from collections.abc import Iterator
from inspect import cleandoc

import msgspec
from msgspec import inspect

from domain.catalogue import CONTROL, FLOWS, NOTICES, REGISTERS, SUPERVISION
from domain.event import Event, Source

HEAD = """\
# Events

Every event that a ledger can hold. This page is made by `make docs` from the classes in `domain/`; change it there.

An entry's state is one line of JSON with sorted keys, in NFC, without blanks, floats or nulls: what is not there is
left out. Money is integer fen, rates are parts per million, days are `2020-06-20` in Asia/Shanghai, people are
references into the vault. Words that may speak of a person stand in `sealed` only, as ciphertext.

A topic is never given another meaning. A new shape is a new version beside the old one, which stays readable for
ever: `tests/vectors/events.jsonl` holds frozen states of every topic.
"""

GROUPS = {
    "The ledger's own business": CONTROL,
    "Registers": REGISTERS,
    "Money": FLOWS,
    "Notices, objections and receipts": NOTICES,
    "Supervision": SUPERVISION,
}

_MEANING = re.compile(r"^([a-z_0-9]+(?:, [a-z_0-9]+)*)(?: \([^)]*\))?:\s+(\S.*)$")
"""A docstring's line about one field, or about several that belong together."""

_WORDS: dict[type[inspect.Type], str] = {
    inspect.BoolType: "`true` or `false`",
    inspect.DateType: "day",
    inspect.IntType: "integer",
    inspect.StrType: "text",
    inspect.DictType: "object of hashes by reference",
    inspect.StructType: "object",
}


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([HEAD, *_envelope(), *_events()])


def meanings(struct: type[msgspec.Struct]) -> dict[str, str]:
    """What the docstrings of `struct` and its ancestors say of each field, by the field's name."""
    told: dict[str, str] = {}
    for ancestor in reversed(struct.__mro__):
        if issubclass(ancestor, msgspec.Struct) and ancestor is not msgspec.Struct:
            told |= _meanings_in(cleandoc(ancestor.__doc__ or ""))
    return told


def _meanings_in(docstring: str) -> dict[str, str]:
    told: dict[str, str] = {}
    latest: list[str] = []
    for line in docstring.splitlines():
        if found := _MEANING.match(line):
            latest = found[1].split(", ")
            told |= dict.fromkeys(latest, found[2])
        elif latest and line.startswith("  "):
            told |= {name: f"{told[name]} {line.strip()}" for name in latest}
        else:
            latest = []
    return told


def _envelope() -> Iterator[str]:
    yield "## The envelope\n"
    yield "Every event says this beside its own fields.\n"
    yield from _table(Event, passing=frozenset())
    yield "\n`source` says where it came in:\n"
    yield from _table(Source, passing=frozenset())


def _events() -> Iterator[str]:
    envelope = frozenset(field.name for field in msgspec.structs.fields(Event))
    described: dict[tuple[str, ...], str] = {}
    for title, group in GROUPS.items():
        yield f"\n## {title}\n"
        for event_class in group:
            yield f"### `{event_class.TOPIC}`\n"
            yield f"{_summary(event_class)}\n"
            yield f"Book: {event_class.BOOK}. Kind: {event_class.KIND}.\n"
            rows = tuple(_table(event_class, passing=envelope))
            first = described.setdefault(rows, event_class.TOPIC)
            yield from [f"Fields: those of `{first}`.\n"] if first != event_class.TOPIC else [*rows, ""]


def _summary(event_class: type[Event]) -> str:
    first, *_ = cleandoc(event_class.__doc__ or "").split("\n\n")
    return " ".join(first.split("\n"))


def _table(struct: type[msgspec.Struct], *, passing: frozenset[str]) -> Iterator[str]:
    told = meanings(struct)
    described = inspect.type_info(struct)
    if not isinstance(described, inspect.StructType):  # pragma: no cover  a Struct is described as one
        raise TypeError(f"{struct.__name__} is not a Struct.")
    yield "| Field | | Type | Meaning |"
    yield "|---|---|---|---|"
    for field in described.fields:
        if field.name not in passing:
            need = "required" if field.required else ""
            yield f"| `{field.encode_name}` | {need} | {_type(field.type)} | {told.get(field.name, '')} |"


def _type(kind: inspect.Type) -> str:
    """One type in words; what a field may lack is told by its not being required."""
    if isinstance(kind, inspect.UnionType):
        return " or ".join(_type(one) for one in kind.types if not isinstance(one, inspect.NoneType))
    if isinstance(kind, inspect.Metadata):
        return _uncapitalised(str((kind.extra_json_schema or {}).get("description", _type(kind.type))).rstrip("."))
    if isinstance(kind, inspect.VarTupleType):
        return f"list of: {_type(kind.item_type)}"
    if isinstance(kind, inspect.LiteralType):
        return " or ".join(f"`{value}`" for value in kind.values)
    if isinstance(kind, inspect.EnumType):
        return " or ".join(f"`{value.value}`" for value in kind.cls)
    return _WORDS[type(kind)]


def _uncapitalised(sentence: str) -> str:
    return sentence if sentence[:2].isupper() else sentence[0].lower() + sentence[1:]


if __name__ == "__main__":  # pragma: no cover  the page itself is tested
    sys.stdout.write(page())
