"""Lists as an office sends them month after month: every column with the example of its paper, some of them changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.workload import account
from intake.sheets import SHEETS
from tests.intake.making import csv_bytes, example, headers

Changes = Mapping[str, Any]

MANIFEST = {"package_id": "PKG-1", "import_mode": "增量"}
NO_EXIT: Changes = {"exited_on": "", "exit_kind": "", "from_household": "", "registered_on": ""}
"""A roster row that stands."""

PROGRAMME: Changes = {"excludes": ""}
CONTRACT: Changes = {}


def write_list(folder: Path, key: str, *rows: Changes, name: str | None = None) -> Path:
    """Write one list to `folder`: a row of examples for each of `rows`, changed by alias. Gives the file."""
    sheet = SHEETS[key]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name or key}.csv"
    path.write_bytes(csv_bytes([headers(sheet), *(example(sheet, **row) for row in rows)]))
    return path


def write_raw(folder: Path, name: str, rows: Sequence[Sequence[Any]]) -> Path:
    """Write rows as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    path.write_bytes(csv_bytes(rows))
    return path


def account_no(number: int) -> str:
    """An invented account whose check digit is right."""
    return account(number)
