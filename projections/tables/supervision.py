"""What else the supervision book tells: spot checks, reads of personal data, rule packs, findings of verifiers."""

from domain.spot_check import RandomnessCommitted, SampleDrawn, SpotCheckPlanned
from domain.supervision import PersonalDataRevealed, RulePackAdopted, VerificationFailed
from projections.tables.column import Unit, day_recorded, internal, second_recorded, stated
from projections.tables.fact_table import FactTable

SPOT_CHECKS = FactTable(
    "spot_checks",
    columns=stated(
        SpotCheckPlanned,
        "plan_id population_kind programme village period paid_from_day paid_until_day size_position population root "
        "method n interval_fen book_value_fen randomness_from recorded_at",
    ),
    events=(SpotCheckPlanned,),
    keys={},
    indexes=("plan_id",),
    key=("plan_id",),
    listed=False,
)
"""The plans; each has at most one row in `spot_check_randomness` and one in `spot_check_samples`."""

SPOT_CHECK_RANDOMNESS = FactTable(
    "spot_check_randomness",
    columns=stated(RandomnessCommitted, "plan_id randomness seed recorded_at"),
    events=(RandomnessCommitted,),
    keys={},
    indexes=("plan_id",),
    key=("plan_id",),
    listed=False,
)

SPOT_CHECK_SAMPLES = FactTable(
    "spot_check_samples",
    columns=(
        *stated(SampleDrawn, "plan_id seed n start_fen items recorded_at"),
        internal("drawn_on", Unit.DAY, day_recorded),
        internal("drawn_second", Unit.INTEGER, second_recorded),
    ),
    events=(SampleDrawn,),
    keys={},
    indexes=("plan_id",),
    key=("plan_id",),
    listed=False,
)

REVEALS = FactTable(
    "reveals",
    columns=stated(PersonalDataRevealed, "actor recorded_at where why subject references"),
    events=(PersonalDataRevealed,),
    keys={},
    key=("position",),
    listed=False,
)

RULE_PACKS = FactTable(
    "rule_packs",
    columns=stated(RulePackAdopted, "pack_version pack_hash pack recorded_at"),
    events=(RulePackAdopted,),
    keys={},
    key=("position",),
    listed=False,
)

VERIFICATION_FINDINGS = FactTable(
    "verification_findings",
    columns=stated(VerificationFailed, "book finding at_position expected found recorded_at"),
    events=(VerificationFailed,),
    keys={},
    key=("position",),
    listed=False,
)
