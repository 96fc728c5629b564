"""Persons and households: the roster, its changes, deaths, guardians, the public payroll, and who may be whom.

A roster row is one event carrying the person, the household, the category and the interval. An exit that stands
in the first row counts from its day; one that arrives in a later file is a change event of its own topic.
"""

from datetime import date
from typing import ClassVar, Literal

from msgspec import field

from domain.event import Event
from domain.kinds import AccountRef, Count, PersonRef, PhoneRef, Text


class RosterRow(Event, frozen=True, kw_only=True):
    """What every row of 花名册 states.

    row_no:          序号, where the row stood in the sheet.
    village:         行政村.
    hamlet:          自然村 or 村民小组.
    household_no:    户编号.
    relation:        与户主关系; 户主 is the head.
    id_no:           reference of the person.
    category:        户类型.
    included_on:     first day with the status.
    included_kind:   how the status began.
    exited_on:       first day without it.
    exit_kind:       脱贫, 清退, 销户, 死亡, 迁出, 分户 or 婚出.
    from_household:  the household before (分户, 迁入).
    phone:           reference of the telephone.
    registered_on:   the day on which the row reached the office, if later.
    incapable:       that 民事行为能力 is 无, found at intake: such a person cannot owe a loan (LNM-07).

    The names, 健康/残疾 and 民事行为能力 are sealed.
    """

    row_no: Count | None = None
    village: Text
    hamlet: Text | None = None
    household_no: Text
    relation: Text
    id_no: PersonRef
    category: Text
    included_on: date
    included_kind: Text | None = None
    exited_on: date | None = None
    exit_kind: Text | None = None
    from_household: Text | None = None
    phone: PhoneRef | None = None
    registered_on: date | None = None
    incapable: bool | None = None


class PersonRegistered(RosterRow, frozen=True, kw_only=True):
    """人员登记: the first row about this person in this household for this interval."""

    TOPIC: ClassVar[str] = "person-registered/v1"


class MemberChanged(RosterRow, frozen=True, kw_only=True):
    """成员变更: the row as newly stated, without an exit or with one by death, division or marriage."""

    TOPIC: ClassVar[str] = "member-changed/v1"


class HouseholdExited(RosterRow, frozen=True, kw_only=True):
    """脱贫退出: the row as newly stated, out of poverty."""

    TOPIC: ClassVar[str] = "household-exited/v1"


class HouseholdRemoved(RosterRow, frozen=True, kw_only=True):
    """清退 or 销户: the row as newly stated, removed."""

    TOPIC: ClassVar[str] = "household-removed/v1"


class PersonMoved(RosterRow, frozen=True, kw_only=True):
    """迁出: the row as newly stated, moved away."""

    TOPIC: ClassVar[str] = "person-moved/v1"


class PersonDied(Event, frozen=True, kw_only=True):
    """死亡: one death, or what is newly known of its report.

    known_on:  the day on which the office could know (envelope).
    id_no:     reference of the person; the name is sealed.
    death_on:  the day of death; `occurred_on` is the same day.
    origin:    公安, 民政, 卫健 or 殡葬 (column 来源, alias `source`, which is the envelope's word).
    """

    TOPIC: ClassVar[str] = "person-died/v1"

    id_no: PersonRef
    death_on: date
    origin: Text


class GuardianRegistered(Event, frozen=True, kw_only=True):
    """监护代管: who may receive for a ward from a day, or what is newly stated of it.

    ward_id:             reference of the ward.
    guardian_id:         reference of the guardian, or of the head of a home.
    account_no:          reference of the account to which the ward's money may go.
    relation:            父母, 祖父母, 养老机构 or another.
    starts_on (`from`):  first day.
    until:               last day.

    Both names are sealed.
    """

    TOPIC: ClassVar[str] = "guardian-registered/v1"

    ward_id: PersonRef
    guardian_id: PersonRef
    account_no: AccountRef | None = None
    relation: Text
    starts_on: date = field(name="from")
    until: date | None = None


class PayrollListed(Event, frozen=True, kw_only=True):
    """财政供养: one person on the public payroll for an interval, or what is newly stated of it.

    id_no:               reference of the person; the name is sealed.
    org:                 单位.
    starts_on (`from`):  起始日.
    until:               终止日, the last day.
    """

    TOPIC: ClassVar[str] = "payroll-listed/v1"

    id_no: PersonRef
    org: Text
    starts_on: date = field(name="from")
    until: date | None = None


class PersonsMayBeOne(Event, frozen=True, kw_only=True):
    """疑似同人: two persons of the vault may be one. It is found at intake, is a reason to look, and joins nobody.

    first_id:   reference of one of them, the smaller of the two.
    second_id:  reference of the other.
    likeness:   `twin`: the numbers of 15 and 18 digits of one person. `near_id`: one name, and numbers that differ by
                one slip of the pen or in the order of the digits of birth. `same_account`, `same_phone`,
                `same_household`: one name and that in common, under different numbers.
    """

    TOPIC: ClassVar[str] = "persons-may-be-one/v1"

    first_id: PersonRef
    second_id: PersonRef
    likeness: Literal["twin", "near_id", "same_account", "same_phone", "same_household"]


ROSTER_CHANGE_BY_EXIT_KIND: dict[str, type[RosterRow]] = {
    "脱贫": HouseholdExited,
    "清退": HouseholdRemoved,
    "销户": HouseholdRemoved,
    "迁出": PersonMoved,
    "死亡": MemberChanged,
    "分户": MemberChanged,
    "婚出": MemberChanged,
}
"""Which event an exit becomes when it arrives in a later file (FORMATS §9)."""
