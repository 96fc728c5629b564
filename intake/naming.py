"""Which sheet of FORMATS a file or a worksheet is, by its name (FORMATS, Reading: Files)."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

from intake.sheet import Sheet
from intake.sheets import SHEETS

Titles = Mapping[str, str] | Mapping[str, tuple[str, ...]]
"""Key → the title of a sheet, or its titles: that of FORMATS, and those that an office has for it."""

_AROUND = (
    r"(?:[0-9]|q[1-4](?![a-z])|年度|年|月份|月|日|号|第|季度|季|上半|下半|副本|copy"
    r"|[\s\u200b\ufeff_\-—–.·~()\[\]【】《》])+"
)
_BEFORE = re.compile(f"^{_AROUND}")
_BEHIND = re.compile(f"{_AROUND}$")
LONGEST_NAME = 120
"""Longer names name no sheet, and are not looked at for long."""

_BETWEEN_WORDS = re.compile(r"[\s_\-]+")


def titles_of_formats() -> dict[str, str]:
    """Key → title of every sheet of FORMATS, in its order."""
    return {key: sheet.title for key, sheet in SHEETS.items()}


def titles_of(sheets: Mapping[str, Sheet]) -> dict[str, tuple[str, ...]]:
    """Key → every title under which a sheet is known."""
    return {key: (sheet.title, *sheet.also_titled) for key, sheet in sheets.items()}


def key_of_name(name: str, titles: Titles) -> str | None:
    """The key of the sheet that `name` names: its key or its title, in any case, with a year or other digits around.

    `2020年花名册`, `roster (2)`, `ROSTER`, `09-花名册` and `subsidy payments` name one; `其他台账` names none.
    """
    if len(name) > LONGEST_NAME:
        return None
    said = plain_name(name)
    for key in titles:
        if said in _names(key, titles):
            return key
    own = _words(_folded(name))  # an office's own title may have a year in it
    return next((key for key in titles if own in _names(key, titles)), None)


def is_title(name: str, key: str, titles: Titles) -> bool:
    """Whether `name` is a very title or the key, with nothing around it."""
    return _words(_folded(name)) in _names(key, titles)


def key_of_file(path: str, titles: Titles) -> str | None:
    """The key of the sheet that a file's name names."""
    return key_of_name(PurePosixPath(path).stem, titles)


def plain_name(name: str) -> str:
    """`name` without what stands around it."""
    return _words(_BEHIND.sub("", _BEFORE.sub("", _folded(name))))


def _names(key: str, titles: Titles) -> list[str]:
    """The key and the titles as words."""
    titled = titles[key]
    return [_words(key), *map(_words, (titled,) if isinstance(titled, str) else titled)]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _words(name: str) -> str:
    """The name as one word: `Subsidy Payments` and `subsidy_payments` are the same."""
    return _BETWEEN_WORDS.sub("", _folded(name))
