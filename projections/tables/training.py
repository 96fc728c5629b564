"""培训班次 and 培训签到表: the classes, and who sat in them."""

from domain.training import TrainingAttended, TrainingHeld
from projections.tables.column import personal, stated
from projections.tables.fact_table import FactTable

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
    ),
    events=(TrainingAttended,),
    keys={"class_id": "class", "id_no": "person"},
    indexes=("class_id id_no", "id_no start_at"),
    key=("class_id", "id_no", "start_at"),
)
