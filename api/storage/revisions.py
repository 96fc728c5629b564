"""At which revision each part of a ledger stands, and at which this program wants it.

    line    its revisions, oldest first     parts
    book    book_0001                       money, supervision: two books, one mechanism
    vault   vault_0001 … vault_0003         vault

Each part tells its own revision, in a table `alembic_version` beside its tables; one that has no such table was made
before revisions were told, and is at its line's first. Views are made anew when their shape is another, and what the
API remembers is forgotten: neither has revisions. Asking is one SELECT; alembic is loaded only to change something
(`api.storage.migrating`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from domain.refusal import Refused

if TYPE_CHECKING:
    from api.storage import Storage

SCRIPTS = Path(__file__).with_name("migrations")

SEVERAL = ", "
"""Between the revisions of a part that tells more than one: no program wrote that."""


class Line(NamedTuple):
    """The revisions of one kind of part.

    revisions:  their ids, from the first to the newest.
    scripts:    the folder that holds a script for each.
    """

    revisions: tuple[str, ...]
    scripts: Path

    @property
    def newest(self) -> str:
        """The revision that this program works with."""
        return self.revisions[-1]


BOOK = Line(("book_0001",), SCRIPTS / "book")
VAULT = Line(("vault_0001", "vault_0002", "vault_0003"), SCRIPTS / "vault")

LINES: dict[str, Line] = {"money": BOOK, "supervision": BOOK, "vault": VAULT}
"""By part, in the order in which they are brought up."""


class Standing(NamedTuple):
    """Where one part stands; `revision` is None when it was made before revisions were told."""

    part: str
    revision: str | None
    line: Line

    @property
    def is_known(self) -> bool:
        """Whether this program knows the revision."""
        return self.revision is None or self.revision in self.line.revisions

    @property
    def is_behind(self) -> bool:
        """Whether the part's tables are older than this program's."""
        return self.is_known and (self.revision or self.line.revisions[0]) != self.line.newest


def standings(told: Mapping[str, str | None]) -> list[Standing]:
    """What the parts tell, `told`, beside what is wanted; a part that is not in `told` is not there."""
    return [Standing(part, told[part], line) for part, line in LINES.items() if part in told]


def refuse_other_revisions(storage: "Storage") -> None:
    """Refuse to work with a ledger whose tables are of another revision, or whose vault is lost.

    Raises:
        Refused: `E-STATE` when a part is behind this program, or ahead of it; `E-REF` when there is no vault.
    """
    told = storage.revisions()
    if "vault" not in told:
        storage.refuse_lost_vault()
    for standing in standings(told):
        refuse_newer(standing)
        if standing.is_behind:
            raise Refused("E-STATE", field=standing.part, value=standing.revision, why=behind(standing), remedy=REMEDY)


def refuse_newer(standing: Standing) -> None:
    """Refuse a part that a newer program has changed: what this one would do to it nobody has tried.

    Raises:
        Refused: `E-STATE`.
    """
    if not standing.is_known:
        raise Refused(
            "E-STATE",
            field=standing.part,
            value=standing.revision,
            why=(
                f"{standing.part} is at revision {standing.revision}, which this version of Mingzhang does not know; "
                f"the newest that it knows is {standing.line.newest}."
            ),
            remedy="Install the version that brought the ledger there, or a newer one; a ledger does not go back.",
        )


def behind(standing: Standing) -> str:
    """What is said of a part that is behind."""
    here = standing.revision or f"{standing.line.revisions[0]} (not recorded)"
    return f"{standing.part} is at revision {here}; this version of Mingzhang works with {standing.line.newest}."


REMEDY = "Back the ledger up, stop what serves it, and run mingzhang migrate (in a database, as the role that made it)."
