"""A township asked about everything: its packages are imported, then many questions go to the real command line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.journeys.asking import ask
from tests.journeys.commanding import SAMPLE, opened, tell_apart
from tests.journeys.making_packages import InventedTownship
from tests.journeys.reading_columns import kinds
from tests.journeys.reading_workbooks import Statement, Values, read_package
from tests.journeys.recomputing import Township
from tests.journeys.recomputing_moments import Moment
from tests.journeys.writing_packages import write_package

_TABLES = (
    "payments claims allocations instructions loans loan_movements loan_repayments loan_confirmations "
    "interest_subsidies asset_contracts shares profit_reports dividend_receipts dividends roster_spans guardians "
    "deaths payroll relations staff programmes programme_rates approval_limits entitlements projects contracts notices "
    "notice_lines objections receipts bank_lines accounts places training_classes training"
)
TABLES = tuple(_TABLES.split())
LAST_DAY = "2021-03-31"
EACH_KIND = 3


@dataclass(frozen=True)
class Asked:
    """One replay: of what, as of which day, as known on which, as this ledger knew it at which position."""

    kind: str
    value: str
    as_of: str
    known_on: str | None = None
    known_at: int | None = None

    @property
    def question(self) -> tuple[str, ...]:
        """The command that asks it."""
        limits = {"--as-of": self.as_of, "--known-on": self.known_on, "--known-at": self.known_at}
        named = [part for name, value in limits.items() if value is not None for part in (name, str(value))]
        return ("replay", f"{self.kind}:{self.value}", *named, "--reveal", "--json")


@dataclass
class Audited:
    """A township's packages, what they come to by their rows alone, and what the command line says of them."""

    name: str
    packages: list[list[Statement]]
    imports: list[Values]
    ledger: Path
    said: dict[tuple[str, ...], str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @cached_property
    def township(self) -> Township:
        """What all packages come to."""
        return Township(self.packages)

    @cached_property
    def names(self) -> set[str]:
        """Everybody's name in the packages."""
        rows = [statement for package in self.packages for statement in package]
        return {
            str(row.values[name])
            for row in rows
            for name, kind in kinds(row.sheet).items()
            if kind == "name" and row.values[name]
        }

    def lines(self, *question: str) -> list[Values]:
        """The answer to a question, a JSON object a line."""
        return [json.loads(line) for line in self.said[question].splitlines()]

    @cached_property
    def positions(self) -> dict[tuple[str, int], int]:
        """The position of the first entry of each row, by the SHA-256 of its file and its number."""
        sources = ((event["state"]["source"], event["position"]) for event in self.lines("events"))
        found: dict[tuple[str, int], int] = {}
        for source, position in sources:
            if "row" in source:
                found.setdefault((source["file_sha256"], source["row"]), position)
        return found

    def place(self, statement: Statement) -> int:
        """The position of the entry of a row."""
        return self.positions[statement.file_sha256, statement.row]

    def at(self, asked: Asked) -> Township:
        """The township as the question wants to see it."""
        known_at = asked.known_at
        if known_at is None:
            return Township(self.packages, None, Moment(asked.as_of, asked.known_on))

        def keep(row: Statement) -> bool:
            return self.positions.get((row.file_sha256, row.row), known_at + 1) <= known_at

        return Township(self.packages, keep, Moment(asked.as_of, asked.known_on))


def packages_of(name: str, folder: Path) -> list[Path]:
    """The sample, or the two months of the invented township SEEDxHOUSEHOLDS."""
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


def audit(name: str, folder: Path) -> Audited:
    """Import the packages of a township, and ask everything."""
    paths = packages_of(name, folder)
    ledger = opened(folder / "ledger")
    imports = [tell_apart(ledger, "import", str(path), "--json").json for path in paths]
    audited = Audited(name, [read_package(path) for path in paths], imports, ledger)
    audited.said["events",] = ask(ledger, [("events",)], into=folder / "events")[0]
    questions = [
        ("verify", "--json"),
        ("balances", "--json"),
        ("facts", "list", "--json"),
        *(("facts", table) for table in TABLES),
        *(("facts", table, "--format", "csv") for table in TABLES),
        *(("facts", table, "--reveal") for table in TABLES),
        ("events", "--book", "supervision"),
        ("verify", "--json", "--processes", "1"),
    ]
    answers = ask(ledger, questions, into=folder / "answers")
    audited.said |= dict(zip(questions, answers, strict=True))
    again = [*(("import", str(path), "--json") for path in paths), ("verify", "--json", "--processes", "2")]
    audited.said |= {question: tell_apart(ledger, *question).out for question in again}
    return audited


def ask_histories(audited: Audited, folder: Path) -> Audited:
    """Ask for the histories of some subjects of every kind."""
    asked = list(_replays(audited))
    answers = ask(audited.ledger, [each.question for each in asked], into=folder / f"histories-{audited.name}")
    audited.said |= {each.question: answer for each, answer in zip(asked, answers, strict=True)}
    audited.asked = asked
    return audited


def _replays(audited: Audited) -> Iterator[Asked]:
    """Each subject at its end, within the year, as known on a day, and as known after the first package."""
    between = audited.imports[0]["size"]
    if len(audited.imports) == 1:
        between = between * 2 // 3
    for kind, values in _subjects(audited.township).items():
        for value in values:
            yield Asked(kind, value, LAST_DAY)
            yield Asked(kind, value, "2020-06-05")
            yield Asked(kind, value, "2020-07-10", known_on="2020-04-05")
            if audited.at(Asked(kind, value, LAST_DAY, known_at=between)).knows(kind, value):
                yield Asked(kind, value, LAST_DAY, known_at=between)


def _subjects(township: Township) -> dict[str, list[str]]:
    """A few of each kind, spread over all that there are."""
    loans = township.ever("loans")
    payments = [str(payment.reference) for payment in township.payments if payment.reference]
    dividends = [str(fact.values["bank_ref"]) for fact in township.facts("dividends")]
    everything = {
        "household": [span["household_no"] for span in township.spans],
        "person": [span["id_no"] for span in township.spans],
        "loan": [loan["loan_no"] for loan in loans],
        "fund": [row["quota_doc_no"] for row in township.ever("allocations")],
        "payment": [*sorted(township.taken_back.keys() & {*payments, *dividends}), *payments, *dividends],
        "project": [row["project_no"] for row in township.ever("projects")],
        "contract": [*township.works, *township.contracts],
        "notice": [row["notice_no"] for row in township.ever("notices")],
        "account": [
            *(row["account_no"] for row in township.ever("orgs")),
            *(row["disbursement_account"] for row in loans),
        ],
        "place": [row["place_name"] for row in township.ever("places") if row["level"] == "村"],
    }
    return {kind: _some(sorted(set(values))) for kind, values in everything.items()}


def _some(values: list[str]) -> list[str]:
    return values[:: 1 + len(values) // EACH_KIND] if len(values) > EACH_KIND else values
