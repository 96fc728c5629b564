"""应享未享: who should have been paid and was not (DOMAIN §4 M)."""

from collections.abc import Iterator
from datetime import date
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.people import PARENT, SPOUSE, bury, found_household
from bench.quality.town.programmes import DISABILITY, EDUCATION, HOUSING, OLD_AGE
from bench.quality.town.subsidies import entitle, month, pay, receiving
from bench.quality.town.township import AS_OF, YEAR, Township

COVERAGE = Family()
MONTH_FEN, DECEMBER = 181_00, month(12)


@COVERAGE.case("COV-01")
def entitled_for_half_a_year_and_never_paid(town: Township, chance: Random) -> Iterator[Found]:
    person = found_household(town).head
    row = entitle(town, person, DISABILITY, to=date(YEAR, 6, 30))
    yield Label("COV-01", (person.id_no,), 6 * MONTH_FEN, date(YEAR, 4, 1), (row,))


@COVERAGE.case("COV-01")
def declined_or_not_late_yet(town: Township, chance: Random) -> Iterator[Found]:
    person = found_household(town).head
    row = entitle(town, person, DISABILITY, declined_on=date(YEAR - 1, 12, 20))
    yield LookAlike(("COV-01",), (person.id_no,), "declined in writing before the first period", (row,))
    student = found_household(town).member("子女")
    row = entitle(town, student, EDUCATION)
    yield LookAlike(("COV-01",), (student.id_no,), "of a year: deadline and thirty days end on as_of", (row,))
    newcomer = found_household(town).head
    row = entitle(town, newcomer, DISABILITY, from_=date(YEAR + 1, 1, 1), to=date(YEAR + 1, 12, 31))
    yield LookAlike(("COV-01",), (newcomer.id_no,), "of January: deadline and thirty days end on 1 April", (row,))


@COVERAGE.case("COV-01", "COV-02")
def died_before_the_next_month(town: Township, chance: Random) -> Iterator[Found]:
    person = found_household(town, "户主", SPOUSE, PARENT).member(PARENT)
    row = entitle(town, person, OLD_AGE)
    for number in range(1, 6):
        pay(town, person, OLD_AGE, month(number))
    bury(town, person, date(YEAR, 5, 21))
    person.row.state(exited_on=date(YEAR, 5, 21), exit_kind="死亡")
    yield LookAlike(("COV-01", "COV-02"), (person.id_no,), "died in May: nothing is due from June on", (row,))


@COVERAGE.case("COV-02", "COV-01")
def paid_until_some_month_and_then_no_more(town: Township, chance: Random) -> Iterator[Found]:
    last = chance.randint(2, 9)
    person, paid = receiving(town, months=range(1, last + 1))
    on = date(YEAR, last + 3, 28)
    yield Label("COV-02", (person.id_no,), (12 - last) * MONTH_FEN, on, (paid[last],), also=("COV-01",))
    ended, paid = receiving(town, months=range(1, 7))
    granted = next(
        row
        for row in town.book.of("entitlements")
        if (row["id_no"], row["programme"]) == (ended.id_no, DISABILITY.name)
    )
    granted.state(to=date(YEAR, 6, 30))
    yield LookAlike(
        ("COV-01", "COV-02"), (ended.id_no,), "the entitlement ended, so the payments did", (granted, paid[6])
    )


@COVERAGE.case("COV-02", "COV-01")
def left_the_roster_and_is_paid_no_more(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town, exited_on=date(YEAR, 6, 20), exit_kind="清退")
    person, paid = receiving(town, person=home.head, months=range(1, 7))
    yield LookAlike(("COV-01", "COV-02"), (person.id_no,), "removed in June", (person.row, paid[6]))
    once = found_household(town).head
    row = pay(town, once, HOUSING, str(YEAR), amount=9_310_00)
    yield LookAlike(("COV-02",), (once.id_no, row["bank_ref"]), "paid once, as the programme asks", (row,))


@COVERAGE.case("COV-02", "COV-01")
def a_single_month_left_out(town: Township, chance: Random) -> Iterator[Found]:
    left_out = chance.randint(2, 11)
    person, paid = receiving(town, months=[number for number in range(1, 13) if number != left_out])
    rows = paid[left_out - 1], paid[left_out + 1]
    yield Label("COV-02", (person.id_no,), MONTH_FEN, AS_OF, rows, also=("COV-01",), note=f"month {left_out}")
    whole, paid = receiving(town)
    yield LookAlike(("COV-01", "COV-02"), (whole.id_no,), "paid every month", (paid[1], paid[12]))
