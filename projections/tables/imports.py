"""What came in: packages with their 数据截止日, and the files of each import."""

from datetime import date

from sqlalchemy import Connection, func, select, union_all

from domain.control import ImportBegun, ImportCompleted, PackageReceived
from projections.tables.column import Column, Unit, stated
from projections.tables.fact_table import FactTable
from projections.tables.internal import BY_HAND

PACKAGES = FactTable(
    "packages",
    columns=stated(PackageReceived, "package_id division_code as_of import_mode recorded_at"),
    events=(PackageReceived,),
    keys={"package_id": "package"},
    indexes=("package_id",),
    key=("package_id",),
    listed=False,
)

IMPORTS_BEGUN = FactTable(
    "imports_begun",
    columns=stated(ImportBegun, "correlation_id file_sha256 sheet_key rows recorded_at"),
    events=(ImportBegun,),
    keys={},
    indexes=("file_sha256",),
    key=("file_sha256",),
    listed=False,
)

IMPORTS = FactTable(
    "imports",
    columns=(
        *stated(ImportCompleted, "correlation_id file_sha256 sheet_key mapping_sha256 rows recorded_at"),
        *(
            Column(f"rows_{what}", Unit.INTEGER, field=what, printed=f"rows_{what}")
            for what in ("taken", "quarantined", "unchanged", "warned")
        ),
    ),
    events=(ImportCompleted,),
    keys={},
    indexes=("file_sha256", "sheet_key"),
    key=("file_sha256",),
    listed=False,
)


def evaluation_date(connection: Connection) -> date | None:
    """The day at which rules judge: the greatest 数据截止日 of the packages, or the last day of native entry.

    None before there was either (DESIGN §6).
    """
    days = union_all(select(func.max(PACKAGES.c.as_of).label("day")), select(func.max(BY_HAND.c.day))).subquery()
    ordinal = connection.execute(select(func.max(days.c.day))).scalar()
    return None if ordinal is None else date.fromordinal(ordinal)
