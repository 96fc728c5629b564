"""Whose hands entries went through: who entered one by hand, as far as it was neither the keeper nor the rules.

The staff that a row names (审批人, 经办人 …) stand in the subject index; who acted is told by the envelope alone.
"""

from sqlalchemy import Column, Table

from domain.event import KEEPER, SYSTEM
from projections.batch import Batch
from projections.dialect import BIGINT, TEXT, insert_missing
from projections.tables.fact_table import METADATA

HANDS = Table(
    "hands",
    METADATA,
    Column("position", BIGINT, primary_key=True, autoincrement=False),
    Column("staff_no", TEXT, primary_key=True),
)
"""By an entry's position in the money book: 工号 of who entered it, or corrected it."""


def keep_hands(batch: Batch) -> None:
    """Keep who acted; a correction is in the hands of the entry that it corrects, too."""
    acted = [
        (position, placed.event.actor)
        for placed in batch.events
        if placed.event.actor not in (KEEPER, SYSTEM)
        for position in (placed.position, placed.corrects)
        if position
    ]
    insert_missing(batch.connection, HANDS, ("position", "staff_no"), acted)
