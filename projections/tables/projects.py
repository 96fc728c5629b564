"""项目台账: projects as they stand, with what was paid for them."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import ColumnElement, func, select

from domain.event import Versioned
from domain.project import (
    ProjectAccepted,
    ProjectAmended,
    ProjectApproved,
    ProjectClosed,
    ProjectEntered,
    ProjectProposed,
    ProjectRow,
    decided,
    kept_of,
)
from projections.batch import Batch
from projections.tables.column import Unit, day_recorded, derived, internal, stated
from projections.tables.contracts import CONTRACTS
from projections.tables.fact_table import FactTable
from projections.tables.payments import PAYMENTS

AT_ENTRY = {"entry_budget_fen": "budget_fen", "entry_households": "beneficiary_households"}
"""What was put into the library, by the column that states it now."""


def _keep_what_was_decided(before: Mapping[str, Any], now: dict[str, Any]) -> None:
    """A list that does not know of a step taken here takes no step back, nor does it change what was entered."""
    _keep_what_was_entered(before, now)
    if before["decided"] is None:
        return
    now.update(kept_of(before.__getitem__, now.__getitem__))
    now["decided"] = now["decided"] or before["decided"]


def _keep_what_was_entered(before: Mapping[str, Any], now: dict[str, Any]) -> None:
    """Plan and scale stand as they were first entered, until a change is approved here; the day is that of the last."""
    if all(before[column] == now[column] for column in AT_ENTRY.values()):
        now["restated_on"] = before["restated_on"]
    if not now["change_approved"]:
        now.update({column: before[column] for column in AT_ENTRY if before[column] is not None})


def _at_entry(column: str) -> Callable[[Versioned], Any]:
    """What a row states of the plan, if the project is in the library by it."""
    read = attrgetter(column)
    return lambda placed: None if cast("ProjectRow", placed.event).entered_on is None else read(placed.event)


PROJECTS = FactTable(
    "projects",
    columns=(
        *stated(
            ProjectRow,
            "project_no project_name project_class location fund_source quota_doc_no budget_fen received_fen paid_fen "
            "implementer supplier_name supplier_uscc contract_amount_fen entered_on approved_on status started_on "
            "accepted_on beneficiary_households performance_target notice_from notice_until",
        ),
        derived("net_fen", Unit.FEN, 0),
        internal("decided", Unit.TEXT, lambda placed: decided(placed.event)),
        *(internal(name, Unit.INTEGER, _at_entry(column)) for name, column in AT_ENTRY.items()),
        internal("change_approved", Unit.YES_NO, lambda placed: isinstance(placed.event, ProjectAmended)),
        internal("restated_on", Unit.DAY, day_recorded),
    ),
    events=(ProjectProposed, ProjectEntered, ProjectApproved, ProjectAmended, ProjectAccepted, ProjectClosed),
    register=True,
    keys={"project_no": "project", "quota_doc_no": "document", "location": "place"},
    indexes=("project_no", "quota_doc_no", "location"),
    key=("project_no",),
    carry=_keep_what_was_decided,
)


def derive_projects(batch: Batch) -> None:
    """Sum up what was paid, net, for the projects and under the contracts that the batch concerns."""
    if batch.changed & {"payments", PROJECTS.name}:
        concerned = PROJECTS.c.project_no.in_(batch.those("project"))
        paid = _net_where(PAYMENTS.c.project_no == PROJECTS.c.project_no)
        batch.recompute(PROJECTS, concerned, {"net_fen": paid})
    if batch.changed & {"payments", CONTRACTS.name}:
        concerned = CONTRACTS.c.contract_no.in_(batch.those("contract"))
        paid = _net_where(PAYMENTS.c.contract_no == CONTRACTS.c.contract_no)
        batch.recompute(CONTRACTS, concerned, {"net_fen": paid})


def _net_where(where: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(select(func.sum(PAYMENTS.c.net_fen)).where(where).scalar_subquery(), 0)
