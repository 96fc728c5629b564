r"""Recognises in one match an entry whose state is written as others of its topic were, which have been read whole.

Reading a state strictly (`audit.canonical`) takes longer than everything else about a row. But the states of one topic
differ in their values, hardly ever in their keys. So of each state that was read strictly its *shape* is kept: the
keys as they stand, and in place of each value all values of its kind that can only be written in one way ::

    {"amount_fen":60012,"period":"2020Q2"}    {"amount_fen":(?:0|-?[1-9][0-9]{0,14}),"period":"[ !#-\[\]-~]*+"}

An entry that matches is an entry: its keys are the ones that were seen to ascend; its texts hold no escape, no control
character and nothing that is not in NFC; its numbers are short. Whatever does not match is read strictly as ever, so a
shape can make reading faster but never more lenient.

Keys that are no names of fields (references, under which commitments stand) may be any, and are seen to ascend each
time.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from audit.seal import ENTRY_HEAD

SHAPES_A_TOPIC = 12
"""More than a sheet has combinations of columns left blank; each that does not match costs half a microsecond."""

SHAPES_LEARNT = 500
"""A shape takes a millisecond to learn. A book made so that each state has another is read strictly after these."""

LONGEST_LEARNT_BYTES = 8_192
LARGEST_LEARNT = 64
"""Longer states, and states with more objects and lists in them, are rare, and their patterns large."""

_FIELD = re.compile(r"[a-z0-9_]+")

_ASCII = r"[ !#-\[\]-~]*+"
_BEYOND_ASCII = (
    r"(?:[\xe4-\xe9][\x80-\xbf][\x80-\xbf]"  # U+4000 … U+9FFF: ideographs
    r"|\xe3(?:\x80[\x80-\xa9]|[\x84-\xbf][\x80-\xbf])"  # U+3000 … U+3029 and U+3100 … U+3FFF: 、。〔〕㎡
    r"|\xef(?:\xbc[\x80-\xbf]|\xbd[\x80-\x9f])"  # U+FF00 … U+FF5F: full width
    r"|\xe2\x80[\x90-\xa7]"  # U+2010 … U+2027: dashes and quotation marks
    r"|[\xc2\xc3][\x80-\xbf])"  # U+0080 … U+00FF: · ×
)
"""UTF-8 of characters that are in NFC whatever stands beside them: they start anew, and compose with none before."""

PLAIN = f'"{_ASCII}"'
TEXT = f'"{_ASCII}(?:{_BEYOND_ASCII}{_ASCII})*+"'
INTEGER = "(?:0|-?[1-9][0-9]{0,14})"
TRUTH = "(?:true|false)"

Parts = tuple[str, ...]
"""A shape piece by piece: what stands literally, and `PLAIN`, `TEXT`, `INTEGER` and `TRUTH` for values."""


class Shape(NamedTuple):
    """One shape: its `parts`, their `pattern` behind an entry's head, and which groups must ascend, pair by pair."""

    parts: Parts
    pattern: re.Pattern[bytes]
    ascending: tuple[tuple[int, int], ...]


class Shapes:
    """The shapes of each topic that were met.

    One serves a whole process, several threads of it at once: what it holds is true of every book, and is only ever
    replaced whole.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[Shape, ...]] = {}
        self._learnt = 0

    def recognise(self, stream: bytes, version: int, topic: bytes, entry: bytes) -> bool:
        """Whether `entry` is one that says this stream, version and topic; if not, it must be read strictly."""
        for shape in self._known.get(topic, ()):
            match = shape.pattern.fullmatch(entry)
            if match is not None:
                said = match.groups()
                if said[0] != stream or said[1] != b"%d" % version:
                    return False
                for key, behind in shape.ascending:  # noqa: SIM110  a generator takes as long as the rest
                    if said[key] >= said[behind]:
                        return False
                return True
        return False

    def learn(self, topic: bytes, state: bytes) -> None:
        """Keep the shape of `state`, which was read strictly and found canonical."""
        known = self._known.get(topic, ())
        if self._learnt >= SHAPES_LEARNT or len(known) >= SHAPES_A_TOPIC or _is_large(state):
            return
        parts = tuple(_parts(json.loads(state)))
        others = []
        for shape in known:
            joined = _joined(shape.parts, parts)
            if joined == shape.parts:  # known already: the state has values that a shape leaves to strict reading
                return
            if joined is None:
                others.append(shape)
            else:
                parts = joined
        self._known[topic] = (_shape(topic, parts), *others)
        self._learnt += 1


def _is_large(state: bytes) -> bool:
    return len(state) > LONGEST_LEARNT_BYTES or state.count(b"{") + state.count(b"[") > LARGEST_LEARNT


def _shape(topic: bytes, parts: Parts) -> Shape:
    """The pattern of an entry of `topic` with a state of these parts."""
    head = ENTRY_HEAD.pattern.replace(b"([a-z-]+/v[0-9]+)", re.escape(topic))
    pattern = re.compile(head + "".join(parts).encode("latin-1"))
    keys: list[list[int]] = []  # of the open objects, the groups of their keys
    ascending = []
    group = 1
    for part in parts:
        if part == _OPEN:
            keys.append([])
        elif part == _CLOSE:
            keys.pop()
        elif part.startswith(_ANY_KEY):
            group += 1
            ascending += [(before, group) for before in keys[-1][-1:]]
            keys[-1].append(group)
    return Shape(parts, pattern, tuple(ascending))


def _parts(value: Any) -> Iterator[str]:
    """The shape of `value`, piece by piece."""
    if isinstance(value, dict):
        yield from _object_parts(value)
    elif isinstance(value, list):
        yield from _list_parts(value)
    elif isinstance(value, bool):
        yield TRUTH
    elif isinstance(value, int):
        yield INTEGER
    else:
        yield PLAIN if value.isascii() else TEXT


_OPEN, _CLOSE = r"\{", r"\}"
_ANY_KEY = f'"({_ASCII})":'


def _object_parts(value: dict[str, Any]) -> Iterator[str]:
    fields_only = all(map(_FIELD.fullmatch, value))
    yield _OPEN
    for number, (key, member) in enumerate(value.items()):
        if number:
            yield ","
        yield f'"{key}":' if fields_only else _ANY_KEY
        yield from _parts(member)
    yield _CLOSE


def _list_parts(value: list[Any]) -> Iterator[str]:
    """A list of texts, or of numbers, may have any length; any other has the items that it has."""
    kinds = {part for member in value for part in _parts(member)} or {PLAIN}
    for kind, alike in ((PLAIN, {PLAIN}), (TEXT, {PLAIN, TEXT}), (INTEGER, {INTEGER})):
        if kinds <= alike:
            yield rf"\[(?:{kind}(?:,{kind})*+)?\]"
            return
    yield r"\["
    for number, member in enumerate(value):
        if number:
            yield ","
        yield from _parts(member)
    yield r"\]"


def _joined(parts: Parts, others: Parts) -> Parts | None:
    """One shape for both, if they differ at most in where text goes beyond ASCII."""
    if len(parts) != len(others):
        return None
    joined = []
    for part, other in zip(parts, others, strict=True):
        if part != other and {part, other} != {PLAIN, TEXT}:
            return None
        joined.append(part if part == other else TEXT)
    return tuple(joined)
