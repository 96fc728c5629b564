"""The subsidies of the invented township: 补贴目录 and 补贴标准."""

from datetime import date
from typing import NamedTuple

from bench.quality.town.book import Row

MONTHLY, QUARTERLY, YEARLY, ONCE = "月", "季", "年", "一次性"
PERSON, HOUSEHOLD = "个人", "户"
FIXED, QUANTITY, CEILING, DISCRETIONARY = "定额", "数量×标准", "上限", "据实"
ONE_CARD, ON_BEHALF, CASH_ALLOWED = "一卡通", "代缴", "现金许可"
RATES_FROM = date(2019, 1, 1)


class Programme(NamedTuple):
    """One row of 补贴目录, with its standard in fen (None: it has none)."""

    name: str
    code: str
    unit: str
    period_kind: str
    rate_fen: int | None
    purpose: str
    amount_rule: str = FIXED
    notice_days: int | None = 10
    roster: bool = True
    entitlement: bool = True
    carries_over: bool = True
    posthumous: bool = False
    pay_mode: str = ONE_CARD
    deadline_days: int = 30
    excludes: tuple[str, ...] = ()
    max_per_period: int = 1
    max_per_year: int | None = None

    def rows(self) -> tuple[Row, ...]:
        """Its rows of 补贴目录 and 补贴标准."""
        said = Row(
            "programmes",
            programme=self.name,
            programme_code=self.code,
            unit=self.unit,
            period_kind=self.period_kind,
            max_per_period=self.max_per_period,
            amount_rule=self.amount_rule,
            excludes=self.excludes or None,
            needs_notice=self.notice_days is not None,
            notice_days=self.notice_days,
            requires_roster=self.roster,
            requires_entitlement=self.entitlement,
            carry_over_after_exit=self.carries_over,
            posthumous=self.posthumous,
            pay_mode=self.pay_mode,
            deadline_days=self.deadline_days,
            purpose_code=self.purpose,
            max_per_year=self.max_per_year,
        )
        if self.rate_fen is None:
            return (said,)
        return said, Row("programme_rates", programme=self.name, rate=self.rate_fen, from_=RATES_FROM)


LIVING = Programme(
    "最低生活保障金", "DIBAO", HOUSEHOLD, MONTHLY, 385_00, "S01", QUANTITY, 7,
    carries_over=False, excludes=("特困人员供养金",),
)  # fmt: skip
DESTITUTE = Programme(
    "特困人员供养金", "TEKUN", PERSON, MONTHLY, 1103_00, "S01", notice_days=7, carries_over=False,
    excludes=("最低生活保障金",),
)  # fmt: skip
DISABILITY = Programme(
    "困难残疾人生活补贴", "KUNCAN", PERSON, MONTHLY, 181_00, "S01", excludes=("孤儿基本生活保障津贴",)
)
NURSING = Programme("重度残疾人护理补贴", "HULI", PERSON, MONTHLY, 237_00, "S01")
ORPHAN = Programme("孤儿基本生活保障津贴", "GUER", PERSON, MONTHLY, 1227_00, "S01", excludes=("困难残疾人生活补贴",))
POST = Programme("公益性岗位补贴", "GYGW", PERSON, MONTHLY, 1610_00, "S06", excludes=("财政供养",))
TRAINING = Programme(
    "职业培训补贴", "TRAIN", PERSON, QUARTERLY, 600_00, "S05", entitlement=False, deadline_days=60, max_per_year=1
)
EDUCATION = Programme("脱贫户教育补助", "EDU", PERSON, YEARLY, 3000_00, "S02", deadline_days=60)
PENSION = Programme(
    "城乡居民养老保险代缴", "PENSION", PERSON, YEARLY, 180_00, "S04", notice_days=None, pay_mode=ON_BEHALF,
    deadline_days=60,
)  # fmt: skip
MEDICAL = Programme(
    "城乡居民医疗保险代缴", "MEDICAL", PERSON, YEARLY, 280_00, "S03", notice_days=None, pay_mode=ON_BEHALF,
    deadline_days=60,
)  # fmt: skip
INDUSTRY = Programme(
    "产业发展奖补", "INDUSTRY", HOUSEHOLD, YEARLY, 310_00, "P01", QUANTITY, entitlement=False, deadline_days=60
)
HOUSING = Programme(
    "危房改造补助", "HOUSING", HOUSEHOLD, ONCE, 34000_00, "H01", CEILING, entitlement=False, deadline_days=60
)
CISTERN = Programme(
    "家庭水柜补助", "CISTERN", HOUSEHOLD, ONCE, 12000_00, "I02", CEILING, entitlement=False, deadline_days=60
)
FUNERAL = Programme(
    "丧葬补助", "FUNERAL", PERSON, ONCE, 2150_00, "S07", notice_days=None, entitlement=False, posthumous=True,
    deadline_days=60,
)  # fmt: skip
RELIEF = Programme(
    "临时救助", "RELIEF", PERSON, YEARLY, None, "S01", DISCRETIONARY, None, roster=False, entitlement=False,
    pay_mode=CASH_ALLOWED, deadline_days=60, max_per_period=3,
)  # fmt: skip
OLD_AGE = Programme("高龄津贴", "GAOLING", PERSON, MONTHLY, 83_00, "S01")

PROGRAMMES = (
    LIVING, DESTITUTE, DISABILITY, NURSING, ORPHAN, POST, TRAINING, EDUCATION, PENSION, MEDICAL, INDUSTRY, HOUSING,
    CISTERN, FUNERAL, RELIEF, OLD_AGE,
)  # fmt: skip

NURSING_RISES_ON, NURSING_RISES_TO_FEN = date(2020, 7, 1), 252_00
"""The standard of 重度残疾人护理补贴 is raised in the middle of the year."""
