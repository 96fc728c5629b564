"""Bringing the parts of a ledger to the newest revision, by alembic: each part in one transaction of its own.

What is broken off leaves a part as it was or as it shall be, never between; the parts that are done stay done, and the
next run goes on. Nothing here reads or writes an entry: revisions change tables around what is sealed, and the verifier
looks for a book's tables as this version makes them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from api.storage.revisions import LINES, SCRIPTS, Line, Standing, refuse_newer, standings
from domain.refusal import Refused

if TYPE_CHECKING:
    from api.storage import Storage


class Moved(NamedTuple):
    """One part and its revision before and now; None: it was not told."""

    part: str
    before: str | None
    now: str | None
    newest: str

    def as_dict(self) -> dict[str, str | None]:
        """As JSON prints it."""
        return self._asdict()


def silent(part: str) -> None:
    """Tell nobody which part is at work."""


def compared(storage: "Storage") -> list[Standing]:
    """Where every part stands.

    Raises:
        Refused: `E-REF` when a part is not there, `E-STATE` when one is ahead of this program.
    """
    told = storage.revisions()
    for part in LINES:
        if part not in told:
            raise Refused(
                "E-REF",
                field=part,
                why=f"The part {part} of the ledger is missing, or cannot be read.",
                remedy="mingzhang doctor says more; restore it from its backup.",
            )
    found = standings(told)
    for standing in found:
        refuse_newer(standing)
    return found


def migrate(storage: "Storage", told: Callable[[str], None] = silent) -> list[Moved]:
    """Bring every part to the newest revision, while nobody imports; `told` hears each part that is to be changed.

    Raises:
        Refused: as `compared`; `E-AUTH` when the role may not change a part, `E-STATE` when a revision fails.
    """
    with storage.importing(wait=True):
        return bring_up(storage, told)


def bring_up(storage: "Storage", told: Callable[[str], None] = silent) -> list[Moved]:
    """The same for a ledger that nobody else has opened yet."""
    moved = []
    for standing in compared(storage):
        if standing.revision != standing.line.newest:
            told(standing.part)
            _bring_up(storage, standing)
        moved.append(Moved(standing.part, standing.revision, standing.line.newest, standing.line.newest))
    return moved


def _bring_up(storage: "Storage", standing: Standing) -> None:
    try:
        with storage.changing(standing.part) as connection:
            _upgrade(connection, standing.line)
    except DBAPIError as fault:
        said = str(fault.orig).strip().partition("\n")[0]
        raise Refused(
            "E-STATE",
            field=standing.part,
            value=standing.revision,
            why=f"{standing.part} could not be brought to revision {standing.line.newest}, and is as it was: {said}.",
            remedy="Mend that (mingzhang doctor; docs/operations.md), then run mingzhang migrate again.",
        ) from fault


def _upgrade(connection: Connection, line: Line) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _option(SCRIPTS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", _option(line.scripts))
    config.attributes["connection"] = connection
    command.upgrade(config, line.newest)


def _option(path: object) -> str:
    return str(path).replace("%", "%%")
