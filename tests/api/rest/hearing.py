"""Reading what a stream of server-sent events said."""

import json
from typing import Any


def heard(text: str) -> list[dict[str, Any]]:
    """The server-sent events in `text`: event, id and the decoded data of each."""
    told = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if fields:
            told.append({**fields, "data": json.loads(fields["data"])})
    return told
