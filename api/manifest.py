"""What the manifest must be to this ledger: one row, and of this place; and what is said where there is none."""

from datetime import date

from intake.checking import Fate
from intake.problem import Problem, Severity
from intake.sheet import Row

MANIFEST_REFUSED = Problem(
    severity=Severity.ERROR,
    code="E-FILE",
    message="导入清单未通过，整包未导入 / The manifest was refused, so nothing of the package goes in.",
    remedy="先改正导入清单 / Mend the manifest first.",
)


def no_manifest(today: date) -> Problem:
    """That a package came without one."""
    return Problem(
        severity=Severity.WARNING,
        code="W-MANIFEST",
        message=(f"没有导入清单，按今日 {today}、增量处理 / There is no manifest: read as an increment as of {today}."),
        remedy="请在包中放入 manifest（导入清单） / Add a manifest to the package.",
    )


def refuse_other_packages(fate: Fate, place_code: str) -> None:
    """Refuse a manifest of several rows (`E-SCHEMA`) or of another place (`E-AUTH`); a village inside is accepted."""
    table = fate.table
    if len(table.rows) != 1 and not table.unreadable:
        table.problems.append(
            Problem(
                severity=Severity.ERROR,
                code="E-SCHEMA",
                message=(
                    f"导入清单应当只有一行，现有 {len(table.rows)} 行 / "
                    f"A manifest has exactly one row; this one has {len(table.rows)}."
                ),
                remedy="一个包一张清单，只留一行 / Keep the one row of this package.",
            )
        )
    for row in table.rows:
        code = str(row.get("division_code") or "")
        if code and not code.startswith(place_code):
            row.problems.append(_of_another_place(fate, row, code, place_code))


def _of_another_place(fate: Fate, row: Row, code: str, place_code: str) -> Problem:
    return fate.table.sheet.problem(
        row,
        "E-AUTH",
        Severity.ERROR,
        "division_code",
        message=(
            f"区划代码 {code} 不属于本账套的 {place_code}，整包未导入 / "
            f"Division {code} is not within this ledger's {place_code}; nothing goes in."
        ),
        remedy="请导入本镇（村）的数据包 / Import a package of this place.",
    )
