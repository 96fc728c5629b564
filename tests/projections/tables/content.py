"""What stands in the tables, to be compared."""

from typing import Any

from sqlalchemy import Engine, select

from projections.tables.catalogue import FACT_TABLES
from projections.tables.internal import SUBJECT_INDEX

POSITIONS = ("position", "last_position")


def content(views: Engine, *, with_positions: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all fact tables and of the subject index, sorted; without positions they do not tell an order."""
    tables = {name: facts.table for name, facts in FACT_TABLES.items()} | {"subject_index": SUBJECT_INDEX}
    with views.connect() as connection:
        return {
            name: sorted(
                map(
                    tuple,
                    connection.execute(
                        select(*(column for column in table.c if with_positions or column.name not in POSITIONS))
                    ),
                ),
                key=repr,
            )
            for name, table in tables.items()
        }
