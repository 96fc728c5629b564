"""项目台账: projects as they stand, with what was paid for them."""

from domain.project import ProjectAccepted, ProjectApproved, ProjectEntered, ProjectProposed, ProjectRow
from projections.tables.column import Unit, derived, stated
from projections.tables.fact_table import FactTable

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
    ),
    events=(ProjectProposed, ProjectEntered, ProjectApproved, ProjectAccepted),
    register=True,
    keys={"project_no": "project", "quota_doc_no": "document", "location": "place"},
    indexes=("project_no", "quota_doc_no", "location"),
    key=("project_no",),
)
