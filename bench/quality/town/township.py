"""The invented township: its places, offices, people, and the books that it keeps."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.town.book import Book, Row
from bench.quality.town.identifiers import Numbers
from bench.quality.town.people import Person, somebody
from bench.quality.town.programmes import (
    NURSING,
    NURSING_RISES_ON,
    NURSING_RISES_TO_FEN,
    PROGRAMMES,
    Programme,
)

YEAR = 2020
AS_OF = date(2021, 3, 31)
COUNTY_CODE, TOWNSHIP_CODE = "440899", "440899101"
COUNTY, TOWNSHIP = "测试县", "测试镇"
COUNTY_FINANCE, TOWNSHIP_FINANCE = "测试县财政局", "测试镇财政所"
PENSION_FUND, MEDICAL_FUND = "测试县社保基金专户", "测试县医保基金专户"
BANK = "测试农商行"
NUMERALS = "一二三四五六七八九"
VILLAGES = 8
IN_OFFICE_SINCE = date(2017, 1, 1)
APPROVAL_LIMIT_FEN, DEPARTMENT_LIMIT_FEN, TENDER_LIMIT_FEN = 50_000_00, 200_000_00, 400_000_00

HANDS = (
    ("测试镇财政所", "经办", "township_finance", 3),
    ("测试镇财政所", "出纳", "township_finance", 2),
    ("测试镇人民政府", "分管领导", "township_leader", 2),
    ("测试县业务局", "科长", "dept", 1),
    ("测试县财政局", "局长", "county_finance", 1),
    ("驻村工作队", "队员", "work_team", 3),
)
"""Unit, post, role and number of those who serve the whole township."""


@dataclass
class Staff:
    """A serving person and the post."""

    number: str
    person: Person
    post: str
    role: str
    row: Row

    @property
    def name(self) -> str:
        """The name by which papers name whoever acted."""
        return self.person.name


class Township:
    """One year of one township, while it is written down.

    book:       its workbooks.
    chance:     where everything accidental comes from.
    residents:  those of the honest part who live with others; a case may pay them something more.
    newcomers:  those who joined a household and are not insured yet.
    """

    def __init__(self, chance: Random) -> None:
        self.book = Book()
        self.chance = chance
        self.numbers = Numbers(chance)
        self.staff: list[Staff] = []
        self.newcomers: list[Person] = []
        self.residents: list[Person] = []
        self.accounts: dict[str, str] = {}
        self.programmes: dict[str, Programme] = {}
        self._counted: Counter[str] = Counter()
        self.villages: list[str] = []
        self._turn: Iterator[str] = iter(())
        self._open_offices()

    def number(self, prefix: str, digits: int) -> str:
        """The next business number of its kind: `SQ-2020-00001`, of households `H-0001`."""
        self._counted[prefix] += 1
        ordinal = f"{self._counted[prefix]:0{digits}d}"
        return f"{prefix}-{ordinal}" if prefix == "H" else f"{prefix}-{YEAR}-{ordinal}"

    def ordinal(self, kind: str) -> int:
        """The next number of a kind that has its own way of writing it."""
        self._counted[kind] += 1
        return self._counted[kind]

    def next_village(self) -> str:
        """The villages take turns."""
        return next(self._turn)

    def new_village(self) -> str:
        """Another village, in which nobody lives yet and to which nobody is sent by turn."""
        ordinal = self.ordinal("village")
        tens, ones = divmod(ordinal, 10)
        word = ("" if tens < 2 else NUMERALS[tens - 1]) + ("十" if tens else "") + (NUMERALS[ones - 1] if ones else "")
        name = f"测试{word}村"
        self.book.add(
            "places",
            place_code=f"{TOWNSHIP_CODE}{200 + ordinal}",
            place_name=name,
            level="村",
            parent_code=TOWNSHIP_CODE,
        )
        self.open_account(f"{name}股份经济联合社", "村集体", code_kind="N2", village=name, reconciled=True)
        self.appoint(name, "村文书", "village_clerk")
        return name

    def collective_of(self, village: str) -> str:
        """The name of a village's collective, under which it has its account."""
        return f"{village}股份经济联合社"

    def open_account(self, name: str, kind: str, *, code_kind: str = "91", **stated: object) -> Row:
        """A row of 单位账户登记."""
        told: dict[str, object] = {
            "org_code": f"ORG-{self.ordinal('org'):03d}",
            "org_name": name,
            "org_kind": kind,
            "uscc": self.numbers.credit_code(code_kind),
            "account_no": self.numbers.card(),
            "reconciled": False,
        }
        row = self.book.add("orgs", **(told | stated))
        self.accounts[name] = row["account_no"]
        return row

    def company(self, kind: str = "施工单位", **stated: object) -> Row:
        """A firm with an account, of which nobody has heard before."""
        suffix, code_kind = {
            "施工单位": ("建设有限公司", "91"),
            "企业": ("实业有限公司", "91"),
            "合作社": ("农民专业合作社", "93"),
            "养老机构": ("敬老院", "11"),
            "培训机构": ("职业培训学校", "91"),
        }[kind]
        return self.open_account(f"测试{self.numbers.name('男')}{suffix}", kind, code_kind=code_kind, **stated)

    def appoint(self, unit: str, post: str, role: str, person: Person | None = None, **stated: object) -> Staff:
        """A row of 干部名册."""
        person = person or somebody(self)
        number = f"G-{self.ordinal('staff'):04d}"
        told: dict[str, object] = {
            "staff_no": number,
            "name": person.name,
            "id_no": person.id_no,
            "org": unit,
            "post": post,
            "role": role,
            "serving_from": IN_OFFICE_SINCE,
        }
        serving = Staff(number, person, post, role, self.book.add("staff", **(told | stated)))
        if not stated:
            self.staff.append(serving)
        return serving

    def serving(self, role: str, post: str | None = None) -> Staff:
        """One of those who serve in that role, in turn by chance."""
        return self.chance.choice([s for s in self.staff if s.role == role and post in (None, s.post)])

    def clerk(self) -> str:
        """Who prepares."""
        return self.serving("township_finance", "经办").name

    def cashier(self) -> str:
        """Who pays out."""
        return self.serving("township_finance", "出纳").name

    def approver(self, fen: int) -> str:
        """Who may approve so much."""
        if fen < APPROVAL_LIMIT_FEN:
            return self.serving("township_leader").name
        return self.serving("dept" if fen < DEPARTMENT_LIMIT_FEN else "county_finance").name

    def offer(self, programme: Programme) -> Programme:
        """Another programme in 补贴目录, of a name of its own."""
        for row in programme.rows():
            self.book.append(row)
        self.programmes[programme.name] = programme
        return programme

    def day(self, month: int, first: int, last: int) -> date:
        """A day of that month of the year, by chance."""
        return date(YEAR, month, self.chance.randint(first, last))

    def relate(self, staff: Staff, relative: Person, relation: str = "兄弟姐妹", *, recused: bool = True) -> Row:
        """A row of 近亲属备案."""
        return self.book.add(
            "relations",
            staff_no=staff.number,
            relative_name=relative.name,
            relative_id=relative.id_no,
            relation=relation,
            declared_on=date(YEAR, 1, 5),
            recused=recused,
        )

    def _open_offices(self) -> None:
        add = self.book.add
        add("places", place_code=COUNTY_CODE, place_name=COUNTY, level="县")
        add("places", place_code=TOWNSHIP_CODE, place_name=TOWNSHIP, level="镇", parent_code=COUNTY_CODE)
        self.open_account(COUNTY_FINANCE, "县财政", code_kind="11")
        self.open_account(TOWNSHIP_FINANCE, "镇财政", code_kind="11", reconciled=True)
        self.open_account(PENSION_FUND, "代缴机构", code_kind="11")
        self.open_account(MEDICAL_FUND, "代缴机构", code_kind="11")
        for unit, post, role, many in HANDS:
            for _ in range(many):
                self.appoint(unit, post, role)
        self.villages = [self.new_village() for _ in range(VILLAGES)]
        self._turn = cycle(self.villages)
        for kind, role, fen in (
            ("审批", "township_leader", APPROVAL_LIMIT_FEN),
            ("审批", "dept", DEPARTMENT_LIMIT_FEN),
            ("招标", "*", TENDER_LIMIT_FEN),
        ):
            add("approval_limits", limit_kind=kind, role=role, amount=fen, from_=date(YEAR, 1, 1))
        for programme in PROGRAMMES:
            self.offer(programme)
        self._raise_the_nursing_standard()

    def _raise_the_nursing_standard(self) -> None:
        before = next(row for row in self.book.of("programme_rates") if row["programme"] == NURSING.name)
        before.state(until=NURSING_RISES_ON - timedelta(days=1))
        self.book.add("programme_rates", programme=NURSING.name, rate=NURSING_RISES_TO_FEN, from_=NURSING_RISES_ON)
