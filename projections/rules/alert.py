"""From a row that a rule found to the fields of its alert."""

from datetime import date
from hashlib import sha256
from typing import Any, Final, TypedDict

from domain.money import yuan
from projections.rules.pack import Pack
from projections.rules.phrases import SEPARATOR
from projections.rules.rule import Found, Rule, Severity

IDENTITY: Final = "alert/v1"
ID_HEX_DIGITS: Final = 32

NOTHING: Final = "—"
"""What stands in a sentence where there is no figure."""

PPM_A_PERCENT: Final = 10_000

NOT_A_SUBJECT = frozenset({"period", "month", "year", "day", "limit", "stage"})
"""Parts of an anchor that stand by themselves; all others are written as `kind:value` (OUTPUTS §1)."""


class AlertFields(TypedDict):
    """What `domain.alert.AlertRow` says beside its envelope."""

    alert_id: str
    rule_id: str
    rule_version: int
    pack_hash: str
    severity: Severity
    anchor: tuple[str, ...]
    subjects: tuple[str, ...]
    event_refs: tuple[int, ...]
    amount_at_risk_fen: int
    holds_from: date
    why_zh: str
    why_en: str


def alert_id(rule_id: str, anchor: tuple[str, ...]) -> str:
    """The first 32 hex digits of `SHA-256("alert/v1|" + rule id + "|" + anchor joined by "|")`.

    The same wherever and whenever it is computed, so that evidence which grows changes an alert and makes no other.
    """
    return sha256("|".join((IDENTITY, rule_id, *anchor)).encode()).hexdigest()[:ID_HEX_DIGITS]


def alert_of(rule: Rule, pack: Pack, row: Found) -> AlertFields:
    """The alert that `row`, found by `rule` with the numbers of `pack`, is."""
    terms = rule.terms
    anchor = tuple(_as_subject(name, value) for name in terms.anchor for value in _each(str(row[name])))
    figures = _figures(row)
    return AlertFields(
        alert_id=alert_id(terms.rule_id, anchor),
        rule_id=terms.rule_id,
        rule_version=terms.version,
        pack_hash=pack.hash,
        severity=row.get("severity") or terms.severity,
        anchor=anchor,
        subjects=tuple(f"{kind}:{value}" for kind in terms.subjects for value in _each(row[kind])),
        event_refs=tuple(sorted(int(position) for position in _each(row["evidence"]))),
        amount_at_risk_fen=int(row["at_risk_fen"]),
        holds_from=date.fromordinal(row["holds_from"]),
        why_zh=terms.why_zh.format_map(figures),
        why_en=terms.why_en.format_map(figures),
    )


def _as_subject(name: str, value: Any) -> str:
    return str(value) if name in NOT_A_SUBJECT else f"{name}:{value}"


def _each(aggregated: str | None) -> list[str]:
    """The values that `phrases.every` put together, each once, by code point."""
    return sorted(set(aggregated.split(SEPARATOR))) if aggregated else []


def _figures(row: Found) -> dict[str, Any]:
    """What a sentence may name: `x_fen` as {x_yuan}, `x_on` as a date, `x_ppm` as {x_percent}, the rest as it is."""
    return dict(_figure(name, value) for name, value in row.items())


def _figure(name: str, value: Any) -> tuple[str, Any]:
    stem, _, unit = name.rpartition("_")
    if unit == "fen":
        return f"{stem}_yuan", NOTHING if value is None else yuan(int(value))
    if unit == "ppm":
        return f"{stem}_percent", NOTHING if value is None else f"{int(value) / PPM_A_PERCENT:g}%"
    if unit == "on":
        return name, NOTHING if value is None else date.fromordinal(int(value))
    return name, NOTHING if value is None else value
