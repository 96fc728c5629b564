"""Who may not see an alert: whoever is named in it, or in its evidence (DESIGN §7)."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select

from projections.tables.alerts import ALERT_EVIDENCE, ALERT_SUBJECTS, ALERTS
from projections.tables.hands import HANDS
from projections.tables.internal import SUBJECT_INDEX


class Reader(NamedTuple):
    """A person who reads alerts under a 工号.

    staff_nos:  all the numbers of that person.
    person:     reference of the person.
    villages:   whose clerk the person is: what was done on behalf of such a village was done by that office.
    """

    staff_nos: tuple[str, ...]
    person: str | None = None
    villages: tuple[str, ...] = ()


def named(reader: Reader) -> ColumnElement[bool]:
    """Whether an alert of `alerts` names the reader: among its subjects, or in the entries that it rests on.

    An entry names who entered or corrected it, the staff and the people of its row, and its village.
    """
    subjects, evidence, index, hands = ALERT_SUBJECTS.c, ALERT_EVIDENCE.c, SUBJECT_INDEX.c, HANDS.c
    names = [("staff", list(reader.staff_nos)), ("place", list(reader.villages))]
    if reader.person is not None:
        names.append(("person", [reader.person]))
    names = [(kind, values) for kind, values in names if values]
    ours = evidence.alert_id == ALERTS.c.alert_id  # of the query that this is a condition of
    among_subjects = exists(
        select(subjects.alert_id)
        .where(
            subjects.alert_id == ALERTS.c.alert_id,
            subjects.subject.in_([f"{kind}:{value}" for kind, values in names for value in values]),
        )
        .correlate(ALERTS.table)
    )
    in_rows = exists(
        select(evidence.position)
        .join(SUBJECT_INDEX, index.position == evidence.position)
        .where(ours, or_(*(and_(index.kind == kind, index.value.in_(values)) for kind, values in names)))
        .correlate(ALERTS.table)
    )
    acted = exists(
        select(evidence.position)
        .join(HANDS, hands.position == evidence.position)
        .where(ours, hands.staff_no.in_(reader.staff_nos))
        .correlate(ALERTS.table)
    )
    return or_(among_subjects, in_rows, acted)
