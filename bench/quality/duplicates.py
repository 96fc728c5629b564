"""重复领取: one need paid twice (DOMAIN §4 A)."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.book import Row
from bench.quality.town.identifiers import to_fifteen
from bench.quality.town.people import (
    CHILD,
    HEAD,
    PARENT,
    SPOUSE,
    Household,
    Person,
    bury,
    enter,
    found_household,
    join,
)
from bench.quality.town.programmes import (
    DISABILITY,
    HOUSING,
    LIVING,
    OLD_AGE,
    RELIEF,
)
from bench.quality.town.subsidies import (
    again as paid_again,
)
from bench.quality.town.subsidies import (
    entitle,
    give_back,
    housing_fen,
    month,
    pay,
    rebuild,
    receiving,
    same_claim,
)
from bench.quality.town.township import YEAR, Township

DUPLICATES = Family()
A_YEAR = str(YEAR)
RELIEF_FEN = 1_640_00
SPLIT_ON = date(YEAR, 5, 12)


def refs(*rows: Row) -> tuple[str, ...]:
    """流水号 of payments."""
    return tuple(str(row["bank_ref"]) for row in rows)


def relief(town: Township, person: Person, *days: date, fen: int = RELIEF_FEN) -> list[Row]:
    """Payments of 临时救助, each a claim of its own."""
    return [pay(town, person, RELIEF, A_YEAR, amount=fen, paid_on=day) for day in days]


@DUPLICATES.case("DUP-01")
def a_second_claim_for_one_month(town: Township, chance: Random) -> Iterator[Found]:
    person, paid = receiving(town)
    first = paid[chance.randint(1, 12)]
    again = pay(town, person, DISABILITY, first["period"], paid_on=first["paid_on"] + timedelta(days=5))
    yield Label(
        "DUP-01", (person.id_no, again["claim_no"], *refs(first, again)), again["amount"], again["paid_on"],
        (first, again), also=("DUP-08", "FAL-12"),
    )  # fmt: skip


@DUPLICATES.case("DUP-01")
def three_relief_claims_are_allowed_and_four_are_not(town: Township, chance: Random) -> Iterator[Found]:
    days = [date(YEAR, 1, 10), date(YEAR, 3, 2), date(YEAR, 5, 4), date(YEAR, 7, 6)]
    lawful = found_household(town).head
    three = relief(town, lawful, *days[:3])
    yield LookAlike(
        ("DUP-01", "DUP-08"), (lawful.id_no, *refs(*three)), "three claims a year are allowed, 52 days apart",
        tuple(three),
    )  # fmt: skip
    person = found_household(town).head
    four = relief(town, person, *days)
    yield Label("DUP-01", (person.id_no, *refs(*four)), RELIEF_FEN, days[3], tuple(four))


@DUPLICATES.case("DUP-01", "DUP-08", "FAL-12", "INT-01", "PUB-03")
def a_supplement_for_the_same_month(town: Township, chance: Random) -> Iterator[Found]:
    person, _ = receiving(town, months=(1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12))
    less = pay(town, person, DISABILITY, month(3), amount=100_00, paid_on=date(YEAR, 3, 15))
    rest = pay(town, person, DISABILITY, month(3), amount=81_00, paid_on=date(YEAR, 3, 24), pay_kind="补差")
    yield LookAlike(
        ("DUP-01", "DUP-08", "FAL-12", "INT-01", "PUB-03"), (person.id_no, *refs(less, rest)),
        "the month was paid short, and a supplement (补差) made it good", (less, rest),
    )  # fmt: skip


@DUPLICATES.case("DUP-01", "DUP-08", "COV-02", "FAL-12")
def arrears_paid_beside_the_current_month(town: Township, chance: Random) -> Iterator[Found]:
    person, paid = receiving(town, months=(1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12))
    late = pay(town, person, DISABILITY, month(3), paid_on=date(YEAR, 5, 21), pay_kind="补发")
    yield LookAlike(
        ("DUP-01", "DUP-08", "COV-02", "FAL-12"), (person.id_no, *refs(late, paid[5])),
        "arrears (补发) of March paid two days from May's", (late, paid[5]),
    )  # fmt: skip


@DUPLICATES.case("DUP-01", "DUP-08", "INT-01", "MIS-04", "PUB-03", "LED-01")
def a_payment_that_came_back_and_was_made_again(town: Township, chance: Random) -> Iterator[Found]:
    person, paid = rebuild(town)
    back = give_back(town, paid)
    reissued = paid_again(town, person, paid, days=14)
    yield LookAlike(
        ("DUP-01", "DUP-08", "INT-01", "MIS-04", "PUB-01", "PUB-03", "LED-01"),
        (person.id_no, paid["claim_no"], *refs(paid, reissued)), "returned by the bank and re-issued",
        (paid, reissued, back),
    )  # fmt: skip


@DUPLICATES.case("DUP-01", "DUP-08", "MIS-04", "INT-01")
def two_agreed_instalments_of_one_claim(town: Township, chance: Random) -> Iterator[Found]:
    person = found_household(town).head
    fen = housing_fen(town) // 2 * 2
    told = {"amount": fen // 2, "approved_amount": fen, "pay_kind": "分期"}
    first = pay(town, person, HOUSING, A_YEAR, paid_on=date(YEAR, 5, 14), **told)
    second = pay(town, person, HOUSING, A_YEAR, paid_on=date(YEAR, 6, 8), **(told | same_claim(first)))
    yield LookAlike(
        ("DUP-01", "DUP-08", "MIS-04", "INT-01", "PUB-03"), (person.id_no, first["claim_no"], *refs(first, second)),
        "two agreed instalments of a claim", (first, second),
    )  # fmt: skip


@DUPLICATES.case("DUP-01", "DUP-08", "FAL-12", "LED-01")
def a_second_claim_that_was_reversed(town: Township, chance: Random) -> Iterator[Found]:
    person, paid = receiving(town)
    wrong = pay(
        town, person, DISABILITY, month(4), paid_on=paid[4]["paid_on"] + timedelta(days=1), without=("instruction",)
    )
    back = give_back(town, wrong, "冲正", reason="重复录入")
    yield LookAlike(
        ("DUP-01", "DUP-08", "FAL-12", "LED-01", "PUB-03", "MIS-05"), (person.id_no, *refs(paid[4], wrong)),
        "the second claim was reversed in full", (paid[4], wrong, back),
    )  # fmt: skip


def double(town: Township, person: Person, id_no: str, name: str | None = None) -> Person:
    """The same or nearly the same person, listed in another household of another village; nobody insures either."""
    other = Person(name or person.name, person.sex, person.born, id_no, town.numbers.card())
    home = found_household(town)
    enter(town, home, other, PARENT)
    town.newcomers[:] = [somebody for somebody in town.newcomers if somebody not in (person, other)]
    return other


def old_person(town: Township) -> Person:
    """Somebody born when numbers had fifteen digits."""
    return found_household(town, HEAD, SPOUSE, PARENT).member(PARENT)


@DUPLICATES.case("DUP-02")
def one_person_under_the_old_and_the_new_number(town: Township, chance: Random) -> Iterator[Found]:
    person, _ = receiving(town, OLD_AGE, old_person(town))
    twin = double(town, person, to_fifteen(person.id_no))
    _, again = receiving(town, OLD_AGE, twin)
    yield Label(
        "DUP-02", (person.id_no, twin.id_no), sum(row["amount"] for row in again.values()), again[1]["paid_on"],
        (person.row, twin.row, again[1]), also=TWIN_TOO,
    )  # fmt: skip


TWIN_TOO = ("FAL-04", "DUP-01", "DUP-03", "DUP-06", "ACC-02", "DUP-08", "PUB-03", "FAL-03")


@DUPLICATES.case("DUP-02")
def one_person_listed_twice_and_not_paid(town: Township, chance: Random) -> Iterator[Found]:
    person = old_person(town)
    twin = double(town, person, to_fifteen(person.id_no))
    yield Label("DUP-02", (person.id_no, twin.id_no), 0, twin.row["included_on"], (person.row, twin.row), also=TWIN_TOO)


@DUPLICATES.case("DUP-02", "DUP-03")
def cousins_of_one_name_and_twins_of_two(town: Township, chance: Random) -> Iterator[Found]:
    person, _ = receiving(town, OLD_AGE, old_person(town))
    born = person.born.replace(year=person.born.year + 3, month=person.born.month % 12 + 1)
    cousin = double(town, person, town.numbers.id_no(born, person.sex))
    receiving(town, OLD_AGE, cousin)
    yield LookAlike(
        ("DUP-02", "DUP-03"), (person.id_no, cousin.id_no), "cousins of one name, born on other days",
        (person.row, cousin.row),
    )  # fmt: skip
    first, _ = receiving(town, OLD_AGE, old_person(town))
    second = double(town, first, town.numbers.near(first.id_no), town.numbers.name(first.sex, first.name[0]))
    receiving(town, OLD_AGE, second)
    yield LookAlike(
        ("DUP-02", "DUP-03"), (first.id_no, second.id_no), "twins: numbers differ in the sequence, names too",
        (first.row, second.row),
    )  # fmt: skip


@DUPLICATES.case("DUP-03")
def one_digit_of_the_number_is_another(town: Township, chance: Random) -> Iterator[Found]:
    person, _ = receiving(town, OLD_AGE, old_person(town))
    near = double(town, person, town.numbers.near(person.id_no))
    _, again = receiving(town, OLD_AGE, near)
    yield _near("one digit of the sequence", person, near, again)


@DUPLICATES.case("DUP-03")
def day_and_month_of_the_birthday_are_exchanged(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town, HEAD, SPOUSE)
    day = chance.randint(2, 12)
    born = date(chance.randint(1942, 1953), day % 12 + 1 if day % 12 + 1 != day else day, day)
    person = join(town, home, PARENT, born=born)
    other = town.numbers.transposed(person.id_no)
    if other is None:
        raise LookupError(f"The birthday {born} cannot be read as another.")
    receiving(town, OLD_AGE, person)
    near = double(town, person, other)
    _, again = receiving(town, OLD_AGE, near)
    yield _near("birth date transposed", person, near, again)


def _near(note: str, person: Person, near: Person, again: dict[int, Row]) -> Label:
    return Label(
        "DUP-03", (person.id_no, near.id_no), sum(row["amount"] for row in again.values()), again[1]["paid_on"],
        (person.row, near.row, again[1]), note=note, also=("DUP-06", "FAL-04"),
    )  # fmt: skip


@DUPLICATES.case("DUP-03")
def near_numbers_paid_under_different_programmes(town: Township, chance: Random) -> Iterator[Found]:
    person, _ = receiving(town, OLD_AGE, old_person(town))
    near = double(town, person, town.numbers.near(person.id_no))
    receiving(town, DISABILITY, near)
    yield LookAlike(
        ("DUP-03",), (person.id_no, near.id_no), "the two are never paid under one programme", (person.row, near.row)
    )


@DUPLICATES.case("DUP-04")
def two_of_a_household_for_one_month(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town)
    spouse = home.member(SPOUSE)
    _, paid = receiving(town, LIVING, home.head)
    entitle(town, spouse, LIVING)
    again = pay(town, spouse, LIVING, month(5))
    yield Label(
        "DUP-04", (spouse.id_no, home.number, again["bank_ref"]), again["amount"],
        max(again["paid_on"], paid[5]["paid_on"]), (paid[5], again), also=("FAL-03", "DUP-01", "FAL-12"),
    )  # fmt: skip


@DUPLICATES.case("DUP-04", "DUP-01", "COV-02", "FAL-01")
def a_widow_who_receives_for_the_household(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town)
    widow, death_on = home.member(SPOUSE), date(YEAR, 6, 10)
    entitle(town, home.head, LIVING, to=date(YEAR, 6, 30))
    for number in range(1, 7):
        pay(town, home.head, LIVING, month(number), paid_on=date(YEAR, number, 5))
    died = bury(town, home.head, death_on)
    home.head.row.state(exited_on=death_on, exit_kind="死亡")
    entitle(town, widow, LIVING, from_=date(YEAR, 7, 1), amount_per_period=2 * 385_00)
    after = [
        pay(town, widow, LIVING, month(number), amount=2 * 385_00, quantity=2, rate=385_00) for number in range(7, 13)
    ]
    yield LookAlike(
        ("DUP-04", "DUP-01", "COV-01", "COV-02", "FAL-01", "FAL-03"), (home.head.id_no, widow.id_no, home.number),
        "the widow receives from the month after the death", (died, after[0]),
    )  # fmt: skip


def split(town: Township, home: Household, on: date) -> tuple[Person, Household]:
    """A grown child leaves the household and founds one of its own."""
    child = join(town, home, CHILD, born=date(1994, 6, 7))
    child.row.state(exited_on=on, exit_kind="分户")
    own = Household(town.number("H", 4), home.village, home.hamlet, home.category, town.numbers.phone(), [])
    moved = Person(child.name, child.sex, child.born, child.id_no, child.account)
    enter(town, own, moved, HEAD, included_on=on, included_kind="分户", from_household=home.number)
    town.newcomers.remove(moved)
    return moved, own


@DUPLICATES.case("DUP-04", "DUP-01", "COV-02", "DUP-06")
def a_household_that_was_split_in_the_month(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town)
    child, own = split(town, home, SPLIT_ON)
    receiving(town, LIVING, home.head)
    entitle(town, child, LIVING, from_=SPLIT_ON)
    after = [pay(town, child, LIVING, month(number)) for number in range(5, 13)]
    yield LookAlike(
        ("DUP-04", "DUP-01", "COV-02", "DUP-06"), (child.id_no, own.number), "household split inside the month",
        (after[0], child.row),
    )  # fmt: skip


@DUPLICATES.case("DUP-04")
def a_split_long_after_both_were_paid(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town)
    _, paid = receiving(town, LIVING, home.head)
    child, _ = split(town, home, date(YEAR, 11, 20))
    entitle(town, child, LIVING)
    again = pay(town, child, LIVING, month(3), household_no=home.number, amount=paid[3]["amount"])
    yield Label(
        "DUP-04", (child.id_no, again["bank_ref"], paid[3]["bank_ref"]), again["amount"],
        max(again["paid_on"], paid[3]["paid_on"]), (paid[3], again), note="split eight months later",
        also=("FAL-03", "FAL-02", "DUP-06", "COV-01", "COV-02", "FAL-12"),
    )  # fmt: skip
