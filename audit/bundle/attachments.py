"""The files that entries cite, by digest: the workbook that a row came from, and what was handed in as evidence.

A bundle holds no files. Whoever is shown one computes its SHA-256 and finds it here, or not. The list says no more than
the entries do, and is made from them again when it is checked. Standard library only.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Attachments:
    """Counts, by file and book, the entries that cite it; grows with the files, not with the entries."""

    def __init__(self) -> None:
        self._cited: dict[tuple[str, str], tuple[int, int]] = {}

    def take(self, book: str, position: int, state: Mapping[str, Any]) -> None:
        """Note what the entry at `position` cites."""
        for sha256 in cited_by(state):
            first, entries = self._cited.get((sha256, book), (position, 0))
            self._cited[sha256, book] = (min(first, position), entries + 1)

    @property
    def files(self) -> dict[str, int]:
        """How many entries cite each file, by its SHA-256 in hex."""
        found: dict[str, int] = {}
        for (sha256, _), (_, entries) in self._cited.items():
            found[sha256] = found.get(sha256, 0) + entries
        return found

    @property
    def content(self) -> bytes:
        """The member `attachments.json`: an array by digest and book, an object a line."""
        lines = (
            {"sha256": sha256, "book": book, "entries": entries, "first": first}
            for (sha256, book), (first, entries) in sorted(self._cited.items())
        )
        return b"[\n" + b",\n".join(json.dumps(line, separators=(",", ":")).encode() for line in lines) + b"\n]\n"


def cited_by(state: Mapping[str, Any]) -> list[str]:
    """The SHA-256 of the files that a sealed state cites, each once."""
    source, evidence = state.get("source"), state.get("evidence")
    told = [source.get("file_sha256")] if isinstance(source, dict) else []
    told += evidence if isinstance(evidence, list) else []
    return list(dict.fromkeys(word for word in told if isinstance(word, str) and _SHA256.fullmatch(word)))
