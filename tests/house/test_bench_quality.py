"""The labelled packages of the bench: made alike from a seed, taken whole, and labelled where the rows are."""

import csv
from pathlib import Path
from typing import Any

import pytest

from bench.quality.families import FAMILIES
from bench.quality.label import Family
from bench.quality.package import Making, make
from bench.quality.reported import REPORTED
from bench.quality.scoring import scored
from projections.rules import RULES
from projections.rules.waiting import WAITING
from tests.journeys.commanding import opened, tell

SMALL = Making(7, people=60)
A_FEW = Making(7, people=60, rules=("DUP-01", "LNM-04", "FAL-02", "INT-02", "FAL-10", "DIV-03"))
NOT_PLANTED = {"COV-04", "MIS-07"}
"""No sheet holds draws; a project changes only from one package to the next."""

MEANT = {("subsidy_payments", "E-ID"), ("payment_instructions", "E-ID"), ("dividends", "W-POOL")}
"""Numbers that were copied wrongly, and a dividend that is shared out wrongly."""


def sheets_of(folder: Path) -> dict[str, list[list[str]]]:
    return {
        path.stem: list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        for path in sorted(folder.glob("*.csv"))
    }


def words_at(sheets: dict[str, list[list[str]]], label: dict[str, Any]) -> str:
    return " ".join(cell for sheet, number in label["rows"] for cell in sheets[sheet][number - 1])


def test_one_seed_makes_the_same_package_again_and_another_seed_another(tmp_path: Path) -> None:
    first = make(tmp_path / "first", SMALL, FAMILIES, as_csv=True)
    again = make(tmp_path / "again", SMALL, FAMILIES, as_csv=True)
    other = make(tmp_path / "other", Making(8, people=60), FAMILIES, as_csv=True)

    assert first == again
    assert sheets_of(tmp_path / "first") == sheets_of(tmp_path / "again")
    assert sheets_of(tmp_path / "first")["roster"] != sheets_of(tmp_path / "other")["roster"]
    assert len(other["labels"]) == len(first["labels"])


@pytest.mark.parametrize("families", [FAMILIES, list(REPORTED.values())], ids=["planted", "reported"])
def test_the_rows_of_every_label_name_what_it_is_about(families: list[Family], tmp_path: Path) -> None:
    labels = make(tmp_path / "package", SMALL, families, as_csv=True)
    sheets = sheets_of(tmp_path / "package")

    astray = [
        label
        for label in (*labels["labels"], *labels["look_alikes"])
        if not any(word in words_at(sheets, label) for word in label["subjects"])
    ]

    assert astray == []


def test_a_package_is_taken_whole_and_its_odd_rows_are_only_those_that_were_meant(tmp_path: Path) -> None:
    make(tmp_path / "package", A_FEW, FAMILIES)

    told = tell(opened(tmp_path / "ledger"), "import", str(tmp_path / "package"), "--json")

    files = told.json["files"]
    assert (told.status, told.json["problems"]) == (0, [])
    assert {file["outcome"] for file in files} == {"taken"}
    problems = {(file["key"], problem["code"]) for file in files for problem in file["problems"]}
    assert problems == MEANT


def test_an_honest_year_holds_no_case_at_all(tmp_path: Path) -> None:
    labels = make(tmp_path / "package", Making(7, people=60, fraud_rate=0), FAMILIES, as_csv=True)

    assert (labels["labels"], labels["look_alikes"]) == ([], [])


def test_every_rule_that_a_sheet_feeds_is_planted_and_has_a_look_alike_unless_none_is_lawful() -> None:
    named = {rule for family in FAMILIES for case in family for rule in case.rules}

    assert set(RULES) - named - NOT_PLANTED - {rule.rule_id for rule in WAITING} == set()


def test_alerts_are_right_tolerated_neutral_or_false_by_the_keys_they_share() -> None:
    alert = {"severity": "R", "why_en": "", "amount_at_risk_fen": 100_00, "state": "raised"}
    labels = {
        "labels": [
            {
                "rule": "A",
                "keys": ["1"],
                "also": ["B"],
                "rows": [],
                "note": "",
                "scenario": "",
                "amount_at_risk_fen": 101_00,
            },
            {"rule": "A", "keys": ["9"], "also": [], "rows": [], "note": "", "scenario": "", "amount_at_risk_fen": 0},
            {"rule": "B", "keys": ["8"], "also": [], "rows": [], "note": "", "scenario": "", "amount_at_risk_fen": 0},
        ],
        "look_alikes": [{"rule_not_expected": "A", "keys": ["2"], "tolerated_below": "O", "why": "lawful"}],
    }
    told = [("A", "person:1", "R"), ("A", "person:2", "Y"), ("A", "person:2", "O"), ("B", "1", "R"), ("C", "1", "R")]

    report = scored(labels, [alert | {"rule_id": a, "subjects": [b], "severity": c} for a, b, c in told])

    a, b = report.rules["A"], report.rules["B"]
    assert (a.hits, a.tolerated, a.false_alarms, a.recalled, a.labels, a.amount_equal) == (1, 1, 1, 1, 2, 1)
    assert (b.neutral, b.recall) == (1, 0.0)
    assert dict(report.unscored) == {"C": 1}


def test_a_found_label_tells_where_its_alert_says_another_amount_or_severity() -> None:
    told = {"also": [], "rows": [], "note": "", "scenario": ""}
    label = told | {"rule": "A", "keys": ["1"], "severity": "R", "amount_at_risk_fen": 500_00}
    alert = {"rule_id": "A", "subjects": ["claim:1"], "severity": "O", "amount_at_risk_fen": 498_99, "why_en": ""}

    report = scored({"labels": [label], "look_alikes": []}, [alert])

    assert (report.rules["A"].recalled, report.rules["A"].amount_equal) == (1, 0)
    assert [fault["alerts_fen"] for fault in report.amounts] == [[498_99]]
    assert [(fault["severity"], fault["alerts"]) for fault in report.severities] == [("R", ["O"])]
