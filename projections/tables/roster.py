"""花名册 and the lists beside it: households and their members, guardians, deaths, the public payroll."""

from sqlalchemy import ColumnElement, func, or_, select

from domain.person import (
    GuardianRegistered,
    HouseholdExited,
    HouseholdRemoved,
    MemberChanged,
    PayrollListed,
    PersonDied,
    PersonMoved,
    PersonRegistered,
)
from projections.tables.column import Unit, copied, personal, renamed, stated
from projections.tables.fact_table import FactTable

ROSTER_SPANS = FactTable(
    "roster_spans",
    columns=(
        *stated(PersonRegistered, "row_no village hamlet household_no"),
        personal("head_name"),
        personal("name"),
        *stated(
            PersonRegistered, "relation id_no category included_on included_kind exited_on exit_kind from_household"
        ),
        personal("disability_level"),
        personal("capacity", default="完全"),
        *stated(PersonRegistered, "phone registered_on"),
        copied("known_on", Unit.DAY, "registered_on"),
        *stated(PersonRegistered, "incapable", hidden=True),
    ),
    events=(PersonRegistered, MemberChanged, HouseholdExited, HouseholdRemoved, PersonMoved),
    register=True,
    keys={"id_no": "person", "household_no": "household", "phone": "phone", "village": "place"},
    indexes=("id_no included_on", "household_no", "phone"),
    key=("household_no", "id_no", "included_on"),
)

GUARDIANS = FactTable(
    "guardians",
    columns=(
        personal("ward_name"),
        *stated(GuardianRegistered, "ward_id"),
        personal("guardian_name"),
        *stated(GuardianRegistered, "guardian_id account_no relation starts_on until"),
    ),
    events=(GuardianRegistered,),
    register=True,
    keys={"ward_id": "person", "guardian_id": "person", "account_no": "account"},
    indexes=("ward_id", "guardian_id", "account_no"),
    key=("ward_id", "starts_on"),
)

DEATHS = FactTable(
    "deaths",
    columns=(
        personal("name"),
        *stated(PersonDied, "id_no death_on known_on"),
        *(renamed(column, "source") for column in stated(PersonDied, "origin")),
    ),
    events=(PersonDied,),
    register=True,
    keys={"id_no": "person"},
    indexes=("id_no",),
    key=("id_no",),
)

PAYROLL = FactTable(
    "payroll",
    columns=(
        personal("name"),
        *stated(PayrollListed, "id_no org starts_on until"),
    ),
    events=(PayrollListed,),
    register=True,
    keys={"id_no": "person"},
    indexes=("id_no",),
    key=("id_no", "starts_on"),
)


def household_on(id_no: ColumnElement[str], day: ColumnElement[int]) -> ColumnElement[str | None]:
    """The household in which a person stands on the roster on `day`: the first by number, null off the roster.

    退出日期 is the first day without. Quarantined rows of the roster are not joined.
    """
    spans = ROSTER_SPANS.c
    return (
        select(func.min(spans.household_no))
        .where(
            spans.id_no == id_no,
            spans.included_on <= day,
            or_(spans.exited_on.is_(None), spans.exited_on > day),
            spans.quarantined.is_(False),
        )
        .scalar_subquery()
    )
