"""The product's answers against sums computed straight from the workbooks by code that shares nothing with it.

A sample township and two invented ones, each of two months: every row of every fact table, every balance, every leaf
and link, to the fen.
"""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.making_packages import InventedTownship, Package
from tests.journeys.reading_workbooks import Statement, Values, kinds, read_package
from tests.journeys.recomputing import SHEET_OF, Fact, Township
from tests.journeys.recomputing_households import household_money, household_state
from tests.journeys.running import REPOSITORY, ask, mingzhang
from tests.journeys.writing_packages import write_package

TABLES = (
    "payments claims allocations loans loan_repayments interest_subsidies asset_contracts shares dividend_receipts "
    "dividends roster_spans deaths staff programmes programme_rates accounts places"
).split()
REFERENCE_PREFIXES = {"id": "P-", "acct": "A-", "phone": "T-"}
IMPORT_TOPICS = ("import-begun/v1", "import-completed/v1")
DAY_BY_WHICH_ALL_HAPPENED = "2021-03-31"
EVERY_FEW_HOUSEHOLDS = 7


@dataclass(frozen=True)
class Answers:
    """What the command line said of one township, and what its workbooks state."""

    folder: Path
    packages: list[Path]
    imports: list[Values]
    township: Township
    planted: list[Package] = field(default_factory=list)

    @property
    def statements(self) -> list[list[Statement]]:
        return [read_package(path) for path in self.packages]
