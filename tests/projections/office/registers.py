"""What everything else refers to: packages, accounts, programmes, and who is on the roster."""

from datetime import date

from domain.person import HouseholdExited
from tests.projections.office.doing import Doings
from tests.projections.township import COUNTY, TOWNSHIP, VILLAGE

ENTERED, LEFT = date(2020, 3, 1), date(2020, 9, 1)

REGISTERS: Doings = {
    "the package of June comes": (lambda town: town.package("PKG-1", date(2020, 6, 30)),),
    "the package of March comes": (lambda town: town.package("PKG-2", date(2021, 3, 31)),),
    "the county's account is registered": (lambda town: town.account("县", COUNTY, "县财政"),),
    "the township's account is registered, and renamed": (
        lambda town: town.account("镇", TOWNSHIP),
        lambda town: town.account("镇", "测试镇财政服务中心"),
    ),
    "the village's account is registered, and renamed": (
        lambda town: town.account("村", VILLAGE, "村集体"),
        lambda town: town.account("村", "测试一村经联社", "村集体"),
    ),
    "the programme is defined, and serves another purpose": (
        lambda town: town.programme("职业培训补贴", purpose_code="S05"),
        lambda town: town.programme("职业培训补贴", purpose_code="S06"),
    ),
    "甲 enters H-0002, rises in category and leaves": (
        lambda town: town.roster("测试甲", "H-0002", included_on=ENTERED),
        lambda town: town.roster("测试甲", "H-0002", included_on=ENTERED, category="低保贫困户"),
        lambda town: town.roster("测试甲", "H-0002", included_on=ENTERED, exited_on=LEFT, becomes=HouseholdExited),
    ),
    "甲 enters H-0001 when leaving H-0002": (lambda town: town.roster("测试甲", "H-0001", included_on=LEFT),),
    "甲 enters H-0009 under an ID number that cannot be": (
        lambda town: town.roster("测试甲", "H-0009", quarantine=("E-ID:id_no",)),
    ),
    "乙 enters H-0007": (lambda town: town.roster("测试乙", "H-0007", included_on=ENTERED),),
}
