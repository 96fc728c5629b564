"""培训班次 and 培训签到表: the classes, and who sat in them."""

from datetime import date
from typing import cast

from domain.event import Versioned
from domain.training import TrainingAttended, TrainingHeld
from projections.tables.column import Unit, internal, personal, stated
from projections.tables.fact_table import FactTable

DAY_DIGITS = 10


def _attended_on(placed: Versioned) -> int:
    """The day of 签到, for plain arithmetic; that of the row where the time cannot be read."""
    event = cast("TrainingAttended", placed.event)
    try:
        return date.fromisoformat(event.start_at[:DAY_DIGITS]).toordinal()
    except ValueError:
        return event.occurred_on.toordinal()


TRAINING_CLASSES = FactTable(
    "training_classes",
    columns=stated(TrainingHeld, "class_id provider venue capacity skill level start_at end_at"),
    events=(TrainingHeld,),
    register=True,
    keys={"class_id": "class"},
    indexes=("class_id",),
    key=("class_id",),
)

TRAINING = FactTable(
    "training",
    columns=(
        *stated(TrainingAttended, "class_id"),
        personal("name"),
        *stated(TrainingAttended, "id_no start_at end_at result subsidised device"),
        internal("attended_on", Unit.DAY, _attended_on),
    ),
    events=(TrainingAttended,),
    keys={"class_id": "class", "id_no": "person"},
    indexes=("class_id id_no", "id_no start_at"),
    key=("class_id", "id_no", "start_at"),
)
