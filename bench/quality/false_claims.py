"""虚报冒领: money for a need that was not there (DOMAIN §4 C, FAL-01 to FAL-04, FAL-09, FAL-12)."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.duplicates import A_YEAR, refs
from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.book import Row
from bench.quality.town.people import HEAD, SPOUSE, Person, bury, found_household, somebody
from bench.quality.town.programmes import (
    DISABILITY,
    FUNERAL,
    HOUSING,
    INDUSTRY,
    LIVING,
    MEDICAL,
    NURSING,
    NURSING_RISES_TO_FEN,
    OLD_AGE,
    RELIEF,
    Programme,
)
from bench.quality.town.subsidies import ask, entitle, housing_fen, month, pay, rebuild, receiving
from bench.quality.town.township import YEAR, Township

FALSE_CLAIMS = Family()
THREE_MONTHS = (6, 7, 8)


def total_fen(rows: list[Row]) -> int:
    """What was paid in all."""
    return sum(int(row["amount"]) for row in rows)


def mortal(town: Township, death_on: date, programme: Programme = OLD_AGE, *, known_on: date | None = None) -> Person:
    """Somebody whose entitlement, and whose time on the roster, ends with death."""
    person = found_household(town, HEAD, SPOUSE, "父母").member("父母")
    entitle(town, person, programme, to=max(death_on, date(YEAR, 1, 31)))
    bury(town, person, death_on, known_on)
    person.row.state(exited_on=death_on, exit_kind="死亡")
    return person


def paid_for(town: Township, person: Person, programme: Programme, *months: int) -> list[Row]:
    """Its payments for those months."""
    return [pay(town, person, programme, month(number)) for number in months]


@FALSE_CLAIMS.case("FAL-01")
def paid_for_months_after_a_death(town: Township, chance: Random) -> Iterator[Found]:
    last = chance.randint(2, 8)
    death_on = date(YEAR, last, chance.randint(2, 28))
    person = mortal(town, death_on, known_on=date(YEAR, 12, 1) if chance.random() < 0.5 else None)
    paid_for(town, person, OLD_AGE, *range(1, last + 1))
    after = paid_for(town, person, OLD_AGE, *range(last + 1, last + 1 + chance.randint(1, 4)))
    yield Label(
        "FAL-01", (person.id_no, *refs(*after)), total_fen(after), after[0]["paid_on"], tuple(after),
        also=("COV-02", "FAL-02", "FAL-03"),
    )  # fmt: skip


@FALSE_CLAIMS.case("FAL-01", "FAL-02", "COV-02")
def paid_on_the_thirtieth_day_after_a_death_or_later(town: Township, chance: Random) -> Iterator[Found]:
    for days in (31, 30):
        death_on = date(YEAR, 4, 1)
        person = mortal(town, death_on)
        paid_for(town, person, OLD_AGE, 1, 2, 3)
        last = pay(town, person, OLD_AGE, month(4), paid_on=death_on + timedelta(days=days))
        keys = (person.id_no, last["bank_ref"])
        if days == 30:
            why = "died on the first day of the period, paid on the 30th day after"
            yield LookAlike(("FAL-01", "FAL-02", "COV-02"), keys, why, (last,))
        else:
            yield Label(
                "FAL-01", keys, last["amount"], last["paid_on"], (last,), note="on the 31st day",
                also=("COV-02", "FAL-02", "FAL-03"),
            )  # fmt: skip


@FALSE_CLAIMS.case("FAL-01", "FAL-02", "FAL-03")
def premiums_for_the_dead_the_removed_and_the_unknown(town: Township, chance: Random) -> Iterator[Found]:
    gone = date(YEAR - 1, 11, 20)
    for rule, kind in (("FAL-01", "死亡"), ("FAL-02", "清退"), ("FAL-03", "")):
        person = found_household(town).member(SPOUSE) if kind else somebody(town)
        if kind:
            town.newcomers.remove(person)
            person.row.state(exited_on=gone, exit_kind=kind)
            entitle(town, person, MEDICAL)
        if kind == "死亡":
            bury(town, person, gone)
        row = pay(town, person, MEDICAL, A_YEAR, paid_on=town.day(2, 18, 22))
        yield Label(
            rule, (person.id_no, row["bank_ref"]), row["amount"], row["paid_on"], (row,), note="a premium paid for",
            also=("FAL-01", "FAL-02", "FAL-03", "FAL-04"),
        )  # fmt: skip


@FALSE_CLAIMS.case("FAL-01", "FAL-02", "COV-02")
def arrears_of_a_living_month_and_a_funeral(town: Township, chance: Random) -> Iterator[Found]:
    death_on = date(YEAR, 4, 21)
    person = mortal(town, death_on)
    paid_for(town, person, OLD_AGE, 1, 2, 3)
    late = pay(town, person, OLD_AGE, month(4), paid_on=death_on + timedelta(days=45), pay_kind="补发")
    grave = pay(town, person, FUNERAL, A_YEAR, paid_on=death_on + timedelta(days=40), pay_kind="丧葬")
    yield LookAlike(
        ("FAL-01", "FAL-02", "COV-02"), (person.id_no, *refs(late, grave)),
        "arrears of a living month paid 45 days after death, and a funeral grant", (late, grave),
    )  # fmt: skip


def removed(town: Township, kind: str, on: date, programme: Programme) -> Person:
    """Somebody whose household left the roster, with an entitlement that nobody ended."""
    home = found_household(town, exited_on=on, exit_kind=kind)
    entitle(town, home.head, programme)
    return home.head


@FALSE_CLAIMS.case("FAL-02", "FAL-03")
def paid_after_leaving_the_roster(town: Township, chance: Random) -> Iterator[Found]:
    for kind, on, programme in (
        ("清退", date(YEAR, 6, 1), DISABILITY),
        ("销户", date(YEAR, 5, 10), DISABILITY),
        ("脱贫", date(YEAR, 6, 1), LIVING),
    ):
        person = removed(town, kind, on, programme)
        paid_for(town, person, programme, 1, 2, 3, 4, 5)
        after = paid_for(town, person, programme, *THREE_MONTHS)
        yield Label(
            "FAL-02", (person.id_no, person.household.number, *refs(*after)), total_fen(after), after[0]["paid_on"],
            tuple(after), note=kind, also=("FAL-03", "COV-02"),
        )  # fmt: skip


@FALSE_CLAIMS.case("FAL-02", "FAL-03")
def left_the_roster_inside_the_month_or_out_of_poverty(town: Township, chance: Random) -> Iterator[Found]:
    person = removed(town, "清退", date(YEAR, 6, 2), DISABILITY)
    last = paid_for(town, person, DISABILITY, 1, 2, 3, 4, 5, 6)[-1]
    yield LookAlike(
        ("FAL-02", "FAL-03", "COV-02"), (person.id_no, last["bank_ref"]), "removed on the second day of the month",
        (last,),
    )  # fmt: skip
    person = removed(town, "脱贫", date(YEAR, 3, 1), DISABILITY)
    rows = paid_for(town, person, DISABILITY, *range(1, 13))
    yield LookAlike(
        ("FAL-02", "FAL-03"), (person.id_no, person.household.number, rows[5]["bank_ref"]),
        "摘帽不摘政策: out of poverty, and the programme carries over", (rows[5], person.row),
    )  # fmt: skip


@FALSE_CLAIMS.case("FAL-03")
def paid_to_somebody_who_was_never_listed(town: Township, chance: Random) -> Iterator[Found]:
    stranger = somebody(town)
    row = pay(town, stranger, HOUSING, A_YEAR, amount=housing_fen(town))
    yield Label(
        "FAL-03", (stranger.id_no, row["bank_ref"]), row["amount"], row["paid_on"], (row,), also=("FAL-04",),
        note="never listed",
    )  # fmt: skip
    relieved = somebody(town)
    row = pay(town, relieved, RELIEF, A_YEAR, amount=1_730_00)
    why = "relief asks for no roster"
    yield LookAlike(("FAL-03",), (relieved.id_no, row["bank_ref"]), why, (row,), also=("FAL-04",))


@FALSE_CLAIMS.case("FAL-03")
def paid_without_or_after_an_entitlement(town: Township, chance: Random) -> Iterator[Found]:
    person = found_household(town).head
    rows = paid_for(town, person, DISABILITY, 1, 2, 3)
    yield Label(
        "FAL-03", (person.id_no, *refs(*rows)), total_fen(rows), rows[0]["paid_on"], tuple(rows), note="never granted"
    )
    ended = found_household(town).head
    entitle(town, ended, DISABILITY, to=date(YEAR, 6, 30))
    paid_for(town, ended, DISABILITY, *range(1, 7))
    after = paid_for(town, ended, DISABILITY, 7)
    yield Label(
        "FAL-03", (ended.id_no, *refs(*after)), total_fen(after), after[0]["paid_on"], tuple(after),
        note="the entitlement ended the day before the period",
    )  # fmt: skip


@FALSE_CLAIMS.case("FAL-03", "LED-02")
def moved_away_or_listed_late(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town, exited_on=date(YEAR, 5, 20), exit_kind="迁出")
    entitle(town, home.head, DISABILITY)
    paid_for(town, home.head, DISABILITY, *range(1, 6))
    after = paid_for(town, home.head, DISABILITY, 6, 7)
    yield Label(
        "FAL-03", (home.head.id_no, *refs(*after)), total_fen(after), after[0]["paid_on"], tuple(after),
        note="moved away", also=("FAL-02", "COV-02"),
    )  # fmt: skip
    late = found_household(town, included_on=date(YEAR - 1, 12, 1), registered_on=date(YEAR, 3, 9))
    person, paid = receiving(town, person=late.head)
    yield LookAlike(
        ("FAL-03", "LED-02"), (person.id_no, late.number), "roster row keyed in March, in force since December",
        (person.row, paid[1]),
    )  # fmt: skip


@FALSE_CLAIMS.case("FAL-04")
def a_payee_of_whom_nothing_else_is_known(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town, HEAD, phone=None)
    town.newcomers.remove(home.head)
    ghost, row = rebuild(town, home)
    yield Label(
        "FAL-04", (ghost.id_no, row["bank_ref"]), row["amount"], row["paid_on"], (row, ghost.row),
        note="no visit, no telephone, a new card, alone, one programme",
    )  # fmt: skip
    visited = found_household(town, HEAD, phone=None, category="五保户")
    old, paid = receiving(town, OLD_AGE, visited.head)
    said = ask(town, paid[3])
    yield LookAlike(("FAL-04",), (old.id_no,), "an old person who lives alone and was visited", (old.row, said))


@FALSE_CLAIMS.case("FAL-09")
def a_house_for_somebody_on_the_payroll(town: Township, chance: Random) -> Iterator[Found]:
    day = date(YEAR, 5, 14)
    for note, interval in (
        ("", {"from": date(2012, 9, 1), "until": day}),
        ("left the day before", {"from": date(2012, 9, 1), "until": day - timedelta(days=1)}),
        ("joined the day after", {"from": day + timedelta(days=1)}),
    ):
        person, row = rebuild(town, paid_on=day)
        town.newcomers.remove(person)
        ask(town, row)
        listed = town.book.add("payroll", name=person.name, id_no=person.id_no, org="测试镇中心小学", **interval)
        keys = (person.id_no, row["bank_ref"])
        if note:
            yield LookAlike(("FAL-09",), keys, f"the payroll: {note}", (row, listed))
        else:
            yield Label("FAL-09", keys, row["amount"], day, (row, listed))


@FALSE_CLAIMS.case("FAL-12")
def a_yuan_and_a_fen_above_the_standard(town: Township, chance: Random) -> Iterator[Found]:
    for extra_fen in (1_01, 1_00):
        person, _ = receiving(town, months=(1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))
        row = pay(town, person, DISABILITY, month(2), amount=181_00 + extra_fen, rate=181_00)
        keys = (person.id_no, row["bank_ref"])
        if extra_fen > 1_00:
            yield Label("FAL-12", keys, extra_fen, row["paid_on"], (row,), note="fixed")
        else:
            yield LookAlike(("FAL-12",), keys, "a yuan above the standard", (row,))


@FALSE_CLAIMS.case("FAL-12")
def above_a_ceiling_or_more_than_the_quantity(town: Township, chance: Random) -> Iterator[Found]:
    for fen, excess_fen in ((34_001_01, 1_01), (34_000_00, 0)):
        person, row = rebuild(town, amount=fen)
        keys = (person.id_no, row["bank_ref"])
        if excess_fen:
            yield Label("FAL-12", keys, excess_fen, row["paid_on"], (row,), note="ceiling", also=STATISTICS)
        else:
            yield LookAlike(("FAL-12",), keys, "exactly the ceiling", (row,), also=STATISTICS)
    person = found_household(town).head
    told = {"quantity": 4, "rate": 310_00, "paid_on": date(YEAR, 8, 17)}
    row = pay(town, person, INDUSTRY, A_YEAR, amount=5 * 310_00, **told)
    yield Label("FAL-12", (person.id_no, row["bank_ref"]), 310_00, row["paid_on"], (row,), note="five paid for four")


STATISTICS = ("STA-02", "STA-03", "STA-05")


@FALSE_CLAIMS.case("FAL-12")
def the_new_standard_before_its_day(town: Township, chance: Random) -> Iterator[Found]:
    person, _ = receiving(town, NURSING, months=(1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12))
    early = pay(town, person, NURSING, month(6), amount=NURSING_RISES_TO_FEN, quantity=1, rate=NURSING_RISES_TO_FEN)
    yield Label(
        "FAL-12", (person.id_no, early["bank_ref"]), NURSING_RISES_TO_FEN - 237_00, early["paid_on"], (early,),
        note="the new standard paid for June",
    )  # fmt: skip
    other, right = receiving(town, NURSING)
    yield LookAlike(
        ("FAL-12",),
        (other.id_no, *refs(right[6], right[7])),
        "the standard is raised from July on",
        (right[6], right[7]),
    )
