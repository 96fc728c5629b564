"""近亲属备案: which cadre declared which relative."""

from domain.relation import RelationDeclared
from projections.tables.column import personal, stated
from projections.tables.fact_table import FactTable

RELATIONS = FactTable(
    "relations",
    columns=(
        *stated(RelationDeclared, "staff_no"),
        personal("relative_name"),
        *stated(RelationDeclared, "relative_id relation declared_on recused"),
    ),
    events=(RelationDeclared,),
    register=True,
    keys={"staff_no": "staff", "relative_id": "person"},
    indexes=("staff_no", "relative_id"),
    key=("staff_no", "relative_id"),
)
