"""The product's answers against sums computed straight from the workbooks by code that shares nothing with it.

The sample township and two invented ones of two months each: every row of every fact table, every balance, every leaf
and link, to the fen.
"""

import csv
import hashlib
import json
from collections import Counter
from io import StringIO
from typing import Any

import pytest

from tests.journeys.auditing import TABLES, Audited
from tests.journeys.reading_columns import COLUMNS, kinds
from tests.journeys.recomputing_balances import balances
from tests.journeys.recomputing_events import events
from tests.journeys.recorded_rows import id_is_valid

PREFIXES = {"id": "P-", "acct": "A-", "phone": "T-"}
KINDS_OF = {sheet: kinds(sheet) for sheet in COLUMNS}
SHEETS = {
    "accounts": "orgs",
    "shares": "shareholders",
    "bank_lines": "bank_statement",
    "instructions": "payment_instructions",
    "training": "training_attendance",
    "loan_movements": "loan_flows",
    "roster_spans": "roster",
    "payments": "subsidy_payments",
    "claims": "subsidy_payments",
}
NOT_A_PERSONS = {"承办银行", "现金"}


@pytest.mark.parametrize("table", TABLES)
def test_every_fact_is_what_its_row_of_the_workbook_states(audited: Audited, table: str) -> None:
    expected = [fact.values | {"position": audited.place(fact.statement)} for fact in audited.township.facts(table)]

    told = audited.lines("facts", table, "--reveal")

    assert told == sorted(expected, key=lambda row: row["position"])


def test_balances_agree_to_the_fen_with_the_sums_of_the_rows(audited: Audited) -> None:
    expected = balances(audited.township)

    told = json.loads(audited.said["balances", "--json"])

    assert told["documents"] == expected["documents"]
    assert told["dividends"] == expected["dividends"]


@pytest.mark.parametrize("table", TABLES)
def test_without_a_reveal_people_are_references_and_their_words_are_null(audited: Audited, table: str) -> None:
    staff = {record.values["name"]: record.values["staff_no"] for record in audited.township.records("staff")}
    staff |= {staff_no: staff_no for staff_no in staff.values()}
    columns = KINDS_OF[SHEETS.get(table, table)]
    references: dict[tuple[str, str], str] = {}

    told = audited.lines("facts", table)

    for masked, revealed in zip(told, audited.lines("facts", table, "--reveal"), strict=True):
        for column, value in revealed.items():
            kind = _kind(columns.get(column, ""), value)
            if kind in PREFIXES and value not in {None, *NOT_A_PERSONS}:
                assert masked[column].startswith(PREFIXES[kind])
                assert references.setdefault((kind, value), masked[column]) == masked[column]
            elif kind == "party":
                assert masked[column] in {None, value} - audited.names
            else:
                hidden = None if kind in {"name", "free"} else staff.get(value) if kind == "staff" else value
                assert (column, masked[column]) == (column, hidden)
    assert len(set(references.values())) == len(references)


def _kind(kind: str, value: Any) -> str:
    """A number that may be a person's or an organisation's is told apart by its form."""
    return ("id" if id_is_valid(value) else "text") if kind == "party_id" else kind


@pytest.mark.parametrize("table", TABLES)
def test_a_table_reads_the_same_as_csv_and_as_json_lines(audited: Audited, table: str) -> None:
    rows = audited.lines("facts", table)
    [described] = [told for told in json.loads(audited.said["facts", "list", "--json"]) if told["name"] == table]

    header, *told = csv.reader(StringIO(audited.said["facts", table, "--format", "csv"], newline=""))

    assert header == described["columns"]
    assert len(told) == described["rows"]
    assert told == [[_as_cell(row[column]) for column in header] for row in rows]


def _as_cell(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def test_each_row_is_one_event_of_its_topic_and_days_and_a_row_said_again_is_none(audited: Audited) -> None:
    expected = Counter(
        (row.file_sha256, row.row, f"{event.topic}/v1", event.occurred_on, event.known_on)
        for row, event in events(audited.township)
    )

    told = Counter(
        (source["file_sha256"], source["row"], event["topic"], event["occurred_on"], event["known_on"])
        for event in audited.lines("events")
        for source in [event["state"]["source"]]
        if "row" in source
    )

    assert told == expected


def test_every_event_says_from_which_row_of_which_file_it_comes(audited: Audited) -> None:
    files = {file["sha256"]: file["file"] for report in audited.imports for file in report["files"]}

    told = [event for event in audited.lines("events") if "row" in event["state"]["source"]]

    for event in told:
        stated = event["state"]["source"]
        assert event["source"]["channel"] == "import"
        assert event["source"]["file"] == files[stated["file_sha256"]]
        assert (event["source"]["sheet"], event["source"]["row"]) == (stated["sheet"], stated["row"])
        assert event["recorded_at"] == event["state"]["recorded_at"]


def test_an_import_accounts_for_every_row_of_every_file_once(audited: Audited) -> None:
    for number, report in enumerate(audited.imports):
        fates = audited.township.fates(number)

        told = {file["key"]: file for file in report["files"] if file["key"] in fates}

        assert list(told) == list(fates)
        for sheet, counted in fates.items():
            assert told[sheet]["rows"] == counted.total()
            assert {fate: told[sheet][f"rows_{fate}"] for fate in ("taken", "quarantined", "unchanged", "refused")} == {
                fate: counted[fate] for fate in ("taken", "quarantined", "unchanged", "refused")
            }


@pytest.mark.parametrize(("book", "question"), [(0, ("events",)), (1, ("events", "--book", "supervision"))])
def test_every_leaf_and_link_recomputes_from_the_printed_lines(
    audited: Audited, book: int, question: tuple[str, ...]
) -> None:
    verified = json.loads(audited.said["verify", "--json", "--processes", "1"])
    told = verified["books"][book]
    link = hashlib.sha256(f"mingzhang/chain/v1\n{told['origin']}\n".encode()).digest()
    versions: Counter[str] = Counter()

    for position, event in enumerate(audited.lines(*question), start=1):
        state = json.dumps(event["state"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        stream = f"{event['stream']} {event['version']}"
        entry = "\n".join(("mingzhang/event/v1", stream, event["topic"], state))
        leaf = hashlib.sha256(b"\0" + entry.encode()).digest()
        link = hashlib.sha256(b"\2" + link + position.to_bytes(8, "big") + leaf).digest()
        versions[event["stream"]] += 1
        assert (event["position"], event["version"]) == (position, versions[event["stream"]])
        assert (event["leaf"], event["link"]) == (leaf.hex(), link.hex())

    assert verified["ok"]
    assert (told["size"], told["head"]) == (position, link.hex())


def test_a_package_imported_again_changes_nothing_and_seals_nothing(audited: Audited) -> None:
    before = json.loads(audited.said["verify", "--json"])["books"][0]

    again = [json.loads(told) for question, told in audited.said.items() if question[0] == "import"]

    files = [file for report in again for file in report["files"]]
    assert {file["outcome"] for file in files} == {"unchanged"}
    assert all(file["rows_unchanged"] == file["rows"] for file in files)
    assert sum(file["rows"] for file in files) == sum(
        file["rows"] for told in audited.imports for file in told["files"]
    )
    assert {(report["size"], report["head"]) for report in again} == {(before["size"], before["head"])}
    assert json.loads(audited.said["verify", "--json", "--processes", "2"])["books"][0] == before
