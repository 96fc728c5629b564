"""Style sheets, scripts and pictures under names that change with their content: a browser keeps them for ever."""

import mimetypes
from hashlib import sha256
from pathlib import Path

from fastapi import HTTPException, Request, Response

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static/"
FOREVER = "public, max-age=31536000, immutable"
_DIGITS = 12

EXPECTED = (
    "base.css",
    "parts.css",
    "notice.css",
    "draw.js",
    "drop.js",
    "progress.js",
    "mark.svg",
    "check.css",
    "check.js",
    "check-worker.js",
    "proofs.js",
)
"""What the pages name; the site refuses to start without them."""


class Assets:
    """The site's own files, read once at start."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read every file of `folder`.

        Raises:
            FileNotFoundError: naming those of `EXPECTED` that are missing, and the remedy.
        """
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        missing = [name for name in EXPECTED if name not in files]
        if missing:
            raise FileNotFoundError(
                f"The pages' files {', '.join(missing)} are not in {folder}: install the application again."
            )
        self._address = {name: f"{PREFIX}{_hashed(name, content)}" for name, content in files.items()}
        self._content = {_hashed(name, content): content for name, content in files.items()}

    def address(self, name: str) -> str:
        """Where the file called `name` is fetched: `/static/base.3f2a1b9c4d5e.css`."""
        return self._address[name]

    def answer(self, request: Request, name: str) -> Response:
        """The file under its hashed name.

        Raises:
            HTTPException: 404 when there is none.
        """
        content = self._content.get(name)
        if content is None:
            raise HTTPException(404)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers = {"Cache-Control": FOREVER, "ETag": f'"{name}"'}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=kind, headers=headers)


def _hashed(name: str, content: bytes) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}.{sha256(content).hexdigest()[:_DIGITS]}.{ending}"
