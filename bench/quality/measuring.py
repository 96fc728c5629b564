"""Packages made, imported each into a fresh ledger by the program itself, and scored."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.quality.label import Family
from bench.quality.package import Making, labels_of, make
from bench.quality.scoring import Report, scored
from bench.quality.town.township import TOWNSHIP, TOWNSHIP_CODE

HOUSE = Path(__file__).resolve().parents[2]
NOTHING_REFUSED = 0
MEASURED = HOUSE / "projections" / "rules" / "measured.json"
"""What `mingzhang rules list` shows beside each rule."""


def measured(makings: Iterable[Making], families: list[Family], *, keep: Path | None = None) -> Report:
    """The scores of all these packages together; `keep` leaves them, and their ledgers, in that folder."""
    report = Report()
    for making in makings:
        with tempfile.TemporaryDirectory() as scratch:
            folder = (keep or Path(scratch)) / f"seed-{making.seed}"
            make(folder, making, families)
            report.add(scored_package(folder, only=making.rules))
    return report


def scored_package(folder: Path, *, only: Iterable[str] = ()) -> Report:
    """Import a package that stands in `folder` and score what is raised against its labels."""
    labels = json.loads(labels_of(folder).read_bytes())
    return scored(labels, alerts_of(folder), frozenset(only))


def alerts_of(folder: Path) -> list[dict[str, Any]]:
    """The alerts of a fresh ledger into which the package went; it must be taken without an error."""
    with tempfile.TemporaryDirectory() as scratch:
        ledger = Path(scratch) / "ledger"
        _mingzhang(ledger, "init", "--place", TOWNSHIP_CODE, "--name", TOWNSHIP)
        told = json.loads(_mingzhang(ledger, "import", str(folder), "--json"))
        refused = [file for file in told["files"] if file["outcome"] != "taken"]
        if refused or told["problems"]:
            raise SystemExit(f"The package was not taken whole: {told['problems']} {refused}")
        exported = _mingzhang(ledger, "alerts", "export", "--format", "jsonl", "--reveal", "--why", "bench.quality")
    return [json.loads(line) for line in exported.splitlines() if line.strip()]


def _mingzhang(ledger: Path, *words: str) -> bytes:
    line = [sys.executable, "-c", "from api.cli import main; main()", "--ledger", str(ledger), *words]
    done = subprocess.run(
        line, cwd=HOUSE, capture_output=True, check=False, env=os.environ | {"PYTHONPATH": str(HOUSE)}
    )
    if done.returncode != NOTHING_REFUSED:
        raise SystemExit(f"mingzhang {words[0]} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return done.stdout


def table(report: Report) -> str:
    """The scores as a table of Markdown."""
    lines = [
        "| rule | labels | recall | alerts right | false alarms | precision | amounts equal |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for rule, score in [*sorted(report.rules.items()), ("all", report.overall)]:
        shares = (score.recall, score.precision, score.amount_share)
        recall, precision, amounts = ("–" if share is None else f"{share:.3f}" for share in shares)
        lines.append(
            f"| {rule} | {score.labels} | {recall} | {score.hits} | {score.false_alarms} | {precision} | {amounts} |"
        )
    return "\n".join(lines)


def faults(report: Report) -> str:
    """What was missed, what was raised wrongly, which amounts differ: a line each."""
    lines = [f"MISSED {told['rule']} {told['keys'][:6]} {told['note']} {told['scenario']}" for told in report.missed]
    for told in report.false:
        alike = f" | look-alike: {told['look_alike']}" if told["look_alike"] else ""
        lines.append(f"FALSE  {told['rule']} {told['severity']} {told['subjects']} | {told['why']}{alike}")
    lines += [
        f"AMOUNT {told['rule']} label {told['amount_at_risk_fen']} alerts {told['alerts_fen']} {told['keys'][:4]}"
        for told in report.amounts
    ]
    lines += [
        f"SEVERITY {told['rule']} label {told['severity']} alerts {told['alerts']} {told['keys'][:4]}"
        for told in report.severities
    ]
    if report.unscored:
        lines.append(f"Alerts of rules that are planted nowhere: {dict(sorted(report.unscored.items()))}")
    return "\n".join(lines)


def write_measured(report: Report, seeds: list[int], page: Path) -> None:
    """The page of the figures, and the file from which the rule list takes them."""
    by_rule = {
        rule: {
            "labels": score.labels,
            "recalled": score.recalled,
            "hits": score.hits,
            "false_alarms": score.false_alarms,
            "precision": score.precision,
            "recall": score.recall,
            "seeds": seeds,
        }
        for rule, score in sorted(report.rules.items())
        if score.labels
    }
    lines = ",\n".join(f"{json.dumps(rule)}: {json.dumps(figures)}" for rule, figures in by_rule.items())
    MEASURED.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    page.write_text(PAGE.format(seeds=", ".join(map(str, seeds)), table=table(report)), encoding="utf-8")


PAGE = """# How well the rules find

Measured by `python -m bench.quality score --write docs/quality.md` on packages that the bench makes itself (seeds
{seeds}): an honest township-year in which irregularities are planted at the thresholds of the rules, beside lawful
look-alikes just below them and those that each rule's list of false positives names. Recall is the share of planted
cases that an alert of their rule found; precision is the share of right alerts of the planted rules. An amount is equal
when it is the label's, to a yuan. In the honest part alone nothing above blue (B) is raised.

What these figures are not: the cases are written from the same paper as the rules, and where the paper leaves a
threshold's edge or an amount open, the bench reads it as the rule does. They show that a rule does what it says, at
the fen and at the day; how often an alert is confirmed in an office, only the dismissals of that office show
(`mingzhang rules list`). Not planted are the rules that wait for sheets, and MIS-07 and COV-04, which one package
cannot show.

{table}
"""
