"""The first thing that happens to a package: it is kept and remembered, so that no crash can lose it.

Loads as little as can be, so that what a clerk dropped in is safe a moment after the command was typed. The import
lock is held from here on; whoever finds a remembered import without the lock held knows that it was interrupted.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from api.folder import Folder
from api.storage import storage_of
from api.testing import refuse_outside_tests
from api.vaults import open_vault
from domain.clock import Clock, Randomness, instant, system_randomness, wall_clock
from domain.refusal import Refused
from intake.package import Package, open_package
from vault.vault import Vault

if TYPE_CHECKING:
    from intake.mapping import OfficeMapping


class Spooled(NamedTuple):
    """A package that is kept in the vault, and the import that is remembered there."""

    import_id: str
    package: Package


def opened(path: Path, mapping: "OfficeMapping | None" = None) -> Package:
    """The package at `path`, its files known by FORMATS' names and by the mapping's.

    Raises:
        Refused: `E-FILE` when there is nothing at `path`.
    """
    try:
        return open_package(path, titles=mapping.titles if mapping else None)
    except FileNotFoundError as error:
        raise Refused(
            "E-FILE", field="PATH", value=str(path), why=f"There is nothing at {path}.", remedy="Check the path."
        ) from error


def spool(
    vault: Vault,
    package: Package,
    *,
    actor: str,
    clock: Clock,
    randomness: Randomness,
    mapping: "OfficeMapping | None" = None,
) -> Spooled:
    """Keep the files of `package` and its mapping, and remember that they are being imported by `actor`."""
    import_id = f"{instant(clock())}-{randomness(4).hex()}"
    for file in package.files:
        vault.keep_file(file.sha256, file.name, file.data if isinstance(file.data, bytes) else file.data.pieces())
    plan: dict[str, object] = {"files": [file.sha256 for file in package.files], "actor": actor}
    if mapping is not None:
        vault.keep_file(mapping.sha256, mapping.name, mapping.data)
        plan["mapping"] = mapping.sha256
    vault.begin_import(import_id, plan)
    return Spooled(import_id, package)


def mapping_of(vault: Vault, plan: Mapping[str, object]) -> "OfficeMapping | None":
    """The mapping with which a remembered import was begun.

    Raises:
        Refused: when this version reads it otherwise than the one that began.
    """
    from intake.mapping import read_mapping

    kept = vault.file(str(plan["mapping"])) if "mapping" in plan else None
    return read_mapping(*kept) if kept else None


@contextmanager
def spooling(
    folder: Folder,
    path: Path,
    *,
    actor: str,
    clock: Clock = wall_clock,
    randomness: Callable[[int], bytes] = system_randomness,
    mapping: "OfficeMapping | None" = None,
) -> Iterator[Spooled]:
    """Spool the package at `path`, and hold the import lock until it is done with.

    Raises:
        Refused: `E-REF` when there is no ledger, `E-FILE` when there is nothing at `path`.
    """
    folder.identity()
    refuse_outside_tests()
    package = opened(path, mapping)
    with storage_of(folder).importing(wait=True):
        vault = open_vault(folder, randomness=randomness)
        try:
            spooled = spool(vault, package, actor=actor, clock=clock, randomness=randomness, mapping=mapping)
        finally:
            vault.close()
        yield spooled
