"""What the pages say, one TOML file a language in `words/`; a test holds their keys equal.

Templates hold no words of their own. A text may name figures in braces (`{size}`); one that counts something gives
the singular and the plural apart (`{n} payment | {n} payments`).
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

WORDS = Path(__file__).parent / "words"
LANGUAGES = ("zh", "en")
DEFAULT = "zh"
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}
_FORMS = " | "


class Words:
    """One language's words."""

    def __init__(self, lang: str, texts: Mapping[str, str]) -> None:
        """Speak `lang` with `texts` by dotted key; use `load`."""
        self.lang = lang
        self.texts = texts

    def __call__(self, key: str, **figures: object) -> Markup:
        """The text of `key` with its figures filled in, escaped for a page; a figure may be a piece of a page itself.

        Raises:
            KeyError: when no text has that key, or a figure that it names is not given.
        """
        return Markup(escape(self.texts[key])).format(**figures)  # noqa: S704  the text is escaped, figures are by format

    def counted(self, key: str, n: int) -> str:
        """The text of `key` for `n` things, in the singular or the plural."""
        forms = self.texts[key].split(_FORMS)
        return forms[0 if n == 1 else -1].format(n=f"{n:,}")

    def of(self, group: str, value: object) -> str:
        """What `value` of an enumeration is called, e.g. `of("state", "matured")`; as it is if it has no name."""
        return self.texts.get(f"{group}.{value}", str(value))


def load(lang: str, folder: Path = WORDS) -> Words:
    """The words of `lang`.

    Raises:
        FileNotFoundError: when there is no such language.
    """
    told = tomllib.loads((folder / f"{lang}.toml").read_text(encoding="utf-8"))
    return Words(lang, dict(_flat(told)))


def half(text: str, lang: str) -> str:
    """One half of a text in both languages, `中文 / English`; a text in one language is left whole."""
    chinese, between, english = text.partition(" / ")
    if not between:
        return text
    return chinese if lang == "zh" else english


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
