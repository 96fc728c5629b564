"""How alerts fare against the labels of a package: recall, precision, and whether the amounts agree.

An alert and a label match when they have the same rule and share a key. An alert is

    a hit          when it matches a label of its rule;
    tolerated      when it matches a look-alike of its rule below the severity from which that counts;
    a false alarm  when it matches a look-alike otherwise, or nothing although its rule is planted;
    neutral        when a label that shares a key names its rule in `also`;
    unscored       when its rule is planted nowhere in the package.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SEVERITIES = "BYOR"
"""From the least to the most."""

GONE = ("withdrawn", "dismissed")
TOLERATED_FEN = 100


@dataclass
class Score:
    """The counts of one rule."""

    labels: int = 0
    recalled: int = 0
    alerts: int = 0
    hits: int = 0
    false_alarms: int = 0
    neutral: int = 0
    tolerated: int = 0
    amount_equal: int = 0

    @property
    def recall(self) -> float | None:
        """The share of labels that were found."""
        return round(self.recalled / self.labels, 4) if self.labels else None

    @property
    def precision(self) -> float | None:
        """The share of right alerts among those that are right or wrong."""
        judged = self.hits + self.false_alarms
        return round(self.hits / judged, 4) if judged else None

    @property
    def amount_share(self) -> float | None:
        """The share of found labels whose amount at risk is the label's, to a yuan."""
        return round(self.amount_equal / self.recalled, 4) if self.recalled else None

    def __add__(self, other: "Score") -> "Score":
        return Score(**{name: count + getattr(other, name) for name, count in asdict(self).items()})

    def told(self) -> dict[str, Any]:
        """The counts with the shares."""
        shares = {"recall": self.recall, "precision": self.precision, "amount_share": self.amount_share}
        return asdict(self) | shares


@dataclass
class Report:
    """The scores of a package, or of several.

    rules:    by rule.
    missed:   labels that nothing found; false: alarms that found nothing.
    amounts, severities: labels whose alert says another amount, or another severity where the label says one.
    unscored: alerts of rules that are planted nowhere.
    """

    rules: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    missed: list[dict[str, Any]] = field(default_factory=list)
    false: list[dict[str, Any]] = field(default_factory=list)
    amounts: list[dict[str, Any]] = field(default_factory=list)
    severities: list[dict[str, Any]] = field(default_factory=list)
    unscored: Counter[str] = field(default_factory=Counter)

    @property
    def overall(self) -> Score:
        """All rules together."""
        return sum(self.rules.values(), Score())

    def add(self, other: "Report") -> None:
        """Take in the report of another package."""
        for rule, score in other.rules.items():
            self.rules[rule] += score
        self.missed += other.missed
        self.false += other.false
        self.amounts += other.amounts
        self.severities += other.severities
        self.unscored += other.unscored

    def told(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return {
            "overall": self.overall.told(),
            "rules": {rule: self.rules[rule].told() for rule in sorted(self.rules)},
            "missed": self.missed,
            "false_alarms": self.false,
            "amounts": self.amounts,
            "severities": self.severities,
            "unscored": dict(sorted(self.unscored.items())),
        }


def scored(labels: Mapping[str, Any], alerts: Iterable[Mapping[str, Any]], only: Collection[str] = ()) -> Report:
    """Score exported alerts against a labels file; `only` leaves out all rules but those."""
    planted = [label for label in labels["labels"] if not only or label["rule"] in only]
    alikes = [alike for alike in labels["look_alikes"] if not only or alike["rule_not_expected"] in only]
    report = Report()
    for label in planted:
        report.rules[label["rule"]].labels += 1
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    judge = _Judge(report, planted, alikes, found)
    for alert in alerts:
        if alert.get("state") not in GONE and (not only or alert["rule_id"] in only):
            judge(alert)
    for number, label in enumerate(planted):
        _recall(report, label, found[number])
    return report


class _Judge:
    """Puts each alert where it belongs."""

    def __init__(
        self,
        report: Report,
        labels: list[dict[str, Any]],
        alikes: list[dict[str, Any]],
        found: dict[int, list[Mapping[str, Any]]],
    ) -> None:
        self.report, self.labels, self.found = report, labels, found
        self.by_key: dict[tuple[str, str], set[int]] = defaultdict(set)
        self.alike_by_key: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        self.excused: set[tuple[str, str]] = set()
        for number, label in enumerate(labels):
            for key in label["keys"]:
                self.by_key[label["rule"], key].add(number)
        for alike in alikes:
            for key in alike["keys"]:
                self.alike_by_key[alike["rule_not_expected"], key].append(alike)
        for told in (*labels, *alikes):
            self.excused.update((rule, key) for rule in told.get("also", ()) for key in told["keys"])

    def __call__(self, alert: Mapping[str, Any]) -> None:
        rule = alert["rule_id"]
        keys = {(rule, value) for said in alert["subjects"] for value in (said, said.partition(":")[2])}
        matched = {number for key in keys for number in self.by_key.get(key, ())}
        alikes = [alike for key in keys for alike in self.alike_by_key.get(key, ())]
        if not matched and not alikes and rule not in self.report.rules and self.labels:
            self.report.unscored[rule] += 1
            return
        score = self.report.rules[rule]
        score.alerts += 1
        if matched:
            score.hits += 1
            for number in matched:
                self.found[number].append(alert)
        elif alikes and all(_tolerated(alert["severity"], alike["tolerated_below"]) for alike in alikes):
            score.tolerated += 1
        elif alikes or not keys & self.excused:
            score.false_alarms += 1
            self.report.false.append(_told(alert, alikes))
        else:
            score.neutral += 1


def _tolerated(severity: str, below: str) -> bool:
    return bool(below) and SEVERITIES.index(severity) < SEVERITIES.index(below)


def _told(alert: Mapping[str, Any], alikes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "rule": alert["rule_id"],
        "severity": alert["severity"],
        "subjects": list(alert["subjects"])[:6],
        "why": alert["why_en"],
        "look_alike": alikes[0]["why"] if alikes else "",
    }


def _recall(report: Report, label: dict[str, Any], alerts: list[Mapping[str, Any]]) -> None:
    told = {name: label[name] for name in ("rule", "keys", "note", "scenario", "rows", "amount_at_risk_fen")}
    if not alerts:
        report.missed.append(told)
        return
    score = report.rules[label["rule"]]
    score.recalled += 1
    severities = {alert["severity"] for alert in alerts}
    if label.get("severity", "") not in {"", *severities}:
        report.severities.append(told | {"severity": label["severity"], "alerts": sorted(severities)})
    amounts = [alert["amount_at_risk_fen"] for alert in alerts]
    wanted = label["amount_at_risk_fen"]
    if any(abs(fen - wanted) <= TOLERATED_FEN for fen in (*amounts, sum(amounts))):
        score.amount_equal += 1
    else:
        report.amounts.append(told | {"alerts_fen": amounts})
