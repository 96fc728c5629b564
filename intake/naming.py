"""Which sheet of FORMATS a file or a worksheet is, by its name (FORMATS, Reading: Files)."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath

from intake.sheets import OTHER_TITLES, SHEETS

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
    """Key → title of every sheet of FORMATS: those that are taken, in its order, then the others."""
    return {key: sheet.title for key, sheet in SHEETS.items()} | OTHER_TITLES


def key_of_name(name: str, titles: Mapping[str, str]) -> str | None:
    """The key of the sheet that `name` names: its key or its title, in any case, with a year or other digits around.

    `2020年花名册`, `roster (2)`, `ROSTER`, `09-花名册` and `subsidy payments` name one; `其他台账` names none.
    """
    if len(name) > LONGEST_NAME:
        return None
    said = plain_name(name)
    for key, title in titles.items():
        if said in (_words(key), _words(title)):
            return key
    return None


def is_title(name: str, key: str, titles: Mapping[str, str]) -> bool:
    """Whether `name` is the very title or key, with nothing around it."""
    return _words(_folded(name)) in (_words(key), _words(titles[key]))


def key_of_file(path: str, titles: Mapping[str, str]) -> str | None:
    """The key of the sheet that a file's name names."""
    return key_of_name(PurePosixPath(path).stem, titles)


def plain_name(name: str) -> str:
    """`name` without what stands around it."""
    return _words(_BEHIND.sub("", _BEFORE.sub("", _folded(name))))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _words(name: str) -> str:
    """The name as one word: `Subsidy Payments` and `subsidy_payments` are the same."""
    return _BETWEEN_WORDS.sub("", _folded(name))
