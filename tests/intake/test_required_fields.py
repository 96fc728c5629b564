"""What an event cannot be without is an error where it is missing, so that no row stops half way."""

import msgspec
import pytest

from domain.event import Event
from intake.cells import CellFault
from intake.problem import Severity
from intake.rows import severity_of
from intake.sheet import Row
from intake.sheets import SHEETS

ENVELOPE = {field.name for field in msgspec.structs.fields(Event)}
EMPTY = CellFault("E-SCHEMA", zh="空", en="empty", remedy="")
GIVEN_WHEN_BLANK = {("dividends", "bank_ref")}
"""Columns that the sheet's key fills in."""


@pytest.mark.parametrize("key", SHEETS)
def test_a_column_that_an_event_requires_is_never_only_set_aside(key: str) -> None:
    sheet = SHEETS[key]
    row = Row(1, {column.alias: column.values[0] for column in sheet.columns if column.values})
    event_class = sheet.becomes(row, None)
    required = {field.name for field in msgspec.structs.fields(event_class) if field.required} if event_class else set()

    set_aside = [
        column.alias
        for column in sheet.columns
        if column.event_field in required - ENVELOPE and severity_of(sheet, column, EMPTY) is not Severity.ERROR
        if (key, column.alias) not in GIVEN_WHEN_BLANK
    ]

    assert set_aside == []
