"""账户: money into other cards than those of whom it is for (DOMAIN §4 H)."""

from collections.abc import Iterator
from datetime import date
from random import Random  # noqa: TID251  the bench names its seed
from typing import Any

from bench.quality.duplicates import A_YEAR, refs
from bench.quality.interception import relieve
from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.splitting import new_hand
from bench.quality.town.people import DESTITUTE_POOR, HEAD, SPOUSE, Person, found_household, guard, somebody
from bench.quality.town.programmes import DESTITUTE, DISABILITY, HOUSING
from bench.quality.town.subsidies import ask, entitle, housing_fen, month, pay, rebuild, receiving
from bench.quality.town.township import Township

ACCOUNTS = Family()


def card_of(person: Person) -> dict[str, Any]:
    """The columns of a payment onto somebody's card."""
    return {"account_no": person.account, "holder_name": person.name}


@ACCOUNTS.case("ACC-01")
def two_households_share_one_card(town: Township, chance: Random) -> Iterator[Found]:
    first, mine = receiving(town)
    second, _ = receiving(town)
    theirs = [row for row in town.book.of("subsidy_payments") if row["id_no"] == second.id_no]
    for row in theirs:
        row.state(account_no=first.account)
    fen = sum(row["amount"] for row in theirs)
    yield Label(
        "ACC-01", (first.account, first.id_no, second.id_no), fen, theirs[0]["paid_on"], (mine[1], *theirs),
        also=("ACC-03", "ACC-02"),
    )  # fmt: skip


@ACCOUNTS.case("ACC-01", "ACC-03")
def a_spouse_or_a_ward_of_the_holder(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town)
    spouse = home.member(SPOUSE)
    receiving(town, person=home.head)
    entitle(town, spouse, DISABILITY)
    rows = [pay(town, spouse, DISABILITY, month(number), **card_of(home.head)) for number in range(1, 13)]
    yield LookAlike(
        ("ACC-01",), (home.head.account, spouse.id_no), "one household, a subsidy for each person (Y at most)",
        tuple(rows), tolerated_below="O",
    )  # fmt: skip
    yield Label(
        "ACC-03", (spouse.id_no, home.head.account, *refs(*rows)), sum(row["amount"] for row in rows),
        rows[0]["paid_on"], tuple(rows), note="the spouse's card",
    )  # fmt: skip
    family = found_household(town)
    child = family.member("子女")
    registered = guard(town, child, family.head)
    entitle(town, child, DISABILITY)
    paid = [pay(town, child, DISABILITY, month(number), **card_of(family.head)) for number in range(1, 13)]
    receiving(town, person=family.member(SPOUSE))
    yield LookAlike(
        ("ACC-01", "ACC-03"), (family.head.account, child.id_no), "a minor, onto the registered guardian's card",
        (registered, *paid),
    )  # fmt: skip


@ACCOUNTS.case("ACC-02")
def three_cards_of_one_person_within_a_year(town: Township, chance: Random) -> Iterator[Found]:
    for cards, why in ((3, ""), (2, "the bank was changed once")):
        person, paid = receiving(town)
        for number in range(1, cards):
            card = town.numbers.card()
            for part in range(12 * number // cards + 1, 12 * (number + 1) // cards + 1):
                paid[part].state(account_no=card)
        accounts = {row["account_no"] for row in paid.values()}
        keys = (person.id_no, *sorted(accounts))
        if why:
            yield LookAlike(("ACC-02",), keys, why, tuple(paid.values()))
        else:
            beside = sum(paid[number]["amount"] for number in (9, 10, 11, 12))
            yield Label("ACC-02", keys, beside, paid[9]["paid_on"], tuple(paid.values()))


@ACCOUNTS.case("ACC-03")
def the_holder_is_somebody_else(town: Township, chance: Random) -> Iterator[Found]:
    other = somebody(town)
    person, row = rebuild(town, **card_of(other))
    keys = (person.id_no, row["bank_ref"], other.account)
    yield Label("ACC-03", keys, row["amount"], row["paid_on"], (row,))
    person, row = rebuild(town)
    row.state(holder_name=f"{person.name[0]}\u3000{person.name[1:]}")
    yield LookAlike(("ACC-03",), (person.id_no, row["bank_ref"]), "the bank writes the name with a blank", (row,))


@ACCOUNTS.case("ACC-03", "ACC-01", "ACC-05")
def residents_of_a_care_home(town: Township, chance: Random) -> Iterator[Found]:
    home = town.company("养老机构")
    manager = somebody(town)
    home.state(legal_person=manager.name, legal_person_id=manager.id_no)
    residents, rows = [], []
    for _ in range(3):
        old = found_household(town, HEAD, category=DESTITUTE_POOR, born=date(1946, 3, 9)).head
        guard(town, old, manager, "养老机构", account_no=home["account_no"])
        entitle(town, old, DESTITUTE)
        into = {"account_no": home["account_no"], "holder_name": home["org_name"]}
        paid = [pay(town, old, DESTITUTE, month(number), **into) for number in range(1, 13)]
        ask(town, paid[2])
        residents.append(old)
        rows.append(paid[0])
    yield LookAlike(
        ("ACC-01", "ACC-03", "ACC-05"), (home["account_no"], *(old.id_no for old in residents)),
        "a care home that is registered as receiving for its residents", tuple(rows),
    )  # fmt: skip


@ACCOUNTS.case("ACC-05")
def into_the_account_of_an_office_or_a_cadre(town: Township, chance: Random) -> Iterator[Found]:
    shop = town.company("合作社")
    person, row = rebuild(town, account_no=shop["account_no"], holder_name=shop["org_name"])
    yield Label(
        "ACC-05", (person.id_no, row["bank_ref"]), row["amount"], row["paid_on"], (row,), note="a cooperative's",
        subjects=(shop["account_no"],), also=("ACC-01", "ACC-03"),
    )  # fmt: skip
    cadre = new_hand(town, town.next_village(), "村委委员", "village_clerk")
    person, row = rebuild(town, **card_of(cadre.person))
    yield Label(
        "ACC-05", (person.id_no, row["bank_ref"], cadre.person.account), row["amount"], row["paid_on"], (row,),
        note="a cadre's card, known by the holder's name", also=("ACC-01", "ACC-03"),
    )  # fmt: skip


@ACCOUNTS.case("ACC-05")
def a_cadre_who_is_paid_what_is_his(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town)
    new_hand(town, home.village, "村委委员", "village_clerk", home.head)
    head, row = rebuild(town, home)
    yield LookAlike(("ACC-05", "ACC-03"), (head.id_no, row["bank_ref"], head.account), "a cadre's own subsidy", (row,))


@ACCOUNTS.case("ACC-06")
def cash_where_the_card_is_the_rule(town: Township, chance: Random) -> Iterator[Found]:
    person = found_household(town).head
    row = pay(town, person, HOUSING, A_YEAR, amount=housing_fen(town), channel="现金")
    yield Label("ACC-06", (person.id_no, row["bank_ref"]), row["amount"], row["paid_on"], (row,))
    person, row = relieve(town, channel="现金")
    yield LookAlike(("ACC-06",), (person.id_no, row["bank_ref"]), "relief may be paid in cash", (row,))
