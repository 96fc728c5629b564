"""Asset income: contracts, what came of them, and what households got."""

from datetime import date

from tests.projections.history import account, person
from tests.projections.office.doing import Doings

BACK = date(2021, 1, 1)

DIVIDENDS: Doings = {
    "HT-1 is signed, and amended to another village and no reserve": (
        lambda town: town.contract("HT-1"),
        lambda town: town.contract("HT-1", village="测试二村", reserve_ppm=None),
    ),
    "DS1 comes of HT-1 to the village": (lambda town: town.receipt("DS1", "HT-1", 1_000, to_account=account("村")),),
    "DS2 comes of HT-1 for the year before": (lambda town: town.receipt("DS2", "HT-1", 333, period="2019"),),
    "DS3 comes of a contract that nobody knows": (lambda town: town.receipt("DS3", "HT-9", 50),),
    "FH1 is distributed to 甲, and comes back": (
        lambda town: town.dividend("FH1", "HT-1", 700, id_no=person("测试甲")),
        lambda town: town.give_back("FH1", 700, returned_on=BACK),
    ),
    "FH2 is distributed for the year before, and reversed": (
        lambda town: town.dividend("FH2", "HT-1", 90, period="2019", id_no=person("测试乙"), household_no="H-0007"),
        lambda town: town.give_back("FH2", 90, return_kind="冲正", returned_on=BACK),
    ),
    "FH3 is distributed to nobody who is named, and set aside": (
        lambda town: town.dividend("FH3", "HT-1", 11, quarantine=("E-ID:id_no",)),
    ),
    "FH4 is corrected to the year before": (
        lambda town: town.dividend("FH4", "HT-1", 13, id_no=person("测试甲")),
        lambda town: town.correct("payment FH4", period="2019"),
    ),
    "FH5 is distributed of a contract that nobody knows": (lambda town: town.dividend("FH5", "HT-9", 17),),
}
