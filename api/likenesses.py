"""Telling the ledger of persons who may be one, once the vault has found them (DOMAIN §2, PersonsMayBeOne).

The vault finds a pair when the second of the two is written there, which is before their row is in the ledger. The
pair's event follows the rows; until the ledger holds it the vault counts it as untold, so that whoever comes next tells
what a crash left over. A pair and its kind have a stream of their own with one entry: nobody can tell them twice.
"""

from datetime import date
from typing import Final

from api.ledger import Ledger, Placed
from domain.event import SYSTEM, BookName
from domain.person import PersonsMayBeOne
from domain.refusal import Refused
from vault.likeness import Likeness

AT_ONCE: Final = 500
ATTEMPTS: Final = 50
"""How often pairs are looked at again because another process is telling the same ones; it got on each time."""


def tell_likenesses(ledger: Ledger, *, as_of: date | None = None, package_id: str | None = None) -> int:
    """Record every pair that the vault has found and the ledger does not hold; gives how many were recorded.

    as_of:       the business day of the events, by default today.
    package_id:  the package that brought the second of each pair.

    Raises:
        Refused: `E-CONFLICT` when others were always first; the next telling goes on.
    """
    recorded = conflicts = 0
    likenesses = ledger.vault.likenesses
    while untold := likenesses.untold(AT_ONCE):
        streams = {ledger.stream("persons-may-be-one", *pair): pair for pair in untold}
        there = ledger.money.latest(streams)
        new = [
            Placed(stream, 1, _event(ledger, pair, as_of, package_id))
            for stream, pair in streams.items()
            if stream not in there
        ]
        try:
            recorded += len(ledger.append(BookName.MONEY, new))
        except Refused as refused:
            conflicts += 1
            if refused.code != "E-CONFLICT" or conflicts == ATTEMPTS:
                raise
            continue
        likenesses.told(untold)
    return recorded


def _event(ledger: Ledger, pair: Likeness, as_of: date | None, package_id: str | None) -> PersonsMayBeOne:
    envelope = ledger.envelope(PersonsMayBeOne, actor=SYSTEM, occurred_on=as_of)
    return PersonsMayBeOne(
        **envelope | {"kind": PersonsMayBeOne.KIND},
        correlation_id=package_id,
        first_id=pair.first,
        second_id=pair.second,
        likeness=pair.kind,
    )
