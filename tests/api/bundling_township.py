"""A township's year under a sealed index and signed heads: what bundles are made of."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from api.completeness import seal_index
from api.importing import import_path
from api.ledger import Ledger
from api.log_keys import log_vkeys
from api.publishing import publish_latest
from api.publishing_heads import publish
from audit.bundle.examining import Trust, examine
from audit.bundle.verdict import Verdict
from audit.log.policy_file import parse_policy
from domain.event import BookName
from projections.tables.internal import SUBJECT_INDEX

TOWNSHIP = Path(__file__).parents[2] / "samples" / "township"
SHEETS = (
    *("manifest", "places", "orgs", "staff", "programmes", "programme_rates", "roster", "allocations"),
    *("projects", "contracts", "subsidy_payments", "loans"),
)


def make_township(folder: Path) -> Path:
    """Import the sheets into a new ledger, publish a notice, seal both indexes and sign both heads."""
    package = folder / "package"
    package.mkdir()
    for name in SHEETS:
        shutil.copy(TOWNSHIP / f"{name}.xlsx", package)
    with Ledger.create(folder / "books", place_code="440899101", place_name="测试镇") as made:
        import_path(made, package)
        publish_latest(made, limit=1)
        made.catch_up()
        seal_and_sign(made)
    return folder / "books"


def seal_and_sign(ledger: Ledger) -> None:
    """Seal what is there, and sign heads over the seals."""
    for book in BookName:
        seal_index(ledger, book)
        publish(ledger, book)


@contextmanager
def copied(books: Path, to: Path) -> Iterator[Ledger]:
    """A ledger of the test's own, with the same books and keys."""
    shutil.copytree(books, to)
    with Ledger.open(to) as opened:
        yield opened


def policy_text(ledger: Ledger) -> str:
    """A policy that believes the ledger's own keys."""
    keys = [key.vkey for book in BookName for key in log_vkeys(ledger, book)]
    return "".join(f"log {vkey}\n" for vkey in keys) + "quorum none\n"


def trust_in(ledger: Ledger) -> Trust:
    """Whom that policy believes."""
    return Trust(parse_policy(policy_text(ledger).encode()), datetime(2026, 11, 24, tzinfo=UTC))


def examined(ledger: Ledger, path: Path) -> Verdict:
    """What the verifier says."""
    return examine(path, trust_in(ledger))


class Found(NamedTuple):
    """A subject, and the positions of the entries that the views find under it."""

    subject: str
    positions: list[int]


def some(ledger: Ledger, kind: str, *, least: int = 1) -> Found:
    """The first subject of a kind that has so many entries."""
    index = SUBJECT_INDEX.c
    found: dict[str, list[int]] = {}
    query = select(index.value, index.position).where(index.kind == kind).order_by(index.value, index.position)
    with ledger.engine.connect() as connection:
        for value, position in connection.execute(query):
            found.setdefault(value, []).append(position)
    value = next(value for value, positions in found.items() if len(positions) >= least)
    return Found(f"{kind}:{value}", found[value])
