"""Characters that XML cannot hold, as a spreadsheet writes them: `_x000D_` is a line break (ECMA-376, 22.9.2.19)."""

import re

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """The text that is meant; half a character stays as it is written."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)  # noqa: PLR2004  surrogates
