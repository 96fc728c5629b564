"""Sheets and events are declared apart; these hold them together."""

from datetime import date

import pytest
from msgspec.structs import fields

from domain.event import Event
from domain.loan import LoanIssued, LoanOverdue, LoanRepaid
from domain.person import HouseholdRemoved, MemberChanged, PersonRegistered
from intake.sheet import Cell, Column, Nature, Need, Row, Sheet
from intake.sheets import SHEETS

SHEETS_OF_FORMATS = 37


def row_of(sheet: Sheet, **values: object) -> Row:
    filled = {column.alias: "x" for column in sheet.columns}
    return Row(2, {**filled, "entry_kind": "到达", "result": "确认", **values})


def event_of(sheet: Sheet) -> type[Event]:
    event_class = sheet.becomes(row_of(sheet), None)
    assert event_class is not None
    return event_class


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_every_column_that_is_not_sealed_has_a_field_in_the_event_that_its_row_becomes(sheet: Sheet) -> None:
    event_class = event_of(sheet)

    known = {field.name for field in fields(event_class)}

    sealed = {column.alias for column in sheet.columns if column.personal}
    assert {column.event_field for column in sheet.columns if column.alias not in sealed} <= known


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_every_required_field_of_the_event_is_a_column_or_belongs_to_the_envelope(sheet: Sheet) -> None:
    event_class = event_of(sheet)
    envelope = {field.name for field in fields(Event)}

    required = {field.name for field in fields(event_class) if field.required}

    assert required - envelope <= {column.event_field for column in sheet.columns}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_keys_references_persons_and_changing_columns_are_columns_of_the_sheet(sheet: Sheet) -> None:
    aliases = {column.alias for column in sheet.columns}

    assert set(sheet.business_key) <= aliases
    assert sheet.may_change <= aliases - set(sheet.business_key)
    assert {reference.alias for reference in sheet.references} <= aliases
    assert set(sheet.persons) | set(sheet.persons.values()) <= aliases
    assert not sheet.may_change or sheet.nature is Nature.REGISTER


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_column_of_a_journal_of_facts_that_holds_its_amount_day_or_key_is_fixed(sheet: Sheet) -> None:
    if not sheet.facts:
        return

    for alias in sheet.business_key:
        column = sheet.column(alias)
        assert column.fixed_key or column.need is Need.O
    assert any(column.kind is Cell.MONEY and column.fixed_key for column in sheet.columns)
    assert any(column.kind is Cell.DATE and column.fixed_key for column in sheet.columns)


def test_all_sheets_of_formats_are_there_in_its_order() -> None:
    assert len(SHEETS) == SHEETS_OF_FORMATS
    assert [sheet.number for sheet in SHEETS.values()] == sorted(sheet.number for sheet in SHEETS.values())


def test_headers_and_aliases_of_one_sheet_are_all_different() -> None:
    for sheet in SHEETS.values():
        names = [name for column in sheet.columns for name in (column.header, column.alias, *column.also)]
        assert len(names) == len(set(names)), sheet.key


def test_money_and_rates_are_held_in_fen_and_parts_per_million() -> None:
    assert Column("金额(元)", "amount", Cell.MONEY).event_field == "amount_fen"
    assert Column("年利率(%)", "rate_pct", Cell.PCT).event_field == "rate_ppm"
    assert Column("起", "from", Cell.DATE, field="starts_on").event_field == "starts_on"


def test_a_roster_row_is_a_registration_first_and_later_what_its_exit_says() -> None:
    roster = SHEETS["roster"]
    staying = row_of(roster, exited_on=None, exit_kind=None)
    leaving = row_of(roster, exited_on=date(2020, 9, 1), exit_kind="清退")

    assert roster.becomes(leaving, None) is PersonRegistered
    assert roster.becomes(leaving, {}) is HouseholdRemoved
    assert roster.becomes(staying, {}) is MemberChanged
    assert roster.becomes(leaving, {"exited_on": date(2020, 8, 1)}) is MemberChanged


def test_an_exit_is_known_on_the_later_of_its_day_and_its_registration() -> None:
    roster = SHEETS["roster"]
    assert roster.when_changed is not None
    leaving = row_of(roster, exited_on=date(2020, 9, 1), registered_on=date(2020, 9, 20))
    unsaid = Row(2, {"exited_on": date(2020, 9, 1)})

    assert roster.when_changed(leaving, {}) == (date(2020, 9, 1), date(2020, 9, 20))
    assert roster.when_changed(unsaid, {}) == (date(2020, 9, 1), None)


def test_a_loan_sent_again_is_named_by_its_changed_standing_else_by_what_was_repaid() -> None:
    loans = SHEETS["loans"]
    before = {"status": "正常", "repaid": 100, "repaid_on": None}
    overdue = Row(2, {"status": "逾期", "repaid": 100})
    repaid = Row(2, {"status": "正常", "repaid": 200})
    relabelled = Row(2, {"status": "正常", "repaid": 100, "phone": "1"})

    assert loans.becomes(overdue, None) is LoanIssued
    assert loans.becomes(overdue, before) is LoanOverdue
    assert loans.becomes(repaid, before) is LoanRepaid
    assert loans.becomes(relabelled, before) is LoanIssued


def test_equal_lines_of_a_batch_list_have_keys_of_their_own() -> None:
    payments = SHEETS["subsidy_payments"]
    stated = {"programme": "高龄津贴", "period": "2020-03", "amount": 17_500, "paid_on": date(2020, 3, 20)}

    first, second = Row(2, dict(stated)), Row(3, dict(stated), ordinal=2)

    assert payments.key_of(first) != payments.key_of(second)
    assert payments.key_of(Row(2, {**stated, "bank_ref": "T1"})) == ("T1",)


def test_a_dividend_without_a_bank_reference_is_known_by_contract_period_and_household() -> None:
    line = Row(2, {"contract_no": "HT-01", "period": "2020", "household_no": "H-0001"})

    assert SHEETS["dividends"].key_of(line) == ("DIV/HT-01/2020/H-0001",)
    assert line.get("bank_ref") == "DIV/HT-01/2020/H-0001"
