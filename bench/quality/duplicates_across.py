"""重复领取 across programmes, villages, papers and days (DOMAIN §4 A)."""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.duplicates import refs, relief
from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.book import Row
from bench.quality.town.people import CHILD, HEAD, PARENT, SPOUSE, Person, found_household, list_on_roster
from bench.quality.town.programmes import DESTITUTE, DISABILITY, LIVING, ORPHAN, POST
from bench.quality.town.subsidies import entitle, give_back, month, pay, rebuild, receiving, standard_fen
from bench.quality.town.township import TOWNSHIP_FINANCE, YEAR, Township
from bench.quality.town.works import build, plan, settle

DUPLICATES_ACROSS = Family()


@DUPLICATES_ACROSS.case("DUP-05")
def living_allowance_beside_destitute_support(town: Township, chance: Random) -> Iterator[Found]:
    home = found_household(town, HEAD, PARENT)
    old = home.member(PARENT)
    receiving(town, LIVING, home.head)
    entitle(town, old, DESTITUTE, from_=date(YEAR, 2, 1), to=date(YEAR, 4, 30))
    paid = [pay(town, old, DESTITUTE, month(number)) for number in (2, 3, 4)]
    fen = 3 * standard_fen(LIVING, home.head, date(YEAR, 2, 1))
    yield Label(
        "DUP-05", (old.id_no, home.number, *refs(*paid)), fen, paid[0]["paid_on"], tuple(paid),
        note="one of the programmes is per household",
    )  # fmt: skip


@DUPLICATES_ACROSS.case("DUP-05")
def a_month_in_which_one_programme_follows_the_other(town: Township, chance: Random) -> Iterator[Found]:
    yield from _switched(town, overlapping_days=0)
    yield from _switched(town, overlapping_days=1)


def _switched(town: Township, *, overlapping_days: int) -> Iterator[Found]:
    child = found_household(town).member(CHILD)
    ends_on = date(YEAR, 5, 15)
    entitle(town, child, DISABILITY, to=ends_on)
    entitle(town, child, ORPHAN, from_=ends_on + timedelta(days=1 - overlapping_days))
    before = [pay(town, child, DISABILITY, month(number)) for number in range(1, 6)]
    after = [pay(town, child, ORPHAN, month(number)) for number in range(5, 13)]
    both = (before[-1], after[0])
    if overlapping_days:
        yield Label(
            "DUP-05", (child.id_no, *refs(*both)), before[-1]["amount"], max(row["paid_on"] for row in both), both,
            note="the entitlements overlap by one day",
        )  # fmt: skip
    else:
        yield LookAlike(
            ("DUP-05",), (child.id_no, *refs(*both)), "the entitlements follow each other inside the month", both
        )


@DUPLICATES_ACROSS.case("DUP-05", "FAL-09")
def a_public_post_beside_a_public_wage(town: Township, chance: Random) -> Iterator[Found]:
    person, paid = receiving(town, POST)
    wage = {"name": person.name, "id_no": person.id_no, "org": "测试镇水利所", "from": date(YEAR - 4, 3, 1)}
    listed = town.book.add("payroll", **wage)
    yield Label(
        "DUP-05", (person.id_no,), sum(row["amount"] for row in paid.values()), paid[1]["paid_on"],
        (listed, paid[1]), also=("FAL-09",), note="public payroll",
    )  # fmt: skip
    former, paid = receiving(town, POST)
    wage |= {"name": former.name, "id_no": former.id_no, "until": date(YEAR - 1, 12, 31)}
    listed = town.book.add("payroll", **wage)
    yield LookAlike(
        ("DUP-05", "FAL-09"), (former.id_no,), "left the payroll the day before the first period", (listed, paid[1])
    )


@DUPLICATES_ACROSS.case("DUP-06")
def paid_by_two_villages_for_the_same_months(town: Township, chance: Random) -> Iterator[Found]:
    person, _ = receiving(town)
    elsewhere = next(village for village in town.villages if village != person.household.village)
    card = town.numbers.card()
    again = [pay(town, person, DISABILITY, month(number), village=elsewhere, account_no=card) for number in (1, 2, 3)]
    yield Label(
        "DUP-06", (person.id_no, *refs(*again)), sum(row["amount"] for row in again), again[0]["paid_on"],
        (*again, person.row), also=("DUP-08", "DUP-01", "FAL-12"),
    )  # fmt: skip


@DUPLICATES_ACROSS.case("DUP-06", "COV-02", "DUP-01")
def listed_in_two_villages_for_a_day_or_for_none(town: Township, chance: Random) -> Iterator[Found]:
    for extra_days in (0, 1):
        person, rows = _moved(town, date(YEAR, 6, 1), extra_days)
        keys = (person.id_no,)
        if extra_days:
            yield Label("DUP-06", keys, 0, date(YEAR, 6, 1), rows, note="on two rosters for one day")
        else:
            yield LookAlike(("DUP-06", "COV-02", "DUP-01"), keys, "moved to another village on 1 June", rows)


def _moved(town: Township, on: date, extra_days: int) -> tuple[Person, tuple[Row, Row]]:
    home = found_household(town)
    person = home.member(SPOUSE)
    receiving(town, DISABILITY, person, months=range(1, 6))
    left = person.row.state(exited_on=on + timedelta(days=extra_days), exit_kind="迁出")
    elsewhere = found_household(town)
    moved = Person(person.name, person.sex, person.born, person.id_no, person.account, CHILD, elsewhere)
    came = list_on_roster(town, moved, included_on=on, included_kind="迁入", from_household=home.number)
    for number in range(6, 13):
        pay(town, moved, DISABILITY, month(number))
    return person, (left, came)


@DUPLICATES_ACROSS.case("DUP-07")
def one_invoice_paid_twice(town: Township, chance: Random) -> Iterator[Found]:
    work = plan(town, accepted_on=date(YEAR, 3, 15))
    first = settle(town, work, 60_000_00, date(YEAR, 3, 20))
    again = settle(town, work, 60_000_00, date(YEAR, 4, 28), invoice_no=first["invoice_no"], invoice_total=60_000_00)
    settle(town, work, 60_000_00, date(YEAR, 6, 10))
    yield Label(
        "DUP-07", (first["invoice_no"], *refs(first, again)), again["amount"], again["paid_on"], (first, again),
        also=("DUP-08",),
    )  # fmt: skip


@DUPLICATES_ACROSS.case("DUP-07", "MIS-04", "DUP-08", "LED-01")
def a_bill_that_came_back_and_was_paid_again(town: Township, chance: Random) -> Iterator[Found]:
    work = plan(town, fen=60_000_00, accepted_on=date(YEAR, 3, 15))
    first = settle(town, work, 60_000_00, date(YEAR, 4, 8))
    back = give_back(town, first)
    same = {alias: first[alias] for alias in ("invoice_no", "invoice_total", "evidence_sha256", "summary")}
    again = settle(town, work, 60_000_00, date(YEAR, 4, 20), **same)
    first.without = again.without | {"instruction"}
    yield LookAlike(
        ("DUP-07", "MIS-04", "DUP-08", "LED-01", "MIS-05", "SPL-01"), (first["invoice_no"], *refs(first, again)),
        "returned by the bank and paid again under the same invoice", (first, back, again),
    )  # fmt: skip


@DUPLICATES_ACROSS.case("DUP-07")
def one_photograph_proves_two_houses(town: Township, chance: Random) -> Iterator[Found]:
    picture = sha256(f"a house {town.ordinal('picture')}".encode()).hexdigest()
    first, paid = rebuild(town, evidence_sha256=picture, amount=9_870_00)
    second, again = rebuild(town, evidence_sha256=picture, amount=9_870_00, paid_on=paid["paid_on"] + timedelta(days=1))
    yield Label(
        "DUP-07", (*refs(paid, again), first.id_no, second.id_no), again["amount"], again["paid_on"], (paid, again),
        note="the same picture",
    )  # fmt: skip


@DUPLICATES_ACROSS.case("DUP-07")
def one_invoice_shared_by_two_projects(town: Township, chance: Random) -> Iterator[Found]:
    for short_fen in (0, 1):
        works = [plan(town, fen=88_000_00, accepted_on=date(YEAR, 3, 15)) for _ in range(2)]
        works[1].supplier = works[0].supplier
        works[1].contract.state(supplier_name=works[0].supplier["org_name"], supplier_uscc=works[0].supplier["uscc"])
        number = f"FP9{town.ordinal('shared invoice'):07d}"
        told = {"invoice_no": number, "invoice_total": 88_000_00 - short_fen}
        rows = [
            settle(town, work, 44_000_00, day, **told)
            for work, day in zip(works, (date(YEAR, 3, 20), date(YEAR, 4, 28)), strict=True)
        ]
        for work, day in zip(works, (date(YEAR, 5, 29), date(YEAR, 6, 30)), strict=True):
            settle(town, work, 44_000_00, day)
        keys = (number, *refs(*rows))
        if short_fen:
            yield Label(
                "DUP-07", keys, 1, date(YEAR, 4, 28), tuple(rows), also=("DUP-08",),
                note="the lines exceed the invoice by one fen",
            )  # fmt: skip
        else:
            yield LookAlike(("DUP-07",), keys, "an invoice lawfully shared: the lines sum to it", tuple(rows))


@DUPLICATES_ACROSS.case("DUP-08")
def the_same_relief_within_thirty_days(town: Township, chance: Random) -> Iterator[Found]:
    for apart in (30, 31):
        person = found_household(town).head
        first = date(YEAR, 3, 4)
        rows = relief(town, person, first, first + timedelta(days=apart), fen=1_870_00)
        keys = (person.id_no, *refs(*rows))
        if apart == 30:
            yield Label("DUP-08", keys, 1_870_00, rows[1]["paid_on"], tuple(rows), note="30 days apart")
        else:
            yield LookAlike(("DUP-08", "DUP-01"), keys, "31 days apart, three a year allowed", tuple(rows))


@DUPLICATES_ACROSS.case("DUP-08", "SPL-01")
def a_monthly_supply_under_one_contract(town: Township, chance: Random) -> Iterator[Found]:
    work = plan(town, fen=150_000_00, status="在建", accepted_on=None)
    work.contract.state(recurring=True)
    first = date(YEAR, 3, 15)
    rows = [settle(town, work, 30_000_00, first.replace(month=3 + number)) for number in range(4)]
    yield LookAlike(
        ("DUP-08", "SPL-01"), (work.contract["contract_no"], work.supplier["uscc"], *refs(*rows)),
        "recurring monthly contract, each bill 30 000 and below the limit of 50 000", tuple(rows),
    )  # fmt: skip


@DUPLICATES_ACROSS.case("DUP-07", "MIS-05", "LED-01", "SPL-01")
def one_bank_payment_out_of_two_documents(town: Township, chance: Random) -> Iterator[Found]:
    work, rows = build(town)
    line = settle(town, work, 10_00, rows[0]["paid_on"])
    line.state(
        bank_ref=rows[0]["bank_ref"], line_no=2, invoice_no=rows[0]["invoice_no"],
        invoice_total=rows[0]["amount"] + 10_00, evidence_sha256=rows[0]["evidence_sha256"],
        paid_from=town.accounts[TOWNSHIP_FINANCE],
    )  # fmt: skip
    rows[0].state(invoice_total=rows[0]["amount"] + 10_00)
    work.contract.state(amount=work.contract["amount"] + 10_00)
    work.project.state(budget=work.project["budget"] + 10_00, contract_amount=work.contract["amount"])
    yield LookAlike(
        ("DUP-07", "MIS-05", "LED-01", "SPL-01"), (rows[0]["bank_ref"],), "one bank payment funded in two lines",
        (rows[0], line),
    )  # fmt: skip
