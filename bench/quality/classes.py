"""虚假培训、证件异常: classes not held as they were paid, papers not in order (DOMAIN §4 C, FAL-05 to FAL-10)."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.duplicates import A_YEAR, refs
from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.book import Row
from bench.quality.town.people import Person, found_household, somebody
from bench.quality.town.programmes import RELIEF
from bench.quality.town.subsidies import ask, pay, receiving
from bench.quality.town.teaching import attend, learn, open_class, subsidise
from bench.quality.town.township import YEAR, Township

CLASSES = Family()
SUBSIDY_FEN = 600_00


@CLASSES.case("FAL-05")
def in_two_classes_at_one_time(town: Township, chance: Random) -> Iterator[Found]:
    for begin, why in (("11:29", ""), ("11:30", "one class begins when the other ends")):
        day = date(YEAR, 3, 6)
        person = found_household(town).head
        rows, paid = learn(town, open_class(town, day), person)
        other = open_class(town, day, start_at=f"{day} {begin}", end_at=f"{day + timedelta(days=4)} 17:30")
        also = town.book.add(
            "training_attendance", class_id=other["class_id"], name=person.name, id_no=person.id_no,
            start_at=f"{day} {begin}", end_at=f"{day} 13:30", result="在训", subsidised=False, device="KQ-3",
        )  # fmt: skip
        if why:
            yield LookAlike(("FAL-05", "FAL-06"), (person.id_no,), why, (rows[0], also))
        else:
            yield Label(
                "FAL-05", (person.id_no,), paid["amount"], day, (rows[0], also),
                subjects=(rows[0]["class_id"], also["class_id"]), note="by one minute",
            )  # fmt: skip


@CLASSES.case("FAL-06")
def subsidised_twice_in_a_year(town: Township, chance: Random) -> Iterator[Found]:
    for same_skill in (True, False):
        person = found_household(town).head
        first = open_class(town, date(YEAR, 1, 6))
        skill = {"skill": first["skill"]} if same_skill else {}
        again = open_class(town, date(YEAR, 7, 6), **skill)
        learn(town, first, person)
        rows, paid = learn(town, again, person)
        yield Label(
            "FAL-06", (person.id_no, paid["bank_ref"]), paid["amount"], paid["paid_on"], (paid, rows[-1]),
            note="the same skill and level" if same_skill else "two skills, one a year is allowed",
            also=("DUP-01", "DUP-08"),
        )  # fmt: skip


@CLASSES.case("FAL-06", "FAL-05")
def an_examination_taken_again(town: Township, chance: Random) -> Iterator[Found]:
    person = found_household(town).head
    first = open_class(town, date(YEAR, 2, 6))
    again = open_class(town, date(YEAR, 5, 6), skill=first["skill"])
    learn(town, first, person, result="不合格")
    rows = attend(town, again, person, result="补考合格", subsidised=False)
    yield LookAlike(
        ("FAL-06", "FAL-05"), (person.id_no,), "failed, retook the examination without a second subsidy", (rows[-1],)
    )


def whole_class(town: Township, size: int, *, failing: int = 1, **stated: object) -> tuple[Row, list[Row]]:
    """A class of so many, of whom some fail, and the subsidies paid for it."""
    device = stated.pop("device", None)
    class_ = open_class(town, date(YEAR, chance_month(town), 6), **stated)
    paid = []
    for seat in range(size):
        person = found_household(town).head
        told = {"device": device} if device else {}
        attend(town, class_, person, result="不合格" if seat < failing else "合格", **told)
        paid.append(subsidise(town, class_, person))
    return class_, paid


def chance_month(town: Township) -> int:
    """One of the first ten months."""
    return town.chance.randint(1, 10)


def of_class(class_: Row, paid: list[Row], why: str, *, note: str = "", beyond: int = 0) -> Found:
    """A label of the class, or a look-alike where it is lawful; what those who deny say is INT-05's as well."""
    keys, also = (class_["class_id"], *refs(*paid)), ("INT-05",)
    if why:
        return LookAlike(("FAL-07",), keys, why, (class_,), also=also)
    fen, on = sum(row["amount"] for row in paid), max(row["paid_on"] for row in paid)
    return Label("FAL-07", keys, beyond or fen, on, (class_, *paid), note=note, also=also)


@CLASSES.case("FAL-07")
def more_paid_than_the_room_holds(town: Township, chance: Random) -> Iterator[Found]:
    for size, why in ((13, ""), (12, "as many as the room holds")):
        class_, paid = whole_class(town, size, capacity=12)
        yield of_class(class_, paid, why, note="13 in a room for 12", beyond=SUBSIDY_FEN)


@CLASSES.case("FAL-07")
def everybody_came_and_everybody_passed(town: Township, chance: Random) -> Iterator[Found]:
    for size, failing, why in ((20, 0, ""), (19, 0, "a good class of nineteen"), (20, 1, "one of twenty failed")):
        class_, paid = whole_class(town, size, failing=failing)
        yield of_class(class_, paid, why, note="twenty, all present, all passed")


@CLASSES.case("FAL-07")
def one_hand_checked_everybody_in(town: Township, chance: Random) -> Iterator[Found]:
    class_, paid = whole_class(town, 20, device="KQ-9")
    yield of_class(class_, paid, "", note="one device for all check-ins")


@CLASSES.case("FAL-07")
def three_of_ten_deny_on_call_back(town: Township, chance: Random) -> Iterator[Found]:
    for denying, why in ((3, ""), (2, "two of ten deny")):
        class_, paid = whole_class(town, 10)
        for number, row in enumerate(paid):
            ask(town, row, 0 if number < denying else row["amount"], method="电话")
        yield of_class(class_, paid, why, note="three of ten deny")


@CLASSES.case("FAL-10")
def a_clerk_whose_papers_are_often_wrong(town: Township, chance: Random) -> Iterator[Found]:
    for rows, bad, why in ((100, 3, ""), (101, 3, "less than three in a hundred"), (20, 2, "two only")):
        clerk = town.appoint("测试镇财政所", "临时经办", "township_finance", serving_from=date(YEAR, 1, 1))
        good = rows - bad
        for _ in range(good // 12):
            _, paid = receiving(town)
            for row in paid.values():
                row.state(preparer=clerk.name)
        for number in range(good % 12):
            relieve(town, found_household(town).head, number).state(preparer=clerk.name)
        wrong = [relieve(town, misread(town), number).state(preparer=clerk.name) for number in range(bad)]
        keys = (clerk.number, clerk.name, *refs(*wrong))
        if why:
            yield LookAlike(("FAL-10",), keys, why, tuple(wrong))
        else:
            fen, on = sum(row["amount"] for row in wrong), max(row["paid_on"] for row in wrong)
            yield Label("FAL-10", keys, fen, on, tuple(wrong))


def relieve(town: Township, person: Person, number: int) -> Row:
    """临时救助 of an amount of its own."""
    return pay(town, person, RELIEF, A_YEAR, amount=1_310_00 + 70_00 * number, paid_on=town.day(7, 6, 24))


def misread(town: Township) -> Person:
    """Somebody whose number was copied with a wrong check digit."""
    person = somebody(town)
    person.id_no = person.id_no[:17] + ("1" if person.id_no[17] != "1" else "2")
    return person
