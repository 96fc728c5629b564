"""The product's answers against sums computed straight from the workbooks by code that shares nothing with it.

The sample township and two invented ones of two months each: every row of every fact table, every balance, every leaf
and link, to the fen.
"""

import csv
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from io import StringIO
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.asking import ask
from tests.journeys.commanding import SAMPLE, opened, tell_apart
from tests.journeys.making_packages import InventedTownship
from tests.journeys.reading_workbooks import COLUMNS, Values, kinds, read_package
from tests.journeys.recomputing import Township
from tests.journeys.recomputing_balances import balances
from tests.journeys.recomputing_households import household_money, household_state
from tests.journeys.writing_packages import write_package

_TABLES = (
    "payments claims allocations loans loan_repayments interest_subsidies asset_contracts shares dividend_receipts "
    "dividends roster_spans deaths staff programmes programme_rates accounts places"
)
TABLES = tuple(_TABLES.split())
HOUSEHOLDS_ASKED = 7
PAYING = ("payment-made/v1", "dividend-paid/v1", "interest-subsidy-paid/v1")
LAST_DAY = "2021-03-31"
PREFIXES = {"id": "P-", "acct": "A-", "phone": "T-"}
KINDS = {name: kind for sheet in COLUMNS for name, kind in kinds(sheet).items()}
KINDS |= {"payer_id": "id", "payee_id": "id", "payer_name": "name", "payee_name": "name"}


@dataclass(frozen=True)
class Audited:
    """A township's packages, what they come to by their rows alone, and what the command line says of them."""

    township: Township
    imports: list[Values]
    households: list[str]
    said: dict[tuple[str, ...], str]

    def lines(self, *question: str) -> list[Values]:
        """The answer to a question, a JSON object a line."""
        return [json.loads(line) for line in self.said[question].splitlines()]

    def positions(self) -> dict[tuple[str, int], int]:
        """The position of the entry of each row, by the SHA-256 of its file and its number."""
        sources = ((event["state"]["source"], event["position"]) for event in self.lines("events"))
        return {(source["file_sha256"], source["row"]): at for source, at in sources if "row" in source}


def _packages(name: str, folder: Path) -> list[Path]:
    if name == "sample":
        return [SAMPLE]
    seed, households = map(int, name.split("x"))
    township = InventedTownship(seed=seed, households=households)
    first = township.first_month()
    second = township.second_month(first)
    return [
        write_package(first, folder / "first.zip", seed=seed),
        write_package(second, folder / "second", seed=seed + 1),
    ]


@pytest.fixture(scope="module", params=["sample", "7x6", "20x60"])
def audited(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    folder = tmp_path_factory.mktemp("audited")
    packages = _packages(request.param, folder)
    township = Township([read_package(package) for package in packages])
    everybody = sorted({span["household_no"] for span in township.spans})
    households = everybody[:: 1 + len(everybody) // HOUSEHOLDS_ASKED]

    ledger = opened(folder / "ledger")
    imports = [tell_apart(ledger, "import", str(package), "--json").json for package in packages]
    questions = [
        ("events",),
        ("verify", "--json"),
        ("balances", "--json"),
        ("facts", "list", "--json"),
        *(("facts", table) for table in TABLES),
        *(("facts", table, "--format", "csv") for table in TABLES),
        *(("facts", table, "--reveal") for table in TABLES),
        *(("replay", f"household:{household_no}", "--reveal", "--json") for household_no in households),
        ("events", "--book", "supervision"),
        ("verify", "--json", "--processes", "1"),
        *(("import", str(package), "--json") for package in packages),
        ("verify", "--json", "--processes", "2"),
    ]
    return Audited(
        township,
        imports,
        households,
        dict(zip(questions, ask(ledger, questions, into=folder / "answers"), strict=True)),
    )


@pytest.mark.parametrize("table", TABLES)
def test_every_fact_is_what_its_row_of_the_workbook_states(audited: Audited, table: str) -> None:
    positions = audited.positions()
    expected = [
        fact.values | {"position": positions[fact.statement.file_sha256, fact.statement.row]}
        for fact in audited.township.facts(table)
    ]

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
    references: dict[tuple[str, str], str] = {}

    told = audited.lines("facts", table)

    for masked, revealed in zip(told, audited.lines("facts", table, "--reveal"), strict=True):
        for column, value in revealed.items():
            kind = KINDS.get(column, "")
            if kind in PREFIXES and value is not None:
                assert masked[column].startswith(PREFIXES[kind])
                assert references.setdefault((kind, value), masked[column]) == masked[column]
            else:
                hidden = None if kind in {"name", "free"} else staff.get(value) if kind == "staff" else value
                assert (column, masked[column]) == (column, hidden)
    assert len(set(references.values())) == len(references)


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


def test_each_row_is_one_event_of_its_topic_and_a_row_said_again_is_none(audited: Audited) -> None:
    events = [event for event in audited.lines("events") if "row" in event["source"]]

    told = Counter(event["topic"] for event in events)

    assert told == audited.township.topics()


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


def test_a_households_replay_ends_with_the_sums_of_its_rows(audited: Audited) -> None:
    for household_no in audited.households:
        expected = household_state(audited.township, household_no, LAST_DAY)

        told = json.loads(audited.said["replay", f"household:{household_no}", "--reveal", "--json"])

        assert _in_order({name: told["state"][name] for name in expected}) == _in_order(expected)
        assert told["timeline"][-1]["balance_fen"] == expected["received_fen"]


def test_a_households_timeline_has_every_payment_once_and_its_balance_runs(audited: Audited) -> None:
    for household_no in audited.households:
        told = json.loads(audited.said["replay", f"household:{household_no}", "--reveal", "--json"])["timeline"]

        paid = [line for line in told if line["topic"] in PAYING]
        running = [line["balance_fen"] for line in paid]

        once = [(line["occurred_on"], line["ref"], line["amount_fen"]) for line in paid if not _of_a_loan(line)]
        assert Counter(once) == household_money(audited.township, household_no)
        assert running == list(accumulate(line["amount_fen"] for line in paid))
        assert [line["occurred_on"] for line in told] == sorted(line["occurred_on"] for line in told)


def _of_a_loan(line: Values) -> bool:
    """An interest subsidy of a loan's own row: what a later package adds to it is a line of its own."""
    return str(line["ref"]).startswith("TX/")


def _in_order(state: Values) -> Values:
    """The state with people's lists by their numbers: the product sorts them by references."""
    return state | {name: sorted(state[name], key=json.dumps) for name in ("members", "shares")}
