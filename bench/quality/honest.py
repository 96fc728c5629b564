"""An honest year: everybody receives what they should, when they should, and nothing else."""

from datetime import date
from typing import Any

from bench.quality.town.lending import farm
from bench.quality.town.people import (
    CHILD,
    DESTITUTE_POOR,
    FAMILY,
    HEAD,
    LIVING_POOR,
    PARENT,
    POOR,
    SPOUSE,
    Household,
    Person,
    found_household,
    guard,
)
from bench.quality.town.programmes import (
    DESTITUTE,
    DISABILITY,
    EDUCATION,
    INDUSTRY,
    LIVING,
    NURSING,
    OLD_AGE,
    PENSION,
    POST,
    RELIEF,
)
from bench.quality.town.sharing import prosper
from bench.quality.town.subsidies import ask, entitle, pay, rebuild, receiving, same_claim
from bench.quality.town.teaching import learn, open_class
from bench.quality.town.township import YEAR, Township
from bench.quality.town.works import build

SHAPES = (
    FAMILY, (*FAMILY, CHILD), (HEAD, SPOUSE), (*FAMILY, PARENT), (HEAD, SPOUSE, CHILD, CHILD, PARENT), (HEAD, CHILD),
)  # fmt: skip
PEOPLE_PER_PROJECT, PEOPLE_PER_VENTURE, PEOPLE_PER_CLASS = 150, 250, 120
CLASS_SIZE = 12
STUDENT_AGES, WORKING_AGES = range(7, 19), range(20, 60)


def honest_year(town: Township, people: int) -> list[Household]:
    """Households of at least so many people in all, with what each has a claim to; gives them."""
    households: list[Household] = []
    while sum(len(household.members) for household in households) < people:
        households.append(settle_household(town, len(households)))
    for household in households:
        support(town, household)
        town.residents += [person for person in household.members if person.relation != CHILD]
    for _ in range(max(1, people // PEOPLE_PER_PROJECT)):
        build(town)
    for _ in range(max(1, people // PEOPLE_PER_VENTURE)):
        prosper(town)
    teach(town, households, people)
    return households


def settle_household(town: Township, number: int) -> Household:
    """Every seventeenth lives on 低保, every fortieth is a single old person on 特困供养."""
    if number % 40 == 7:
        return found_household(town, HEAD, category=DESTITUTE_POOR, born=date(1945, town.chance.randint(1, 12), 9))
    category = LIVING_POOR if number % 17 == 3 else POOR
    return found_household(town, *SHAPES[number % len(SHAPES)], category=category)


def support(town: Township, household: Household) -> None:
    """What a household and each of its members has a claim to."""
    ordinal = int(household.number.removeprefix("H-"))
    head = household.head
    if household.category == DESTITUTE_POOR:
        _, months = receiving(town, DESTITUTE, head)
        ask(town, months[6])
        return
    if household.category == LIVING_POOR:
        receiving(town, LIVING, head)
    else:
        support_head(town, head, ordinal)
    for person in household.members:
        support_person(town, person, ordinal)


def support_head(town: Township, head: Person, ordinal: int) -> None:
    """What the household receives through its head."""
    if ordinal % 25 == 4:
        receiving(town, POST, head)
    elif ordinal % 10 == 5:
        encourage(town, head)
    elif ordinal % 20 == 6:
        rebuild(town, head.household)
    elif ordinal % 30 == 8:
        pay(town, head, RELIEF, str(YEAR), amount=town.chance.randrange(130, 240) * 10_00, paid_on=town.day(7, 6, 24))
    elif ordinal % 12 == 9:
        farm(town, head)


def support_person(town: Township, person: Person, ordinal: int) -> None:
    """What a member has a claim to by age and by health."""
    age = YEAR - person.born.year
    if age in WORKING_AGES:
        entitle(town, person, PENSION)
        pay(town, person, PENSION, str(YEAR), paid_on=town.day(3, 20, 25))
    if age in STUDENT_AGES:
        study(town, person)
    if person.relation == PARENT and ordinal % 3 == 0:
        receiving(town, OLD_AGE, person)
    if person.relation == SPOUSE and ordinal % 15 == 2:
        person.row.state(disability_level="三级")
        receiving(town, DISABILITY, person)
    if person.relation == SPOUSE and ordinal % 45 == 11:
        person.row.state(disability_level="一级")
        receiving(town, NURSING, person)


def study(town: Township, student: Person) -> None:
    """教育补助 of a year in two agreed instalments, onto the card of the parent who is registered as guardian."""
    entitle(town, student, EDUCATION)
    head = student.household.head
    guard(town, student, head)
    spring, autumn = town.day(3, 12, 22), town.day(9, 12, 22)
    told: dict[str, Any] = {
        "approved_amount": EDUCATION.rate_fen,
        "amount": (EDUCATION.rate_fen or 0) // 2,
        "pay_kind": "分期",
        "account_no": head.account,
        "holder_name": head.name,
    }
    first = pay(town, student, EDUCATION, str(YEAR), paid_on=spring, **told)
    pay(town, student, EDUCATION, str(YEAR), paid_on=autumn, **(told | same_claim(first)))


def encourage(town: Township, head: Person) -> None:
    """产业奖补 for one to six animals."""
    many = town.chance.randint(1, 6)
    rate_fen = INDUSTRY.rate_fen or 0
    pay(
        town, head, INDUSTRY, str(YEAR), quantity=many, rate=rate_fen, amount=many * rate_fen,
        paid_on=town.day(8, 14, 20),
    )  # fmt: skip


def teach(town: Township, households: list[Household], people: int) -> None:
    """Classes of a dozen heads of household, one of whom fails; each attends once."""
    learners = [household.head for household in households if len(household.members) > 1]
    for number in range(max(1, people // PEOPLE_PER_CLASS)):
        class_ = open_class(town, date(YEAR, number % 9 + 1, 6))
        for seat, person in enumerate(learners[number * CLASS_SIZE : (number + 1) * CLASS_SIZE]):
            learn(town, class_, person, **({"result": "不合格"} if seat == 0 else {}))
