"""统计: amounts and villages unlike their kind (DOMAIN §4 K)."""

from collections.abc import Iterator
from datetime import date
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.duplicates import A_YEAR, refs
from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.book import Row
from bench.quality.town.people import Person, found_household
from bench.quality.town.programmes import DISABILITY, DISCRETIONARY, PERSON, YEARLY, Programme
from bench.quality.town.subsidies import entitle, month, pay
from bench.quality.town.township import Township
from bench.quality.town.works import plan

STATISTICAL = Family()
DIGITS_NEED, ROUND_NEED, OUTLIERS_NEED, IN_A_ROW = 300, 20, 12, 5
PROJECTS = "项目支付"
"""The series of all that is paid for projects."""

KINDS = ("大病救助", "灾害补助", "特色种养奖补", "就业奖励")


def free_programme(town: Township) -> Programme:
    """A programme of its own whose amounts no standard fixes."""
    ordinal = town.ordinal("free programme")
    return town.offer(
        Programme(
            f"{KINDS[ordinal % len(KINDS)]}{ordinal}", f"FREE{ordinal}", PERSON, YEARLY, None, "S01", DISCRETIONARY,
            None, roster=False, entitlement=False, deadline_days=60, max_per_period=999,
        )
    )  # fmt: skip


def granted(town: Township, programme: Programme, amounts: list[int], people: list[Person]) -> list[Row]:
    """A payment of each amount, on days of the whole year, to people in turn."""
    return [
        pay(town, people[number % len(people)], programme, A_YEAR, amount=fen, paid_on=town.day(number % 11 + 1, 3, 27))
        for number, fen in enumerate(amounts)
    ]


def of_programme(rule: str, programme: Programme, rows: list[Row], why: str, **told: tuple[str, ...]) -> Found:
    """A label of a programme, or a look-alike."""
    keys = (programme.name, programme.code, *told.pop("keys", ()))
    if why:
        return LookAlike((rule,), (*keys, *refs(*rows)), why, tuple(rows), also=("STA-02", "STA-03", "STA-05"))
    on = max(row["paid_on"] for row in rows)
    return Label(rule, keys, 0, on, tuple(rows), also=("STA-01", "STA-03", "STA-05", "IDL-03"))


@STATISTICAL.case("STA-01", alone=True)
def digits_that_nobody_would_meet(town: Township, chance: Random) -> Iterator[Found]:
    benford = [round(100_00 * 100 ** ((n + 0.5) / DIGITS_NEED)) for n in range(DIGITS_NEED)]
    invented = [round(chance.uniform(100_00, 10_400_00)) for _ in range(DIGITS_NEED - 2)] + [100_00, 10_400_00]
    for amounts, why in (
        (invented, ""),
        (invented[1:], "one payment fewer than a test of digits needs"),
        (benford, "the digits of amounts that grow freely"),
    ):
        programme = free_programme(town)
        rows = granted(town, programme, [fen + number % 7 for number, fen in enumerate(amounts)], town.residents)
        yield of_programme("STA-01", programme, rows, why)
    bills = plan(town)
    why = "the bills of invented projects repeat a few amounts"
    yield LookAlike(("STA-01",), (PROJECTS, bills.number), why, (bills.project,), tolerated_below="O")


def of_village(town: Township, village: str) -> list[Person]:
    """Residents of a village; all of the township where it has too few."""
    there = [person for person in town.residents if person.household.village == village]
    return there or town.residents


@STATISTICAL.case("STA-02", alone=True)
def whole_thousands_in_one_village(town: Township, chance: Random) -> Iterator[Found]:
    for rounds, least, why in ((8, 2, ""), (1, 6, "one round amount of twenty, as everywhere")):
        programme = free_programme(town)
        odd_one = town.villages[chance.randrange(len(town.villages))]
        shown: list[Row] = []
        for village in town.villages:
            whole = rounds if village == odd_one else 1
            amounts = [(least + number % 4) * 1_000_00 for number in range(whole)]
            amounts += [1_730_00 + least * 7_00 + 190_00 * number for number in range(ROUND_NEED - whole)]
            rows = granted(town, programme, amounts, of_village(town, village))
            shown = rows[:whole] if village == odd_one else shown
        keys = refs(*shown)
        if why:
            yield LookAlike(("STA-02",), (programme.name, programme.code), why, tuple(shown))
        else:
            fen, on = sum(row["amount"] for row in shown), max(row["paid_on"] for row in shown)
            yield Label("STA-02", keys, fen, on, tuple(shown), subjects=(programme.name, odd_one))


@STATISTICAL.case("STA-03")
def one_grant_far_from_the_others(town: Township, chance: Random) -> Iterator[Found]:
    for many, outlying_fen, why in (
        (OUTLIERS_NEED, 9_600_00, ""),
        (OUTLIERS_NEED - 1, 9_600_00, "eleven claims only"),
        (OUTLIERS_NEED, 1_540_00, "within three and a half deviations"),
    ):
        programme = free_programme(town)
        amounts = [1_000_00 + 40_00 * number for number in range(many - 1)]
        people = [found_household(town).head for _ in range(many)]
        rows = granted(town, programme, [*amounts, outlying_fen], people)
        far = rows[-1]
        keys = (far["id_no"], far["bank_ref"], far["claim_no"])
        if why:
            yield LookAlike(("STA-03",), keys, why, (far,))
        else:
            yield Label("STA-03", keys, outlying_fen - 1_220_00, far["paid_on"], (far,), subjects=(programme.name,))


@STATISTICAL.case("STA-03")
def amounts_that_hardly_vary(town: Township, chance: Random) -> Iterator[Found]:
    programme = free_programme(town)
    people = [found_household(town).head for _ in range(OUTLIERS_NEED)]
    rows = granted(town, programme, [1_120_00] * (OUTLIERS_NEED - 1) + [3_340_00], people)
    why = "all but one are equal: neither deviation nor quartiles tell anything"
    yield LookAlike(("STA-03",), (rows[-1]["id_no"], rows[-1]["bank_ref"]), why, (rows[-1],))


@STATISTICAL.case("STA-04")
def five_cards_in_a_row_receive_the_same(town: Township, chance: Random) -> Iterator[Found]:
    for many, why in ((IN_A_ROW, ""), (IN_A_ROW - 1, "four cards in a row")):
        programme = free_programme(town)
        rows = granted(town, programme, [1_234_00] * many, in_a_row(town, many))
        keys = (*refs(*rows), *(row["account_no"] for row in rows))
        if why:
            yield LookAlike(("STA-04",), keys, why, tuple(rows))
        else:
            fen, on = sum(row["amount"] for row in rows), max(row["paid_on"] for row in rows)
            yield Label("STA-04", keys, fen, on, tuple(rows), subjects=(programme.name,))


@STATISTICAL.case("STA-04")
def cards_of_one_batch_receive_the_standard(town: Township, chance: Random) -> Iterator[Found]:
    rows = []
    for person in in_a_row(town, IN_A_ROW):
        entitle(town, person, DISABILITY, to=date(2020, 3, 31))
        rows += [pay(town, person, DISABILITY, month(number)) for number in (1, 2, 3)]
    keys = (*refs(*rows), *(row["account_no"] for row in rows))
    yield LookAlike(("STA-04",), keys, "cards of one batch, and the standard rate", tuple(rows))


def in_a_row(town: Township, many: int) -> list[Person]:
    """Heads of households whose cards have consecutive numbers."""
    people = [found_household(town).head for _ in range(many)]
    card = town.numbers.card()
    for person in people:
        person.account, card = card, town.numbers.card(next_to=card)
    return people


@STATISTICAL.case("STA-05", alone=True)
def a_village_that_receives_far_more_than_the_others(town: Township, chance: Random) -> Iterator[Found]:
    village = town.new_village()
    homes = [found_household(town, village=village) for _ in range(12)]
    programme = free_programme(town)
    rows = granted(town, programme, [1_310_00 + 10_00 * n for n in range(18)], [p for h in homes for p in h.members])
    for number, other in enumerate(town.villages):
        granted(town, programme, [1_450_00 + 10_00 * number], of_village(town, other))
    fen, on = sum(row["amount"] for row in rows), max(row["paid_on"] for row in rows)
    yield Label("STA-05", (programme.name, *refs(*rows)), fen, on, tuple(rows), subjects=(village,), also=("STA-03",))


@STATISTICAL.case("STA-05", alone=True)
def villages_that_receive_alike(town: Township, chance: Random) -> Iterator[Found]:
    programme = free_programme(town)
    rows = []
    for number, village in enumerate(town.villages):
        there = of_village(town, village)[:3]
        rows += granted(town, programme, [1_870_00 + 10_00 * (3 * number + n) for n in range(3)], there)
    yield LookAlike(("STA-05",), (programme.name, *refs(*rows)), "three of every village", tuple(rows))
