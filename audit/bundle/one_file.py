"""Packs `mingzhang-verify` into one file for a stick: `python mingzhang-verify.pyz BUNDLE --policy FILE`.

In go the modules of `audit` that the verifier imports, found by reading their imports, and no other. The file is a zip
that Python runs (PEP 441), the same bytes wherever it is packed, so that its SHA-256 can be told beforehand. Whoever
gets it needs Python 3.11 or later and `cryptography`.

    python -m audit.bundle.one_file dist/mingzhang-verify.pyz
"""

import ast
import hashlib
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from audit.bundle.archive import ArchiveWriter

ROOT = Path(__file__).parents[2]
START = "audit.bundle.command"
SHEBANG = b"#!/usr/bin/env python3\n"
MAIN = """\
import sys

if sys.version_info < (3, 11):
    sys.exit("需要 Python 3.11 或更高版本 / Python 3.11 or later is needed, this is " + sys.version.split()[0])

from audit.bundle.command import run

run()
""".encode()


def modules() -> dict[str, bytes]:
    """The verifier's files by their path in the zip: modules, the packages around them, and the verdict's texts."""
    found: dict[str, bytes] = {}
    waiting = [START]
    while waiting:
        name = waiting.pop()
        path = _path_of(name)
        if path is None or (stored := path.relative_to(ROOT).as_posix()) in found:
            continue
        found[stored] = path.read_bytes()
        waiting += [name.rpartition(".")[0], *_imported(found[stored])]
    texts = (ROOT / "audit" / "bundle").glob("*.toml")
    return found | {text.relative_to(ROOT).as_posix(): text.read_bytes() for text in texts}


def one_file() -> bytes:
    """The whole verifier."""
    packed = BytesIO()
    with ArchiveWriter(packed) as writer:
        for name, content in sorted({**modules(), "__main__.py": MAIN}.items()):
            writer.add(name, content)
        writer.finish()
    return SHEBANG + packed.getvalue()


def _path_of(name: str) -> Path | None:
    """The file of a module of ours; None for a name in one, or for somebody else's module."""
    if name.partition(".")[0] != "audit":
        return None
    path = ROOT.joinpath(*name.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _imported(source: bytes) -> Iterator[str]:
    """Whatever a module imports, and what it takes from there: a name may be a module, too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def write(to: Path) -> str:
    """Write the verifier to the file `to`; gives its SHA-256 as `sha256sum` tells it."""
    packed = one_file()
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(packed)
    return f"{hashlib.sha256(packed).hexdigest()}  {to}\n"


if __name__ == "__main__":
    sys.stdout.write(write(Path(sys.argv[1])))
