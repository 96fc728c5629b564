"""区划登记: county, township, village."""

from domain.place import PlaceRegistered
from projections.tables.column import stated
from projections.tables.fact_table import FactTable

PLACES = FactTable(
    "places",
    columns=stated(PlaceRegistered, "place_code place_name level parent_code aliases"),
    events=(PlaceRegistered,),
    register=True,
    keys={"place_name": "place"},
    indexes=("place_name",),
    key=("place_code",),
)
