"""The registers and the quota documents of an invented township, as rows of cells by alias."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.journeys.inventing import Draws, Person, card_number, credit_code, identity_number, spoiled

Cells = dict[str, Any]

COUNTY, TOWN, PROVINCE = "测试县财政局", "测试镇财政所", "省财政厅"
BORN_FROM, INCLUDED_FROM, YEAR = date(1940, 1, 1), date(2016, 1, 1), date(2020, 1, 1)

PROGRAMMES = (
    ("最低生活保障金", "DIBAO", "户", "月", "S01", "385.00"),
    ("困难残疾人生活补贴", "KUNCAN", "个人", "月", "S01", "181.00"),
    ("公益性岗位补贴", "GANGWEI", "个人", "季", "S06", "1500.50"),
    ("城乡居民医疗保险代缴", "YIBAO", "个人", "年", "S03", "280.00"),
    ("临时救助", "JIUZHU", "户", "一次性", "S01", "800.25"),
)
STAFF = ("林国栋", "陈永福", "黄丽华", "吴红红", "潘森宇")


class InventedRegisters:
    """A township of so many households: who lives there, who serves, what it may grant and what it was allotted."""

    def __init__(self, *, seed: int, households: int) -> None:
        self.draws = Draws(seed)
        self._serial = 0
        self.villages = [f"测试{'一二三四五六七八'[number]}村" for number in range(1 + min(households // 15, 7))]
        self.accounts = [card_number(900_000 + number) for number in range(5 + len(self.villages))]
        self.people = [person for number in range(households) for person in self._household(number)]

    def _next(self) -> int:
        self._serial += 1
        return self._serial

    def _household(self, number: int) -> list[Person]:
        village = self.villages[number % len(self.villages)]
        return [self._person(f"H-{number + 1:04}", village) for _ in range(1 + self.draws.below(4))]

    def _person(self, household_no: str, village: str) -> Person:
        serial = self._next()
        name = (
            self.draws.one_of("陈林黄吴潘郑叶苏")
            + self.draws.one_of("国永丽红森婷祥福")
            + self.draws.one_of("栋芳华宇")
        )
        id_no = identity_number(born=self.draws.day(BORN_FROM, 25_000), serial=serial)
        return Person(name, id_no, card_number(serial), f"0759-000{serial:04}", household_no, village)

    def _places(self) -> list[Cells]:
        above = [("440899", "测试县", "县", None), ("440899101", "测试镇", "镇", "440899")]
        villages = [(f"4408991012{n:02}", name, "村", "440899101") for n, name in enumerate(self.villages, start=1)]
        return [
            {"place_code": code, "place_name": name, "level": level, "parent_code": parent, "aliases": None}
            for code, name, level, parent in above + villages
        ]

    def _orgs(self) -> list[Cells]:
        bodies = [("测试合作社（虚构）", "合作社"), (COUNTY, "县财政"), (TOWN, "镇财政"), (TOWN, "镇财政")]
        bodies += [("测试镇扶贫办", "镇财政"), *((f"{name}股份经济联合社", "村集体") for name in self.villages)]
        return [
            {
                "org_code": f"ORG-{name}",
                "org_name": name,
                "org_kind": kind,
                "uscc": credit_code(number),
                "account_no": self.accounts[number],
                "reconciled": self.draws.one_of("是否"),
                "village": name[:4] if kind == "村集体" else None,
            }
            for number, (name, kind) in enumerate(bodies)
        ]

    def _staff(self) -> list[Cells]:
        return [
            {
                "staff_no": f"G-{number:04}",
                "name": name,
                "id_no": identity_number(born=date(1980, 1, number), serial=900 + number),
                "org": TOWN,
                "post": "经办",
                "role": "township_finance",
                "serving_from": date(2017, 1, number),
            }
            for number, name in enumerate(STAFF, start=1)
        ]

    def _programmes(self) -> list[Cells]:
        yes_or_no = ("needs_notice", "requires_roster", "requires_entitlement", "carry_over_after_exit", "posthumous")
        return [
            {"programme": name, "programme_code": code, "unit": unit, "period_kind": kind, "purpose_code": purpose}
            | {"max_per_period": 1, "amount_rule": "据实", "notice_days": 7, "pay_mode": "一卡通", "deadline_days": 30}
            | {"excludes": "最低生活保障金、财政供养" if code == "KUNCAN" else None}
            | {column: "是" if column == "needs_notice" else self.draws.one_of("是否") for column in yes_or_no}
            for name, code, unit, kind, purpose, _ in PROGRAMMES
        ]

    def _rates(self) -> list[Cells]:
        rates = [{"programme": row[0], "variant": None, "rate": Decimal(row[5]), "from": YEAR} for row in PROGRAMMES]
        older = {"programme": PROGRAMMES[0][0], "rate": Decimal("350.00"), "from": date(2019, 1, 1)}
        return [*rates, older | {"until": date(2019, 12, 31)}]

    def _roster(self) -> list[Cells]:
        heads: dict[str, Person] = {}
        rows = [self._span(person, heads.setdefault(person.household_no, person)) for person in self.people]
        for row in rows[::7]:
            row |= {
                "exited_on": self.draws.day(YEAR, 150),
                "exit_kind": self.draws.one_of(("脱贫", "清退", "迁出", None)),
            }
        for row in rows[::21]:
            back = {"included_on": row["exited_on"] + timedelta(days=20), "included_kind": "返贫"}
            rows.append(row | back | {"exited_on": None, "exit_kind": None})
        moved = rows[-1] | {
            "household_no": "H-9001",
            "included_kind": "分户",
            "from_household": rows[-1]["household_no"],
        }
        stranger = self._person("H-9002", self.villages[0])
        return [*rows, moved, self._span(stranger, stranger) | {"id_no": spoiled(stranger.id_no)}]

    def _span(self, person: Person, head: Person) -> Cells:
        included = self.draws.day(INCLUDED_FROM, 1_400)
        return {
            "row_no": self._next(),
            "village": person.village,
            "hamlet": self.draws.one_of(("一组", "二组", None)),
            "household_no": person.household_no,
            "head_name": head.name,
            "name": person.name,
            "relation": "户主" if person is head else self.draws.one_of(("配偶", "子女", "父母")),
            "id_no": person.id_no,
            "category": self.draws.one_of(("一般贫困户", "脱贫户", "五保户")),
            "included_on": included,
            "disability_level": self.draws.one_of(("健康", "二级", None)),
            "capacity": self.draws.one_of(("完全", "限制", None)),
            "phone": self.draws.one_of((person.phone, None)),
            "registered_on": self.draws.one_of((included + timedelta(days=40), None)),
        }

    def _deaths(self) -> list[Cells]:
        return [
            {"name": dead.name, "id_no": dead.id_no, "death_on": date(2020, 3, 1), "known_on": date(2020, 3, 20)}
            | {"source": self.draws.one_of(("公安", "民政"))}
            for dead in self.people[5::20]
        ]

    def _allocations(self) -> list[Cells]:
        """A county's documents handed down, passed on and back; 到位 from who had it and from who never had."""
        village = f"{self.villages[0]}股份经济联合社"
        above, outside = "粤测财农〔2020〕1号", "国测财农〔2020〕9号"
        documents = [f"测试财农〔2020〕{number}号" for number in range(1, 6)]
        handed, own, same, passed, lower = documents
        return [
            self._entry("到达", above, PROVINCE, COUNTY),
            self._entry("分解", above, COUNTY, TOWN, target="临时救助"),
            self._entry("到达", handed, COUNTY, TOWN, parent=above),
            self._entry("到达", handed, COUNTY, TOWN, parent=above),
            self._entry("拨付", handed, COUNTY, TOWN),
            self._entry("拨付", handed, "测试县国库支付中心", TOWN),
            self._entry("到达", own, COUNTY, TOWN, parent=outside),
            self._entry("拨付", own, TOWN, village),
            self._entry("拨付", own, village, TOWN),
            self._entry("到达", same, PROVINCE, COUNTY),
            self._entry("到达", same, COUNTY, TOWN),
            self._entry("拨付", same, COUNTY, TOWN),
            self._entry("拨付", same, TOWN, COUNTY),
            self._entry("到达", passed, PROVINCE, COUNTY),
            self._entry("拨付", passed, COUNTY, TOWN),
            self._entry("拨付", passed, TOWN, village),
            self._entry("到达", lower, TOWN, village, parent=passed),
            self._entry("分解", lower, village, village, target="最低生活保障金"),
        ]

    def _entry(  # noqa: PLR0913 (a row of the sheet: what, of which document, from whom, to whom)
        self, kind: str, document: str, giver: str, taker: str, *, parent: str | None = None, target: str | None = None,
        day: date | None = None,
    ) -> Cells:  # fmt: skip
        number = self._next()
        paid = {"to_account": card_number(700_000 + number), "bank_ref": f"TESTZB{number}"} if kind == "拨付" else {}
        return paid | {
            "entry_no": f"ZB-{number}",
            "entry_kind": kind,
            "quota_doc_no": document,
            "parent_doc_no": parent,
            "fund_source": self.draws.one_of(("中央", "省级", "社会")),
            "from_org": giver,
            "to_org": taker,
            "amount": Decimal(1_000 + self.draws.below(9_000_000)),
            "purpose_codes": self.draws.one_of(("S01、S06", "S01")) if kind != "分解" else "S01",
            "target": target,
            "occurred_on": day or self.draws.day(YEAR, 90),
            "year": 2020,
        }
