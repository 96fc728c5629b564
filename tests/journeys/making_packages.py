"""Import packages of an invented township, of any seed and size, and the month that comes after.

Deterministic by seed. Nobody in them exists: identity numbers and codes carry the county prefix 440899, which is not
assigned, cards begin with 629999, telephones with 0759-000. What a package has beside the ordinary: rows that are
quarantined, batch lists without 流水号, households left for the roster to tell, accounts that nobody registered,
documents handed down and passed on, loans with repayments and interest subsidies of their own row, 公益金 kept back.
"""

import hashlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Cells = dict[str, Any]

COUNTY, TOWN, PROVINCE = "测试县财政局", "测试镇财政所", "省财政厅"
UNREGISTERED = "6299990000000999991"
FIRST_MONTH_ENDS, SECOND_MONTH_ENDS = date(2020, 6, 30), date(2020, 7, 31)
BORN_FROM, INCLUDED_FROM, YEAR = date(1940, 1, 1), date(2016, 1, 1), date(2020, 1, 1)

PROGRAMMES = (
    ("最低生活保障金", "DIBAO", "户", "月", "S01", "385.00"),
    ("困难残疾人生活补贴", "KUNCAN", "个人", "月", "S01", "181.00"),
    ("公益性岗位补贴", "GANGWEI", "个人", "季", "S06", "1500.50"),
    ("城乡居民医疗保险代缴", "YIBAO", "个人", "年", "S03", "280.00"),
    ("临时救助", "JIUZHU", "户", "一次性", "S01", "800.25"),
)
STAFF = ("林国栋", "陈永福", "黄丽华", "吴红红", "潘森宇")
PERIODS = {
    "月": ("2020-01", "2020-02", "2020-03", "2020-04", "2020-05"),
    "季": ("2020Q1", "2020Q2"),
    "年": ("2020",),
    "一次性": ("2020",),
}


class Draws:
    """Draws that anybody can repeat: SHA-256 of the seed and a running number."""

    def __init__(self, seed: int) -> None:
        self._seed, self._drawn = seed, 0

    def below(self, limit: int) -> int:
        """An integer from 0 to `limit` − 1."""
        self._drawn += 1
        digest = hashlib.sha256(f"{self._seed}|{self._drawn}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def one_of(self, choices: Sequence[Any]) -> Any:
        """One of the choices; whoever stands in them twice is drawn twice as often."""
        return choices[self.below(len(choices))]

    def once_in(self, times: int) -> bool:
        """Yes, once in so many times."""
        return self.below(times) == 0

    def day(self, first: date, days: int) -> date:
        """A day of the `days` from the first on."""
        return first + timedelta(days=self.below(days))


@dataclass(frozen=True)
class Person:
    """Somebody invented, with a number, a card, a telephone and a household."""

    name: str
    id_no: str
    card: str
    phone: str
    household_no: str
    village: str


@dataclass
class Package:
    """What goes into the workbooks, and how many rows of each ought to be quarantined when they first come."""

    as_of: date
    sheets: dict[str, list[Cells]]
    quarantined: dict[str, int] = field(default_factory=dict)


def identity_number(*, born: date, serial: int) -> str:
    """A number of 18 digits with its right check digit (GB 11643)."""
    body = f"440899{born:%Y%m%d}{serial % 1000:03}"
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def card_number(serial: int) -> str:
    """A card of 19 digits with its right last digit (Luhn)."""
    body = f"629999{serial:012}"
    doubled = "".join(str(int(digit) * (2 - place % 2)) for place, digit in enumerate(reversed(body)))
    return body + str(-sum(map(int, doubled)) % 10)


def credit_code(serial: int) -> str:
    """A 统一社会信用代码 with both its check digits right (GB 32100, GB 11714)."""
    digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    own = f"MC{serial:06}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = -sum(letters.index(sign) * weight for sign, weight in zip(own, weights, strict=True)) % 11
    body = f"93440899{own}{'X' if check == len(weights) + 2 else check}"
    total = sum(digits.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + digits[-total % 31]


def spoiled(id_no: str) -> str:
    """The number with a wrong check digit."""
    return id_no[:-1] + ("1" if id_no[-1] != "1" else "2")


class InventedTownship:
    """A township of so many households, which writes its first month and the month after."""

    def __init__(self, *, seed: int, households: int) -> None:
        self.draws = Draws(seed)
        self._seed, self._serial, self._payments = seed, 0, 0
        self.villages = [f"测试{'一二三四五六七八'[number]}村" for number in range(1 + min(households // 15, 7))]
        self.people = [person for number in range(households) for person in self._household(number)]
        self._makers: dict[str, Callable[[], list[Cells]]] = {
            "places": self._places,
            "orgs": self._orgs,
            "staff": self._staff,
            "programmes": self._programmes,
            "programme_rates": self._rates,
            "roster": self._roster,
            "deaths": self._deaths,
            "allocations": self._allocations,
            "asset_contracts": self._contracts,
            "shareholders": self._shareholders,
            "subsidy_payments": lambda: self._paid(self.people, first=date(2020, 2, 1)),
            "loans": self._loans,
            "dividend_receipts": self._receipts,
            "dividends": lambda: self._dividends(self.people[: len(self.people) // 2], "2019"),
        }
        self._quarantined: dict[str, int] = {}

    def first_month(self) -> Package:
        """The package that opens the books."""
        sheets = {"manifest": [self._manifest(FIRST_MONTH_ENDS, "首次导入")]}
        sheets |= {sheet: make() for sheet, make in self._makers.items()}
        return Package(FIRST_MONTH_ENDS, sheets, self._counted())

    def second_month(self, first: Package) -> Package:
        """Registers sent again with changes, journals grown (some with their old rows), nothing else."""
        sheets = deepcopy(first.sheets)
        sheets["manifest"] = [self._manifest(SECOND_MONTH_ENDS, "增量")]
        self._change(sheets)
        paid = self._paid(self.people[::2], first=date(2020, 7, 1))
        sheets["subsidy_payments"] = [*sheets["subsidy_payments"], *paid] if self.draws.once_in(2) else paid
        sheets["allocations"] += [self._entry("到达", "测试财农〔2020〕8号", COUNTY, TOWN, day=date(2020, 7, 3))]
        sheets["dividend_receipts"] = [self._receipt(contract, "2020") for contract in ("HT-01", "HT-02", "HT-01")]
        sheets["dividends"] += self._dividends(self.people[::3], "2020")
        return Package(SECOND_MONTH_ENDS, sheets, self._counted())

    def _counted(self) -> dict[str, int]:
        counted, self._quarantined = self._quarantined, {}
        return counted

    def _odd(self, sheet: str) -> None:
        self._quarantined[sheet] = self._quarantined.get(sheet, 0) + 1

    def _next(self) -> int:
        self._serial += 1
        return self._serial

    def _household(self, number: int) -> list[Person]:
        village = self.villages[number % len(self.villages)]
        return [self._person(f"H-{number + 1:04}", village) for _ in range(1 + self.draws.below(4))]

    def _person(self, household_no: str, village: str) -> Person:
        serial = self._next()
        name = self.draws.one_of("陈林黄吴潘郑叶苏") + self.draws.one_of("国永丽红森婷祥福") + self.draws.one_of("栋芳华宇")
        id_no = identity_number(born=self.draws.day(BORN_FROM, 25_000), serial=serial)
        return Person(name, id_no, card_number(serial), f"0759-000{serial:04}", household_no, village)

    def _manifest(self, as_of: date, mode: str) -> Cells:
        package_id = f"PKG-440899101-{self._seed}-{as_of:%m}"
        return {"package_id": package_id, "division_code": "440899101", "as_of": as_of, "import_mode": mode}

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
                "account_no": card_number(900_000 + number),
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
            row |= {"exited_on": self.draws.day(YEAR, 150), "exit_kind": self.draws.one_of(("脱贫", "清退", "迁出", None))}
        for row in rows[::21]:
            back = {"included_on": row["exited_on"] + timedelta(days=20), "included_kind": "返贫"}
            rows.append(row | back | {"exited_on": None, "exit_kind": None})
        moved = rows[-1] | {"household_no": "H-9001", "included_kind": "分户", "from_household": rows[-1]["household_no"]}
        stranger = self._person("H-9002", self.villages[0])
        self._odd("roster")
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
        """A county's documents handed down, passed on and back; 到位 from who had the document and from who never had."""
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
