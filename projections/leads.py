"""Leads (问题线索): what stands against one subject, scored so that the gravest is looked into first (DOMAIN §4).

    score = 1 − ∏(1 − w), w = 0.6, 0.3, 0.1, 0.03 for R, O, Y, B, once for each family of rules: its gravest alert

A lead is scored, nobody is: it is worked out from the alerts whenever it is asked for, and is gone when they are. An
alert leaves it by being dismissed, withdrawn, or found to be unfounded; a subject all of whose alerts are closed is
none.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, cast, func, or_, select

from projections.dialect import BIGINT
from projections.readers import Reader, named
from projections.tables.alerts import ALERT_SUBJECTS, ALERTS, AT_REST

KINDS: Final = ("person", "household", "staff", "org", "project", "contract", "account", "phone", "class")
"""Kinds of subject that somebody can be asked about; not what many have in common, as a programme or a place."""

LEFT_PERCENT: Final[Mapping[str, int]] = {"R": 40, "O": 70, "Y": 90, "B": 97}
"""What a family leaves of doubt, 1 − w, by the severity of its gravest alert; from the gravest on."""

MILLION, BILLION = 1_000_000, 1_000_000_000
MOST_FAMILIES: Final = 32
ALERTS_NAMED: Final = 20
"""Alerts of a lead that are named, the gravest first; `alerts` says how many there are."""

NOT_IN_A_LEAD: Final = ("withdrawn", "dismissed")


class LeadAsked(NamedTuple):
    """Which leads; what is not named is not asked for.

    subject: as `kind:value`.
    kind:    of subject.
    reader:  who asks: alerts that name that person are left out, and count for nothing.
    """

    subject: str | None = None
    kind: str | None = None
    reader: Reader | None = None


EVERY_LEAD: Final = LeadAsked()


def leads(
    connection: Connection, asked: LeadAsked = EVERY_LEAD, *, after: tuple[int, str] | None = None, limit: int
) -> list[dict[str, Any]]:
    """At most `limit` leads, the highest score first, then by subject; `after` is such a pair, of the last one read."""
    scored = _scored(asked).subquery()
    query = select(scored).order_by(scored.c.score_ppm.desc(), scored.c.subject).limit(limit)
    if after is not None:
        score_ppm, subject = after
        behind = and_(scored.c.score_ppm == score_ppm, scored.c.subject > subject)
        query = query.where(or_(scored.c.score_ppm < score_ppm, behind))
    found = [dict(row) for row in connection.execute(query).mappings()]
    ids = _alert_ids(connection, asked, [lead["subject"] for lead in found])
    return [_lead(row, ids.get(row["subject"], [])) for row in found]


def score_ppm(families: Mapping[str, int]) -> int:
    """The score of so many families by severity, in parts per million; as the database works it out.

    It is exact up to four families, and within one part per million beyond.
    """
    left = BILLION
    for severity, percent in LEFT_PERCENT.items():
        left = left * _left(percent, families.get(severity, 0)) // BILLION
    return MILLION - (left + 500) // 1_000


def _left(percent: int, families: int) -> int:
    """What so many families of one severity leave, in parts per billion."""
    left: int = BILLION * percent**families // 100**families
    return left


def _scored(asked: LeadAsked) -> Select[Any]:
    families = _families(asked).subquery()
    by_severity = {
        severity: func.sum(case((families.c.rank == rank, 1), else_=0)) for rank, severity in enumerate(LEFT_PERCENT)
    }
    left: ColumnElement[int] = cast(BILLION, BIGINT)
    for severity, percent in LEFT_PERCENT.items():
        powers = {count: _left(percent, count) for count in range(MOST_FAMILIES + 1)}
        left = left * cast(case(powers, value=by_severity[severity]), BIGINT) // cast(BILLION, BIGINT)
    return (
        select(
            families.c.subject,
            families.c.kind,
            (cast(MILLION, BIGINT) - (left + 500) // cast(1_000, BIGINT)).label("score_ppm"),
            func.min(families.c.rank).label("rank"),
            func.sum(families.c.alerts).label("alerts"),
            func.sum(families.c.open).label("open"),
            func.max(families.c.at_risk_fen).label("at_risk_fen"),
            func.aggregate_strings(families.c.family, "、").label("families"),
        )
        .group_by(families.c.subject, families.c.kind)
        .having(func.sum(families.c.open) > 0)
    )


def _families(asked: LeadAsked) -> Select[Any]:
    """What each family of rules has against each subject: its gravest severity, as a rank from R = 0."""
    alerts, subjects = ALERTS.c, ALERT_SUBJECTS.c
    return (
        select(
            subjects.subject,
            subjects.kind,
            alerts.family,
            func.min(_rank()).label("rank"),
            func.count().label("alerts"),
            func.sum(case((alerts.state.in_(AT_REST), 0), else_=1)).label("open"),
            func.max(alerts.amount_at_risk_fen).label("at_risk_fen"),
        )
        .select_from(ALERT_SUBJECTS)
        .join(ALERTS.table, alerts.alert_id == subjects.alert_id)
        .where(*_standing(asked))
        .group_by(subjects.subject, subjects.kind, alerts.family)
    )


def _standing(asked: LeadAsked) -> Iterator[ColumnElement[bool]]:
    alerts, subjects = ALERTS.c, ALERT_SUBJECTS.c
    yield subjects.kind.in_(KINDS)
    yield alerts.state.not_in(NOT_IN_A_LEAD)
    yield ~alerts.unfounded
    if asked.subject is not None:
        yield subjects.subject == asked.subject
    if asked.kind is not None:
        yield subjects.kind == asked.kind
    if asked.reader is not None:
        yield ~named(asked.reader)


def _rank() -> ColumnElement[int]:
    return case({severity: rank for rank, severity in enumerate(LEFT_PERCENT)}, value=ALERTS.c.severity)


def _alert_ids(connection: Connection, asked: LeadAsked, found: list[str]) -> dict[str, list[str]]:
    """The gravest and newest alerts of each of those subjects."""
    alerts, subjects = ALERTS.c, ALERT_SUBJECTS.c
    order = (_rank(), alerts.raised_at.desc(), alerts.alert_id)
    numbered = (
        select(
            subjects.subject,
            alerts.alert_id,
            func.row_number().over(partition_by=subjects.subject, order_by=order).label("place"),
        )
        .select_from(ALERT_SUBJECTS)
        .join(ALERTS.table, alerts.alert_id == subjects.alert_id)
        .where(subjects.subject.in_(found), *_standing(asked))
        .subquery()
    )
    query = select(numbered).where(numbered.c.place <= ALERTS_NAMED).order_by(numbered.c.subject, numbered.c.place)
    ids: dict[str, list[str]] = {}
    for row in connection.execute(query):
        ids.setdefault(row.subject, []).append(row.alert_id)
    return ids


def _lead(row: Mapping[str, Any], alert_ids: list[str]) -> dict[str, Any]:
    return {
        "subject": row["subject"],
        "kind": row["kind"],
        "score_ppm": int(row["score_ppm"]),
        "severity": list(LEFT_PERCENT)[int(row["rank"])],
        "families": sorted(row["families"].split("、")),
        "alerts": int(row["alerts"]),
        "open": int(row["open"]),
        "largest_at_risk_fen": int(row["at_risk_fen"]),
        "alert_ids": alert_ids,
    }
