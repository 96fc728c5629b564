"""People and households of the invented township, and how they come onto its roster."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bench.quality.town.book import Row
from bench.quality.town.identifiers import FEMALE, MALE

if TYPE_CHECKING:
    from bench.quality.town.township import Township

HEAD, SPOUSE, CHILD, PARENT = "户主", "配偶", "子女", "父母"
POOR, LIVING_POOR, DESTITUTE_POOR = "一般贫困户", "低保贫困户", "五保户"
FAMILY = (HEAD, SPOUSE, CHILD)
HAMLETS = ("一组", "二组", "三组", "四组")
LISTED_ON = date(2018, 1, 1)
A_BIRTHDAY = timedelta(days=365)

BORN = {HEAD: (1966, 1988), SPOUSE: (1967, 1989), CHILD: (2004, 2013), PARENT: (1942, 1953)}
"""First and last year of birth by relation; nobody is near an age that a rule counts by."""


@dataclass
class Person:
    """Somebody who does not exist. `account` is the card into which subsidies go."""

    name: str
    sex: str
    born: date
    id_no: str
    account: str
    relation: str = ""
    household: "Household" = field(repr=False, default=None)  # type: ignore[assignment]  # set when it is founded
    row: Row = field(repr=False, default=None)  # type: ignore[assignment]  # set when it is listed

    @property
    def listed(self) -> bool:
        """Whether a household holds the person."""
        return bool(self.relation)


@dataclass
class Household:
    """Those who live together, the head first."""

    number: str
    village: str
    hamlet: str
    category: str
    phone: str
    members: list[Person] = field(default_factory=list)

    @property
    def head(self) -> Person:
        """户主."""
        return self.members[0]

    def member(self, relation: str) -> Person:
        """The first of that relation to the head."""
        return next(person for person in self.members if person.relation == relation)


def somebody(
    town: "Township", *, sex: str | None = None, born: date | None = None, surname: str | None = None
) -> Person:
    """A person of no household: a cadre, an agent, a stranger."""
    sex = sex or town.chance.choice((MALE, FEMALE))
    born = born or _birthday(town, HEAD)
    return Person(town.numbers.name(sex, surname), sex, born, town.numbers.id_no(born, sex), town.numbers.card())


def found_household(
    town: "Township", *relations: str, category: str = POOR, village: str | None = None, **stated: Any
) -> Household:
    """A household on the roster since 2018, insured like everybody; by default a couple with a child.

    `stated` are columns of 花名册 for all its members. Villages take turns, so that none is unlike the others.
    """
    village = village or town.next_village()
    household = Household(town.number("H", 4), village, town.chance.choice(HAMLETS), category, town.numbers.phone())
    for relation in relations or FAMILY:
        join(town, household, relation, **stated)
    return household


def join(town: "Township", household: Household, relation: str, *, born: date | None = None, **stated: Any) -> Person:
    """Another member of a household, listed and insured."""
    sex = _sex(town, household, relation)
    family = household.members[0].name[0] if household.members and relation != SPOUSE else None
    person = somebody(town, sex=sex, born=born or _birthday(town, relation), surname=family)
    return enter(town, household, person, relation, **stated)


def enter(town: "Township", household: Household, person: Person, relation: str, **stated: Any) -> Person:
    """A person whom one has already becomes a member of a household, listed and insured."""
    person.relation, person.household = relation, household
    household.members.append(person)
    person.row = list_on_roster(town, person, **stated)
    town.newcomers.append(person)
    return person


def list_on_roster(town: "Township", person: Person, **stated: Any) -> Row:
    """A row of 花名册."""
    home = person.household
    told = {
        "row_no": len(town.book.of("roster")) + 1,
        "village": home.village,
        "hamlet": home.hamlet,
        "household_no": home.number,
        "head_name": home.head.name,
        "name": person.name,
        "relation": person.relation,
        "id_no": person.id_no,
        "category": home.category,
        "included_on": max(LISTED_ON, person.born + A_BIRTHDAY),
        "disability_level": "健康",
        "phone": home.phone,
    }
    return town.book.add("roster", **(told | stated))


def guard(town: "Township", ward: Person, guardian: Person, relation: str = "父母", **stated: Any) -> Row:
    """A row of 监护代管登记: the guardian may receive for the ward."""
    told = {
        "ward_name": ward.name,
        "ward_id": ward.id_no,
        "guardian_name": guardian.name,
        "guardian_id": guardian.id_no,
        "account_no": guardian.account,
        "relation": relation,
        "from": LISTED_ON,
    }
    return town.book.add("guardians", **(told | stated))


def bury(town: "Township", person: Person, on: date, known_on: date | None = None) -> Row:
    """A row of 死亡名单."""
    return town.book.add(
        "deaths",
        name=person.name,
        id_no=person.id_no,
        death_on=on,
        known_on=known_on or on + timedelta(days=12),
        source="民政",
    )


def _sex(town: "Township", household: Household, relation: str) -> str:
    if relation == SPOUSE and household.members:
        return FEMALE if household.head.sex == MALE else MALE
    return town.chance.choice((MALE, FEMALE))


def _birthday(town: "Township", relation: str) -> date:
    first, last = BORN[relation]
    return date(town.chance.randint(first, last), town.chance.randint(1, 12), town.chance.randint(1, 28))
