"""The rule pack that judges now: the last one that was adopted, else the default (DESIGN §6).

An adoption is an event of the supervision book that carries the whole pack, so that what judged at any time is known.
"""

from sqlalchemy import Connection, select

from projections.rules.pack import DEFAULT_PACK, Pack
from projections.tables.supervision import RULE_PACKS


def adopted_pack(connection: Connection) -> Pack:
    """The pack of the newest adoption; a rule or parameter that it did not know yet stands at its default."""
    packs = RULE_PACKS.c
    newest = select(packs.pack).where(packs.pack.is_not(None)).order_by(packs.position.desc()).limit(1)
    text: str | None = connection.execute(newest).scalar()
    return DEFAULT_PACK if text is None else Pack.read(text)
