"""挪用: money used for something else than it was given for (DOMAIN §4 E)."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251  the bench names its seed

from bench.quality.duplicates import A_YEAR, refs
from bench.quality.label import Family, Found, Label, LookAlike
from bench.quality.town.book import Row
from bench.quality.town.people import found_household
from bench.quality.town.programmes import RELIEF
from bench.quality.town.subsidies import pay
from bench.quality.town.township import AS_OF, YEAR, Township
from bench.quality.town.works import (
    ARRIVED_ON,
    CONTRACT_FEN,
    INSTALMENTS,
    Work,
    arrive,
    assign,
    build,
    new_document,
    plan,
    settle,
    transfer,
)

MISAPPROPRIATION = Family()


def grant(town: Township, document: str, fen: int, purpose: str, target: str, **stated: object) -> Row:
    """A document with its cash and its breakdown, for one purpose."""
    told: dict[str, object] = {"purpose_codes": (purpose,)}
    arrived = arrive(town, document, fen, ARRIVED_ON, **told, **stated)
    transfer(town, document, fen, ARRIVED_ON + timedelta(days=3), **told)
    assign(town, document, fen, ARRIVED_ON + timedelta(days=6), target, **told)
    return arrived


@MISAPPROPRIATION.case("MIS-01")
def paid_for_another_purpose_than_the_document_names(town: Township, chance: Random) -> Iterator[Found]:
    for integrated in (None, f"测试农整合〔{YEAR}〕{town.ordinal('integration')}号"):
        work, rows = build(town)
        arrived = grant(town, work.document, CONTRACT_FEN, "P01", work.number, integration_doc=integrated)
        keys = (work.document, *refs(*rows))
        if integrated:
            why = "涉农整合 permission attached to the document"
            yield LookAlike(("MIS-01",), (*keys, work.number), why, (arrived, *rows))
        else:
            yield Label("MIS-01", keys, CONTRACT_FEN, rows[0]["paid_on"], (arrived, *rows))


@MISAPPROPRIATION.case("MIS-01")
def a_subsidy_out_of_money_for_works(town: Township, chance: Random) -> Iterator[Found]:
    document = new_document(town)
    person = found_household(town).head
    row = pay(town, person, RELIEF, A_YEAR, amount=1_920_00, paid_on=date(YEAR, 4, 9), quota_doc_no=document)
    grant(town, document, 1_920_00, "I01", RELIEF.name)
    yield Label(
        "MIS-01", (document, row["bank_ref"], person.id_no), row["amount"], row["paid_on"], (row,), note="a subsidy"
    )


@MISAPPROPRIATION.case("MIS-02")
def a_project_outside_the_library(town: Township, chance: Random) -> Iterator[Found]:
    first = INSTALMENTS[0][1]
    none = {"entered_on": None, "approved_on": None, "notice_from": None, "notice_until": None, "status": "申报"}
    for note, stated, why in (
        ("never entered", none, ""),
        ("approved the day after", {"approved_on": first + timedelta(days=1)}, ""),
        ("", {"approved_on": first}, "approved on the day of the first payment"),
        ("", {"approved_on": None, "status": "在建"}, "no day of approval given, under way: the entry stands for it"),
        ("", none | {"project_class": "应急救灾"}, "emergency relief is exempt"),
    ):
        work, rows = build(town, **stated)
        keys = (work.number, *refs(*rows))
        outside = rows if note == "never entered" else rows[:1]
        if why:
            yield LookAlike(("MIS-02",), keys, why, (work.project, *rows))
        else:
            fen = sum(row["amount"] for row in outside)
            yield Label("MIS-02", keys, fen, first, (work.project, *outside), note=note)


@MISAPPROPRIATION.case("MIS-02")
def a_payment_for_a_project_that_nobody_knows(town: Township, chance: Random) -> Iterator[Found]:
    work = plan(town)
    row = settle(
        town,
        work,
        20_000_00,
        date(YEAR, 4, 9),
        project_no=f"XM-{YEAR}-9{town.ordinal('unknown'):02d}",
        contract_no=None,
    )
    yield Label("MIS-02", (row["project_no"], row["bank_ref"]), 20_000_00, row["paid_on"], (row,), note="unknown")


@MISAPPROPRIATION.case("MIS-03")
def money_spent_on_what_is_barred(town: Township, chance: Random) -> Iterator[Found]:
    work = plan(town)
    row = settle(town, work, 44_000_00, date(YEAR, 4, 9), purpose_code=f"N0{chance.randint(1, 9)}")
    grant(town, work.document, 44_000_00, "I01", work.number)
    yield Label("MIS-03", (row["bank_ref"],), 44_000_00, row["paid_on"], (row,), also=("MIS-01",))


@MISAPPROPRIATION.case("MIS-03", "MIS-01")
def the_fee_for_managing_a_project(town: Township, chance: Random) -> Iterator[Found]:
    work, rows = build(town)
    fee_fen = CONTRACT_FEN // 100
    fee = settle(town, work, fee_fen, date(YEAR, 4, 15), purpose_code="M01", contract_no=None, summary="项目管理费")
    work.project.state(budget=CONTRACT_FEN + fee_fen, received=CONTRACT_FEN + fee_fen, paid=CONTRACT_FEN + fee_fen)
    grant(town, work.document, CONTRACT_FEN + fee_fen, "I01", work.number).state(purpose_codes=("I01", "M01"))
    yield LookAlike(("MIS-03", "MIS-01"), (fee["bank_ref"],), "a management fee of one per cent", (fee, rows[0]))


@MISAPPROPRIATION.case("MIS-04")
def a_fen_more_than_the_contract(town: Township, chance: Random) -> Iterator[Found]:
    for amended, why in ((None, ""), (date(YEAR, 7, 20), "the change was approved nine days before")):
        work, _ = build(town)
        extra = settle(town, work, 1, date(YEAR, 7, 29), summary="追加")
        work.project.state(budget=CONTRACT_FEN + 1)
        keys = (work.contract["contract_no"], extra["bank_ref"])
        if amended:
            work.contract.state(amended_amount=CONTRACT_FEN + 1, amended_on=amended)
            yield LookAlike(("MIS-04",), keys, why, (work.contract, extra))
        else:
            yield Label("MIS-04", keys, 1, extra["paid_on"], (work.contract, extra), note="a fen", also=("DUP-08",))


@MISAPPROPRIATION.case("MIS-04")
def more_than_the_claim_or_the_project_allows(town: Township, chance: Random) -> Iterator[Found]:
    person = found_household(town).head
    row = pay(town, person, RELIEF, A_YEAR, amount=2_100_00, approved_amount=1_800_00, paid_on=town.day(7, 6, 24))
    yield Label(
        "MIS-04",
        (person.id_no, row["claim_no"], row["bank_ref"]),
        300_00,
        row["paid_on"],
        (row,),
        note="a claim",
        also=("MIS-05",),
    )
    work, rows = build(town)
    work.project.state(budget=CONTRACT_FEN - 1_00)
    yield Label(
        "MIS-04", (work.number, rows[-1]["bank_ref"]), 1_00, rows[-1]["paid_on"], (work.project, rows[-1]),
        note="a project",
    )  # fmt: skip


@MISAPPROPRIATION.case("MIS-05")
def paid_without_any_instruction(town: Township, chance: Random) -> Iterator[Found]:
    person = found_household(town).head
    row = pay(town, person, RELIEF, A_YEAR, amount=1_790_00, paid_on=town.day(7, 6, 24), without=("instruction",))
    yield Label("MIS-05", (person.id_no, row["bank_ref"], row["claim_no"]), row["amount"], row["paid_on"], (row,))


@MISAPPROPRIATION.case("MIS-05", "INT-01", "COV-01")
def an_instruction_that_is_keyed_days_later(town: Township, chance: Random) -> Iterator[Found]:
    for days in (LAG_DAYS + 1, LAG_DAYS):
        person = found_household(town).head
        told = {"amount": 1_840_00, "paid_on": AS_OF - timedelta(days=days), "without": ("instruction",)}
        row = pay(town, person, RELIEF, str(YEAR + 1), **told)
        keys = (person.id_no, row["bank_ref"], row["claim_no"])
        if days > LAG_DAYS:
            yield Label("MIS-05", keys, row["amount"], AS_OF, (row,), note="six days without one")
        else:
            yield LookAlike(("MIS-05",), keys, "paid five days ago: the instruction may still be keyed", (row,))


@MISAPPROPRIATION.case("MIS-05", "MIS-01", "MIS-04", "INT-01")
def one_payment_out_of_two_documents(town: Township, chance: Random) -> Iterator[Found]:
    person = found_household(town).head
    row = pay(
        town, person, RELIEF, A_YEAR, amount=1_880_00, paid_on=date(YEAR, 4, 9), quota_doc_no=None,
        without=("instruction",),
    )  # fmt: skip
    number = f"ZL-{YEAR}-8{town.ordinal('double instruction'):04d}"
    for line_no in (1, 2):
        document = new_document(town)
        grant(town, document, 940_00, "S01", RELIEF.name)
        told = {alias: row[alias] for alias in ("account_no", "preparer", "approver", "approved_on")}
        town.book.add(
            "payment_instructions", instruction_no=number, line_no=line_no, ref_kind="补贴", ref_no=row["claim_no"],
            payee_name=person.name, payee_id=person.id_no, quota_doc_no=document, amount=940_00, purpose_code="S01",
            instructed_on=row["approved_on"] + timedelta(days=2), **told,
        )  # fmt: skip
    yield LookAlike(
        ("MIS-05", "MIS-01", "MIS-04", "INT-01", "IDL-02"), (person.id_no, row["bank_ref"], row["claim_no"]),
        "one payment funded by two documents through its instruction", (row,),
    )  # fmt: skip


LAG_DAYS = 5


def before_acceptance(town: Township, percent: int) -> tuple[Work, Row]:
    """A project of which so much was paid before it was accepted."""
    work = plan(town)
    settle(town, work, CONTRACT_FEN * 30 // 100, date(YEAR, 3, 20))
    last = settle(town, work, CONTRACT_FEN * (percent - 30) // 100, date(YEAR, 5, 8))
    settle(town, work, CONTRACT_FEN * (100 - percent) // 100, date(YEAR, 6, 24))
    return work, last


@MISAPPROPRIATION.case("MIS-06")
def more_than_four_fifths_before_acceptance(town: Township, chance: Random) -> Iterator[Found]:
    work, last = before_acceptance(town, 81)
    keys = (work.contract["contract_no"], last["bank_ref"])
    yield Label("MIS-06", keys, CONTRACT_FEN // 100, last["paid_on"], (work.contract, last), note="81 %")
    work, last = before_acceptance(town, 80)
    keys = (work.contract["contract_no"], last["bank_ref"])
    yield LookAlike(("MIS-06",), keys, "exactly 80 % before acceptance", (work.contract, last))
