"""How a verdict is told: what is proven, what does not hold, and what the bundle does not show.

One TOML file a language beside this one; figures stand in braces. What a lower part of the verifier said of a fault
(`why`) is English in both.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from audit.bundle.verdict import Statement, Verdict

LANGUAGES = ("zh", "en")
SIGNS = {"refuted": "✗", "proven": "✓", "open": "–"}


@cache
def texts(lang: str) -> Mapping[str, Mapping[str, str]]:
    """The texts of a language, by group and by the kind of a statement."""
    return tomllib.loads(files("audit.bundle").joinpath(f"{lang}.toml").read_text(encoding="utf-8"))


def in_words(group: str, statement: Statement, lang: str) -> str:
    """One statement of a group (`proven`, `refuted`, `open`) in one sentence or two."""
    figures = dict(statement.figures)
    for name in ("keys", "positions"):
        if name in figures:
            figures[name] = ", ".join(str(part) for part in figures[name])
    if "seconds" in figures:
        figures["at"] = _moment(figures["seconds"], lang)
    if "files" in figures:
        figures["count"] = len(figures["files"])
    return texts(lang)[group][statement.kind].format(**figures)


def told(verdict: Verdict, path: str, lang: str) -> list[str]:
    """The verdict, line by line."""
    headings = texts(lang)["heading"]
    title = headings["title" if verdict.subject else "unread"].format(subject=verdict.subject, path=path)
    lines = [title, headings["holds" if verdict.holds else "fails"]]
    for group, statements in _groups(verdict):
        if statements:
            lines += ["", headings[group]]
            lines += [f"  {SIGNS[group]} {in_words(group, statement, lang)}" for statement in statements]
    return lines


def as_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict for a script: each statement with its kind, its figures and both wordings."""
    listed = {
        group: [
            {"kind": found.kind, **found.figures, **{lang: in_words(group, found, lang) for lang in LANGUAGES}}
            for found in statements
        ]
        for group, statements in _groups(verdict)
    }
    return {"ok": verdict.holds, "subject": verdict.subject or None, **listed}


def _groups(verdict: Verdict) -> list[tuple[str, Sequence[Statement]]]:
    return [("refuted", verdict.refuted), ("proven", verdict.proven), ("open", verdict.open)]


def _moment(seconds: int, lang: str) -> str:
    """An instant in UTC; 0 is one that was not said."""
    if not seconds:
        return texts(lang)["word"]["no_time"]
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s"
