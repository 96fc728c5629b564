"""Alerts taken along: as lines, CSV and a workbook; whose, since when, and by whose hand they are revealed."""

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from api.alert_export import instant_since, refuse_unless_inspects, write_workbook
from api.ledger import Ledger, Placed
from api.reading import alert_lines, alert_page
from api.rest.alerts import WORKBOOK
from domain.alert import AlertRaised
from domain.event import SYSTEM, BookName
from domain.refusal import Refused
from domain.supervision import PersonalDataRevealed
from projections.alerts import Asked, counted, listed, printed_columns
from tests.api.offices import CARD, FINANCE, INSPECTOR, OFFICE, PAYEE, RETIRED, enter_row, furnish, paid
from tests.api.webhooks.receiving import alert_fields, raise_alert, withdraw_alert
from tests.journeys.commanding import tell

DUE = ("alert_id", "rule_id", "rule_version", "pack_hash", "severity", "state", "anchor", "subjects", "event_refs")
DUE_BEHIND = ("amount_at_risk_fen", "occurred_on", "raised_at", "why_zh", "why_en")


@pytest.fixture
def standing(empty_ledger: Ledger) -> Ledger:
    """A ledger with four invented alerts, one of them withdrawn."""
    raise_alert(empty_ledger, 1)
    raise_alert(empty_ledger, 2, severity="Y", why_zh="=HYPERLINK(1)", subjects=("claim:=1+1", "claim:@x"))
    raise_alert(empty_ledger, 3, rule_id="LON-01")
    raise_alert(empty_ledger, 4)
    withdraw_alert(empty_ledger, 4, 2)
    empty_ledger.project()
    return empty_ledger


@pytest.fixture
def paid_after_death(empty_ledger: Ledger) -> Ledger:
    """An office that paid somebody who was dead."""
    furnish(empty_ledger)
    enter_row(
        empty_ledger,
        "deaths",
        OFFICE,
        name="测试甲",
        id_no=PAYEE,
        death_on="2020-01-06",
        known_on="2020-01-07",
        source="民政",
    )
    enter_row(empty_ledger, "subsidy_payments", FINANCE, **paid("B1"))
    empty_ledger.catch_up()
    return empty_ledger


def numbers(lines: Iterator[dict[str, Any]]) -> list[int]:
    """The invented numbers of alerts."""
    return [int(line["alert_id"], 16) for line in lines]


def traces(ledger: Ledger) -> list[dict[str, Any]]:
    """What the supervision book says of reveals."""
    return [json.loads(entry.state) for entry in ledger.supervision.read() if entry.topic == PersonalDataRevealed.TOPIC]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(), [1, 2, 3, 4]),
        (Asked(rule_id="LON-01"), [3]),
        (Asked(severity="Y"), [2]),
        (Asked(state="withdrawn"), [4]),
        (Asked(state="raised", rule_id="DUP-01"), [1, 2]),
        (Asked(since=instant_since("2020-01-01")), [1, 2, 3, 4]),
        (Asked(since=instant_since("2999-01-01T00:00:00Z")), []),
    ],
)
def test_only_what_was_asked_for_is_told_and_counted(standing: Ledger, asked: Asked, expected: list[int]) -> None:
    assert numbers(alert_lines(standing, asked)) == expected
    with standing.engine.connect() as connection:
        assert counted(connection, asked) == len(expected)


def test_pages_behind_one_another_are_the_whole(standing: Ledger) -> None:
    first = alert_page(standing, Asked(), after=None, limit=3)
    rest = alert_page(standing, Asked(), after=(first[-1]["raised_at"], first[-1]["alert_id"]), limit=3)

    assert numbers(iter([*first, *rest])) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-24", "2026-11-23T16:00:00.000000Z"),
        ("2026-11-24T03:40:00Z", "2026-11-24T03:40:00.000000Z"),
        ("2026-11-24T11:40:00+08:00", "2026-11-24T03:40:00.000000Z"),
        ("2026-11-24T03:40", "2026-11-24T03:40:00.000000Z"),
    ],
)
def test_a_day_begins_in_china_and_an_instant_is_utc_unless_it_says_otherwise(text: str, instant: str) -> None:
    assert instant_since(text) == instant


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-11-24T", "9999-12-31T23:59:59-14:00"])
def test_what_is_neither_a_day_nor_an_instant_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="neither a day nor an instant"):
        instant_since(text)


def test_a_workbook_holds_every_line_and_no_formula_whatever_a_text_begins_with(
    standing: Ledger, tmp_path: Path
) -> None:
    path = tmp_path / "alerts.xlsx"

    write_workbook(path, alert_lines(standing))

    sheet = openpyxl.load_workbook(path).active
    headings = [str(cell.value) for cell in sheet[1]]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [heading.split(" ")[-1] for heading in headings] == printed_columns()
    assert [int(str(row[0]), 16) for row in rows] == [1, 2, 3, 4]
    assert rows[1][headings.index("为什么 why_zh")] == "=HYPERLINK(1)"
    assert rows[1][headings.index("对象 subjects")] == "claim:=1+1、claim:@x"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert rows[0][headings.index("涉及金额（分） amount_at_risk_fen")] == 600_00


def test_a_text_longer_than_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    line = dict.fromkeys(printed_columns()) | {"why_zh": "长" * 40_000, "subjects": ["claim:1"]}

    write_workbook(tmp_path / "long.xlsx", [line])

    sheet = openpyxl.load_workbook(tmp_path / "long.xlsx").active
    cell = str(sheet.cell(2, printed_columns().index("why_zh") + 1).value)
    assert len(cell) == 32_767
    assert cell.endswith("…")


def test_memory_does_not_grow_with_how_many_alerts_are_exported(empty_ledger: Ledger, tmp_path: Path) -> None:
    def exported(count: int) -> int:
        told = [
            AlertRaised(**empty_ledger.envelope(AlertRaised, actor=SYSTEM), **alert_fields(number))
            for number in range(count)
        ]
        placed = [Placed(empty_ledger.stream("alert", f"{one.alert_id}-{count}"), 1, one) for one in told]
        empty_ledger.append(BookName.SUPERVISION, placed)
        del told, placed
        empty_ledger.project()
        tracemalloc.start()
        write_workbook(tmp_path / f"{count}.xlsx", alert_lines(empty_ledger))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    few, many = exported(1_200), exported(4_800)

    assert many < few * 1.5


def test_the_command_prints_exactly_the_keys_of_outputs_and_then_those_of_an_alerts_life(standing: Ledger) -> None:
    told = tell(standing.folder.path, "alerts", "export", "--rule", "LON-01")

    [line] = told.lines
    assert tuple(line)[: len(DUE) + len(DUE_BEHIND)] == (*DUE, *DUE_BEHIND)
    assert line["occurred_on"] == "2020-06-25"


def test_csv_and_json_lines_tell_the_same_alerts_on_the_command_line_and_over_rest(paid_after_death: Ledger) -> None:
    path = paid_after_death.folder.path
    lines = tell(path, "alerts", "export").lines
    rows = list(csv.DictReader(io.StringIO(tell(path, "alerts", "export", "--format", "csv").out)))
    from api.app import create_app

    headers = {"Authorization": f"Bearer {paid_after_death.keeper_token}"}
    with TestClient(create_app(paid_after_death), headers=headers) as keeper:
        as_lines = [json.loads(line) for line in keeper.get("/api/v1/alerts?format=jsonl").text.splitlines()]
        as_csv = list(csv.DictReader(io.StringIO(keeper.get("/api/v1/alerts?format=csv").text)))
        as_workbook = keeper.get("/api/v1/alerts?format=xlsx&severity=R")
        nothing = keeper.get("/api/v1/alerts?format=csv&rule=NO-01").text

    assert lines
    assert as_lines == lines
    assert as_csv == rows
    assert [row["alert_id"] for row in rows] == [line["alert_id"] for line in lines]
    assert as_workbook.headers["content-type"] == WORKBOOK
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook.content)).active
    assert sheet.max_row == 1 + sum(line["severity"] == "R" for line in lines)
    assert nothing.strip().split(",") == printed_columns()


def test_a_workbook_needs_a_file_and_is_written_there(standing: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "疑点.xlsx"

    without = tell(standing.folder.path, "alerts", "export", "--format", "xlsx")
    done = tell(standing.folder.path, "alerts", "export", "--format", "xlsx", "--out", str(file))

    assert (without.status, done.status, done.out) == (2, 0, "")
    assert "--out" in without.err
    assert openpyxl.load_workbook(file).active.max_column == len(printed_columns())


def test_revealed_anchor_and_subjects_are_the_numbers_of_the_workbooks_and_a_trace_is_left(
    paid_after_death: Ledger,
) -> None:
    path = paid_after_death.folder.path

    lines = tell(path, "alerts", "export", "--reveal", "--why", "核查").lines
    hidden = tell(path, "alerts", "export").out

    subjects = {subject for line in lines for subject in line["subjects"]}
    anchors = {part for line in lines for part in line["anchor"]}
    assert {f"person:{PAYEE}", "payment:B1"} <= subjects
    assert f"person:{PAYEE}" in anchors
    assert not any(value.partition(":")[2].startswith(("P-", "A-", "T-")) for value in subjects | anchors)
    assert PAYEE not in hidden
    assert CARD not in hidden
    [trace] = traces(paid_after_death)
    assert (trace["where"], trace["why"], trace["references"]) == ("alerts", "核查", len(lines))


def test_alerts_are_revealed_to_inspectors_and_to_nobody_who_is_supervised(paid_after_death: Ledger) -> None:
    path = paid_after_death.folder.path

    for staff_no in (FINANCE, OFFICE, RETIRED, "G-9999"):
        refused = tell(path, "alerts", "export", "--reveal", "--actor", staff_no)
        assert (refused.status, refused.out) == (2, "")
        assert "E-AUTH" in refused.err
    seen = tell(path, "alerts", "export", "--reveal", "--actor", INSPECTOR)

    assert seen.status == 0
    assert [trace["actor"] for trace in traces(paid_after_death)] == [INSPECTOR]
    assert refuse_unless_inspects(paid_after_death, INSPECTOR) == INSPECTOR


def test_a_list_on_the_command_line_goes_on_behind_the_last_alert_of_the_page_before(standing: Ledger) -> None:
    path = standing.folder.path
    with standing.engine.connect() as connection:
        everything = [line["alert_id"] for line in listed(connection)]

    first = tell(path, "alerts", "list", "--limit", "1", "--json").json
    second = tell(path, "alerts", "list", "--limit", "1", "--after", first[0]["alert_id"], "--json").json

    assert [line["alert_id"] for line in (*first, *second)] == everything[:2]
    assert date.fromisoformat(first[0]["occurred_on"]) == date(2020, 6, 25)
