"""The first thing that happens to a package: it is kept and remembered, so that no crash can lose it.

Loads as little as can be, so that what a clerk dropped in is safe a moment after the command was typed. The import
lock is held from here on; whoever finds a remembered import without the lock held knows that it was interrupted.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from api.folder import Folder
from domain.clock import Clock, Randomness, instant, system_randomness, wall_clock
from domain.refusal import Refused
from intake.package import Package, open_package
from vault.vault import Vault

MASTER_KEY_FILE = "MINGZHANG_MASTER_KEY_FILE"
"""As `api.settings` has it; read here without loading what settings need."""


class Spooled(NamedTuple):
    """A package that is kept in the vault, and the import that is remembered there."""

    import_id: str
    package: Package


def opened(path: Path) -> Package:
    """The package at `path`.

    Raises:
        Refused: `E-FILE` when there is nothing at `path`.
    """
    try:
        return open_package(path)
    except FileNotFoundError as error:
        raise Refused(
            "E-FILE", field="PATH", value=str(path), why=f"There is nothing at {path}.", remedy="Check the path."
        ) from error


def spool(vault: Vault, package: Package, *, actor: str, clock: Clock, randomness: Randomness) -> Spooled:
    """Keep the files of `package`, and remember that they are being imported by `actor`."""
    import_id = f"{instant(clock())}-{randomness(4).hex()}"
    for file in package.files:
        vault.keep_file(file.sha256, file.name, file.data)
    vault.begin_import(import_id, {"files": [file.sha256 for file in package.files], "actor": actor})
    return Spooled(import_id, package)


@contextmanager
def spooling(
    folder: Folder,
    path: Path,
    *,
    actor: str,
    clock: Clock = wall_clock,
    randomness: Callable[[int], bytes] = system_randomness,
) -> Iterator[Spooled]:
    """Spool the package at `path`, and hold the import lock until it is done with.

    Raises:
        Refused: `E-REF` when there is no ledger, `E-FILE` when there is nothing at `path`.
    """
    folder.identity()
    package = opened(path)
    elsewhere = os.environ.get(MASTER_KEY_FILE)
    master_key = folder.key("master", Path(elsewhere) if elsewhere else None)
    with folder.importing(wait=True):
        vault = Vault(folder.vault, master_key=master_key, randomness=randomness)
        try:
            spooled = spool(vault, package, actor=actor, clock=clock, randomness=randomness)
        finally:
            vault.close()
        yield spooled
