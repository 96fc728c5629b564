"""补贴目录 and 补贴标准: what a programme grants, and its standards in force."""

from domain.subsidy import ProgrammeDefined
from projections.tables.column import stated
from projections.tables.fact_table import FactTable


def states_terms(event: ProgrammeDefined) -> bool:
    """Whether it is a row of 补贴目录; a row of 补贴标准 states a rate and no more."""
    return event.rate_fen is None


def states_a_rate(event: ProgrammeDefined) -> bool:
    """Whether it is a row of 补贴标准."""
    return event.rate_fen is not None


PROGRAMMES = FactTable(
    "programmes",
    columns=stated(
        ProgrammeDefined,
        "programme programme_code unit period_kind max_per_period amount_rule excludes needs_notice notice_days "
        "requires_roster requires_entitlement carry_over_after_exit posthumous pay_mode deadline_days purpose_code "
        "max_per_year",
    ),
    events=(ProgrammeDefined,),
    when=states_terms,
    register=True,
    keys={"programme": "terms"},  # not "programme": every payment touches that, changed terms reach all its payments
    indexes=("programme",),
    key=("programme",),
)

PROGRAMME_RATES = FactTable(
    "programme_rates",
    columns=stated(ProgrammeDefined, "programme variant rate_fen starts_on until"),
    events=(ProgrammeDefined,),
    when=states_a_rate,
    register=True,
    keys={"programme": "rate"},
    indexes=("programme variant starts_on",),
    key=("programme", "variant", "starts_on"),
)
