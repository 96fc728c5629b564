"""截留: money that did not reach whom it was for (DOMAIN §4 D)."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed
from typing import Any

from bench.quality.duplicates import A_YEAR, refs
from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.book import Row
from bench.quality.town.people import FAMILY, SPOUSE, Household, Person, found_household, guard, somebody
from bench.quality.town.programmes import EDUCATION, RELIEF
from bench.quality.town.sharing import Venture, invest, receive, report, share_out
from bench.quality.town.subsidies import again, ask, entitle, give_back, moved, pay, rebuild, receiving
from bench.quality.town.township import AS_OF, YEAR, Township
from bench.quality.town.works import Work, arrive, assign, plan, settle, transfer

INTERCEPTION = Family()
APPROVED_FEN = 2_150_00
GRACE_DAYS = 30


def relieve(town: Township, person: Person | None = None, **stated: Any) -> tuple[Person, Row]:
    """临时救助, which needs no notice, so that nothing but the case itself is odd about it."""
    person = person or found_household(town).head
    told: dict[str, Any] = {"amount": APPROVED_FEN, "paid_on": town.day(7, 6, 24)}
    return person, pay(town, person, RELIEF, A_YEAR, **(told | stated))


@INTERCEPTION.case("INT-01")
def a_yuan_and_a_fen_less_than_approved(town: Township, chance: Random) -> Iterator[Found]:
    for short_fen in (1_01, 1_00):
        person, row = relieve(town, amount=APPROVED_FEN - short_fen, approved_amount=APPROVED_FEN)
        keys = (person.id_no, row["claim_no"], row["bank_ref"])
        if short_fen > 1_00:
            yield Label("INT-01", keys, short_fen, row["approved_on"] + timedelta(days=32), (row,))
        else:
            yield LookAlike(("INT-01",), keys, "a yuan less than approved", (row,))


@INTERCEPTION.case("INT-01")
def half_of_it_or_nothing_after_a_return(town: Township, chance: Random) -> Iterator[Found]:
    person, row = relieve(town, amount=APPROVED_FEN // 2, approved_amount=APPROVED_FEN)
    yield Label(
        "INT-01", (person.id_no, row["claim_no"], row["bank_ref"]), APPROVED_FEN - row["amount"],
        row["approved_on"] + timedelta(days=32), (row,), note="half of what was approved",
    )  # fmt: skip
    person, row = relieve(town)
    back = give_back(town, row)
    yield Label(
        "INT-01", (person.id_no, row["claim_no"], row["bank_ref"]), APPROVED_FEN,
        row["approved_on"] + timedelta(days=32), (row, back), note="returned, and never paid again",
    )  # fmt: skip


def instructed(town: Township, on: date) -> tuple[Person, Row]:
    """An instruction that nobody has carried out yet."""
    person = found_household(town).head
    document = f"测试财农〔{YEAR + 1}〕{town.ordinal('next document')}号"
    arrive(town, document, APPROVED_FEN, on - timedelta(days=9), purpose_codes=("S01",), year=YEAR + 1)
    transfer(town, document, APPROVED_FEN, on - timedelta(days=8), purpose_codes=("S01",), year=YEAR + 1)
    assign(town, document, APPROVED_FEN, on - timedelta(days=7), RELIEF.name, purpose_codes=("S01",), year=YEAR + 1)
    row = town.book.add(
        "payment_instructions", instruction_no=f"ZL-{YEAR + 1}-{town.ordinal('next instruction'):05d}", ref_kind="补贴",
        ref_no=f"SQ-{YEAR + 1}-{town.ordinal('next claim'):05d}", payee_name=person.name, payee_id=person.id_no,
        account_no=person.account, quota_doc_no=document, line_no=1, amount=APPROVED_FEN, purpose_code="S01",
        preparer=town.clerk(), approver=town.approver(APPROVED_FEN), approved_on=on - timedelta(days=2),
        instructed_on=on,
    )  # fmt: skip
    return person, row


@INTERCEPTION.case("INT-01")
def an_instruction_that_nobody_carried_out(town: Township, chance: Random) -> Iterator[Found]:
    person, row = instructed(town, AS_OF - timedelta(days=GRACE_DAYS + 1))
    yield Label("INT-01", (person.id_no, row["ref_no"]), APPROVED_FEN, AS_OF, (row,), note="31 days ago")
    person, row = instructed(town, AS_OF - timedelta(days=GRACE_DAYS))
    yield LookAlike(("INT-01",), (person.id_no, row["ref_no"]), "instructed thirty days ago", (row,))


@INTERCEPTION.case("INT-01", "PUB-03", "MIS-04")
def an_agreed_instalment_that_is_not_late_yet(town: Township, chance: Random) -> Iterator[Found]:
    for days, why in ((20, "the second agreed instalment fell due twenty days ago"), (31, "")):
        person = found_household(town, *FAMILY).member("子女")
        entitle(town, person, EDUCATION)
        guard(town, person, person.household.head)
        fen = (EDUCATION.rate_fen or 0) // 2
        row = pay(
            town, person, EDUCATION, A_YEAR, amount=fen, approved_amount=2 * fen, pay_kind="分期",
            paid_on=town.day(3, 12, 22), account_no=person.household.head.account,
            holder_name=person.household.head.name,
        )  # fmt: skip
        row.agreed = ((AS_OF - timedelta(days=days), fen),)
        keys = (person.id_no, row["claim_no"], row["bank_ref"])
        if why:
            yield LookAlike(("INT-01", "PUB-03", "MIS-04"), keys, why, (row,))
        else:
            yield Label("INT-01", keys, fen, AS_OF, (row,), note="an instalment 31 days late", also=("PUB-03",))


def village_built(town: Township, fen: int, handed_on: date) -> tuple[Work, Row]:
    """A project that a village runs, and the transfer of its money to the village's account."""
    work = plan(town, fen=fen, accepted_on=date(YEAR, 10, 1))
    collective = town.collective_of(work.project["location"])
    work.project.state(implementer=collective)
    about: dict[str, Any] = {"target": work.number}
    arrive(town, work.document, fen, handed_on - timedelta(days=10))
    transfer(town, work.document, fen, handed_on - timedelta(days=8), **about)
    assign(town, work.document, fen, handed_on - timedelta(days=6), work.number)
    handed = transfer(town, work.document, fen, handed_on, from_org="测试镇财政所", to_org=collective, **about)
    return work, handed


def village_pays(town: Township, work: Work, fen: int, day: date) -> Row:
    """The village pays the builder out of its own account."""
    collective = town.collective_of(work.project["location"])
    return settle(town, work, fen, day, paid_from=town.accounts[collective])


@INTERCEPTION.case("INT-02")
def money_that_stays_with_the_village(town: Township, chance: Random) -> Iterator[Found]:
    handed_on = date(YEAR, 11, 2)
    work, handed = village_built(town, 120_000_00, handed_on)
    paid = village_pays(town, work, 70_000_00, handed_on + timedelta(days=15))
    yield Label(
        "INT-02", (work.document, handed["entry_no"], handed["bank_ref"]), 50_000_00, handed_on + timedelta(days=31),
        (handed, paid), also=("IDL-02", "INT-01", "INT-06"),
    )  # fmt: skip


@INTERCEPTION.case("INT-02")
def money_that_the_village_passes_on_in_time(town: Township, chance: Random) -> Iterator[Found]:
    handed_on = date(YEAR, 11, 4)
    work, handed = village_built(town, 120_000_00, handed_on)
    paid = village_pays(town, work, 120_000_00, handed_on + timedelta(days=GRACE_DAYS))
    yield LookAlike(
        ("INT-02",), (work.document, handed["entry_no"], handed["bank_ref"]), "passed on whole on the thirtieth day",
        (handed, paid),
    )  # fmt: skip


@INTERCEPTION.case("INT-03")
def paid_a_month_and_a_day_after_approval(town: Township, chance: Random) -> Iterator[Found]:
    for days in (GRACE_DAYS + 1, GRACE_DAYS):
        paid_on = date(YEAR, 8, 20)
        approved_on = paid_on - timedelta(days=days)
        person, row = relieve(
            town, paid_on=paid_on, approved_on=approved_on, applied_on=approved_on - timedelta(days=5)
        )
        keys = (person.id_no, row["claim_no"], row["bank_ref"])
        if days > GRACE_DAYS:
            yield Label("INT-03", keys, row["amount"], paid_on, (row,), note="31 days")
        else:
            yield LookAlike(("INT-03",), keys, "on the thirtieth day", (row,))


@INTERCEPTION.case("INT-03")
def a_card_that_sent_the_money_back(town: Township, chance: Random) -> Iterator[Found]:
    person, paid = rebuild(town)
    give_back(town, paid)
    reissued = again(town, person, paid, days=35)
    yield LookAlike(
        ("INT-03",),
        (person.id_no, *refs(reissued)),
        "returned by the bank, re-issued 35 days later",
        (reissued,),
    )


def sweep(town: Township, homes: list[Household], percent: int, days: int, **stated: Any) -> tuple[Row, ...]:
    """Each head received 181 yuan in March, and moves a part of it after so many days."""
    lines = []
    for home in homes:
        _, paid = receiving(town, person=home.head)
        march = moved(paid[3], date(YEAR, 3, 17))
        told = {
            "bank_ref": f"SW{town.ordinal('sweep'):05d}",
            "date": march["paid_on"] + timedelta(days=days),
            "statement_account": home.head.account,
            "from": home.head.account,
            "from_name": home.head.name,
            "amount": march["amount"] * percent // 100,
            "summary": "转账",
        }
        lines.append(town.book.add("bank_statement", **(told | stated)))
    return tuple(lines)


@INTERCEPTION.case("INT-04")
def three_households_hand_half_of_it_on(town: Township, chance: Random) -> Iterator[Found]:
    for many, percent, days, why in (
        (3, 50, 3, ""), (2, 100, 1, "two beneficiaries"), (3, 49, 1, "less than half"),
        (3, 100, 4, "on the fourth day"), (3, 30, 1, "three buy together, a third each"),
    ):  # fmt: skip
        taker = somebody(town)
        homes = [found_household(town) for _ in range(many)]
        lines = sweep(town, homes, percent, days, to=taker.account, to_name=taker.name)
        keys = (taker.account, *(home.head.id_no for home in homes))
        if why:
            yield LookAlike(("INT-04",), keys, why, lines)
        else:
            yield Label("INT-04", keys, sum(row["amount"] for row in lines), lines[-1]["date"], lines)


@INTERCEPTION.case("INT-04")
def one_counter_pays_three_cards_out_in_cash(town: Township, chance: Random) -> Iterator[Found]:
    homes = [found_household(town) for _ in range(3)]
    counter = f"GY-{town.ordinal('counter'):02d}"
    lines = sweep(town, homes, 90, 2, to="现金", to_name="现金", teller=counter)
    yield Label(
        "INT-04", tuple(home.head.id_no for home in homes), sum(row["amount"] for row in lines), lines[-1]["date"],
        lines, subjects=(counter,), note="cash at one counter",
    )  # fmt: skip


@INTERCEPTION.case("INT-05")
def the_beneficiary_says_to_have_received_less(town: Township, chance: Random) -> Iterator[Found]:
    for short_fen, statements in ((1_01, 1), (2_000_00, 2), (1_00, 1)):
        person, row = rebuild(town)
        said = [
            ask(town, row, row["amount"] - short_fen, stated_on=row["paid_on"] + timedelta(days=20 + 9 * number))
            for number in range(statements)
        ]
        keys = (person.id_no, row["bank_ref"], *(told["receipt_no"] for told in said))
        if short_fen == 1_00:
            yield LookAlike(("INT-05",), keys, "exactly a yuan less", (row, *said))
        else:
            told: dict[str, Any] = {"note": f"{statements} statements", "severity": "OR"[statements - 1]}
            yield Label("INT-05", keys, short_fen, said[0]["stated_on"], (row, *said), **told)


def reserved(town: Township, **stated: Any) -> tuple[Venture, Row]:
    """A contract whose dividend has reached the village."""
    venture = invest(town, **stated)
    report(town, venture, venture.due_fen * 2)
    return venture, receive(town, venture)


@INTERCEPTION.case("INT-06", "INT-02", "DIV-01", "DIV-03")
def the_village_keeps_half_of_a_dividend(town: Township, chance: Random) -> Iterator[Found]:
    venture, receipt = reserved(town)
    share_out(town, venture, venture.due_fen // 2)
    yield Label(
        "INT-06", (venture.number, receipt["bank_ref"]), venture.due_fen // 2,
        receipt["received_on"] + timedelta(days=31), (receipt,), also=("DIV-01", "INT-02", "DIV-03"),
    )  # fmt: skip
    agreed, receipt = reserved(town, reserve_pct="10")
    share_out(town, agreed, agreed.due_fen * 9 // 10)
    yield LookAlike(
        ("INT-06", "INT-02", "DIV-01", "DIV-03"), (agreed.number, receipt["bank_ref"]),
        "the agreed tenth is kept by the village as 公益金", (agreed.contract, receipt),
    )  # fmt: skip


@INTERCEPTION.case("INT-06")
def a_dividend_that_came_a_month_ago(town: Township, chance: Random) -> Iterator[Found]:
    for days in (GRACE_DAYS + 1, GRACE_DAYS):
        day = AS_OF - timedelta(days=days)
        venture = invest(town, pay_day=f"{day:%m-%d}", from_=date(YEAR, 3, 1), until=date(YEAR + 3, 2, 28))
        report(town, venture, venture.due_fen * 2, reported_on=day)
        receipt = receive(town, venture, received_on=day)
        keys = (venture.number, receipt["bank_ref"])
        if days > GRACE_DAYS:
            yield Label(
                "INT-06", keys, venture.due_fen, AS_OF, (receipt,), note="31 days ago",
                also=("DIV-01", "DIV-02", "DIV-03", "INT-02"),
            )  # fmt: skip
        else:
            yield LookAlike(("INT-06", "DIV-02", "INT-02"), keys, "received thirty days ago", (receipt,))


def collected(town: Township, payments: list[Row], collector: Person, days: list[date]) -> tuple[Row, ...]:
    """One hand signs for all of them."""
    signed: dict[str, Any] = {"method": "签字", "signed_by": collector.name, "signed_by_id": collector.id_no}
    return tuple(ask(town, row, stated_on=day, **signed) for row, day in zip(payments, days, strict=True))


@INTERCEPTION.case("INT-07")
def one_hand_signs_for_three_households(town: Township, chance: Random) -> Iterator[Found]:
    days = [date(YEAR, 1, 20), date(YEAR, 6, 1), date(YEAR, 12, 28)]
    for many, when, why in (
        (3, days, ""), (2, days[:2], "for two only"), (3, [*days[:2], date(YEAR + 1, 1, 30)], "not within a year"),
    ):  # fmt: skip
        collector = somebody(town)
        paid = [moved(receiving(town)[1][1], date(YEAR, 1, 15)) for _ in range(many)]
        said = collected(town, paid, collector, when)
        keys = (collector.id_no, *refs(*paid), *(row["receipt_no"] for row in said))
        if why:
            yield LookAlike(("INT-07",), keys, why, said)
        else:
            yield Label("INT-07", keys, sum(row["amount"] for row in paid), days[2], said)


@INTERCEPTION.case("INT-07")
def a_guardian_or_a_relative_signs(town: Township, chance: Random) -> Iterator[Found]:
    keeper = somebody(town)
    paid = []
    for _ in range(4):
        person, months = receiving(town)
        guard(town, person, keeper, "养老机构", account_no=None)
        paid.append(months[3])
    said = collected(town, paid, keeper, [date(YEAR, 3, 25)] * 4)
    yield LookAlike(
        ("INT-07",), (keeper.id_no, *(row["receipt_no"] for row in said)),
        "the manager of a home, registered as guardian of each", said,
    )  # fmt: skip
    home = found_household(town, "户主", SPOUSE, "子女", "父母")
    own = [receiving(town, person=person)[1][2] for person in home.members[1:]]
    said = collected(town, own, home.head, [date(YEAR, 2, 25)] * 3)
    yield LookAlike(("INT-07",), (home.head.id_no, *(row["receipt_no"] for row in said)), "for the own household", said)
