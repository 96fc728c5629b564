"""优亲厚友 and 关联: relatives, linked suppliers, concentration (DOMAIN §4 G)."""

from projections.rules.conflicts.concentrated_contracts import one_supplier_has_most_of_a_village
from projections.rules.conflicts.linked_supplier import supplier_of_a_cadre
from projections.rules.conflicts.relatives_share import households_near_cadres_are_favoured
from projections.rules.conflicts.undeclared_relative import relative_paid_before_declared
from projections.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    relative_paid_before_declared,
    households_near_cadres_are_favoured,
    supplier_of_a_cadre,
    one_supplier_has_most_of_a_village,
)
