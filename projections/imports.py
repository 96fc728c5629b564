"""The files that went in."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from projections.tables.imports import IMPORTS

COLUMNS = (
    "correlation_id",
    "file_sha256",
    "sheet_key",
    "rows",
    "rows_taken",
    "rows_quarantined",
    "rows_unchanged",
    "rows_warned",
    "recorded_at",
    "position",
)


def listed(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every imported file, newest first: package, hash, sheet, and its rows in figures."""
    imports = IMPORTS.c
    asked = select(*(imports[name] for name in COLUMNS)).order_by(imports.position.desc())
    for row in connection.execute(asked).mappings():
        yield {**row, "package_id": row["correlation_id"]}
