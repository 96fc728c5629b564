"""优亲厚友、关联: relatives and friends of those who decide (DOMAIN §4 G)."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.duplicates import refs
from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.splitting import new_hand
from bench.quality.town.book import Row
from bench.quality.town.people import found_household, somebody
from bench.quality.town.subsidies import rebuild
from bench.quality.town.township import YEAR, Staff, Township
from bench.quality.town.works import agree, build, plan

RELATIONS = Family()
SIGNED_ON = date(YEAR, 3, 2)


def clerk_of(town: Township, village: str) -> Staff:
    """Another cadre of a village."""
    return new_hand(town, village, "村委委员", "village_clerk")


@RELATIONS.case("COI-01")
def a_relative_paid_before_or_after_the_declaration(town: Township, chance: Random) -> Iterator[Found]:
    for days, why in ((1, ""), (0, "declared on the day of payment")):
        village = town.next_village()
        cadre = clerk_of(town, village)
        relative, row = rebuild(town, found_household(town, village=village))
        declared = town.relate(cadre, relative).state(declared_on=row["paid_on"] + timedelta(days=days))
        keys = (relative.id_no, row["bank_ref"])
        if why:
            yield LookAlike(("COI-01", "SOD-02"), keys, why, (row, declared), tolerated_below="Y")
        else:
            note = "declared the day after"
            yield Label("COI-01", keys, row["amount"], row["paid_on"], (row, declared), note=note, severity="B")


@RELATIONS.case("COI-01")
def a_relative_of_a_cadre_of_another_village(town: Township, chance: Random) -> Iterator[Found]:
    village, elsewhere = town.next_village(), town.next_village()
    cadre = clerk_of(town, village)
    relative, row = rebuild(town, found_household(town, village=elsewhere))
    declared = town.relate(cadre, relative).state(declared_on=row["paid_on"] + timedelta(days=30))
    why = "the cadre serves in another village"
    yield LookAlike(("COI-01",), (relative.id_no, row["bank_ref"]), why, (row, declared))


@RELATIONS.case("COI-02", alone=True)
def relatives_who_benefit_more_often_than_others(town: Township, chance: Random) -> Iterator[Found]:
    for linked, favoured, others, helped, why in (
        (10, 8, 30, 3, ""), (10, 3, 30, 9, "relatives fare like the others"), (4, 3, 5, 1, "a tiny hamlet"),
    ):  # fmt: skip
        village = town.new_village()
        cadre = clerk_of(town, village)
        relatives = [found_household(town, village=village) for _ in range(linked)]
        strangers = [found_household(town, village=village) for _ in range(others)]
        declared = [town.relate(cadre, home.head) for home in relatives]
        rows = [rebuild(town, home)[1] for home in relatives[:favoured]]
        for home in strangers[:helped]:
            rebuild(town, home)
        keys = (village, *(home.head.id_no for home in relatives[:favoured]))
        if why:
            yield LookAlike(("COI-02",), keys, why, tuple(rows), also=APART)
        else:
            fen, on = sum(row["amount"] for row in rows), max(row["paid_on"] for row in rows)
            yield Label("COI-02", keys, fen, on, (*rows, *declared), also=(*APART, "COI-01"))


APART = ("STA-05",)
"""A village made for a case is unlike the others."""


@RELATIONS.case("COI-03")
def a_builder_who_belongs_to_those_who_decide(town: Township, chance: Random) -> Iterator[Found]:
    leader = new_hand(town, "测试镇人民政府", "分管领导", "township_leader")
    relative = somebody(town)
    town.relate(leader, relative)
    for owner, note, why in (
        (leader.person, "a cadre's own firm", ""),
        (relative, "a declared relative's firm", ""),
        (somebody(town), "", "only the name is a cadre's"),
    ):
        work, rows = build(town)
        name = leader.name if why else owner.name
        work.supplier.state(legal_person=name, legal_person_id=owner.id_no)
        keys = (work.supplier["uscc"], work.contract["contract_no"], *refs(*rows))
        if why:
            yield LookAlike(("COI-03",), keys, why, (work.supplier, *rows))
        else:
            fen = sum(row["amount"] for row in rows)
            yield Label("COI-03", keys, fen, rows[0]["paid_on"], (work.supplier, *rows), note=note)


@RELATIONS.case("CON-01", alone=True)
def one_builder_of_a_village(town: Township, chance: Random) -> Iterator[Found]:
    for many, rival_fen, why in (
        (3, 179_999_99, ""), (3, 180_000_00, "exactly half of what the village contracted"),
        (2, 10_000_00, "two contracts"),
    ):  # fmt: skip
        village = town.new_village()
        first = plan(town, fen=60_000_00, village=village)
        contracts = [first.contract]
        for number in range(1, many):
            signed_on = SIGNED_ON + timedelta(days=40 * number)
            contracts.append(again_with(town, village, first.supplier, signed_on))
        plan(town, fen=rival_fen, village=village)
        keys = (first.supplier["uscc"], *(row["contract_no"] for row in contracts))
        if why:
            yield LookAlike(("CON-01",), keys, why, tuple(contracts), tolerated_below="Y")
        else:
            yield Label(
                "CON-01", keys, many * 60_000_00, contracts[-1]["signed_on"], tuple(contracts), subjects=(village,),
            )  # fmt: skip


def again_with(town: Township, village: str, supplier: Row, signed_on: date) -> Row:
    """Another contract of the village with the same builder, as large as the first."""
    work = plan(town, fen=60_000_00, village=village)
    town.book.remove(work.contract)
    work.project.state(supplier_name=supplier["org_name"], supplier_uscc=supplier["uscc"])
    return agree(town, work.project, supplier, 60_000_00, signed_on=signed_on)
