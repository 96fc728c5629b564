"""The one way in which a state is written as JSON (DESIGN §3), and the check of it.

A state is one JSON object on one line, in UTF-8: no blanks between its parts, keys sorted by code point and
each given once, text in Unicode NFC and escaped only where JSON demands it, integers below 2^53 in size, no
floats, no nulls. One writing for one meaning, so that two programs that record the same fact seal the same bytes.

Verification reads every state of a book, so the usual state takes a short path: the scanner's own hooks see order,
numbers and constants while it reads. Only a state with a blank, an escape or the letters "null" in it is read twice.
"""

import json
from collections.abc import Sequence
from typing import Any, NoReturn
from unicodedata import is_normalized

LARGEST_INTEGER = 2**53 - 1
"""Beyond it a reader that knows only IEEE doubles would show another number than the one that was sealed."""

_DIGITS_OF_LARGEST = 16
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class NotCanonical(ValueError):
    """A state is not written as sealed states are; the text says where it departs."""


def check_state(state: bytes) -> None:
    """Check that `state` is written in the one canonical way.

    Raises:
        NotCanonical: naming the first departure found. The text never quotes values of the state.
    """
    try:
        text = state.decode()
    except UnicodeDecodeError as fault:
        raise NotCanonical(f"The state is not UTF-8 at byte {fault.start}.") from None
    if not text.startswith("{"):
        raise NotCanonical("The state is not a JSON object.")
    try:
        _, end = _scan(text)
    except json.JSONDecodeError as fault:
        raise NotCanonical(f"The state is not JSON at character {fault.pos}: {fault.msg}.") from None
    except RecursionError:
        raise NotCanonical("The state is nested too deeply to be read.") from None
    if end != len(text):
        raise NotCanonical(f"The state goes on after its object, at character {end}.")
    if not text.isascii() and not is_normalized("NFC", text):
        raise NotCanonical("The state holds text that is not in Unicode NFC.")
    if " " in text or "\\" in text or "null" in text or "\n" in text or "\t" in text or "\r" in text:
        _check_rewritten(text)


def _check_rewritten(text: str) -> None:
    """Write `text` anew and compare: the sure way, three times as slow as the short path."""
    value = json.loads(text)
    if _holds_null(value):
        raise NotCanonical("The state holds a null; what is not there is left out.")
    if _ENCODER.encode(value) != text:
        raise NotCanonical("The state has blanks between its parts, or escapes what needs no escape.")


def _holds_null(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    if isinstance(value, list):
        return any(map(_holds_null, value))
    return value is None


def _ordered_keys(pairs: Sequence[tuple[str, Any]]) -> bool:
    """See that the keys of one object ascend; the object itself is not needed."""
    last = ""
    for key, _ in pairs:
        if key <= last:
            raise NotCanonical(f"The keys of the state are not in order, or stand twice: after {last!r} comes {key!r}.")
        last = key
    return True


def _small_integer(digits: str) -> bool:
    if digits == "-0" or (len(digits) >= _DIGITS_OF_LARGEST and _beyond_largest(digits)):
        raise NotCanonical(f"The state holds an integer that is -0 or beyond {LARGEST_INTEGER}.")
    return True


def _beyond_largest(digits: str) -> bool:
    bare = digits.lstrip("-")
    return len(bare) > _DIGITS_OF_LARGEST or int(bare) > LARGEST_INTEGER


def _no_float(digits: str) -> NoReturn:
    raise NotCanonical("The state holds a number with a fraction or an exponent, or one that is not a number.")


_scan = json.JSONDecoder(
    object_pairs_hook=_ordered_keys, parse_int=_small_integer, parse_float=_no_float, parse_constant=_no_float
).raw_decode
