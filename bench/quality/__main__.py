"""`python -m bench.quality`: labelled packages, and how well the rules do on them.

    python -m bench.quality make DIR --seed N [--people P] [--fraud-rate R] [--rules ID …] [--cases] [--csv]
                                 [--without SHEET[.COLUMN] …]
    python -m bench.quality score [--seeds N …] [--people P] [--fraud-rate R] [--rules ID …] [--cases] [--json]
                                  [--keep DIR] [--write docs/quality.md]

`make` writes a package to DIR and its labels to DIR-labels.json; with `--cases` the reported cases of DOMAIN §8, each a
package of its own in DIR. `score` makes packages, imports each into a fresh ledger in a process of its own, and tells
recall and precision of every rule; its exit status says whether everything ran, never how well.
"""

import argparse
import json
from pathlib import Path

from bench.quality.families import FAMILIES
from bench.quality.measuring import faults, measured, table, write_measured
from bench.quality.package import FRAUD_RATE, PEOPLE, Making, make
from bench.quality.reported import REPORTED
from bench.quality.scoring import Report

ALL = {"planted": FAMILIES}
"""The cases that the bench invents itself, by the name of the folder in which their packages are kept."""


def main() -> None:
    """Make or score packages."""
    options = parsed()
    if options.command == "make":
        make_package(options)
    else:
        score_packages(options)


def parsed() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.quality")
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make", help="write a labelled package")
    making.add_argument("folder", type=Path)
    making.add_argument("--seed", type=int, default=1)
    making.add_argument("--csv", action="store_true", help="sheets as .csv")
    scoring = commands.add_parser("score", help="measure recall and precision")
    scoring.add_argument("--seeds", type=int, nargs="+", default=[1])
    scoring.add_argument("--json", action="store_true")
    scoring.add_argument("--keep", type=Path, help="leave the packages in that folder")
    scoring.add_argument(
        "--write", type=Path, metavar="PAGE", help="write the page, and projections/rules/measured.json"
    )
    for command in (making, scoring):
        command.add_argument("--people", type=int, default=PEOPLE, help="people of the honest part")
        command.add_argument("--fraud-rate", type=float, default=FRAUD_RATE, help="cases of a kind per 100 people")
        command.add_argument("--rules", nargs="+", default=[], metavar="ID", help="only cases about these rules")
        command.add_argument("--without", nargs="+", default=[], metavar="SHEET[.COLUMN]", help="what is not kept")
        command.add_argument("--cases", action="store_true", help="the reported cases of DOMAIN §8")
    return parser.parse_args()


def making_of(options: argparse.Namespace, seed: int) -> Making:
    """What a package of that seed is made of."""
    return Making(seed, options.people, options.fraud_rate, frozenset(options.rules), options.without)


def make_package(options: argparse.Namespace) -> None:
    """Write it, and say how much is in it."""
    making = making_of(options, options.seed)
    folders = {options.folder / name: [family] for name, family in REPORTED.items()}
    for folder, families in (folders if options.cases else {options.folder: FAMILIES}).items():
        labels = make(folder, making, families, as_csv=options.csv)
        print(f"{len(labels['labels'])} labels, {len(labels['look_alikes'])} look-alikes: {folder}")


def score_packages(options: argparse.Namespace) -> None:
    """Print the figures."""
    makings = [making_of(options, seed) for seed in options.seeds]
    report = Report()
    for name, families in ({name: [family] for name, family in REPORTED.items()} if options.cases else ALL).items():
        report.add(measured(makings, families, keep=options.keep and options.keep / name))
    if options.write:
        write_measured(report, options.seeds, options.write)
    if options.json:
        print(json.dumps(report.told(), ensure_ascii=False, indent=1))
    else:
        print(table(report))
        print(faults(report))


if __name__ == "__main__":
    main()
